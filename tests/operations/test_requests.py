"""One id for a request, from the proxy to the Order API; one line of the log for it, naming an account at most."""

import json
import logging
import re
import subprocess

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from audit.models import Entry
from dashboard.logs import logging_at
from tests.conftest import ClientOf
from tests.orders import documents
from tests.test_serve import manage
from ui.log_lines import JsonFormatter, MaskedFormatter

GIVEN = "proxy-0a1b2c3d4e5f"
pytestmark = pytest.mark.django_db


@pytest.fixture
def order_id() -> str:
    return documents.put(documents.order())


def lines_of(caplog: pytest.LogCaptureFixture, name: str) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == name]


def test_what_the_proxy_called_a_request_stands_in_the_answer_the_log_and_the_calls(
    support: User, client_of: ClientOf, order_id: str, caplog: pytest.LogCaptureFixture
) -> None:
    client = client_of(support)
    with caplog.at_level(logging.INFO):
        answer = client.get(f"/norce/se/orders/{order_id}/", headers={"X-Request-ID": GIVEN})
    assert answer["X-Request-ID"] == GIVEN
    calls = lines_of(caplog, "order_api")
    assert calls and all(re.search(rf" {GIVEN}-\d+$", line) for line in calls)
    assert len({line.rpartition(" ")[2] for line in calls}) == len(calls), "each call has one of its own"


def test_what_was_changed_is_found_in_the_log_by_it(support: User, client_of: ClientOf, order_id: str) -> None:
    client = client_of(support)
    address = reverse("reference-edit", kwargs={"channel": "norce/se", "order_id": order_id})
    page = client.get(address).content.decode()
    fields = dict(re.findall(r'name="(seen|once)" value="([^"]*)"', page)) | {"reference": "NEW-1"}
    client.post(address, fields, headers={"X-Request-ID": GIVEN})
    outcome = Entry.objects.filter(order_id=order_id, kind="outcome").latest("sequence")
    assert outcome.request_id.startswith(f"{GIVEN}-")


@pytest.mark.parametrize("given", ["", "short", "a" * 65, "with space in it", "läng-genug-1", "../../etc/passwd"])
def test_what_is_no_id_is_not_taken_for_one(given: str) -> None:
    own = Client().get("/accounts/login/", headers={"X-Request-ID": given})["X-Request-ID"]
    assert re.fullmatch(r"[0-9a-f]{32}", own)


def test_a_request_is_one_line_and_names_neither_the_order_nor_what_was_searched_for(
    support: User, client_of: ClientOf, order_id: str, caplog: pytest.LogCaptureFixture
) -> None:
    client = client_of(support)
    with caplog.at_level(logging.INFO, logger="requests"):
        client.get(f"/norce/se/orders/{order_id}/")
        client.get("/norce/se/orders/?search=asa@example.se")
        client.get("/healthz")
    pages = lines_of(caplog, "requests")
    assert [re.sub(r"\d+ ms", "n ms", line) for line in pages] == [
        f"GET order-detail 200 n ms, account {support.pk}",
        f"GET order-list 200 n ms, account {support.pk}",
    ]


def test_a_line_is_in_utc_with_its_zone_and_its_request_and_as_json_the_same_masked() -> None:
    record = logging.LogRecord("x", logging.INFO, "", 0, "told asa@example.se of %s", ("it",), None)
    line = MaskedFormatter(logging_at("INFO")["formatters"]["line"]["format"], style="{").format(record)
    assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z INFO x -: told ", line)
    said = json.loads(JsonFormatter().format(record))
    assert set(said) == {"at", "level", "logger", "request", "message"} and said["at"].endswith("Z")
    assert "asa@example.se" not in line + said["message"]


def test_an_error_is_one_json_object_with_its_traceback() -> None:
    try:
        int("two\nlines")
    except ValueError as error:
        record = logging.LogRecord("x", logging.ERROR, "", 0, "broke", (), (ValueError, error, error.__traceback__))
    text = JsonFormatter().format(record)
    assert "\n" not in text and "Traceback" in json.loads(text)["message"]


def test_the_setting_makes_the_program_log_json(tmp_path: object) -> None:
    said: subprocess.CompletedProcess[str] = manage(
        "shell", "-v0", "-c", "import logging; logging.getLogger('x').warning('told')",
        folder=tmp_path, LOG_FORMAT="json",  # type: ignore[arg-type]
    )  # fmt: skip
    assert json.loads(said.stderr.splitlines()[-1])["message"] == "told"
