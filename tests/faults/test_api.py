"""Every fault of an Order API, caused for real: a desk in a process of its own asks a stub that is dead, slow, flaps,
refuses or talks nonsense, and what needs no answer of it is answered meanwhile.

No time limit here is about how fast the machine is: what must not wait is answered before the calls that hang end.
"""

import re
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.faults.stub import Stub, stub
from tests.programs import MIGRATE
from tests.test_serve import KEY, manage, served
from tests.test_slow_clients import PASSWORD, Browser

pytestmark = [pytest.mark.slow, pytest.mark.rest, pytest.mark.xdist_group("faults")]
THREADS, PLACES = 8, 6
SILENT = "The Order API does not answer."
SLOW = "The Order API takes too long to answer at the moment."
STRANGE = "What answered is not the Order API, or its answer is broken."
THROTTLED = "The Order API is asked too much at the moment."
CROWDED = "The Order API is slow, and too many people wait for it already."
FAILS = "The Order API is not working right now."
READ_BEFORE = "What you see was read"
SEEN_WITHIN = 30  # seconds; the desk's own aim is 10 (tests/order_api/test_breaker.py), on a machine that is not busy

PEOPLE = f"""
from django.contrib.auth.models import Group, User
from accounts.models import ChannelGrant
for name in ("support", "admin"):
    user = User.objects.create_user(name, name + "@example.com", "{PASSWORD}")
    user.groups.add(Group.objects.get(name=name))
    ChannelGrant.objects.create(user=user, merchant="*", channel="*")
"""


class Desk(NamedTuple):
    """A desk over the network, its API, and somebody from support and an admin who have signed in."""

    port: int
    api: Stub
    support: Browser
    admin: Browser

    def recovers(self) -> float:
        """Seconds until a page that only the API can fill is there again, once the API is well."""
        self.api.mode = "ok"
        begun = time.monotonic()
        while self.support.fetch("/norce/se/orders/o_two/timeline/")[0] != 200:
            assert time.monotonic() - begun < SEEN_WITHIN, "nobody saw that it is back"
            time.sleep(0.2)
        return time.monotonic() - begun

    def needs_nothing_of_it(self) -> dict[str, int]:
        """Statuses of what is answered whatever the API does."""
        newcomer = Browser(self.port)
        return {
            "process": newcomer.fetch("/healthz")[0],
            "ready": newcomer.fetch("/readyz")[0],
            "static": newcomer.fetch("/static/app.js")[0],
            "sign-in": newcomer.sign_in("support", PASSWORD),
            "queue": newcomer.fetch("/queue/")[0],
            "log": self.admin.fetch("/audit/")[0],
            "payments": newcomer.fetch("/payments/")[0],
        }


WELL = {"process": 200, "ready": 200, "static": 200, "sign-in": 302, "queue": 200, "log": 200, "payments": 200}


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder: Path = tmp_path_factory.mktemp("desk")
    with stub() as api:
        settings = {
            "THREADS": str(THREADS),
            "LOG_LEVEL": "ERROR",  # nobody reads what it says
            "SECRET_KEY": KEY,
            "ORDER_API_URL": f"{api.url}/checkout/order",
            "ORDER_API_TOKEN": "t0ken",
            "SECOND_FACTOR": "offered",
            "ORDER_API_CHANNELS": "norce/se",
            "INDEX_WORKER": "0",  # which asks as well
        }
        assert manage("shell", "-v0", "-c", MIGRATE + PEOPLE, folder=folder, **settings).returncode == 0
        with served(folder, **settings) as port:
            support, admin = Browser(port), Browser(port)
            assert (support.sign_in("support", PASSWORD), admin.sign_in("admin", PASSWORD)) == (302, 302)
            yield Desk(port, api, support, admin)


@pytest.fixture(autouse=True)
def well(desk: Desk) -> None:
    """Each fault begins where the API answers, and the list and an order have been read."""
    desk.recovers()
    for page in ("/norce/se/orders/", "/norce/se/orders/o_one/"):
        assert desk.support.fetch(page)[0] == 200
    while desk.api.asked.acquire(blocking=False):
        pass


@pytest.fixture
def crowd() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(20) as people:
        yield people


def waiting(desk: Desk, crowd: ThreadPoolExecutor, many: int) -> list["Future[tuple[int, str]]"]:
    """So many people who look at orders that nobody has read; they hang, or are told at once."""
    cookies = dict(desk.support.cookies)

    def look(number: int) -> tuple[int, str]:
        browser = Browser(desk.port)
        browser.cookies = dict(cookies)
        return browser.fetch(f"/norce/se/orders/o_{number}/timeline/")

    return [crowd.submit(look, number) for number in range(many)]


@pytest.mark.parametrize(
    ("fault", "says"),
    [("9 s", None), ("30 s", SILENT), ("a byte at a time", SILENT), ("headers a byte at a time", SILENT)],
)
def test_while_every_call_hangs_the_desk_goes_on(
    desk: Desk, crowd: ThreadPoolExecutor, fault: str, says: str | None
) -> None:
    desk.api.mode = fault
    hanging = waiting(desk, crowd, THREADS + 4)
    assert all(desk.api.asked.acquire(timeout=60) for _ in range(PLACES)), "all who may wait for it do"

    assert desk.needs_nothing_of_it() == WELL
    status, page = desk.support.fetch("/norce/se/orders/o_one/")
    assert (status, READ_BEFORE in words(page), CROWDED in words(page)) == (200, True, True)
    status, page = desk.support.fetch("/norce/se/orders/")
    assert (status, READ_BEFORE in words(page), "REF-two" in page) == (200, True, True)
    assert sum(not each.done() for each in hanging) == PLACES, "and all of that before a call had ended"
    told = [each.result() for each in hanging if each.done()]
    assert {status for status, _ in told} == {503} and all(CROWDED in words(page) for _, page in told)

    waited = [page for _, page in (each.result() for each in hanging) if CROWDED not in words(page)]
    assert len(waited) >= PLACES and (says is None or all(says in words(page) for page in waited))
    desk.recovers()


