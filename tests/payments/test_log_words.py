"""The log and the timeline say what happened, by whom and how much; what only waits is never said to have happened."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.channels import Channel
from audit import log
from audit.models import Entry
from audit.reading import entries_of
from audit.telling import tell
from order_api import OrderApi
from payments.approvals import requests
from payments.executions.reconciliation import check
from payments.models import Execution, State
from payments.presentation.preview import through
from payments.presentation.summary import how, known
from sandbox.delivery import let_pass
from tests.conftest import ClientOf
from tests.orders import documents
from tests.payments.conftest import CHANNEL, Attempt

pytestmark = pytest.mark.django_db
SPACE = "\N{NO-BREAK SPACE}"


@pytest.fixture
def astrid(admin: User) -> User:
    admin.first_name, admin.last_name = "Astrid", "Nyman"
    admin.save()
    return admin


@pytest.fixture
def desk(astrid: User, client_of: ClientOf) -> Client:
    return client_of(astrid)


def told(order_id: str, channel: Channel = CHANNEL) -> list[str]:
    """The lines of the order's log with what became of each, oldest first."""
    lines = tell(entries_of(order_id, channel.merchant, channel.name))
    return [
        " · ".join(filter(None, [line.sentence, str(line.said.badge.word) if line.said.badge else ""])).replace(
            SPACE, " "
        )
        for line in reversed(lines)
    ]


def test_a_request_that_waits_is_told_as_one_that_waits(astrid: User, waiting: Execution) -> None:
    assert told(waiting.order_id) == ["Astrid Nyman asked to capture 499.00 SEK · Waits"]


def test_what_a_second_person_decides_is_told_as_that(
    astrid: User, waiting: Execution, second: User, api: OrderApi
) -> None:
    second.first_name, second.last_name = "Bo", "Ek"
    second.save()
    requests.turn_down(waiting, second, log.Who(second.username, second.pk), "No")
    assert told(waiting.order_id) == [
        "Astrid Nyman asked to capture 499.00 SEK",
        "Bo Ek turned down the capture of 499.00 SEK",
        "Bo Ek answered Astrid Nyman",
    ]


@pytest.mark.parametrize(
    ("day", "state", "says"),
    [
        ("", State.DONE, "Astrid Nyman captured 499.00 SEK · Done"),
        ("decline", State.REFUSED, "Astrid Nyman asked the provider to capture 499.00 SEK · Refused"),
        ("timeout-before", State.IN_DOUBT, "Astrid Nyman asked the provider to capture 499.00 SEK · No answer"),
        ("pending", State.PENDING, "Astrid Nyman asked the provider to capture 499.00 SEK · Sent"),
    ],
)
@pytest.mark.usefixtures("astrid")
def test_what_was_sent_is_told_with_what_became_of_it(attempt: Attempt, day: str, state: State, says: str) -> None:
    execution = attempt(day)
    assert execution.state == state
    assert told(execution.order_id)[-1:] == [says]


@pytest.mark.usefixtures("astrid")
def test_what_the_desk_finds_later_is_told_as_found(attempt: Attempt, api: OrderApi) -> None:
    execution = attempt("pending")
    let_pass(5)
    check(execution, api)
    assert execution.state == State.DONE
    assert told(execution.order_id)[-1] == "The desk found that 499.00 SEK was captured · Done"


@pytest.mark.usefixtures("astrid")
def test_the_audit_log_tells_capture_from_refund_with_the_amount_the_reference_and_the_name(
    desk: Client, attempt: Attempt
) -> None:
    captured, refunded = attempt(), attempt("", "refund", "captured")
    Execution.objects.filter(pk=captured.pk).update(order_reference="SE-1001")
    page = " ".join(re.sub(r"<[^>]+>", " ", desk.get("/audit/").content.decode()).replace(SPACE, " ").split())
    assert "Captured 499.00 SEK" in page and "Refunded 499.00 SEK" in page
    assert "SE-1001" in page and "Astrid Nyman" in page
    assert "Execute" not in page and refunded.order_id in page


