"""What the page says of a batch: how far it is looked at, for how many orders it is possible, and why not for the
others."""

import hashlib
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from django.core import signing
from django.urls import reverse

from accounts.channels import Channel
from jobs.registry import Words
from orders.bulk.deciding import sums_of
from orders.bulk.kept import warns_of
from orders.bulk.words import POSSIBLE, UNANSWERED, VERDICTS, WARNINGS
from orders.models import Batch, BatchRow

_SALT = "orders.bulk"


class Link(NamedTuple):
    """An order, with the way to it. `said`: the API's own words."""

    url: str
    name: str
    channel: Channel
    amount: Decimal | None
    currency: str
    said: str


class Group(NamedTuple):
    """Orders of which the same is to be said."""

    code: str
    words: Words
    links: list[Link]


class Summary(NamedTuple):
    """`left`: how many were not read yet. `seal`: what the page shows, so that nothing else is confirmed."""

    total: int
    left: int
    possible: list[Link]
    sums: list[tuple[Decimal, str]]
    reasons: list[Group]
    warnings: list[Group]
    channels: list[Channel]
    silent: int
    seal: str

    @property
    def read(self) -> int:
        return self.total - self.left


def summary_of(batch: Batch, rows: Sequence[BatchRow]) -> Summary:
    """Of all its rows."""
    possible = [row for row in rows if row.verdict == POSSIBLE]
    return Summary(
        total=len(rows),
        left=sum(not row.verdict for row in rows),
        possible=[_link(row) for row in possible],
        sums=sorted(((amount, currency) for currency, amount in sums_of(possible).items()), key=lambda one: one[1]),
        reasons=_grouped((row.verdict, row) for row in rows if row.verdict not in ("", POSSIBLE)),
        warnings=_grouped(((code, row) for row in possible for code in warns_of(row)), WARNINGS),
        channels=sorted({row.where for row in possible}, key=str),
        silent=sum(row.verdict == UNANSWERED for row in rows),
        seal=_seal(batch, possible),
    )


def _grouped(pairs: Iterable[tuple[str, BatchRow]], words: object = VERDICTS) -> list[Group]:
    found: dict[str, list[Link]] = {}
    for code, row in pairs:
        found.setdefault(code, []).append(_link(row))
    known = words if isinstance(words, dict) else {}
    groups = [Group(code, known.get(code, code), links) for code, links in found.items()]
    return sorted(groups, key=lambda group: -len(group.links))


def _link(row: BatchRow) -> Link:
    url = reverse("order-detail", args=(row.where, row.order_id))
    return Link(url, row.reference or row.order_id, row.where, row.amount, row.currency, row.said)


def _seal(batch: Batch, possible: Sequence[BatchRow]) -> str:
    return signing.dumps(_digest(possible), salt=f"{_SALT}:{batch.pk}")


def _digest(possible: Sequence[BatchRow]) -> str:
    text = "\n".join(f"{row.pk} {row.amount} {row.currency} {row.warns_json} {row.facts_json}" for row in possible)
    return hashlib.sha256(text.encode()).hexdigest()


def is_what_was_shown(batch: Batch, rows: Sequence[BatchRow], seal: str) -> bool:
    """Whether the page that was sent showed just what is known now."""
    try:
        shown = signing.loads(seal, salt=f"{_SALT}:{batch.pk}")
    except signing.BadSignature:
        return False
    return bool(shown == _digest([row for row in rows if row.verdict == POSSIBLE]))
