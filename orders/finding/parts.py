"""What the box says of each channel, and of them all together."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts.channels import Channel, channel_name
from gateway.fanout import Answer
from order_api.errors import Unauthorized
from order_api.schemas import Order
from order_api.unfit import UnfitOrder
from orders.finding.addresses import list_url, order_url
from orders.finding.asking import ROWS, Found, id_of
from orders.list.find import Try
from orders.list.looked import ways_of
from orders.list.met import Met, met_in, prefix_of
from orders.list.rows import row_of
from ui.said import said
from ui.templatetags.desk import number

_NOT_FOR_IDS = re.compile(r"[^\w-]", re.ASCII)


class Row(NamedTuple):
    """An order that was found. `currency` and `prefix` are what is remembered of its channel."""

    url: str
    name: str
    customer: str = ""
    state: SafeString = SafeString()
    amount: str = ""
    created: SafeString = SafeString()
    currency: str | None = None
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A channel in the box: `status` in a word or two, its rows, and the way to all that it has, if they are more.

    `is_silent` where it gave no answer, so that it can be asked again.
    """

    channel: Channel
    status: str | Promise
    rows: Sequence[Row] = ()
    all_url: str = ""
    all_words: str = ""
    is_silent: bool = False
    is_looking: bool = False
    is_identified: bool = False
    tried: Sequence[Try] = ()

    @property
    def name(self) -> str:
        """As people call it."""
        return channel_name(self.channel)

    @property
    def id(self) -> str:
        """Of its element."""
        return f"box-{_NOT_FOR_IDS.sub('-', str(self.channel))}"


def looking(channel: Channel) -> Part:
    """A channel that has not answered yet."""
    return Part(channel, _("looking…"), is_looking=True)


def part_of(answer: Answer[Found], text: str, met: Met) -> Part:
    """What a channel answered. Remembers what its references begin with."""
    channel = answer.channel
    if answer.is_spent:
        return Part(channel, _("was not asked: too much is being looked for at the moment"), is_silent=True)
    found = answer.value
    if found is None:
        refused = isinstance(answer.error, Unauthorized)
        return Part(channel, said(answer.error) if refused else _("did not answer"), is_silent=True)
    rows = [_row(channel, order) for order in found.orders]
    if not rows:
        return Part(channel, _("none"), tried=found.tried)
    met_in(str(channel), rows)
    is_more = len(rows) > ROWS
    total = found.size if is_more and found.size and (found.size > len(rows) or met.counts_all) else None
    if not is_more:
        status, words = number(len(rows)), ""
    elif total is None:
        status = _("more than %(rows)s") % {"rows": number(ROWS)}
        words = _("All in %(channel)s") % {"channel": channel_name(channel)}
    else:
        status = number(total)
        words = _("All %(total)s in %(channel)s") % {"total": number(total), "channel": channel_name(channel)}
    way = found.hit.way if found.hit else ""
    return Part(
        channel,
        status,
        rows[:ROWS],
        list_url(channel, text, way) if is_more else "",
        words,
        is_identified=found.is_identified,
        tried=found.tried,
    )


def _row(channel: Channel, order: Order | UnfitOrder) -> Row:
    order_id = id_of(order)
    url = order_url(channel, order_id) if order_id else ""
    if isinstance(order, UnfitOrder):
        return Row(url, order_id or "–", _("Cannot be read"))
    row = row_of(order, "", get_language())
    return Row(
        url,
        order.reference or order_id or "–",
        row["customer"],
        row["state"],
        f"{row['amount']} {row['currency']}".strip(),
        row["created"],
        order.currency,
        prefix_of(order.reference),
    )


@dataclass(frozen=True, slots=True)
class Sum:
    """What all channels say together: `hits` orders, `silent` channels without an answer, of `channels` that were
    asked, in `ways`."""

    hits: int
    silent: int
    channels: int
    is_identified: bool = False
    is_cut: bool = False
    ways: str = ""

    @property
    def is_one(self) -> bool:
        """Whether there is exactly one order in all, and all have answered."""
        return self.hits == 1 and not self.silent and not self.is_cut

    @property
    def words(self) -> str:
        """The sentence under the box."""
        if self.hits:
            return " ".join(filter(None, [self._found, self._missing]))
        if self.silent:
            return self._missing
        if not self.ways:
            return self._in_vain % {"channels": number(self.channels)}
        return self._in_vain_as % {"channels": number(self.channels), "ways": self.ways}

    @property
    def _found(self) -> str:
        shown = {"hits": number(self.hits)}
        if self.is_cut:
            return _("More than %(hits)s orders.") % shown
        return ngettext("One order.", "%(hits)s orders.", self.hits) % shown

    @property
    def _missing(self) -> str:
        if not self.silent:
            return ""
        shown = {"silent": number(self.silent), "channels": number(self.channels)}
        if self.hits:
            return (
                ngettext(
                    "One channel of %(channels)s did not answer.",
                    "%(silent)s channels of %(channels)s did not answer.",
                    self.silent,
                )
                % shown
            )
        return (
            ngettext(
                "Nothing so far: one channel of %(channels)s did not answer.",
                "Nothing so far: %(silent)s channels of %(channels)s did not answer.",
                self.silent,
            )
            % shown
        )

    @property
    def _in_vain(self) -> str:
        return ngettext("Nothing. Looked in one channel.", "Nothing. Looked in %(channels)s channels.", self.channels)

    @property
    def _in_vain_as(self) -> str:
        return ngettext(
            "Nothing. Looked in one channel as %(ways)s.",
            "Nothing. Looked in %(channels)s channels as %(ways)s.",
            self.channels,
        )


def sum_of(parts: Iterable[Part], before: Mapping[str, int]) -> Sum:
    """Of these channels, and of those that were asked before: `hits`, `silent`, `channels`, and whether what was found
    is `identified` and `cut`."""
    parts = list(parts)
    tried = [each for part in parts for each in part.tried]
    ways = [f"{way.word} {way.spelled}" for way in ways_of(tried)]
    return Sum(
        hits=before.get("hits", 0) + sum(len(part.rows) for part in parts),
        silent=before.get("silent", 0) + sum(part.is_silent for part in parts),
        channels=before.get("channels", 0) + len(parts),
        is_identified=bool(before.get("identified")) or any(part.is_identified for part in parts),
        is_cut=bool(before.get("cut")) or any(part.all_url for part in parts),
        ways=", ".join(ways),
    )