def test_the_words_of_many_lines_take_one_query(
    attempt: Attempt, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    orders = [attempt().order_id for _ in range(3)]
    records = [record for order in orders for record in entries_of(order, *CHANNEL)]
    tell(records)  # names of people are read once a minute
    with django_assert_num_queries(1):
        assert len(tell(records)) == 3


def change(action: str, *changes: tuple[str, Any, Any], order_id: str = "o_Words") -> list[tuple[str, str, str]]:
    made = [log.Change(*each) for each in changes]
    with log.begin(log.Who("admin"), action, log.Subject(order_id, "norce", "se"), made) as attempt:
        attempt.done()
    (line, *_more) = tell(entries_of(order_id, "norce", "se"))
    return [(each.label, each.old, each.new) for each in line.changes]


@pytest.mark.parametrize(
    ("action", "field", "old", "new", "said"),
    [
        ("order.billing.update", "postal_code", "961 36", "9613", ("Postal code", "961 36", "9613")),
        ("order.billing.update", "country", "SE", "NO", ("Country", "Sweden", "Norway")),
        ("order.state.update", "status", "accepted", "completed", ("New state", "Accepted", "Completed")),
        ("payment.update", "state", "intent", "removed", ("State", "Started", "Removed")),
        ("order.cart.update", "quantity-ci_1", 1, 2, ("Quantity, ci_1", "1", "2")),
        ("order.consents.patch", "consent-terms", True, False, ("Consent, terms", "yes", "no")),
        ("order.teleport", "cart.itemsHeld", None, "x", ("Items held", "", "x")),
        (
            "person.rights.change", "extras", [], ["accounts.execute_payment_action"],
            ("Extras", "", "Execute payment actions"),
        ),
        ("person.rights.change", "role", "support", "admin", ("Role", "Support", "Admin")),
    ],
)  # fmt: skip
def test_fields_and_their_values_are_told_in_words(
    action: str, field: str, old: Any, new: Any, said: tuple[str, str, str]
) -> None:
    assert change(action, (field, old, new)) == [said]


def test_an_entry_from_before_reads_as_well_as_a_new_one(astrid: User, attempt: Attempt) -> None:
    """The log keeps codes: nothing of what is said stands in it."""
    execution = attempt("pending")
    for entry in Entry.objects.filter(order_id=execution.order_id):
        assert "Sent" not in entry.details_json and "asked" not in entry.message
        assert entry.outcome in ("", "accepted")


def test_a_full_refund_is_told_with_what_it_moved_and_what_is_left(desk: Client, attempt: Attempt) -> None:
    execution = attempt("", "refund", "captured")
    page = (
        desk.get(reverse("order-timeline", args=["norce/se", execution.order_id])).content.decode().replace(SPACE, " ")
    )
    assert "Refunded 499.00 SEK (left: 0.00)" in " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_an_event_whose_delivery_is_not_known_is_not_promised(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from order_api.events import Event

    documents.put(documents.order(id="o_event"))
    event = Event(id="e", adapter_id="norce-commerce-adapter", description="Export the order", attempts=())
    monkeypatch.setattr("order_api.events.Events.list", lambda *_: (event,))
    page = desk.get(reverse("order-timeline", args=["norce/se", "o_event"])).content.decode()
    text = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert "Event of Norce: Export the order; delivery not known" in text and "Will be told" not in text


def test_what_was_approved_by_a_second_person_is_no_longer_said_to_wait(
    astrid: User, waiting: Execution, second: User, api: OrderApi
) -> None:
    requests.approve(api, waiting, second, log.Who(second.username, second.pk), "Yes")
    lines = told(waiting.order_id)
    assert lines[0] == "Astrid Nyman asked to capture 499.00 SEK"
    assert "second approved the capture of 499.00 SEK" in lines
    assert lines[-2].endswith("captured 499.00 SEK · Done") and lines[-1] == "second answered Astrid Nyman"


def test_what_was_done_is_not_doubted_by_how_it_was_sent(attempt: Attempt) -> None:
    execution = attempt()
    assert known(execution).replace(SPACE, " ") == "499.00 SEK was captured."
    assert how(execution).startswith("The capture went to Stripe at ") and "alone" not in how(execution)
    assert "which alone does not say that money moved" in how(attempt("pending"))


@pytest.mark.parametrize(
    ("method", "provider", "says"),
    [
        ("Klarna", "klarna_checkout_adapter", "Klarna"),
        ("Klarna Checkout", "klarna-checkout", "Klarna Checkout"),
        ("Swish", "adyen_dropin_adapter", "Swish, through Adyen"),
        ("Invoice", "walley-checkout", "Invoice, through Walley"),
        ("Card", "", "Card"),
    ],
)
def test_who_handles_a_payment_is_named_once(method: str, provider: str, says: str) -> None:
    assert through(method, provider) == says
