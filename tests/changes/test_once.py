"""That a form was sent is kept where nothing loses it: whatever happens to the cache, and whenever
the database refuses."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import OperationalError, connection
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from order_api import OrderApi
from order_api.schemas import Order
from orders.changes import idempotency
from orders.models import SentForm
from tests.changes.conftest import Desk, logged
from tests.forms import filled

DeskOf = Callable[[User], Desk]
SET = ("reference-edit", {"reference": "SE-2"})
ADDED = ("shipping-create", {"name": "Parcel", "adapter_id": "nshift_adapter", "including_vat": "0"})


class Opened:
    """A form about an order that was opened once and can be sent many times."""

    def __init__(self, desk: Desk, order: Order, name: str, typed: dict[str, str]) -> None:
        self.desk, self.where = desk, reverse(name, kwargs={"channel": "norce/se", "order_id": order.id})
        self.fields = filled(desk.open(self.where), self.where, typed)

    def send(self) -> Any:
        return self.desk.client.post(self.where, self.fields)


@contextmanager
def refusing(statement: str) -> Iterator[None]:
    """The database is out of order for every statement on the table of sent forms that begins so."""

    def listen(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if sql.startswith(statement) and '"orders_sentform"' in sql:
            raise OperationalError("disk full")
        return execute(sql, *rest)

    with connection.execute_wrapper(listen):
        yield


@pytest.mark.parametrize(("name", "typed"), [SET, ADDED], ids=["sets", "adds"])
def test_a_form_is_known_after_the_cache_has_forgotten_everything(
    manager: User, desk_of: DeskOf, order: Order, name: str, typed: dict[str, str]
) -> None:
    form = Opened(desk_of(manager), order, name, typed)
    first = form.send()
    cache.clear()
    again = form.send()
    assert (first.status_code, again.status_code) == (302, 302)
    assert first["Location"] == again["Location"]
    assert len(logged(order)) == 2, "one intent and one outcome"


@pytest.mark.parametrize(("name", "typed"), [SET, ADDED], ids=["sets", "adds"])
def test_what_cannot_be_kept_is_not_sent_and_can_be_sent_later(
    manager: User, desk_of: DeskOf, order: Order, name: str, typed: dict[str, str]
) -> None:
    form = Opened(desk_of(manager), order, name, typed)
    with refusing("INSERT"):
        answer = form.send()
    assert answer.status_code == 503
    assert "so it was not sent" in answer.content.decode()
    assert next(iter(typed.values())) in answer.content.decode(), "what was typed is kept"
    assert logged(order) == []
    assert form.send().status_code == 302


def test_what_was_done_and_could_not_be_kept_is_not_sent_again(
    manager: User, desk_of: DeskOf, order: Order, api: OrderApi
) -> None:
    form = Opened(desk_of(manager), order, *ADDED)
    with refusing("UPDATE"):
        assert form.send().status_code == 302
    again = form.send()
    assert again.status_code == 502
    assert "was not sent again" in again.content.decode()
    assert len(api.orders.get(order.id or "").shippings) == 1


def test_of_two_requests_that_both_saw_nothing_one_is_sent(
    manager: User, desk_of: DeskOf, order: Order, api: OrderApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = Opened(desk_of(manager), order, *ADDED)
    assert form.send().status_code == 302
    real, seen = idempotency.fate, iter([None, None])
    monkeypatch.setattr(idempotency, "fate", lambda request, adds: next(seen, real(request, adds=adds)))
    answer = form.send()
    assert answer.status_code == 409
    assert len(api.orders.get(order.id or "").shippings) == 1
    assert len(logged(order)) == 2


def test_the_second_to_begin_is_told_so(rf: RequestFactory, support: User) -> None:
    request = rf.post("/norce/se/orders/new/", {"once": "mark"})
    request.user = support
    idempotency.start(request, adds=True)
    with pytest.raises(idempotency.AlreadySentError):
        idempotency.start(request, adds=True)
    idempotency.forget(request, adds=True)
    idempotency.start(request, adds=True)


def test_old_marks_go_a_few_at_a_time_and_young_ones_stay(manager: User, desk_of: DeskOf, order: Order) -> None:
    now, day = timezone.now(), dt.timedelta(days=1)
    SentForm.objects.bulk_create(SentForm(key=f"old {n}", at=now - 2 * day, became_json='"/"') for n in range(250))
    SentForm.objects.create(key="young", at=now - day / 2, became_json='"/"')
    Opened(desk_of(manager), order, *ADDED).send()
    assert SentForm.objects.filter(key__startswith="old").count() == 250 - idempotency.TIDIED_AT_ONCE
    assert SentForm.objects.count() == 150 + 2


def test_a_form_of_the_day_before_yesterday_can_be_sent(manager: User, desk_of: DeskOf, order: Order) -> None:
    form = Opened(desk_of(manager), order, *SET)
    form.send()
    SentForm.objects.update(at=timezone.now() - dt.timedelta(days=2))
    assert form.send().status_code != 502
    assert SentForm.objects.filter(at__lt=timezone.now() - dt.timedelta(days=1)).count() <= 1
