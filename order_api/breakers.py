"""Which breaker a call goes through: one for whether the API can be reached at all, and one for each channel's answers.

All merchants and channels stand behind one address. What goes wrong before a byte has left (no name, no connection, no
TLS) is everybody's. What comes back, or does not, may be a channel's own: 503 and 429 for one merchant, one shop whose
adapters hang. So nothing that a channel answers keeps anybody away from another.
"""

import math
import threading
from collections.abc import Mapping
from typing import NamedTuple

from order_api.breaker import Bad, Breaker, Permit, Seen
from order_api.pulse import Pulse


class Permits(NamedTuple):
    """Leave to make one call, by both breakers."""

    reach: Permit
    channel: Permit


class Breakers:
    """Those of one address. Shared by threads, and by connections to the same address."""

    def __init__(self, like: Breaker) -> None:
        """`like`: what each of them is made like."""
        self._like = like
        self._reach = like.another(slow_after=math.inf)  # how slow the answers are is each channel's own
        self._channels: dict[tuple[str, str], tuple[Breaker, Pulse]] = {}
        self._lock = threading.Lock()

    def of(self, headers: Mapping[str, str]) -> "Way":
        """The way of a call with these headers."""
        key = (headers.get("x-merchant", ""), headers.get("x-channel", ""))
        with self._lock:
            if key not in self._channels:
                self._channels[key] = (self._like.another(), Pulse())
            return Way(self._reach, *self._channels[key])


class Way:
    """Both breakers on the way of one call; each is told what concerns it. `pulse`: whether the channel hangs now."""

    def __init__(self, reach: Breaker, channel: Breaker, pulse: Pulse) -> None:
        self._reach = reach
        self._channel = channel
        self.pulse = pulse

    def wait(self) -> float:
        """Seconds until the call may be tried; 0 if it may now."""
        return max(self._reach.wait(), self._channel.wait())

    def seen(self) -> tuple[Seen, Seen]:
        """What is known of whether the address can be reached, and of the channel's answers."""
        return self._reach.seen(), self._channel.seen()

    def is_paused(self) -> bool:
        """Whether the API asked to be left alone, for longer than until now."""
        return self._channel.is_paused()

    def admit(self) -> Permits | None:
        """Leave for the call, or None if it must not be made now."""
        channel = self._channel.admit()
        if channel is None:
            return None
        reach = self._reach.admit()
        if reach is None:
            self._channel.learned_nothing(channel)
            return None
        return Permits(reach, channel)

    def bad(self) -> Bad:
        """What was bad about the last answers, where the call must not be made."""
        return self._reach.bad if self._reach.wait() else self._channel.bad

    def pause(self, seconds: float, bad: Bad = Bad.THROTTLED) -> None:
        """The API asks to be left alone for so long, in an answer to this channel."""
        self._channel.pause(seconds, bad)

    def is_slow(self, permits: Permits) -> bool:
        """Whether the call has taken so long that its answer is as bad as none."""
        return self._channel.is_slow(permits.channel)

    def succeeded(self, permits: Permits) -> None:
        """An answer came; whether in time is seen from its permit."""
        self._reach.succeeded(permits.reach)
        self._channel.succeeded(permits.channel)

    def failed(self, permits: Permits, bad: Bad = Bad.SILENT) -> None:
        """It was sent, and no answer came, or one that says that the service does not work."""
        self._reach.succeeded(permits.reach)
        self._channel.failed(permits.channel, bad)

    def was_not_reached(self, permits: Permits) -> None:
        """Nothing could be sent."""
        self._reach.failed(permits.reach)
        self._channel.learned_nothing(permits.channel)

    def learned_nothing(self, permits: Permits) -> None:
        """It ended for a reason of its caller's."""
        self._reach.learned_nothing(permits.reach)
        self._channel.learned_nothing(permits.channel)

    def was_reached(self, permits: Permits) -> None:
        """It was sent, and what came of it tells nothing of the channel."""
        self._reach.succeeded(permits.reach)
