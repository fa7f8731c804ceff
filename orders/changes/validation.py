"""Running the validation of an order: asking everybody who has a say whether it may go on, and what
each of them answered."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from audit.actions import AuditAction
from order_api.schemas import Order, ValidationError
from orders.changes.base import OrderChange
from orders.changes.callbacks import ANCHOR, PERMISSION
from orders.changes.explanation import Words

ITSELF = ("", "order")  # under which names the API speaks for itself (docs/sandbox.md)

# The codes that the API and Norce's adapters are known to give. A code that is not here is shown as it came.
CODES: dict[str, Words] = {
    "order-has-no-items": _("There is nothing in the cart."),
    "order-has-no-payment": _("There is no payment, and the total is above zero."),
    "order-payments-differ-from-total": _("The payments do not add up to the order's total."),
    "order-validation": _("The adapter found the order not valid."),
    "order-unknown-validation-error": _("The adapter refused without saying why, or did not answer."),
    "order-error": _("The adapter could not handle the order."),
    "order-bad-request": _("The adapter did not understand what it was asked."),
    "order-conflict": _("The order is another one at the adapter."),
    "order-canceled": _("The order is cancelled at the adapter."),
    "order-not-found": _("The adapter does not know the order."),
    "payment-not-found": _("The adapter does not know the payment."),
    "payment-error": _("There is something wrong with the payment."),
    "payment-conflict": _("The payment is another one at the adapter."),
    "shipping-not-found": _("The adapter does not know the shipping."),
    "shipping-error": _("There is something wrong with the shipping."),
    "discount-not-found": _("A discount does not exist any more."),
    "discount-error": _("There is something wrong with a discount."),
    "discount-conflict": _("Discounts exclude each other."),
    "configuration-error": _("The adapter is not set up correctly for this channel."),
    "configuration-not-found": _("The adapter is not set up for this channel."),
    "unauthorized": _("The adapter was not let in where it asked."),
    "internal-server-error": _("The adapter is out of order."),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an order does not validate: the code, in words where we have any, and what the adapter wrote beside it."""

    code: str
    words: Words
    message: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What one of those who have a say answered. Without a name it is the order itself. `asked` is
    None where nobody can tell."""

    adapter: str
    reasons: list[Reason]
    asked: bool | None = True


@dataclass(frozen=True, slots=True)
class Answers:
    """All answers, those that object first."""

    each: list[Answer]

    @property
    def validates(self) -> bool:
        return not any(answer.reasons for answer in self.each)


def answers_of(order: Order, reasons: Iterable[ValidationError]) -> Answers:
    """The reasons by who gives them, and who has none.

    Adapters are asked only after the API's own checks (Norce docs, order/callbacks), so where those object, an adapter
    that says nothing may not have been asked.
    """
    by_name: dict[str, list[Reason]] = {"": []}
    for reason in reasons:
        name = "" if (reason.adapter_id or "") in ITSELF else reason.adapter_id or ""
        code = reason.code or ""
        by_name.setdefault(name, []).append(Reason(code, CODES.get(code, ""), reason.message or ""))
    silent = [each.adapter_id or "–" for each in order.validations if each.adapter_id not in by_name]
    asked = None if by_name[""] else True
    answers = [Answer(name, found) for name, found in by_name.items()]
    answers += [Answer(name, [], asked) for name in dict.fromkeys(silent)]
    return Answers(sorted(answers, key=lambda answer: not answer.reasons))


class ValidationRun(OrderChange):
    """POST validate. Changes nothing of the order by itself; but adapters are called, and may act on it.

    So it belongs to those who look after callbacks, and stands in the log.
    """

    title = _("Run the validation")
    verb = _("Run the checks")
    done = _("The validation was run.")
    action = AuditAction.ORDER_VALIDATE
    permission = PERMISSION
    has_adapters_act = True
    anchor = ANCHOR
    fields_template = "orders/changes/answers.html"
