"""Every write meets every fault: the person hears what happened and what to do, keeps what they
typed, and nothing is sent twice."""

import html
import logging
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client

from audit.chain import head
from audit.models import Entry
from tests.changes.faults import DOUBTS, NOT_KNOWN, REFUSALS, Fault, FaultyApi, failing_server, refusal
from tests.changes.test_every_change import WRITES
from tests.conftest import ClientOf
from tests.forms import IN_DIALOG, TYPED, Fields, address, fields_of, filled, put_order
from tests.wire import answered_by

FORMS = sorted(set().union(*WRITES.values()))
TOKEN = "a-token-that-nobody-may-ever-see"
EVIDENCE = re.compile(r'<div class="actions">\s*<a class="btn" href="([^"]+)">')


class Person:
    """Somebody who fills in one form of one order and presses its button."""

    def __init__(self, client: Client, name: str, ids: Mapping[str, str], *, htmx: bool = False) -> None:
        self.client, self.url, self.typed = client, address(name, ids), TYPED.get(name, {})
        self.headers = IN_DIALOG if htmx else {}
        self.sent: Fields = {}

    def fill_in_and_send(self) -> Any:
        page: Any = self.client.get(self.url, headers=IN_DIALOG)
        return self.confirm(self.press(filled(page, self.url, self.typed)))

    def press(self, fields: Fields) -> Any:
        self.sent = fields
        return self.client.post(self.url, fields, headers=self.headers)

    def press_again(self) -> Any:
        """The very same form once more: the second of two clicks, a reload, the back button."""
        return self.press(self.sent)

    def press_as_shown(self, page: HttpResponse) -> Any:
        return self.confirm(self.press(fields_of(page, self.url)))

    def confirm(self, answer: HttpResponse) -> Any:
        """Presses once more where something is to be looked at first."""
        shown = fields_of(answer, self.url)
        return self.press(shown) if "confirmed" in shown else answer

    def finds(self, page: HttpResponse) -> bool:
        """Whether all that was typed still stands in the form; JSON may have been laid out anew."""
        shown = fields_of(page, self.url)
        return all(same_words(shown.get(name, []), value) for name, value in self.typed.items())


def same_words(shown: list[str], typed: str | None) -> bool:
    return "".join("".join(shown).split()) == "".join(typed.split()) if typed else not shown


WriterOf = Callable[..., Person]
Outcomes = Callable[[], list[str]]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with failing_server() as address:
        yield address


@pytest.fixture
def faulty(db: None, server: str, settings: Any) -> Iterator[FaultyApi]:
    settings.ORDER_API_TOKEN = settings.SANDBOX_TOKEN = TOKEN
    api = FaultyApi(server)
    with answered_by(api):
        yield api


@pytest.fixture
def writer(admin: User, client_of: ClientOf, faulty: FaultyApi) -> WriterOf:
    """Whom to give a form to: `writer("reference-edit")`."""
    ids = put_order("o_WhereEveryWriteFails")
    return lambda name, **how: Person(client_of(admin), name, ids, **how)


@pytest.fixture
def outcomes(faulty: FaultyApi) -> Outcomes:
    """What the log says of the attempts of this test; it keeps what others have committed."""
    last = head()
    of_this_test = Entry.objects.filter(sequence__gt=last.sequence if last else 0, kind__in=["intent", "outcome"])
    return lambda: [each.outcome for each in of_this_test.order_by("sequence")]


class Blame(NamedTuple):
    """A refusal that is about a field: by its status, its code, or the beginning of its message."""

    field: str
    message: str = "It does not fit."
    code: str = "order-bad-request"
    status: int = 400


