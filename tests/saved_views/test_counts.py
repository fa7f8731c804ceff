"""The counts of the tabs come after the page, and are in nobody's way."""

import json

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.channels import Channel
from gateway.connection import order_api
from index import writing
from tests.conftest import ClientOf
from tests.orders.orders_in_the_sandbox import an_order, many, payment, put
from tests.saved_views.keeping import LIST, Json, keep, the_view
from tests.wire import listening

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_is_counted_yet() -> None:
    cache.clear()


@pytest.fixture
def support_desk(client_of: ClientOf, support: User) -> Client:
    return client_of(support)


def counts(desk: Client, where: str = "/norce/se/orders/counts/") -> Json:
    return dict(json.loads(desk.get(where).content)["counts"])


def test_counts_come_after_the_page_and_are_asked_for_once(support_desk: Client) -> None:
    many(3)
    put(an_order("held", payments=[payment("p_h", 100, "reserved")]))
    writing.see([order_api("norce", "se").orders.get("o_held")], at=timezone.now())
    keep(support_desk)
    key = str(the_view().pk)
    with listening() as calls:
        support_desk.get(LIST)
    assert len(calls) == 1
    with listening() as calls:
        found = counts(support_desk)
    assert found[key] == "4" and found["to-capture"] == "1" and len(calls) == 2
    with listening() as calls:
        assert counts(support_desk) == found
    assert len(calls) == 0


def test_counts_that_fail_show_nothing_and_break_nothing(support_desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from gateway.fanout import Answer
    from orders.saved_views import counts as counting

    monkeypatch.setattr(counting, "fan_out", lambda request, channels, ask, **more: [Answer(channels[0], is_late=True)])
    keep(support_desk)
    found = counts(support_desk)
    assert str(the_view().pk) not in found and "to-capture" in found


def test_counts_of_all_channels_are_of_the_persons_channels(support_desk: Client, support: User) -> None:
    put({**an_order("danish", payments=[payment("p_h", 100, "reserved")]), "channel": "dk"})
    writing.see([order_api("norce", "dk").orders.get("o_danish")], at=timezone.now())
    assert counts(support_desk, "/views/counts/")["to-capture"] == "1"
    support.channel_grants.update(merchant="norce", channel="se")
    assert counts(support_desk, "/views/counts/")["to-capture"] == "0"
    assert Channel("norce", "dk")
