"""What is personal in what the Order API and providers say: hidden wherever whoever may see the order can read it."""

import base64
import html
import json
import logging
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.urls import reverse

from audit.models import Entry
from gateway import in_process
from gateway.connection import order_api
from order_api import OrderApi
from order_api.schemas import PaymentEvent, PaymentTransaction
from payments.approvals import requests
from payments.executions import engine, reconciliation
from payments.models import Evidence, Execution, State
from payments.presentation.proof import proof_of
from payments.presentation.receipt import receipt_of
from tests.conftest import ClientOf
from tests.payments.conftest import CHANNEL, Attempt, MakePayment, action_of, asked_by
from tests.payments.requests import address, fresh, who
from tests.wire import answered_by
from ui.log_lines import MaskedFormatter

pytestmark = pytest.mark.django_db
PERSON = "Customer 19850412-1234 anna.svensson@example.com declined"
HIDDEN = ("19850412-1234", "anna.svensson@")
Headers = Sequence[tuple[str, str]]
Answer = tuple[int, Headers, bytes]
Says = Callable[..., OrderApi]


@pytest.fixture
def says() -> Iterator[Says]:
    """An API that answers every call whose path ends so with that status and message; `after` another call, if one is
    named."""

    def api(ending: str, status: int, message: str, after: str = "") -> OrderApi:
        called: list[str] = []

        def answer(method: str, path: str, query: str, headers: Headers, body: bytes) -> Answer:
            called.append(path)
            if path.endswith(ending) and any(each.endswith(after) for each in called):
                said = json.dumps({"code": "payment-error", "message": message}).encode()
                return status, [("Content-Type", "application/json")], said
            return in_process.answer(method, path, query, headers, body)

        until_the_end.enter_context(answered_by(answer))
        return order_api(*CHANNEL)

    with ExitStack() as until_the_end:
        yield api


def shown(client: Any, name: str, *ids: Any) -> str:
    answer = client.get(reverse(name, args=("norce/se", *ids)))
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def found_in(text: str) -> list[str]:
    return [each for each in HIDDEN if each in text]


def kept() -> str:
    """All that was written down: rows, evidence and the log."""
    rows = [*Execution.objects.values(), *Evidence.objects.values(), *Entry.objects.values()]
    return json.dumps(rows, default=str, ensure_ascii=False)


@pytest.mark.parametrize("status", [400, 500])
def test_what_the_api_said_is_hidden_on_every_page_in_the_log_and_in_the_receipt(
    says: Says, make_payment: MakePayment, case_of: Any, admin: User, support: User, client_of: ClientOf,
    caplog: pytest.LogCaptureFixture, status: int,
) -> None:  # fmt: skip
    caplog.set_level(logging.DEBUG)
    case = case_of(make_payment(), "capture")
    execution = engine.execute(says("/execute", status, PERSON), case, asked_by(admin))
    for name in ("execution-detail", "execution-proof"):
        assert found_in(shown(client_of(support), name, execution.pk)) == [], name
    assert found_in(json.dumps(receipt_of(proof_of(fresh(execution))))) == []
    assert found_in(kept()) == []
    lines = "\n".join(map(MaskedFormatter("{message}", style="{").format, caplog.records))
    assert found_in(lines) == []


def test_why_a_reading_failed_is_hidden(says: Says, attempt: Attempt, support: User, client_of: ClientOf) -> None:
    execution = attempt("timeout-before")
    reconciliation.check(execution, says(execution.payment_id, 500, PERSON))
    assert execution.check_error
    assert found_in(shown(client_of(support), "execution-detail", execution.pk)) == []
    assert found_in(kept()) == []


def test_what_a_transaction_says_is_hidden(api: OrderApi, attempt: Attempt, support: User, client_of: ClientOf) -> None:
    execution = attempt("timeout-before")
    line = PaymentTransaction(event=PaymentEvent.read("capture"), is_success=None, error_detail=PERSON)
    api.payments.add_transaction(execution.order_id, execution.payment_id, line)
    reconciliation.check(execution)
    for name in ("execution-detail", "execution-proof"):
        assert found_in(shown(client_of(support), name, execution.pk)) == [], name
    assert found_in(kept()) == []


def test_whoever_approves_reads_it_hidden_too(
    api: OrderApi, make_payment: MakePayment, case_of: Any, admin: User, second: User, client_of: ClientOf
) -> None:
    ids = make_payment()
    line = PaymentTransaction(event=PaymentEvent.read("confirm"), is_success=False, error_detail=PERSON)
    api.payments.add_transaction(*ids, line)
    execution = engine.execute(api, case_of(ids, "capture"), asked_by(admin), wants_approval=True)
    assert execution.state == State.WAITING
    client = client_of(second)
    assert found_in(html.unescape(client.get(address(execution)).content.decode())) == []
    requests.turn_down(execution, second, who(second), "No")
    assert found_in(html.unescape(client.get(address(execution)).content.decode())) == []
    assert found_in(kept()) == []


def test_the_dialog_and_its_sealed_form_hold_nothing_personal(
    api: OrderApi, make_payment: MakePayment, support: User, client_of: ClientOf
) -> None:
    ids = make_payment()
    line = PaymentTransaction(event=PaymentEvent.read("confirm"), is_success=False, error_detail=PERSON)
    api.payments.add_transaction(*ids, line)
    support.user_permissions.add(Permission.objects.get(codename="execute_payment_action"))
    page = shown(client_of(support), "payment-action-execute", *ids, action_of(api, ids, "capture").id)
    assert found_in(page) == []
    seal = re.search(r'name="case" value="([^"]*)"', page)
    assert seal
    sealed = seal[1].split(":")[0].lstrip(".")
    text = zlib.decompress(base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))).decode()
    assert found_in(text) == []
    assert '"seen"' in text, "it is the form's content that was looked at"


def refused() -> None:
    raise ValueError(PERSON)


def failing() -> None:
    try:
        refused()
    except ValueError as error:
        raise RuntimeError(f"It came from: {PERSON}") from error


def test_the_server_log_hides_an_error_its_cause_and_its_traceback(caplog: pytest.LogCaptureFixture) -> None:
    try:
        failing()
    except RuntimeError as error:
        logging.getLogger("payments").exception("Could not be read: %s", error)  # noqa: TRY401 - twice on purpose
    (record,) = caplog.records
    record.exc_text = None  # pytest has formatted it already, for itself
    line = MaskedFormatter("{message}", style="{").format(record)
    assert found_in(line) == []
    assert line.count("declined") == 3 and "in failing" in line


def test_the_server_log_says_what_could_not_be_read_without_whom_it_is_about(
    says: Says, make_payment: MakePayment, case_of: Any, admin: User, caplog: pytest.LogCaptureFixture
) -> None:
    case = case_of(make_payment(sandbox="timeout-before"), "capture")
    engine.execute(says("/transactions", 500, PERSON, after="/execute"), case, asked_by(admin))
    lines = [MaskedFormatter("{message}", style="{").format(record) for record in caplog.records]
    assert any("could not be read after the call" in line for line in lines), lines
    assert found_in("\n".join(lines)) == []
