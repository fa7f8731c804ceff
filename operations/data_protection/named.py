"""Whom a customer's request is about, and what in a text names them."""

import re
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import unquote_plus

from django.db.models import Q

from accounts.channels import Channel
from domain.phones import compact, subscriber
from index.hashes import email_key, phone_key
from index.models import IndexedKey, IndexedOrder
from operations.data_protection.tables import installed

GONE = "[…]"
"""What stands where something was removed from within a text; without words, as every language reads it."""
_DIGITS = re.compile(r"\+?\d[\d \-().\/]{3,30}\d")
LEAST = 6
"""Digits of a number that is looked for in texts: a shorter one would be found in what is no phone number."""


class OrderAt(NamedTuple):
    """An order by its channel and id."""

    channel: Channel
    order_id: str


class NotOneOrderError(Exception):
    """Orders of several channels are called so: whoever asks has to say which one is meant."""


class Named:
    """What names a customer: e-mail addresses and phones. Raises ValueError for what is none."""

    def __init__(self, emails: Iterable[str] = (), phones: Iterable[str] = ()) -> None:
        self.emails = [text.strip().casefold() for text in emails]
        self.phones = [subscriber(text) for text in phones]
        for text in self.emails:
            if "@" not in text.strip("@"):
                raise ValueError(f"{text!r} is no e-mail address.")
        for written, number in zip(phones, self.phones, strict=True):
            if not compact(written) or len(number) < LEAST:
                raise ValueError(f"{written!r} is no phone number.")
        texts = "|".join(re.escape(text) for text in self.emails)
        self._emails = re.compile(rf"(?<![\w.+-])(?:{texts})(?![\w-])", re.IGNORECASE) if texts else None

    def are_in(self, text: str) -> bool:
        """Whether the text, or what it says in an address, names them."""
        return self.without(text) != text or self.without(plain := unquote_plus(text)) != plain

    def without(self, text: str) -> str:
        """The text with GONE in their places."""
        if self._emails:
            text = self._emails.sub(GONE, text)
        return _DIGITS.sub(self._kept, text) if self.phones else text

    def _kept(self, found: re.Match[str]) -> str:
        return GONE if compact(found[0]) and subscriber(found[0]) in self.phones else found[0]

    def orders(self) -> set[OrderAt]:
        """Theirs, as far as the index knows them."""
        keys = [*map(email_key, self.emails), *map(phone_key, self.phones)]
        rows = IndexedKey.objects.filter(key__in=keys, is_stand_in=False).values_list(
            "order__merchant", "order__channel", "order__order_id"
        )
        return {OrderAt(Channel(merchant, name), order_id) for merchant, name, order_id in rows}


def orders_called(text: str, within: Channel | None = None) -> set[OrderAt]:
    """The order of that id or reference, as far as anything here knows of it. Raises NotOneOrderError where several
    channels have one of that name and none is given."""
    found = {
        OrderAt(Channel(merchant, name), order_id)
        for merchant, name, order_id in IndexedOrder.objects.filter(
            Q(order_id=text) | Q(reference=text)
        ).values_list("merchant", "channel", "order_id")
    }  # fmt: skip
    for model, table in installed().items():
        if table.order == "":
            rows = model._default_manager.filter(order_id=text).values_list("merchant", "channel", "order_id")
            found |= {OrderAt(Channel(merchant, name), order_id) for merchant, name, order_id in rows.distinct()}
    found = {each for each in found if each.channel.name and within in (None, each.channel)}
    if len(found) > 1:
        raise NotOneOrderError(", ".join(sorted(str(each.channel) for each in found)))
    return found
