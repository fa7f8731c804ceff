"""Text of any length and kind, from an address, a form or the Order API, is stored or refused in
words, on any database.

SQLite looks at no length and takes every character, so tests/test_again_on_postgresql.py runs these on PostgreSQL too.
"""

import dataclasses
import re
from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.urls import reverse
from pytest_django import Settings

from accounts.channels import all_channels
from accounts.models import ANY, ChannelGrant, Preference
from audit.log import Subject, Who
from gateway.lease import lease
from order_api import OrderApi
from orders.models import Note
from orders.notes import services
from payments.executions import engine
from payments.executions.intent import Intent
from payments.executions.sending import Reply
from payments.models import Answer, Execution, State
from tests.conftest import ClientOf
from tests.forms import ROUTES, put_order
from tests.payments.conftest import MakePayment, api, asked_by, case_of, make_payment  # noqa: F401 - fixtures
from ui.fields import OutsideText

pytestmark = pytest.mark.django_db
LONG = "åß漢" * 1000
STRANGE = ("x" * 450, "%00", "a%00b", "%EF%BF%BD" * 500)
ROOMS = ("gateway", "orders", "payments", "accounts", "audit", "index", "jobs", "overview")

# What bounds each varchar column that has no choices: a check of ours, or that we make it ourselves.
BOUNDED: Mapping[str, str] = {
    "gateway.Lease.key": "a digest",
    "jobs.Job.kind": "a name in jobs.registry",
    "jobs.Job.username": "Django's username",
    "jobs.Job.ip": "audit.who",
    "jobs.Job.agent": "cut by jobs.services",
    "jobs.Job.code": "a code of its kind",
    "jobs.Job.file": "made by jobs.files",
    "jobs.Job.file_name": "made of two names of accounts.channels and a day",
    "jobs.JobRow.merchant": "accounts.channels",
    "jobs.JobRow.channel": "accounts.channels",
    "jobs.JobRow.order_id": "gateway.middleware.is_id",
    "jobs.JobRow.payment_id": "gateway.middleware.is_id",
    "jobs.JobRow.outcome": "a code of its kind",
    "orders.SentForm.key": "a digest",
    "orders.Paste.own_channel": "accounts.channels",
    "orders.PastedLine.kind": "orders.pasted.recognise.Kind",
    "orders.PastedLine.channel": "accounts.channels",
    "orders.Batch.username": "Django's username",
    "orders.Batch.ip": "cut by audit.tidy",
    "orders.Batch.agent": "cut by audit.tidy",
    "orders.Batch.action": "orders.bulk.actions",
    "orders.Batch.problem": "a code of orders.bulk.words",
    "orders.Batch.decided_by_name": "Django's username",
    "orders.BatchRow.merchant": "accounts.channels",
    "orders.BatchRow.channel": "accounts.channels",
    "orders.BatchRow.order_id": "gateway.middleware.is_id",
    "orders.BatchRow.verdict": "a code of orders.bulk.words",
    "overview.Dismissal.check_name": "overview.checks",
    "overview.Dismissal.merchant": "accounts.channels",
    "overview.Dismissal.channel": "accounts.channels",
    "overview.Dismissal.order_id": "gateway.middleware.is_id",
    "overview.Dismissal.by_name": "Django's username",
    "orders.SavedView.owner_name": "Django's username",
    "orders.SavedView.name": "orders.saved_views.forms.ViewForm",
    "orders.SavedView.role": "accounts.roles",
    "orders.Note.merchant": "accounts.channels",
    "orders.Note.channel": "accounts.channels",
    "orders.Note.order_id": "gateway.middleware.is_id",
    "payments.Execution.merchant": "accounts.channels",
    "payments.Execution.channel": "accounts.channels",
    "payments.Execution.order_id": "gateway.middleware.is_id",
    "payments.Execution.payment_id": "gateway.middleware.is_id",
    "payments.Execution.action_id": "gateway.middleware.is_id",
    "payments.Execution.customer": "a digest",
    "payments.Execution.asked_by_name": "Django's username",
    "payments.Execution.decided_by_name": "Django's username",
    "payments.Execution.taken_by_name": "Django's username",
    "payments.Execution.state": "domain.states",
    "payments.Execution.outcome": "domain.states",
    "payments.ExternalMove.mark": "a digest",
    "payments.ExternalMove.action_type": "a key of domain.states.MONEY_ACTIONS",
    "payments.ExternalMove.acknowledged_by_name": "Django's username",
    "payments.Execution.reason": "a code of payments.presentation.vocabulary",
    "payments.Execution.baseline": "a digest",
    "payments.Evidence.by": "Django's username",
    "payments.Evidence.digest": "a digest",
    "payments.Alert.kind": "payments.alerts.rules",
    "payments.Alert.subject": "an id of ours",
    "payments.Alert.merchant": "accounts.channels",
    "payments.Alert.channel": "accounts.channels",
    "payments.Alert.address": "an address of ours",
    "payments.Notice.error": "cut by payments.alerts.delivery",
    "payments.Heartbeat.log_hash": "a digest",
    "payments.Heartbeat.log_says": "cut by payments.alerts.heartbeat",
    "payments.ReasonList.action_type": "a key of payments.presentation.vocabulary.ACTIONS",
    "payments.Limit.role": "a choice of its form",
    "payments.Limit.merchant": "a choice of its form",
    "payments.Limit.channel": "a choice of its form",
    "payments.Limit.action_type": "its form, by the model's length",
    "payments.Limit.currency": "its form",
    "payments.FourEyes.merchant": "a choice of its form",
    "payments.FourEyes.channel": "a choice of its form",
    "payments.FourEyes.action_type": "its form, by the model's length",
    "payments.FourEyes.currency": "its form",
    "accounts.Session.session_key": "made by Django",
    "accounts.Preference.language": "a choice of its form",
    "accounts.Preference.region": "a choice of its form",
    "accounts.Preference.time_zone": "accounts.zones",
    "accounts.Preference.channel": "accounts.channels",
    "accounts.ChannelGrant.merchant": "accounts.channels",
    "accounts.ChannelGrant.channel": "accounts.channels",
    "accounts.OneTimeLink.code": "made by accounts.links",
    "accounts.AccountChange.by_name": "Django's username",
    "accounts.PendingChange.target": "cut by accounts.people.pending",
    "accounts.PendingChange.asked_by_name": "Django's username",
    "accounts.PendingChange.decided_by_name": "Django's username",
    **{
        f"audit.Entry.{name}": "audit.tidy"
        for name in (
            "username",
            "ip",
            "agent",
            "action",
            "order_id",
            "merchant",
            "channel",
            "target",
            "code",
            "request_id",
        )
    },
    "audit.Entry.previous": "a digest",
    "audit.Entry.hash": "a digest",
    **{
        f"index.{model}.{name}": "index.columns.text_of"
        for model, names in {
            "IndexedOrder": "merchant channel order_id reference cart_reference status country currency payment_state "
            "paid concern shipping_state",
            "IndexedPayment": "merchant channel payment_id reference adapter method state currency",
            "MoneyEvent": "merchant channel mark event adapter currency",
            "IndexedSku": "merchant channel sku",
            "IndexedKey": "key",
            "OrderSum": "merchant channel adapter status payment_state paid concern currency country shipping_state",
            "HeldSum": "merchant channel adapter currency",
            "MoveSum": "merchant channel adapter event currency",
        }.items()
        for name in names.split()
    },
    **{
        f"index.{model}.{name}": "accounts.channels, or a code or an id of ours"
        for model, names in {
            "ChannelState": "merchant channel error",
            "PushedOrder": "merchant channel order_id",
        }.items()
        for name in names.split()
    },
}


