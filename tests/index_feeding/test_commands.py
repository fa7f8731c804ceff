"""Whoever runs the desk sees how well the channels are known, and has them read anew."""

import datetime as dt
import json
from io import StringIO
from typing import Any
from unittest import mock

import pytest
from django.core.management import CommandError, call_command
from django.template import Context, Template
from django.test import Client, override_settings
from django.utils import timezone

from accounts.channels import Channel
from index import reading
from index.models import ChannelState, IndexedOrder
from index.sweeping import pages, steps, worker
from index.sweeping.steps import take_turn
from tests.index_feeding.conftest import NO, SE, known
from tests.index_feeding.sweeps import done_before, some, state
from tests.orders.orders_in_the_sandbox import an_order, put
from tests.test_fanout import Channels, silence
from tests.wire import answered_by

pytestmark = pytest.mark.django_db


def said_by(name: str, **options: Any) -> str:
    out = StringIO()
    call_command(name, stdout=out, **options)
    return out.getvalue()


def shown(*channels: Channel) -> str:
    """What a page says beneath an answer of the index about these channels."""
    template = Template("{% load index_freshness %}{% index_freshness known %}")
    return " ".join(template.render(Context({"known": reading.freshness(channels)})).split())


def test_a_sweep_by_hand_reads_every_channel() -> None:
    some(3)
    put(an_order("there", channel="no"))
    assert "0 channels do not answer" in said_by("index_sweep")
    assert (len(known(SE)), len(known(NO))) == (3, 1)


def test_a_sweep_by_hand_may_be_of_one_channel() -> None:
    some(3)
    put(an_order("there", channel="no"))
    said_by("index_sweep", channel="norce/se")
    assert (len(known(SE)), len(known(NO))) == (3, 0)


def test_a_channel_that_there_is_not_is_said_to_be_none() -> None:
    with pytest.raises(CommandError, match="norce/se"):
        said_by("index_sweep", channel="norce/nowhere")


def test_the_status_says_how_well_each_channel_is_known_and_what_it_cost() -> None:
    some(3)
    said_by("index_sweep", channel="norce/se")
    with answered_by(Channels(no=silence)):
        take_turn(NO)
    said = said_by("index_status")
    assert "norce/se  3 orders, as of 2" in said
    assert "calls: 4 of 30 in this minute, 4 in all" in said
    assert "norce/dk  0 orders, as of never" in said
    assert "does not answer since" in said
    assert "Unavailable, 1 in a row" in said


def test_a_sweep_under_way_stands_in_the_status() -> None:
    some(60)
    done_before(whole_at=None)
    with mock.patch.object(pages, "LIMIT", 20):
        take_turn(SE, seconds=0)
    assert "under way: whole, at 16 of 60" in said_by("index_status")


def test_rebuilding_forgets_everything_and_reads_it_anew() -> None:
    ids = some(5)
    take_turn(SE)
    numbers = set(IndexedOrder.objects.values_list("number", flat=True))
    said = said_by("index_rebuild", channel="norce/se")
    assert "5 orders, all of it" in said
    assert known() == set(ids)
    assert not numbers & set(IndexedOrder.objects.values_list("number", flat=True))


def test_what_was_stopped_while_it_was_rebuilt_goes_on_by_itself() -> None:
    ids = some(5)
    take_turn(SE)
    with mock.patch.object(steps, "FORGOTTEN_AT_ONCE", 2):
        steps.forget_all(SE)
        assert SE in worker.due()
        take_turn(SE, seconds=0)
        assert len(known()) == 3
        take_turn(SE)
    assert known() == set(ids)
    assert state().cursors == {}


def test_rebuilding_a_channel_that_does_not_answer_ends_and_says_so() -> None:
    with mock.patch("gateway.connection.answer", Channels(se=silence)):
        said = said_by("index_rebuild", channel="norce/se")
    assert "does not answer: Unavailable" in said


def test_rebuilding_may_be_left_to_the_worker() -> None:
    some(5)
    take_turn(SE)
    said_by("index_rebuild", no_wait=True)
    assert len(known()) == 5
    take_turn(SE)
    assert len(known()) == 5
    assert state().whole_at


@override_settings(INDEX_KEEP_DAYS=30)
def test_what_is_too_old_goes_once_an_hour() -> None:
    ids = some(2)
    with override_settings(INDEX_KEEP_DAYS=4000):
        put(an_order("old", created="2020-01-01T00:00:00Z"))
        take_turn(SE)
    assert "o_old" in known()
    with mock.patch.object(worker, "_pruned_at", -worker.PRUNED_EVERY):
        worker.prune_now_and_then()
    assert known() == set(ids)


def test_a_page_says_that_a_channel_was_never_looked_through() -> None:
    assert "norce/se was never looked through." in shown(SE)


def test_a_page_says_from_when_the_oldest_of_its_channels_is() -> None:
    now = timezone.now()
    done_before(newest_at=now - dt.timedelta(minutes=2))
    assert shown(SE).startswith('<p class="muted"> As of <time')


def test_a_page_says_since_when_a_channel_does_not_answer() -> None:
    done_before(failed_at=timezone.now())
    assert "norce/se has not answered since <time" in shown(SE)


def test_a_page_says_how_far_the_first_look_came() -> None:
    some(60)
    done_before(whole_at=None)
    with mock.patch.object(pages, "LIMIT", 20):
        take_turn(SE, seconds=0)
    assert "is being looked through for the first time (26 %): older orders are missing." in shown(SE)
    ChannelState.objects.update(whole_at=timezone.now())
    assert "first time" not in shown(SE)


def test_what_norce_has_to_be_told_is_printed_with_an_address_that_works() -> None:
    with override_settings(INDEX_PUSH_SECRET="s" * 32, DESK_URL="https://desk.example.com"):
        said = said_by("index_push_setup", channel="norce/se")
        notification = json.loads(said.partition("\n")[2])["order"]["notifications"][0]
        address = notification["invoke"].replace("{order.id}", "o_one")
        assert address.startswith("https://desk.example.com/index/push/norce/se/o_one/?secret=")
        assert Client().post(address.removeprefix("https://desk.example.com")).status_code == 204


def test_without_a_secret_or_an_address_nothing_is_printed() -> None:
    with override_settings(SANDBOX=False), pytest.raises(CommandError, match="INDEX_PUSH_SECRET"):
        said_by("index_push_setup")