BLAMES: list[tuple[str, Blame]] = [
    ("order-create", Blame("cart_reference", "There is one.", "order-conflict", 409)),
    ("order-create", Blame("cart_reference", "cart.reference: 5 is not text.")),
    ("order-create", Blame("culture", "culture: no such language.")),
    ("state-edit", Blame("status", code="order-state-transition-not-allowed")),
    ("state-edit", Blame("status", code="order-consent-required")),
    ("state-edit", Blame("status", 'currentStatus: "x" is no state.')),
    ("billing-edit", Blame("postal_code", 'postalCode: "x" is too short.')),
    ("shipping-address-edit", Blame("street_address2", "streetAddress2: is too long.")),
    ("reference-edit", Blame("reference", "body: 5 is not text.")),
    ("consent-create", Blame("consent_id", "There is one.", "consent-conflict", 409)),
    ("consent-create", Blame("consent_id", "id is missing.")),
    ("attributes-edit", Blame("text", "body: [] is not an object.")),
    ("validation-create", Blame("url", "url: calls to that host are not allowed.")),
    ("validation-edit", Blame("adapter_id", "adapterId is empty.")),
    ("hook-create", Blame("may_change", "target: is no JSON pointer.")),
    ("hook-create", Blame("subscribe_to", "subscribeTo: is no JSON pointer.")),
    ("notification-create", Blame("schema", "schema: is no JSON Schema.")),
    ("payment-create", Blame("reference", "There is one.", "payment-conflict", 409)),
    ("payment-create", Blame("recurring_token", "recurring.token: 5 is not text.")),
    ("payment-edit", Blame("reference", code="payment-conflict")),
    ("payment-edit", Blame("upper_limit_amount", 'upperLimitAmount: "x" is not a number.')),
    ("transaction-create", Blame("psp_event", "pspEvent: 5 is not text.")),
    ("action-create", Blame("adapter_id", "0.adapterId is missing.")),
    ("shipping-create", Blame("reference", "There is one.", "shipping-conflict", 409)),
    ("shipping-create", Blame("including_vat", 'total.includingVat: "x" is not a number.')),
    ("shipping-edit", Blame("reference", code="shipping-conflict")),
    ("shipping-edit", Blame("pickup_city", "deliveryDetails.pickupLocation.address.city: 5 is not text.")),
]
IS_AN_ANSWER = ("order-validate", "400")  # see below


def not_as_told(fault: Fault, person: Person, page: HttpResponse, writes: list[str], outcomes: list[str]) -> list[str]:
    """What is wrong about the page that a person got on that fault, and about what was done, in words."""
    words = page.content.decode()
    found = {
        f"the status is {page.status_code}": page.status_code != fault.status,
        f"it does not say {[each for each in fault.says if each not in words]}": not all(
            s in words for s in fault.says
        ),
        "what was typed is lost": not person.finds(page),
        f"{len(writes)} writes": len(writes) != 1,
        f"the log says {outcomes}": outcomes != ["", fault.outcome],
        "the proxy's page is shown": "proxy's own page" in html.unescape(words),
        "the token is shown": TOKEN in words,
    }
    return [f"{fault.name}: {what}" for what, is_so in found.items() if is_so]


@pytest.mark.parametrize("name", FORMS)
def test_a_write_that_fails_says_what_happened_and_keeps_what_was_typed(
    name: str, writer: WriterOf, faulty: FaultyApi, outcomes: Outcomes, caplog: pytest.LogCaptureFixture
) -> None:
    """One fault after the other on the same order, which none of them changes."""
    caplog.set_level(logging.INFO)
    person, wrong = writer(name), list[str]()
    for fault in REFUSALS + DOUBTS:
        if (name, fault.name) == IS_AN_ANSWER:
            continue
        faulty.writes, before, faulty.fault = [], len(outcomes()), fault.name
        page = person.fill_in_and_send()
        wrong += not_as_told(fault, person, page, faulty.writes, outcomes()[before:])
    assert wrong == []
    assert TOKEN not in caplog.text
    assert TOKEN not in str(list(Entry.objects.values()))


def test_a_validation_that_says_no_is_an_answer_and_no_refusal(
    writer: WriterOf, faulty: FaultyApi, outcomes: Outcomes
) -> None:
    """It comes with 400 and its reasons (Norce reference, operations/validateorder)."""
    person, faulty.fault = writer("order-validate"), "400"
    page = person.fill_in_and_send()
    assert page.status_code == 200 and "test-refused" in page.content.decode()
    assert outcomes() == ["", "done"]


