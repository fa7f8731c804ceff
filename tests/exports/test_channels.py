"""An export of the list over all channels: each is read from its own, and proven complete by itself."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from accounts.channels import Channel, channel_name
from accounts.models import ChannelGrant
from audit.models import Entry
from gateway.connection import order_api
from gateway.in_process import Headers
from index import writing
from jobs import registry
from jobs.models import Job, State
from orders.exports import source
from sandbox.models import Order
from tests.conftest import ClientOf
from tests.exports.helpers import Answer, Reply, answering, as_ever, is_list, rows_of, run, start
from tests.orders.orders_in_the_sandbox import an_order, payment, put

pytestmark = pytest.mark.django_db
EVERYWHERE = "/orders/export/"
SE, NO = Channel("norce", "se"), Channel("norce", "no")


@pytest.fixture(autouse=True)
def short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "PAGE", 4)


def in_both(**more: Any) -> None:
    """Nine orders in one channel, six in another, known to the index."""
    put(*(an_order(f"se{n}", created=f"2026-11-20T10:00:0{n}Z", reference=f"SE-{n}", **more) for n in range(9)))
    put(*(order_in_no(n, **more) for n in range(6)))
    for channel in (SE, NO):
        writing.see(order_api(*channel).orders.list(limit=250).data, at=timezone.now())


def order_in_no(n: int, **more: Any) -> dict[str, Any]:
    created = f"2026-11-19T10:00:0{n}Z"
    return an_order(f"no{n}", channel="no", created=created, reference=f"NO-{n}", **more)


ALL = [f"SE-{n}" for n in range(9)] + [f"NO-{n}" for n in range(6)]


def references(job: Job) -> list[str]:
    return [row["Order reference"] for row in rows_of(job)]


def where(headers: Headers) -> str:
    """The channel that a call is about."""
    said = {name.lower(): value for name, value in headers}
    return said["x-channel"]


def at_calls_of(channel: str, what: Answer) -> Any:
    """The API, which answers about that channel otherwise."""

    def answers(method: str, path: str, query: str, headers: Headers, body: bytes) -> Reply:
        there = is_list(method, path) and where(headers) == channel
        return (what if there else as_ever)(method, path, query, headers, body)

    return answering(answers)


def test_the_list_over_all_channels_leads_to_it_with_its_filters(client_of: ClientOf, support: User) -> None:
    in_both()
    client = client_of(support)
    shown = client.get("/orders/?status=completed").content.decode()
    assert 'href="/orders/export/?status=completed"' in shown
    assert 'formaction="/orders/export/?status=completed"' in shown
    shown = client.get(f"{EVERYWHERE}?status=completed").content.decode()
    assert "All 15 orders that match" in shown
    assert channel_name(SE) in shown and "<b>9</b>" in shown and "<b>6</b>" in shown


def test_all_channels_stand_in_one_file_each_order_read_from_its_own(client_of: ClientOf, support: User) -> None:
    in_both()
    job = start(client_of(support), address=EVERYWHERE)
    assert job.total == 15
    job = run(job)
    assert references(job) == ALL
    assert {row["Channel"] for row in rows_of(job)} == {"norce/se", "norce/no"}
    assert (job.state, job.done, job.total) == (State.DONE, 15, 15)
    assert registry.says(job) == "Complete: 15 orders, as many as the Order API counts. 15 rows."


def test_what_the_index_has_not_read_is_in_it_nevertheless(client_of: ClientOf, support: User) -> None:
    in_both()
    put(an_order("late", created="2026-11-21T10:00:00Z", reference="LATE"))
    assert "LATE" in references(run(start(client_of(support), address=EVERYWHERE)))


def test_the_page_says_of_each_channel_how_it_ended(client_of: ClientOf, support: User) -> None:
    in_both()
    client = client_of(support)
    job = start(client, address=EVERYWHERE)
    assert client.get(f"/downloads/{job.pk}/").content.decode().count("Waiting</span>") >= 2
    job = run(job)
    shown = client.get(f"/downloads/{job.pk}/").content.decode()
    assert "Complete: 9 orders, as many as the Order API counts. 9 rows." in shown
    assert "Complete: 6 orders, as many as the Order API counts. 6 rows." in shown


def test_one_channel_that_moves_is_not_made_good_by_another(client_of: ClientOf, support: User) -> None:
    """One order less in a channel and one more in another are as many as before, and not what was there before."""
    in_both()
    calls = iter(range(100))

    def moving(*asked: Any) -> Reply:
        if next(calls) == 1:
            Order.objects.filter(public_id="o_se0").delete()
            put(an_order("old", channel="no", created="2026-11-01T10:00:00Z", reference="OLD"))
        return as_ever(*asked)

    job = start(client_of(support), address=EVERYWHERE)
    with at_calls_of("se", moving):
        job = run(job)
    assert job.code == "moved"
    assert registry.says(job).startswith("Not proven complete")


def test_a_channel_that_is_down_makes_it_wait_and_none_is_left_out(client_of: ClientOf, support: User) -> None:
    in_both()
    client = client_of(support)
    job = start(client, address=EVERYWHERE)
    with at_calls_of("no", lambda *_: (503, [], b"down")):
        job = run(job)
        assert (job.state, job.code, job.done, job.file) == (State.WAITING, "outage", 9, "")
        shown = client.get(f"/downloads/{job.pk}/").content.decode()
        assert "The Order API does not answer." in shown
        assert "Complete: 9 orders" in shown
    Job.objects.filter(pk=job.pk).update(next_at=None)
    job = run(job)
    assert references(job) == ALL
    assert job.code == "complete"


def test_the_form_names_a_channel_that_does_not_answer(client_of: ClientOf, support: User) -> None:
    in_both()
    with at_calls_of("no", lambda *_: (503, [], b"down")):
        shown = client_of(support).get(EVERYWHERE).content.decode()
    assert "did not answer" in shown
    assert "All orders that match the list’s filters" in shown


def test_a_channel_that_is_taken_away_meanwhile_ends_it(client_of: ClientOf, support: User) -> None:
    in_both()
    job = start(client_of(support), address=EVERYWHERE)

    def taken(*asked: Any) -> Reply:
        ChannelGrant.objects.filter(user=support).update(merchant="norce", channel="se")
        return as_ever(*asked)

    with at_calls_of("se", taken):
        job = run(job)
    assert (job.state, job.code, job.file) == (State.FAILED, "no-channel", "")
    assert job.done == 4, "what was under way came to its end, and no more"


def test_it_goes_on_in_the_channel_and_at_the_page_where_it_was(client_of: ClientOf, support: User) -> None:
    in_both()
    client = client_of(support)
    job = start(client, address=EVERYWHERE)

    def stopping(*asked: Any) -> Reply:
        client.post(f"/downloads/{job.pk}/stop/")
        return as_ever(*asked)

    with at_calls_of("no", stopping):
        job = run(job)
    assert (job.state, job.done) == (State.STOPPED, 13)
    client.post(f"/downloads/{job.pk}/resume/")
    job = run(job)
    assert references(job) == ALL
    assert job.code == "complete"


@pytest.mark.parametrize("query", ["channels=norce/no", "channels=norce/no&status=completed"])
def test_some_of_the_channels_are_those_alone(client_of: ClientOf, support: User, query: str) -> None:
    in_both()
    job = run(start(client_of(support), query, address=EVERYWHERE))
    assert references(job) == ALL[9:]
    assert job.file_name.startswith("orders-norce-no-")


def test_what_the_index_alone_can_tell_is_read_from_each_channel_by_its_ids(client_of: ClientOf, support: User) -> None:
    in_both()
    held: dict[str, Any] = {"payments": [payment("p-held", 100, "reserved")]}
    put(an_order("hs", reference="HS", **held), an_order("hn", channel="no", reference="HN", **held))
    for channel in (SE, NO):
        writing.see(order_api(*channel).orders.list(limit=250).data, at=timezone.now())
    client = client_of(support)
    job = run(start(client, "payment_state=reserved", address=EVERYWHERE))
    assert sorted(references(job)) == ["HN", "HS"]
    assert job.code == "complete"
    job = start(client, "payment_state=reserved", address=EVERYWHERE)
    Order.objects.filter(public_id="o_hn").delete()
    job = run(job)
    assert registry.says(job) == "1 orders, 1 rows. 1 that were chosen are not there any more."


def test_orders_that_were_marked_in_several_channels_are_those_alone(client_of: ClientOf, support: User) -> None:
    in_both()
    client = client_of(support)
    marked = ["/norce/se/orders/o_se1/", "/norce/no/orders/o_no2/", "/elsewhere/xx/orders/o_se2/"]
    shown = client.post(EVERYWHERE, {"order": marked}).content.decode()
    assert "These 2 orders" in shown
    assert 'value="norce/no/o_no2"' in shown
    ids = ["norce/se/o_se1", "norce/no/o_no2", "elsewhere/xx/o_se2"]
    assert references(run(start(client, address=EVERYWHERE, what="these", ids=ids))) == ["SE-1", "NO-2"]


def test_the_log_says_which_channels(client_of: ClientOf, support: User) -> None:
    in_both()
    start(client_of(support), "channels=norce/se&channels=norce/no", address=EVERYWHERE)
    entry = Entry.objects.filter(action="export.start").latest("sequence")
    assert (entry.merchant, entry.channel) == ("", "")
    assert entry.details["channels"] == ["norce/se", "norce/no"]


def test_who_has_one_channel_alone_goes_to_its_form(client_of: ClientOf, support: User) -> None:
    ChannelGrant.objects.filter(user=support).update(merchant="norce", channel="se")
    answer = client_of(support).get(f"{EVERYWHERE}?status=completed")
    assert (answer.status_code, answer["Location"]) == (302, "/norce/se/orders/export/?status=completed")
