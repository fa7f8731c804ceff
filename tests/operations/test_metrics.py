"""`/metrics`: for who has the token alone, with what this desk counts and how it stands, and nothing of anybody."""

import re
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from payments.models import Execution
from tests.conftest import ClientOf
from tests.orders import documents
from tests.test_serve import served

TOKEN = "t0ken-of-prometheus"


@pytest.fixture(autouse=True)
def wanted(settings: object) -> None:
    settings.METRICS_TOKEN = TOKEN  # type: ignore[attr-defined]


def scraped() -> str:
    answer = Client(headers={"Authorization": f"Bearer {TOKEN}"}).get("/metrics")
    assert answer.status_code == 200 and answer["Content-Type"].startswith("text/plain")
    return answer.content.decode()


def value(text: str, line: str) -> float:
    found = re.search(rf"^{re.escape(line)} (\S+)$", text, re.MULTILINE)
    return float(found[1]) if found else 0.0


@pytest.mark.django_db
@pytest.mark.parametrize("said", ["", "Bearer", "Bearer wrong", TOKEN, f"Basic {TOKEN}", "Bearer ÅÄÖ"])
def test_without_the_token_there_is_nothing(said: str) -> None:
    answer = Client(headers={"Authorization": said}).get("/metrics")
    assert answer.status_code == 401 and not answer.content


@pytest.mark.django_db
def test_where_no_token_is_set_there_is_no_such_page(settings: object) -> None:
    settings.METRICS_TOKEN = ""  # type: ignore[attr-defined]
    assert Client(headers={"Authorization": "Bearer "}).get("/metrics").status_code == 404


@pytest.mark.django_db
def test_pages_and_calls_are_counted_by_name_and_name_nobody(support: User, client_of: ClientOf) -> None:
    order_id = documents.put(documents.order())
    page = 'orderdesk_request_seconds_count{method="GET",status="200",view="order-detail"}'
    call = 'orderdesk_api_call_seconds_count{operation="GET orders/{order_id}",outcome="200"}'
    missing = 'orderdesk_request_seconds_count{method="GET",status="404",view="none"}'
    before = scraped()
    client = client_of(support)
    assert client.get(f"/norce/se/orders/{order_id}/").status_code == 200
    assert client.get("/no/such/page/").status_code == 404
    after = scraped()
    assert value(after, page) == value(before, page) + 1
    assert value(after, missing) == value(before, missing) + 1
    assert value(after, call) > value(before, call)
    assert order_id not in after and "support" not in after


@pytest.mark.django_db
def test_it_tells_how_the_desk_stands(attempt_in_doubt: Execution) -> None:
    text = scraped()
    assert value(text, "orderdesk_up") == 1
    assert value(text, 'orderdesk_payment_actions{state="in_doubt"}') == 1
    assert value(text, 'orderdesk_payment_actions_oldest_seconds{state="in_doubt"}') > 0
    assert value(text, 'orderdesk_api_shut{channel="norce/se"}') == 0
    assert 0 < value(text, "orderdesk_disk_free_ratio") <= 1
    assert attempt_in_doubt.order_id not in text


@pytest.fixture
def attempt_in_doubt(db: None) -> Execution:
    now = timezone.now()
    return Execution.objects.create(
        created_at=now, merchant="norce", channel="se", order_id="o_x", payment_id="p_x", action_id="a_x",
        action_type="capture", asked_by_name="admin", reason="other", baseline="b", seen_json="null", state="in_doubt",
    )  # fmt: skip


@pytest.mark.django_db
def test_without_its_database_it_says_that_and_what_it_counted() -> None:
    def gone(*_: object) -> None:
        raise OperationalError("gone")

    with connection.execute_wrapper(gone):
        text = scraped()
    assert value(text, "orderdesk_up") == 0 and "orderdesk_request_seconds" in text
    assert "orderdesk_tasks" not in text


@pytest.mark.slow
def test_what_several_processes_counted_is_added_up(data_dir: Path) -> None:
    with served(data_dir, WEB_CONCURRENCY="2", METRICS_TOKEN=TOKEN) as port:

        def get(path: str) -> str:
            request = Request(f"http://127.0.0.1:{port}{path}", headers={"Authorization": f"Bearer {TOKEN}"})
            with urlopen(request) as answer:
                return str(answer.read().decode())

        for _ in range(40):
            get("/accounts/login/")
        line = 'orderdesk_request_seconds_count{method="GET",status="200",view="account_login"}'
        assert value(get("/metrics"), line) == 40
        assert value(get("/metrics"), 'orderdesk_jobs{state="waiting"}') == 0