@pytest.mark.parametrize(("name", "blame"), BLAMES, ids=lambda each: getattr(each, "field", None))
def test_a_refusal_that_is_about_a_field_stands_beside_it(
    name: str, blame: Blame, writer: WriterOf, faulty: FaultyApi
) -> None:
    faulty.instead = refusal(blame.status, blame.code, blame.message)
    page = writer(name).fill_in_and_send()
    form = page.context["form"]
    assert page.status_code == 422 and list(form.errors) == [blame.field]
    field = form[blame.field]
    first = field.id_for_label or f"{field.auto_id}_0"  # of several buttons, which have no label of their own
    assert f'href="#{first}"' in page.content.decode() and f'id="{first}"' in page.content.decode()
    assert blame.code in page.content.decode()


@pytest.mark.parametrize("name", FORMS)
def test_the_same_form_twice_is_sent_once_and_leads_to_the_same_place(
    name: str, writer: WriterOf, faulty: FaultyApi, outcomes: Outcomes
) -> None:
    person = writer(name)
    first, second = person.fill_in_and_send(), person.press_again()
    assert len(faulty.writes) == 1 and outcomes() == ["", "done"]
    assert where_to(first) == where_to(second) != ""


@pytest.mark.parametrize("name", FORMS)
def test_a_slow_answer_is_waited_for_and_the_dialog_then_leads_on_however_often_it_is_sent(
    name: str, writer: WriterOf, faulty: FaultyApi, outcomes: Outcomes
) -> None:
    person, faulty.fault = writer(name, htmx=True), "slow"
    first, second = person.fill_in_and_send(), person.press_again()
    assert len(faulty.writes) == 1 and outcomes() == ["", "done"]
    assert where_to(first) == where_to(second) != ""


def where_to(answer: HttpResponse) -> str:
    """Where an answer leads; the answers to a validation stand where it was asked for."""
    answers = re.findall(r"<tbody>.*?</tbody>", answer.content.decode(), re.DOTALL)
    return answer.get("Location") or answer.get("HX-Redirect") or "".join(answers)


@pytest.mark.parametrize("name", FORMS)
def test_without_an_answer_a_second_click_sends_nothing_and_a_press_after_a_look_does(
    name: str, writer: WriterOf, faulty: FaultyApi
) -> None:
    person, faulty.fault = writer(name), "500"
    first, second = person.fill_in_and_send(), person.press_again()
    assert second.status_code == 502 and NOT_KNOWN in second.content.decode() and person.finds(second)
    assert len(faulty.writes) == 1
    looks = [person.client.get(way) for page in (first, second) for way in ways_to_look(page)]
    assert [look.status_code for look in looks] == [200, 200]
    assert person.press_as_shown(first).status_code == 502 and len(faulty.writes) == 2
    faulty.fault = ""
    assert person.press_as_shown(second).status_code in (200, 302) and len(faulty.writes) == 3


def ways_to_look(page: HttpResponse) -> list[str]:
    """Where the alert about the missing answer leads."""
    return [html.unescape(address) for address in EVIDENCE.findall(page.content.decode())]


@pytest.mark.parametrize("name", FORMS)
def test_what_was_refused_can_be_sent_again_as_it_is_shown(
    name: str, writer: WriterOf, faulty: FaultyApi, outcomes: Outcomes
) -> None:
    person, faulty.fault = writer(name), "409"
    shown = person.fill_in_and_send()
    faulty.fault = ""
    again = person.press_as_shown(shown)
    assert again.status_code in (200, 302) and outcomes() == ["", "refused", "", "done"]


def test_a_desk_that_died_while_it_sent_does_not_send_again_at_a_reload(writer: WriterOf, faulty: FaultyApi) -> None:
    def die() -> Any:
        raise SystemExit

    person, faulty.instead = writer("payment-create"), die
    with pytest.raises(SystemExit):
        person.fill_in_and_send()
    faulty.instead = None
    assert NOT_KNOWN in person.press_again().content.decode()
    assert len(faulty.writes) == 1
