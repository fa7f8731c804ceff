"""The orders that a person opened last, over all channels: ids and references, and nothing of whose they are.

They are kept for everybody apart, in the cache that all processes share. An order says what it is in a signed word on
its page, which the browser sends back once somebody looks at it: that a page is asked for keeps nothing.
"""

from collections.abc import Collection
from typing import NamedTuple

from django.contrib.auth.models import User
from django.core import signing
from django.core.cache import cache

from accounts.channels import Channel, channels_of
from orders.finding.addresses import order_url

MOST = 8
_SALT = "orders.finding.recent"
KEPT_SECONDS = 90 * 24 * 60 * 60
_LONGEST = 200


class Opened(NamedTuple):
    """An order that was opened."""

    merchant: str
    channel: str
    order_id: str
    name: str

    @property
    def where(self) -> Channel:
        """Its channel."""
        return Channel(self.merchant, self.channel)

    @property
    def url(self) -> str:
        """Of its page."""
        return order_url(self.where, self.order_id)


def word_of(channel: Channel, order_id: str, reference: str) -> str:
    """What a page says of its order, to be sent back."""
    return signing.dumps([*channel, order_id, (reference or order_id)[:_LONGEST]], salt=_SALT)


def opened(user: User, word: str) -> bool:
    """Keeps that this person looks at the order; False for a word that no page said."""
    try:
        order = Opened(*signing.loads(word, salt=_SALT))
    except (signing.BadSignature, TypeError):
        return False
    before = _of(user)
    if not before or before[0] != order:
        others = [each for each in before if each[:3] != order[:3]]
        cache.set(_key(user), [tuple(each) for each in (order, *others)][:MOST], KEPT_SECONDS)
    return True


def recent(user: User) -> list[Opened]:
    """The last orders that this person opened, in channels that are still theirs, the last one first."""
    theirs = set(channels_of(user))
    return [each for each in _of(user) if each.where in theirs]


def forget(user: User, orders: Collection[tuple[str, str, str]], *, really: bool) -> int:
    """Of what this person opened last, how many are among these (merchant, channel, id); they go, if `really`."""
    before = _of(user)
    kept = [each for each in before if tuple(each[:3]) not in orders]
    if really and len(kept) < len(before):
        cache.set(_key(user), [tuple(each) for each in kept], KEPT_SECONDS)
    return len(before) - len(kept)


def forget_all(user: User) -> None:
    """Nothing of what this person opened stays."""
    cache.delete(_key(user))


def _of(user: User) -> list[Opened]:
    return [Opened(*each) for each in cache.get(_key(user), ())]


def _key(user: User) -> str:
    return f"opened:{user.pk}"
