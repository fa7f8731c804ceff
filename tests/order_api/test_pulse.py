"""Whether a service hangs, told by what is under way; on a clock of its own."""

from contextlib import suppress

import httpx
import pytest

from order_api import Connection, OrderApi, Secret
from order_api.errors import Paused, Unavailable
from order_api.pulse import GIVEN_UP, HANGS, REMEMBERED, Pulse
from tests.order_api.conftest import Clock
from tests.order_api.servers import BASE, TOKEN, Prepared


@pytest.fixture
def pulse(clock: Clock) -> Pulse:
    return Pulse(clock)


def asks(pulse: Pulse, clock: Clock, seconds: float, *, answered: bool = True) -> None:
    with suppress(ZeroDivisionError), pulse.question():
        clock.now += seconds
        assert answered or 1 / 0


def test_it_hangs_while_a_question_waits_for_long_and_no_other_is_answered(pulse: Pulse, clock: Clock) -> None:
    assert not pulse.hangs()
    with pulse.question():
        clock.now += HANGS - 0.1
        assert not pulse.hangs()
        clock.now += 0.1
        assert pulse.hangs()
        clock.now += 60
        assert pulse.hangs()
    assert pulse.hangs(), "the answer came late"


def test_a_quick_answer_says_that_it_is_well(pulse: Pulse, clock: Clock) -> None:
    asks(pulse, clock, 10, answered=False)
    assert pulse.hangs()
    asks(pulse, clock, 0.2)
    assert not pulse.hangs()


def test_who_gave_up_soon_says_so_too_and_a_refusal_says_nothing(pulse: Pulse, clock: Clock) -> None:
    asks(pulse, clock, 0.01, answered=False)
    assert not pulse.hangs()
    asks(pulse, clock, GIVEN_UP, answered=False)
    assert pulse.hangs()


def test_nobody_is_held_to_what_it_did_long_ago(pulse: Pulse, clock: Clock) -> None:
    asks(pulse, clock, 10)
    clock.now += REMEMBERED
    assert not pulse.hangs()


def test_questions_are_listened_to_and_changes_are_not_as_a_payment_provider_may_keep_them_waiting() -> None:
    with_whom = {"x-merchant": "norce", "x-channel": "se"}
    under_way = dict[str, int]()

    def listen(request: httpx.Request) -> httpx.Response:
        under_way[request.method] = len(connection.breakers.of(with_whom).pulse._under_way)
        return httpx.Response(200, json={})

    connection = Connection(BASE, Secret(TOKEN), transport=httpx.MockTransport(listen))
    api = OrderApi(connection, "norce", "se")
    api.orders.get("o1")
    api.payments.execute("o1", "p1", "a1")
    assert under_way == {"GET": 1, "POST": 0}


def test_a_pause_is_told_apart_from_an_outage() -> None:
    server = Prepared(httpx.Response(429, headers={"Retry-After": "30"}, json={"code": "slow-down", "message": "No."}))
    with pytest.raises(Unavailable) as first:
        server.api.orders.get("o1")
    with pytest.raises(Paused, match="asked to be left alone for a while; it is tried again in 30 s") as second:
        server.api.orders.get("o1")
    assert (first.value.status, second.value.sent) == (429, False)
