"""What is said of a paste besides its rows."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from django.utils.translation import ngettext

from accounts.channels import Channel
from orders.pasted.kept import Said
from orders.pasted.noise import Passed
from orders.pasted.rows import Row, is_of_a_person

_PASSED: Mapping[Passed, Callable[[int], str]] = {
    Passed.DATE: lambda n: ngettext("%(n)s date", "%(n)s dates", n),
    Passed.TIME: lambda n: ngettext("%(n)s time of day", "%(n)s times of day", n),
    Passed.AMOUNT: lambda n: ngettext("%(n)s amount", "%(n)s amounts", n),
    Passed.POSTCODE: lambda n: ngettext("%(n)s postal code", "%(n)s postal codes", n),
    Passed.PARCEL: lambda n: ngettext("%(n)s number of a parcel", "%(n)s numbers of parcels", n),
    Passed.OTHER_NUMBER: lambda n: ngettext("%(n)s number of something else", "%(n)s numbers of something else", n),
    Passed.ARTICLE: lambda n: ngettext("%(n)s article number", "%(n)s article numbers", n),
    Passed.LINK: lambda n: ngettext("%(n)s link to another page", "%(n)s links to other pages", n),
    Passed.EMAIL: lambda n: ngettext(
        "%(n)s e-mail address beside the orders", "%(n)s e-mail addresses beside the orders", n
    ),
    Passed.PHONE: lambda n: ngettext("%(n)s phone beside the orders", "%(n)s phones beside the orders", n),
    Passed.ROUNDED: lambda n: ngettext(
        "%(n)s number that a spreadsheet rounded, as in 1.00591E+11",
        "%(n)s numbers that a spreadsheet rounded, as in 1.00591E+11",
        n,
    ),
    Passed.SHORT: lambda n: ngettext("%(n)s short number", "%(n)s short numbers", n),
    Passed.LINE: lambda n: ngettext(
        "%(n)s line in which nothing was recognised", "%(n)s lines in which nothing was recognised", n
    ),
}


class LeftWords(NamedTuple):
    """Things that were passed over as one kind: how many, in words, and those that may be shown."""

    words: str
    texts: tuple[str, ...]


class GivenUp(NamedTuple):
    """A channel that did not answer, for how many lines."""

    channel: Channel
    lines: int


def left_of(said: Said) -> list[LeftWords]:
    """What was passed over, by what it was taken for."""
    return [
        LeftWords(_PASSED[why](n) % {"n": n}, tuple(each.text for each in said.left if each.why is why))
        for why in Passed
        if (n := said.counts.get(why.value, 0))
    ]


def given_up_of(rows: Sequence[Row], channels: Sequence[Channel]) -> list[GivenUp]:
    """The channels that did not answer to something that may be there, in their order: to what was found elsewhere,
    nobody waits for their answer."""
    waiting = [row for row in rows if not row.hits or is_of_a_person(row)]
    found = ((channel, sum(channel in row.silent for row in waiting)) for channel in channels)
    return [GivenUp(channel, lines) for channel, lines in found if lines]
