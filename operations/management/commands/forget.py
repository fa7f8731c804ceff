"""`manage.py forget`: a customer who asked for it, or a colleague who left."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.channels import Channel
from accounts.people.services import LastAdminError
from audit.log import AuditUnavailableError
from operations.data_protection import colleagues, customers
from operations.data_protection.customers import Customer, Found
from operations.data_protection.named import Named, NotOneOrderError, OrderAt, orders_called


class Command(BaseCommand):
    help = (
        "Removes what this desk keeps of a customer, by e-mail, phone or order, or of a colleague who left. Says what "
        "went and what has to stay. Erase a customer's orders in Norce first: while they are there, the index reads "
        "them again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", action="append", default=[], help="of the customer; may be repeated")
        parser.add_argument("--phone", action="append", default=[], help="of the customer, however it is written")
        parser.add_argument("--order", action="append", default=[], help="an order of theirs, by id or reference")
        parser.add_argument(
            "--channel", default="", metavar="MERCHANT/CHANNEL", help="of the orders that --order names"
        )
        parser.add_argument("--user", default="", metavar="NAME", help="a colleague, by the name of the account")
        parser.add_argument("--dry-run", action="store_true", help="says what would go, and changes nothing")

    def handle(self, *args: Any, dry_run: bool, user: str, **options: Any) -> None:
        asked = [*options["email"], *options["phone"], *options["order"]]
        if bool(asked) == bool(user):
            raise CommandError("Say whom: a customer by --email, --phone or --order, or a colleague by --user.")
        try:
            if user:
                self._colleague(user, really=not dry_run)
            else:
                self._customer(really=not dry_run, **options)
        except AuditUnavailableError as error:
            raise CommandError(f"Nothing was removed. {error}") from None

    def _customer(
        self, *, really: bool, email: list[str], phone: list[str], order: list[str], channel: str, **_: Any
    ) -> None:
        merchant, _slash, name = channel.partition("/")
        within = Channel(merchant, name) if channel else None
        try:
            named = Named(email, phone)
            orders = named.orders().union(*(self._order(text, within) for text in order))
        except ValueError as error:
            raise CommandError(str(error)) from None
        customer = Customer(named, frozenset(orders))
        stays = customers.stays(customer)
        self.stdout.write(f"{len(orders)} orders: " + ", ".join(f"{where} {pk}" for where, pk in sorted(orders)))
        self._report(customers.forget(customer, really=really), stays, really=really)
        self.stdout.write(
            "Not searched: backups, mailboxes, and what the processes have in memory (restart them). Forget them again "
            "after a backup came back."
        )

    def _order(self, text: str, within: Channel | None) -> set[OrderAt]:
        try:
            found = orders_called(text, within)
        except NotOneOrderError as error:
            raise CommandError(f"Several orders are called {text}, in {error}. Say which: --channel.") from None
        if not found and within is None:
            raise CommandError(
                f"Nothing here is of an order {text}. Say its --channel, and its id, to look all the same."
            )
        return found or {OrderAt(within, text)} if within else found

    def _colleague(self, name: str, *, really: bool) -> None:
        person = User.objects.filter(username=name).first()
        if person is None:
            raise CommandError(f"Nobody has the account {name}.")
        stays = colleagues.stays(person)
        try:
            gone = colleagues.forget(person, really=really)
        except LastAdminError:
            raise CommandError("Nobody would be left who can manage people. Nothing was changed.") from None
        self.stdout.write(f"The account is called {gone.name} from now on." if really else f"It would be {gone.name}.")
        self._report(gone.found, stays, really=really)

    def _report(self, found: Iterable[Found], stays: Iterable[Found], *, really: bool) -> None:
        self.stdout.write("Found:" if really else "Found; nothing was changed (--dry-run):")
        self._lines(found)
        self.stdout.write("Stays:")
        self._lines(stays)

    def _lines(self, found: Iterable[Found]) -> None:
        shown = [f"  {each.many:>6}  {each.what}: {each.done}" for each in found]
        for line in shown or ["       nothing"]:
            self.stdout.write(line)