def test_while_a_few_calls_hang_nobody_waits_for_what_was_read_before(desk: Desk, crowd: ThreadPoolExecutor) -> None:
    """There are places left, and no breaker is open yet: what is under way tells that the API hangs."""
    desk.api.mode = "30 s"
    hanging = waiting(desk, crowd, 2)
    assert all(desk.api.asked.acquire(timeout=60) for _ in hanging)
    time.sleep(2.1)  # order_api.pulse.HANGS
    status, page = desk.support.fetch("/norce/se/orders/o_one/")
    assert (status, READ_BEFORE in words(page), SLOW in words(page)) == (200, True, True)
    assert not any(each.done() for each in hanging)
    assert {each.result()[0] for each in hanging} == {503}


def test_who_comes_first_to_one_that_hangs_is_shown_what_was_read_before_long_before_the_call_ends(desk: Desk) -> None:
    desk.api.mode = "30 s"
    begun = time.monotonic()
    status, page = desk.support.fetch("/norce/se/orders/o_one/")
    known = time.monotonic() - begun
    assert (status, READ_BEFORE in words(page), SLOW in words(page)) == (200, True, True)
    assert desk.support.fetch("/norce/se/orders/o_never/")[0] == 503
    assert known < time.monotonic() - begun - known


def test_who_is_not_let_through_to_a_slow_one_is_told_that_it_is_slow(desk: Desk, crowd: ThreadPoolExecutor) -> None:
    desk.api.mode = "9 s"
    told = list[str]()
    for _ in range(5):  # the quick answers of before count for a while
        pages = [words(each.result()[1]) for each in waiting(desk, crowd, PLACES)]
        if told := [page for page in pages if SLOW in page]:
            break
    assert told and "Its last answers took too long" in told[0]


@pytest.mark.parametrize(
    ("fault", "status", "says"),
    [
        ("down", 503, SILENT),
        ("503", 503, FAILS),
        ("401", 403, "The Order API does not let this desk into"),
        ("429", 503, THROTTLED),
        ("500", 503, FAILS),
        ("html", 503, FAILS),
        ("html with 200", 502, STRANGE),
        ("cut", 502, STRANGE),
        ("broken off", 502, STRANGE),
        ("30 MB", 502, STRANGE),
    ],
)
def test_what_the_api_says_or_does_not_is_said_in_words(
    desk: Desk, crowd: ThreadPoolExecutor, fault: str, status: int, says: str
) -> None:
    desk.api.mode = fault
    for each in waiting(desk, crowd, THREADS):
        code, page = each.result()
        assert code in (status, 503) and "Traceback" not in page
        assert says in words(page) or CROWDED in words(page)
    code, page = desk.support.fetch("/norce/se/orders/o_never/")
    assert (code, says in words(page)) == (status, True), words(page)[-1500:]
    assert desk.needs_nothing_of_it() == WELL
    code, page = desk.support.fetch("/norce/se/orders/o_one/")
    if fault == "401":
        assert code == 403, "what the API does not let anybody see is not shown from memory"
    else:
        assert (code, READ_BEFORE in words(page), says in words(page)) == (200, True, True)
    desk.recovers()


def test_a_pause_that_the_api_asks_for_is_kept_and_said(desk: Desk) -> None:
    desk.api.mode = "429"
    assert desk.support.fetch("/norce/se/orders/o_two/timeline/")[0] == 503
    while desk.api.asked.acquire(blocking=False):
        pass
    code, page = desk.support.fetch("/norce/se/orders/o_never/")
    assert (code, THROTTLED in words(page), "It asked to be left alone" in words(page)) == (503, True, True)
    assert not desk.api.asked.acquire(blocking=False), "it was asked before the pause was over"


def test_an_api_that_flaps_is_used_while_it_is_well(desk: Desk) -> None:
    desk.api.mode = "flapping"
    told = set()
    until = time.monotonic() + 25
    while time.monotonic() < until:
        told.add(desk.support.fetch("/norce/se/orders/o_two/timeline/")[0])
        time.sleep(0.2)
    assert told == {200, 503}
    assert desk.needs_nothing_of_it() == WELL


def test_a_port_at_which_nobody_listens(tmp_path: Path) -> None:
    with stub() as gone:
        url = gone.url
    settings = {"SECRET_KEY": KEY, "ORDER_API_TOKEN": "t0ken", "ORDER_API_CHANNELS": "norce/se", "INDEX_WORKER": "0"}
    settings["SECOND_FACTOR"] = "offered"
    settings["ORDER_API_URL"] = f"{url}/checkout/order"
    assert manage("shell", "-v0", "-c", MIGRATE + PEOPLE, folder=tmp_path, **settings).returncode == 0
    with served(tmp_path, **settings) as port:
        support = Browser(port)
        assert support.sign_in("support", PASSWORD) == 302
        code, page = support.fetch("/norce/se/orders/o_one/")
        assert (code, SILENT in words(page), "nothing listens at its address" in words(page)) == (503, True, True)
        with stub(port=int(url.rpartition(":")[2])):
            until = time.monotonic() + SEEN_WITHIN
            while support.fetch("/norce/se/orders/o_one/")[0] != 200:
                assert time.monotonic() < until
                time.sleep(0.2)
