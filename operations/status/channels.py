"""What is known of each channel's API, by this process, by the others and by the index, without asking it anything."""

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.channels import Channel, all_channels, channel_name
from gateway.connection import ApiSeen, api_seen
from index import reading
from index.reading import Freshness
from operations import beats
from operations.standing import Mark
from operations.status.line import ChannelLine, Line

FEWEST = 3
"""Answers from which on it is said how many of them were bad."""
LEFT_ALONE, PAUSED, SLOW, SILENT = (
    gettext_lazy("Left alone"), gettext_lazy("Asked for a pause"), gettext_lazy("Slow or failing"),
    gettext_lazy("Not readable"),
)  # fmt: skip
ANSWERS, UNKNOWN = gettext_lazy("Answers"), gettext_lazy("Not asked yet")


def channels(now: dt.datetime) -> list[ChannelLine]:
    """All of them; those first of which something is amiss."""
    elsewhere = beats.shut_elsewhere(beats.alive(now))
    found = [
        _channel(known, api_seen(known.channel.merchant, known.channel.name), elsewhere.get(str(known.channel)))
        for known in reading.freshness(all_channels())
    ]
    return sorted(found, key=lambda each: not each.line.is_amiss)


def _channel(known: Freshness, seen: ApiSeen, elsewhere: dt.datetime | None) -> ChannelLine:
    good_at = max(filter(None, (seen.good_at, known.as_of)), default=None)
    line = _line(known.channel, known, seen, elsewhere) or _well(known.channel, good_at)
    return ChannelLine(known.channel, line._replace(runbook="order-api"), good_at, known.as_of, known.orders)


def _line(channel: Channel, known: Freshness, seen: ApiSeen, elsewhere: dt.datetime | None) -> Line | None:
    """What is amiss with it; None where nothing is."""
    name, amiss = channel_name(channel), Mark.AMISS
    if seen.shut_since and seen.is_address:
        return Line(name, amiss, LEFT_ALONE, _("Nothing can be reached at its address, since"), seen.shut_since)
    if since := min(filter(None, (seen.shut_since, elsewhere)), default=None):
        return Line(name, amiss, LEFT_ALONE, _("Most calls failed or were slow; tried again by itself, since"), since)
    if seen.paused_until:
        return Line(name, amiss, PAUSED, _("It is asked again from"), seen.paused_until)
    if seen.of >= FEWEST and 2 * seen.bad >= seen.of:
        says = _("Of the last %(of)s answers, %(bad)s failed or were slow.") % {"of": seen.of, "bad": seen.bad}
        return Line(name, amiss, SLOW, says)
    if known.failed_at:
        says = _("The index could not read it (%(why)s), since") % {"why": known.error or "?"}
        return Line(name, amiss, SILENT, says, known.failed_at)
    return None


def _well(channel: Channel, good_at: dt.datetime | None) -> Line:
    return Line(channel_name(channel), Mark.OK if good_at else None, ANSWERS if good_at else UNKNOWN)
