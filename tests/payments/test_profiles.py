"""What the words of an adapter mean, and what a merchant can add to that."""

from typing import Any

import pytest

from payments.executions import ledger
from payments.executions.profiles import Amounts, profile_of, read
from payments.executions.snapshot import Action, Snapshot, TransactionMark
from payments.executions.verdict import judge
from payments.models import Answer, State

CAPTURE, REFUND = Action("pa_1", "capture", "stripe_adapter"), Action("pa_3", "refund", "stripe_adapter")
READ_AT = "2026-11-22T09:00:00+00:00"


def line(event: str = "capture", status: str = "", **other: Any) -> TransactionMark:
    parts = {"event": event, "psp_event": "", "amount": None, "success": True, "status": status, "error": ""}
    later = {"created": "2026-11-22T10:00:00+00:00", "action_id": "pa_1", "texts": ""}
    return TransactionMark(**{**parts, **later, **other})


def payment(*lines: TransactionMark, state: str = "reserved", adapter: str = "stripe_adapter") -> Snapshot:
    return Snapshot(state, "499", "SEK", (CAPTURE,), lines, READ_AT, adapter=adapter)


@pytest.mark.parametrize(
    "word", ["CAPTURED", "Succeeded", "CAPTURE_SUCCEEDED", "FullyRefunded", "payment.completed", "Success", "ok", ""]
)
def test_words_that_mean_finished_whoever_writes_them(word: str) -> None:
    profile = profile_of("nobody_knows_adapter")
    assert profile.is_final(word) and not profile.is_unfinished(word)


@pytest.mark.parametrize(
    "word",
    [
        "InProcess", "OnHold", "Created", "UserInteractionRequired", "accepted", "ACCEPTED", "requires_action",
        "on_hold", "waiting", "DEBITED", "sent", "authorised", "ongoing", "PARTIALLY_CAPTURED", "NOT_CAPTURED",
        "PARTIAL_REFUND_DONE", "00", "Överförd", "CAPTURE",
    ],
)  # fmt: skip
def test_a_word_that_is_not_known_to_be_final_is_not(word: str) -> None:
    assert not profile_of("nobody_knows_adapter").is_final(word)
    verdict = judge(payment(), payment(line(status=word)), CAPTURE, Answer.ACCEPTED)
    assert verdict.state == State.PENDING


def test_pending_outweighs_false_unless_an_error_says_what_went_wrong() -> None:
    pending = line(success=False, status="PENDING")
    assert judge(payment(), payment(pending), CAPTURE, Answer.ACCEPTED).state == State.PENDING
    failed = pending._replace(error="Card expired")
    assert judge(payment(), payment(failed), CAPTURE, Answer.ACCEPTED).state == State.REFUSED


def test_an_adapter_that_nobody_knows_is_treated_with_caution() -> None:
    profile = profile_of("nobody_knows_adapter")
    assert (profile.is_known, profile.amounts, profile.keeps_actions) == (False, Amounts.UNKNOWN, False)
    assert profile_of("qliro_adapter") == profile_of("qliro_checkout_adapter")


def test_a_merchant_can_say_what_their_adapters_words_mean(settings: Any) -> None:
    settings.PAYMENT_ADAPTER_PROFILES = {
        "stripe_adapter": {"final": ["DEBITED"], "unfinished": ["Booked"], "amounts": "moved", "keeps_actions": True}
    }
    profile = profile_of("stripe_adapter")
    assert profile.is_known and profile.is_final("DEBITED") and not profile.is_final("Booked")
    moved = payment(state="captured")
    assert judge(payment(), moved, CAPTURE, Answer.ACCEPTED).state == State.DONE, "the action stays, and means nothing"


@pytest.mark.parametrize(
    "wrong",
    [{"final": "DEBITED"}, {"amounts": "left"}, {"logs": "yes"}, {"colour": "red"}],
    ids=lambda each: next(iter(each)),
)
def test_a_setting_that_cannot_be_read_says_what_is_wrong(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        read(wrong)


# The ledger


def refunds(*amounts: str, adapter: str = "stripe_adapter") -> Snapshot:
    lines = [
        line("refund", amount=amount, created=f"2026-11-0{day}T00:00:00+00:00") for day, amount in enumerate(amounts, 1)
    ]
    return payment(*lines, state="captured", adapter=adapter)


@pytest.mark.parametrize(
    ("amounts", "left", "most"),
    [
        ((), "499", "499"),
        (("0",), "0", "0"),  # it left nothing; moving nothing is no refund
        (("499",), "0", "0"),  # it moved everything; leaving everything is no refund
        (("100",), "100", "399"),  # left 100, or moved 100
        (("399", "10"), "10", "90"),
        (("399", "399"), "399", "499"),  # neither can be: nobody knows
        (("100", "200"), "199", "199"),  # what is left does not grow
        (("474",), "474", "474"),  # left 474, or moved 474 and left 25
    ],
)
def test_refunds_are_read_in_every_way_that_is_possible(amounts: tuple[str, ...], left: str, most: str) -> None:
    found = ledger.ledger_of(refunds(*amounts))
    assert found is not None
    assert (str(found.figures.left), str(found.figures.most_left)) == (left, most)
    assert found.is_sure == (left == most and amounts != ("474",))


def test_what_is_known_of_the_adapter_leaves_one_way(settings: Any) -> None:
    settings.PAYMENT_ADAPTER_PROFILES = {"stripe_adapter": {"amounts": "moved"}}
    found = ledger.ledger_of(refunds("100"))
    assert found is not None and (str(found.figures.left), found.is_sure) == ("399", True)


def test_the_order_in_which_the_api_gives_the_log_changes_nothing() -> None:
    seen = refunds("399", "10")
    turned = Snapshot("captured", "499", "SEK", (), seen.lines[::-1], READ_AT, adapter="stripe_adapter")
    assert ledger.amount_of("refund", seen) == ledger.amount_of("refund", turned) == 10


def test_a_figure_names_the_transactions_that_it_rests_on() -> None:
    captured, pending = line(status="CAPTURED"), line("refund", "PENDING", action_id="pa_3")
    back = line(status="CAPTURE_FAILED", success=False, created="2026-11-22T11:00:00+00:00")
    found = ledger.ledger_of(payment(captured, pending, back, state="captured"))
    assert found is not None
    assert (found.capture_lines, found.refund_pending, found.contradicted) == (
        (captured,),
        (pending,),
        (captured,),
    )
    assert not found.is_sure


def test_the_dust_of_doubles_makes_no_refund_impossible_and_no_amount_another() -> None:
    dusty = "149.40000000000003"
    seen = Snapshot("captured", "149.4", "SEK", (REFUND,), (), READ_AT, adapter="stripe_adapter")
    moved = line("refund", "REFUNDED", amount=dusty, action_id="pa_3")
    found = ledger.ledger_of(Snapshot("captured", "149.4", "SEK", (), (moved,), READ_AT, adapter="stripe_adapter"))
    assert found is not None and found.is_sure and not found.figures.left
    after = Snapshot("refunded", "149.4", "SEK", (), (moved,), READ_AT, adapter="stripe_adapter")
    assert judge(seen, after, REFUND, Answer.ACCEPTED).state == State.DONE
