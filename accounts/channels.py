"""The merchants and channels that this desk serves, which of them a person may work in, and where they begin.

A page about orders is of the channel in its address, `/norce/se/orders/…`: nothing else says it.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, QueryDict
from django.urls import register_converter, reverse

from accounts.directory import channels_of_merchant
from accounts.entitlements import entitlements_of
from accounts.models import ANY, preference_of

SESSION_KEY = "channel"
"""Under which a session keeps the channel whose list was looked at last."""
TAKEN = frozenset(
    {
        "accounts",
        "api-answers",
        "audit",
        "bulk",
        settings.SANDBOX_PREFIX.strip("/"),
        "data-protection",
        "downloads",
        "find",
        "health",
        "index",
        "orders",
        "overview",
        "pasted",
        "payments",
        "people",
        "queue",
        "static",
        "status",
        "views",
    }
)
"""First parts of the desk's other addresses: no merchant's, who come first in those of their orders."""
LONGEST_NAME = 60
# Both words go into HTTP headers (x-merchant, x-channel), so they are plain ASCII without separators;
# and into columns of 64.
_WORD = "[A-Za-z0-9][A-Za-z0-9_.-]{0,62}"
_CHANNEL = re.compile(f"(?P<merchant>{_WORD})/(?P<name>{_WORD})")


class NoChannel(PermissionDenied):
    """There is no channel that this person may work in."""


class Channel(NamedTuple):
    """One pair of the headers that every call to the Order API carries."""

    merchant: str
    name: str

    def __str__(self) -> str:
        return f"{self.merchant}/{self.name}"


def parse(text: str) -> Channel:
    """`norce/se` as a channel; ValueError, fit to show an operator, if it is not written so."""
    found = _CHANNEL.fullmatch(text.strip())
    if found and found["merchant"] in TAKEN:
        raise ValueError(f"{text!r}: a merchant cannot be called {found['merchant']!r}, as pages of the desk are")
    if found:
        return Channel(**found.groupdict())
    raise ValueError(f"{text!r} is not a channel; write merchant/channel, as in norce/se")


class Entry(NamedTuple):
    """What the setting says of a channel, or, with the name ANY, of all that the configuration service knows."""

    merchant: str
    name: str
    called: str = ""


def parse_entry(text: str) -> Entry:
    """`norce/se`, `norce/se=Norce Sverige` or `norce/*`; ValueError, fit to show an operator, if it is not written
    so."""
    written, _is, called = text.partition("=")
    merchant, _slash, name = written.strip().partition("/")
    called = " ".join(called.split())
    if name == ANY and not called:
        return Entry(parse(f"{merchant}/x").merchant, ANY)
    if len(called) > LONGEST_NAME:
        raise ValueError(f"{text!r}: a channel's name has at most {LONGEST_NAME} characters")
    return Entry(*parse(written), called)


@lru_cache(maxsize=8)
def _entries(texts: tuple[str, ...]) -> tuple[Entry, ...]:
    found, wrong = [], []
    for text in texts:
        try:
            found.append(parse_entry(text))
        except ValueError as error:
            wrong.append(str(error))
    if wrong:
        raise ImproperlyConfigured(f"ORDER_API_CHANNELS: {'; '.join(wrong)}.")
    if not found:
        raise ImproperlyConfigured("ORDER_API_CHANNELS is empty; write merchant/channel, as in norce/se,norce/no.")
    return tuple(found)


def entries() -> tuple[Entry, ...]:
    """The setting ORDER_API_CHANNELS as it is written; ImproperlyConfigured names every bad entry."""
    return _entries(tuple(settings.ORDER_API_CHANNELS))


def channel_name(channel: "Channel | str") -> str:
    """What people call the channel: its name in the setting, or as it is written, as in norce/se."""
    written = str(channel)
    return next((e.called for e in entries() if e.called and f"{e.merchant}/{e.name}" == written), written)


def parse_grant(text: str) -> tuple[str, str]:
    """`norce/*`, `*/se` or `*/*` as the two parts of a grant; ValueError if it is not written so."""
    merchant, slash, name = text.strip().partition("/")
    parse("/".join("x" if part == ANY else part for part in (merchant, name)) if slash else text)
    return merchant, name


def all_channels() -> tuple[Channel, ...]:
    """The channels of the setting ORDER_API_CHANNELS, each once, in its order; where it leaves a merchant's to the
    configuration service, those that are known. ImproperlyConfigured names every bad entry."""
    return tuple(dict.fromkeys(channel for entry in entries() for channel in _channels_of(entry)))


def _channels_of(entry: Entry) -> Iterator[Channel]:
    if entry.name != ANY:
        yield Channel(entry.merchant, entry.name)
        return
    for name in channels_of_merchant(entry.merchant):
        if _CHANNEL.fullmatch(f"{entry.merchant}/{name}"):
            yield Channel(entry.merchant, name)


def channels_of(user: User | AnonymousUser) -> tuple[Channel, ...]:
    """The channels that a person may work in: those of the setting that their grants cover; for a superuser all.

    Whatever reaches the Order API's headers goes through here. As many statements as `entitlements_of`.
    """
    if isinstance(user, User) and user.is_superuser:
        return all_channels()
    entitlements = entitlements_of(user)
    return tuple(channel for channel in all_channels() if entitlements.covers(*channel))


def grants_of(user: User | AnonymousUser) -> tuple[tuple[str, str], ...]:
    """What a person was given, as merchant and channel, either of which may be `*`; a superuser has everything."""
    if isinstance(user, User) and user.is_superuser:
        return ((ANY, ANY),)
    return entitlements_of(user).grants


def was_given(user: User | AnonymousUser, channel: Channel) -> bool:
    """Whether the person was given that channel, be it served or not. As many statements as `entitlements_of`."""
    if isinstance(user, User) and user.is_superuser:
        return True
    return entitlements_of(user).covers(*channel)


def grantable() -> tuple[str, ...]:
    """What can be given to a person: everything, all of a merchant, or one channel, as in `*/*`,
    `norce/*`, `norce/se`."""
    channels = all_channels()
    merchants = dict.fromkeys(f"{channel.merchant}/{ANY}" for channel in channels)
    return (f"{ANY}/{ANY}", *merchants, *map(str, channels))


def first_channel(request: HttpRequest) -> Channel:
    """Where `/` leads the person, and *Orders* on a page that is of no channel: the one whose list they looked at last
    in this session, else the one of their preferences, else their first.

    One that is not theirs any more does not count. NoChannel if they have none.
    """
    theirs = channels_of(request.user)
    if not theirs:
        raise NoChannel("No channel for this person.")
    remembered = (request.session.get(SESSION_KEY), preference_of(request.user).channel)
    by_name = {str(channel): channel for channel in theirs}
    return next((by_name[name] for name in remembered if name in by_name), theirs[0])


def remember(request: HttpRequest, channel: Channel) -> None:
    """The person looks at that channel's list. Writes only when it is another one."""
    if request.session.get(SESSION_KEY) != str(channel):
        request.session[SESSION_KEY] = str(channel)


class ChannelPath:
    """`norce/se` in an address."""

    regex = f"(?!(?:{'|'.join(sorted(TAKEN))})/){_WORD}/{_WORD}"

    def to_python(self, value: str) -> Channel:
        return parse(value)

    def to_url(self, value: "Channel | str") -> str:
        return str(value)


register_converter(ChannelPath, "channel")


def list_in(channel: Channel, path: str) -> str:
    """The list of orders of that channel: with the filters of the list at `path`, if that is one."""
    base = reverse("order-list", args=(channel,))
    return base + filters_at(path, base)


def filters_at(path: str, base: str) -> str:
    """What of the list's address at `path` goes along to another channel's, a question mark before it; empty where no
    list is there. `base`: any list's address."""
    at, _mark, query = path.partition("?")
    if not query or at.split("/")[3:] != base.split("/")[3:]:
        return ""
    kept = QueryDict(query, mutable=True)
    for name in ("page", "way", "edit"):
        kept.pop(name, None)
    return f"?{kept.urlencode()}" if kept else ""
