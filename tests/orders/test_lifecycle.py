"""The tracks tell what is known of an order's and a payment's way, and nothing that is not."""

from typing import Any

from django.utils import timezone

from order_api.schemas import Order, PaymentTransaction
from order_api.schemas.base import read
from orders.page.lifecycle import Track, order_track, payment_past, payment_track, payment_way
from tests.orders import documents


def track(status: str | None, *transitions: tuple[str, str], **changes: Any) -> Track:
    """The track of an order in `status` which took these states at these times of 21 November 2026."""
    taken = [{"status": s, "timeStamp": f"2026-11-21T{clock}Z" if clock else None} for s, clock in transitions]
    return order_track(read(documents.order(state={"currentStatus": status, "transitions": taken}, **changes), Order))


def words(found: Track) -> list[str]:
    return [f"{step.word} {step.place}" for step in found.steps]


def times(found: Track) -> list[str | None]:
    return [step.at.strftime("%H:%M") if step.at else None for step in found.steps]


def test_an_accepted_order_shows_where_it_was_and_what_usually_follows() -> None:
    found = track("accepted", ("checkout", "09:24"), ("processing", "09:29"), ("accepted", "09:30"))
    assert words(found) == ["checkout past", "processing past", "accepted now", "completed next"]
    assert times(found) == ["09:24", "09:29", "09:30", None]


def test_going_back_from_processing_to_checkout_is_told_as_it_happened() -> None:
    found = track(
        "processing", ("checkout", "09:24"), ("processing", "09:25"), ("checkout", "09:27"), ("processing", "09:29")
    )
    assert words(found)[:4] == ["checkout past", "processing past", "checkout past", "processing now"]


def test_a_declined_order_ends_there() -> None:
    assert words(track("declined", ("checkout", "09:24"), ("declined", "09:29"))) == ["checkout past", "declined now"]


def test_creation_is_when_an_order_came_into_checkout_even_if_no_transition_says_so() -> None:
    found = track("completed", ("completed", "09:40"))
    assert words(found) == ["checkout past", "completed now"]
    assert times(found) == ["09:24", "09:40"]


def test_a_state_without_a_transition_has_no_time() -> None:
    found = track("accepted", ("checkout", "09:24"))
    assert words(found)[:2] == ["checkout past", "accepted now"]
    assert times(found)[1] is None


def test_transitions_come_in_order_of_time_and_the_same_state_twice_in_a_row_is_one() -> None:
    found = track("processing", ("processing", "09:29"), ("checkout", "09:24"), ("processing", "09:31"))
    assert words(found)[:2] == ["checkout past", "processing now"]
    assert times(found)[:2] == ["09:24", "09:29"]


def test_an_unknown_state_is_shown_and_nothing_is_said_to_follow() -> None:
    assert words(track("onHold", ("checkout", "09:24"), ("onHold", "09:25"))) == ["checkout past", "onHold now"]


def test_a_long_way_keeps_its_latest_steps_and_counts_the_others() -> None:
    way = [("checkout" if n % 2 == 0 else "processing", f"09:{n:02}") for n in range(20)]
    found = track("processing", *way)
    assert cells(found) == [(19, 1, 1), ("processing", 2, 2), ("accepted", 3, 3), ("completed", 4, 4)]


def cells(found: Track) -> list[tuple[str | int, int, int]]:
    return [(cell.step.word if cell.step else cell.earlier, cell.column, cell.until) for cell in found.placed]


def test_all_tracks_share_columns_and_what_is_stays_where_it_was_when_the_past_arrives() -> None:
    log = _log(("open", "09:24"), ("process", "09:25"), ("reopen", "09:26"), ("confirm", "09:27"), ("capture", "09:30"))
    assert cells(payment_track("captured")) == [("captured", 4, 4)]
    assert cells(payment_way("captured", log[-1:])) == [("captured", 4, 4)]
    assert cells(payment_way("captured", log[-2:])) == [("confirm", 1, 3), ("captured", 4, 4)]
    assert cells(payment_way("captured", log)) == [(2, 1, 1), ("reopen", 2, 2), ("confirm", 3, 3), ("captured", 4, 4)]
    assert cells(payment_track("reserved")) == [("reserved", 3, 3), ("captured", 4, 4)]


def test_an_order_that_went_back_to_checkout_still_says_what_was_before() -> None:
    found = track("checkout", ("checkout", "09:24"), ("processing", "09:25"), ("checkout", "09:27"))
    assert cells(found) == [(2, 1, 1), ("checkout", 2, 2), ("processing", 3, 3), ("accepted", 4, 4)]


def test_an_order_of_which_nothing_is_known_has_no_track() -> None:
    assert order_track(read({}, Order)).steps == ()


def test_the_day_is_said_where_it_changes_in_the_reader_s_zone() -> None:
    with timezone.override("Europe/Stockholm"):
        found = track("processing", ("checkout", "22:30"), ("processing", "23:30"), created="2026-11-21T22:30:00Z")
    assert [step.new_day for step in found.steps[:2]] == [False, True]


def test_a_payment_shows_its_state_and_no_past_that_the_order_does_not_know() -> None:
    assert words(payment_track("reserved")) == ["reserved now", "captured next"]
    assert words(payment_track("refunded")) == ["refunded now"]
    assert words(payment_track("teleported")) == ["teleported now"]
    assert payment_track(None).steps == ()


def test_a_payment_s_past_is_what_went_well_by_its_transactions() -> None:
    found = payment_past(read(each, PaymentTransaction) for each in documents.TRANSACTIONS[documents.PAYMENT_ID])
    assert words(found) == ["open past", "confirm past"]
    assert times(found) == ["09:24", "09:30"]


def test_a_transaction_without_a_time_or_a_result_is_not_taken_for_a_step() -> None:
    log = [
        PaymentTransaction(event=None, is_success=True),
        read({"event": "open", "isSuccess": True}, PaymentTransaction),
    ]
    assert payment_past(log).steps == ()


def _log(*events: tuple[str, str]) -> list[PaymentTransaction]:
    made = [{"event": e, "isSuccess": True, "created": f"2026-11-21T{clock}:00Z"} for e, clock in events]
    return [read(each, PaymentTransaction) for each in made]


def test_what_was_paid_back_of_a_captured_payment_came_after_that() -> None:
    found = payment_way("captured", _log(("capture", "09:30"), ("refund", "10:30")))
    assert words(found) == ["captured now", "refund past"]
    assert words(payment_way("captured", _log(("open", "09:24"), ("refund", "10:30")))) == [
        "open past", "captured now", "refund past",
    ]  # fmt: skip


def test_the_event_that_led_to_the_state_is_not_told_twice_and_gives_the_state_its_time() -> None:
    found = payment_way("captured", _log(("open", "09:24"), ("capture", "09:30")))
    assert words(found) == ["open past", "captured now"]
    assert times(found) == ["09:24", "09:30"]
    assert not any(step.is_event for step in found.steps[1:])


def test_an_event_that_says_something_else_than_the_state_stays_a_step() -> None:
    assert words(payment_way("reserved", _log(("capture", "09:30")))) == [
        "capture past",
        "reserved now",
        "captured next",
    ]
    assert words(payment_way(None, _log(("open", "09:24")))) == ["open past"]


def test_nothing_is_claimed_about_the_beginning_of_an_order_in_states_that_nobody_knows() -> None:
    assert words(track("teleported", ("teleported", "09:30"))) == ["teleported now"]
    assert words(track("teleported")) == ["teleported now"]