def text_columns() -> dict[str, models.Field]:  # type: ignore[type-arg]
    return {
        f"{model._meta.label}.{field.name}": field
        for room in ROOMS
        for model in apps.get_app_config(room).get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField)
    }


def test_every_column_with_a_length_says_what_keeps_longer_text_out() -> None:
    columns = text_columns()
    with_length = {name for name, field in columns.items() if field.max_length and not field.choices}
    assert with_length == set(BOUNDED)


def test_every_column_without_a_length_takes_every_character() -> None:
    """But for those in which we write JSON ourselves, whose escapes hold whatever there is."""
    open_ended = {name: field for name, field in text_columns().items() if not field.max_length}
    assert {name for name, field in open_ended.items() if not isinstance(field, OutsideText)} == {
        "accounts.AccountChange.changes_json",
        "accounts.PendingChange.changes_json",
        "accounts.PendingChange.data_json",
        "accounts.Session.session_data",  # Django's, in base64
        "index.IndexedOrder.adapters",  # index.columns.one_line
        "index.IndexedOrder.words",  # index.words
        "jobs.Job.sealed",
        "orders.Batch.sealed",
        "orders.Batch.above_json",
        "orders.BatchRow.warns_json",
        "orders.BatchRow.facts_json",
        "payments.Execution.excess_json",
        "payments.Execution.seen_json",
        "payments.Execution.before_json",
        "payments.Evidence.data_json",
        "payments.ExternalMove.line_json",
        "payments.ReasonList.reasons_json",
        "payments.Alert.says",
        "audit.Entry.changes_json",
        "audit.Entry.message",  # audit.tidy
        "audit.Entry.details_json",
    }


