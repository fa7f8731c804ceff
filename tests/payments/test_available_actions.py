"""Which actions are offered, and why those that people look for are not."""

from decimal import Decimal

import pytest

from order_api.schemas import Order, Payment, PaymentAction, PaymentState, PaymentType
from orders.page.payments import present_payments


def payment(state: str, *actions: str, kind: str = "default", name: str = "Card", adapter: str = "adyen") -> Payment:
    return Payment(
        id=name,
        name=name,
        adapter_id=adapter,
        type=PaymentType.read(kind),
        state=PaymentState.read(state),
        actions=tuple(PaymentAction(id=f"pa_{each}", type=each) for each in actions),
    )


def reasons(*payments: Payment) -> dict[str, str]:
    """By verb, why actions of the first payment are missing."""
    cards = present_payments(Order(payments=payments))
    card = next(card for card in (*cards.live, *cards.removed) if card.payment.id == payments[0].id)
    return {offer.verb: offer.why for offer in card.offers if offer.why}


@pytest.mark.parametrize(
    ("state", "actions", "verb", "says"),
    [
        ("reserved", ("capture", "cancel"), "Refund", "Not captured yet: cancel the reservation instead."),
        ("captured", ("refund",), "Cancel", "Captured already: refund it instead."),
        ("intent", (), "Capture", "Not reserved yet: the customer or the provider is not done."),
        ("refunded", (), "Refund", "Refunded already."),
        ("captured", (), "Refund", "As far as Checkout knows, adyen does not offer it now. Look at the provider's own "
                                   "screens."),
    ],
)  # fmt: skip
def test_what_is_missing_says_why(state: str, actions: tuple[str, ...], verb: str, says: str) -> None:
    assert reasons(payment(state, *actions))[verb] == says


VOUCHER = payment("captured", kind="voucher", name="Gift card", adapter="awardit_adapter")


def test_of_two_types_of_payment_the_one_without_actions_says_that_the_other_does_not_move_it() -> None:
    why = reasons(VOUCHER, payment("captured", "refund"))["Refund"]
    assert why.startswith("Vouchers and prepaid means are settled by their own adapter, not from here.")
    assert why.endswith("two types of payment: what is done to Card leaves this part as it is.")


@pytest.mark.parametrize(
    "other",
    [payment("removed", "refund"), payment("captured", "refund", kind="voucher", name="Another card")],
    ids=["removed", "of the same type"],
)
def test_a_payment_that_is_no_second_type_is_not_spoken_of(other: Payment) -> None:
    assert "two types" not in reasons(VOUCHER, other)["Refund"]


def test_only_an_adapter_without_order_management_is_said_to_have_the_money_elsewhere() -> None:
    """What Checkout lists of actions goes stale, so that nothing more is promised of the others."""
    elsewhere = reasons(payment("captured", adapter="adyen_dropin_adapter"))["Refund"]
    assert elsewhere == "Adyen cannot do this from here: the money is managed in the provider's own screens."
    for adapter in ("walley-checkout", "klarna_checkout_adapter", "qliro_checkout_adapter", "svea_adapter"):
        why = reasons(payment("reserved", adapter=adapter))["Capture"]
        assert why.startswith("As far as Checkout knows, ") and "managed" not in why


def test_the_button_says_the_amount() -> None:
    found = present_payments(Order(currency="SEK", payments=(
        payment("reserved", "capture", "cancel", "teleport").changed(amount=Decimal("1025.95")),
    ))).live[0].offers  # fmt: skip
    labels = [offer.label.replace("\N{NO-BREAK SPACE}", " ") for offer in found if offer.action_id]
    assert labels == ["Capture 1,025.95 SEK…", "Cancel 1,025.95 SEK…", "Execute “teleport” …"]
