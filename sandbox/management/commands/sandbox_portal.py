"""`manage.py sandbox_portal`: moves money of a payment as somebody does in the provider's own portal."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from sandbox.models import OrderPayment
from sandbox.problems import Problem
from sandbox.provider.lines import AFTERWARDS
from sandbox.provider.settle import in_portal
from sandbox.provider.steps import Order
from sandbox.scope import Scope


class Command(BaseCommand):
    """Moves an amount that the desk knows nothing of."""

    help = "Move an amount of a payment in the provider's portal: no call of the API stands behind it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("payment", help="the payment's id")
        parser.add_argument("kind", choices=AFTERWARDS, help="what is done")
        parser.add_argument("amount", help="in the major unit, such as 25.00; no more than is left")

    def handle(self, *, payment: str, kind: str, amount: str, **options: Any) -> None:
        """Move it; CommandError where there is no such payment, or not so much is left."""
        row = OrderPayment.objects.filter(public_id=payment).select_related("order").first()
        if row is None:
            raise CommandError(f"There is no payment {payment} in the sandbox.")
        scope = Scope(row.order.merchant, row.order.channel)
        try:
            in_portal(scope, Order(row.order.public_id, payment, kind), Decimal(amount))
        except InvalidOperation:
            raise CommandError(f"{amount!r} is not an amount, such as 25.00.") from None
        except Problem as problem:
            raise CommandError(str(problem)) from None