def test_a_payment_with_endless_words_is_captured(
    api: OrderApi,  # noqa: F811
    make_payment: MakePayment,  # noqa: F811
    case_of: Callable[[tuple[str, str], str], Intent],  # noqa: F811
    admin: User,
) -> None:
    outside = ("order_reference", "payment_reference", "provider", "method")
    strange: dict[str, Any] = dict.fromkeys(outside, f"\x00{LONG}\ud800")
    case = dataclasses.replace(case_of(make_payment("reserved"), "capture"), **strange)
    execution = engine.claim(case, asked_by(admin))
    kept = Execution.objects.get(pk=execution.pk)
    assert {getattr(kept, name) for name in outside} == {f"\ufffd{LONG}\ufffd"}


def test_what_the_api_answers_may_be_of_any_length(
    api: OrderApi,  # noqa: F811
    make_payment: MakePayment,  # noqa: F811
    case_of: Callable[[tuple[str, str], str], Intent],  # noqa: F811
    admin: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told = Reply(Answer.REFUSED, 409, f"{LONG}\x00", f"{LONG}\x00", f"{LONG}\x00")
    monkeypatch.setattr(engine, "call", lambda *_: told)
    execution = engine.execute(api, case_of(make_payment("reserved"), "capture"), asked_by(admin))
    assert execution.state != State.SENDING, "the outcome was written"
    assert Execution.objects.get(pk=execution.pk).code == f"{LONG}\ufffd"


def test_an_id_that_nothing_can_have_is_not_found_by_any_verb(admin: User, client_of: ClientOf) -> None:
    client, odd = client_of(admin), {}
    for route in (route for route in ROUTES.values() if "<str:order_id>" in route):
        for strange in STRANGE:
            here = route.replace("<channel:channel>", "norce/se")
            where = re.sub(r"<int:\w+>", "1", re.sub(r"<(str|path):\w+>", strange, here))
            answers = client.get(where), client.post(where, {"once": f"\x00{LONG}"})
            if not {answer.status_code for answer in answers} <= {404, 405}:
                odd[where] = [answer.status_code for answer in answers]
    assert odd == {}


@pytest.mark.parametrize("once", ["x" * 5000, "a\x00b", "\x00"])
def test_the_mark_of_a_form_may_be_anything(admin: User, client_of: ClientOf, once: str) -> None:
    ids = put_order("o_Own")
    client = client_of(admin)
    for name in ("order-create", "order-validate", "reference-edit"):
        where = reverse(
            name, kwargs={"channel": "norce/se"} | ({"order_id": ids["order_id"]} if name != "order-create" else {})
        )
        assert client.post(where, {"once": once}).status_code < 500


def test_an_order_is_leased_however_its_id_is_written() -> None:
    with lease("norce", "se", f"\x00{LONG}"):
        pass


def test_a_note_carries_the_longest_name_that_a_person_can_have(support: User) -> None:
    support.first_name, support.last_name = "A" * 150, "B" * 150
    note = services.write(Who("support"), support, Subject("o_1", "norce", "se"), "Said", uuid4())
    assert note and Note.objects.get(pk=note.pk).author_name == f"{'A' * 150} {'B' * 150}"


def test_the_longest_channel_can_be_given_and_chosen_and_a_longer_one_is_refused(
    support: User, client_of: ClientOf, settings: Settings
) -> None:
    longest = f"{'m' * 63}/{'c' * 63}"
    settings.ORDER_API_CHANNELS = ["norce/se", longest]
    ChannelGrant.objects.create(user=support, merchant=ANY, channel="c" * 63)
    chosen = {"channel": longest, "page_size": "25"}
    assert client_of(support).post(reverse("preferences"), chosen).status_code == 302
    assert Preference.objects.get(user=support).channel == longest
    settings.ORDER_API_CHANNELS = [f"{'m' * 64}/se"]
    with pytest.raises(ImproperlyConfigured):
        all_channels()


@pytest.mark.parametrize("cookie", ['"abcdefgh\\000"', '"\\000"', "x" * 300, '"abcdefgh\\303"'])
def test_a_session_that_nobody_has_is_a_visitors(client_of: ClientOf, cookie: str) -> None:
    client = client_of(User.objects.create_user("somebody"))
    answer = client.get(reverse("preferences"), headers={"Cookie": f"sessionid={cookie}"})
    assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (302, reverse("account_login"))


@pytest.mark.parametrize(
    "name", ["audit-list", "order-list", "order-find", "account_login", "approval-list", "doubt-list"]
)
def test_a_query_may_say_anything(admin: User, client_of: ClientOf, name: str) -> None:
    names = (
        "search",
        "person",
        "action",
        "order",
        "request_id",
        "before",
        "after",
        "next",
        "page",
        "size",
        "within",
        "edit",
    )
    client = client_of(admin)
    for value in (LONG[:500], "\x00", "a\x00"):
        where = reverse(name, args=["norce/se"] if name.startswith("order-") else [])
        assert client.get(where, dict.fromkeys(names, value)).status_code < 500
