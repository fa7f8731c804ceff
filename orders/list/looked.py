"""How something was looked for, in words."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.list.filters import Address
from orders.list.find import ORDER, SEARCH, Try, read
from orders.list.looking import Looked

_AS: Mapping[str, Promise] = {
    ORDER: gettext_lazy("order id"),
    "payment_id": gettext_lazy("payment id"),
    "reference": gettext_lazy("reference"),
    "cart_reference": gettext_lazy("cart reference"),
    "emails": gettext_lazy("e-mail"),
    "phones": gettext_lazy("phone"),
    "names": gettext_lazy("name"),
    SEARCH: gettext_lazy("any text"),
}
_FOUND_AS: Mapping[str, Promise] = {
    **{way: word for way, word in _AS.items() if way not in ("emails", "phones", "names", SEARCH)},
    "billing_emails": gettext_lazy("billing e-mail"),
    "shipping_emails": gettext_lazy("shipping e-mail"),
    "billing_phones": gettext_lazy("billing phone"),
    "shipping_phones": gettext_lazy("shipping phone"),
    "billing_names": gettext_lazy("billing name"),
    "shipping_names": gettext_lazy("shipping name"),
}
_MOST_SPELLED = 4
"""Spellings of one kind that are told."""


class Way(NamedTuple):
    """One way in which something was looked for: as what, and in which spellings."""

    word: str | Promise
    spelled: str


class FoundAs(NamedTuple):
    """As what it was found, where that is not the text itself; `other` looks at the orders that were sent there
    instead."""

    word: str | Promise
    spelled: str
    other: str


def looked_context(address: Address, found: Looked) -> Mapping[str, Any]:
    """`looked`: each way that was tried, where nothing came of any. `found_as`: the one that hit, where it is not what
    was typed, searched for."""
    typed = address.filters.get("search", ("",))[0]
    hit = found.hit
    if hit is None:
        looked = ways_of(found.tried)
        return {"looked": looked, "looked_said": _said(looked), "several": several_in(typed)}
    if hit.way == SEARCH and hit.spelled[0] == typed:
        return {}
    twin = hit.way.replace("billing_", "shipping_")
    other = address.to({"way": [twin]}) if twin != hit.way else ""
    word = _FOUND_AS.get(hit.way, _("text"))
    return {"found_as": FoundAs(word, hit.spelled[0], other)}


def several_in(typed: str) -> int:
    """How many orders a text names, where it is more than one."""
    return read(typed).several if typed else 0


def ways_of(tried: Iterable[Try]) -> list[Way]:
    """The ways that were tried by what they take the text for, in their order."""
    by_kind: dict[str, dict[str, None]] = {}
    for each in tried:
        kind = each.way.rpartition("_")[2] if each.way.endswith(("emails", "phones", "names")) else each.way
        by_kind.setdefault(kind, {}).update(dict.fromkeys(each.spelled))
    return [Way(_AS[kind], _listed(list(spelled))) for kind, spelled in by_kind.items()]


def _listed(spelled: Sequence[str]) -> str:
    return ", ".join([*spelled[:_MOST_SPELLED], *(["…"] if len(spelled) > _MOST_SPELLED else [])])


def _said(looked: Sequence[Way]) -> str:
    """For who does not see the page."""
    if not looked:
        return _("No order matches")
    return _("No order matches. Looked as %(ways)s.") % {"ways": ", ".join(str(way.word) for way in looked)}
