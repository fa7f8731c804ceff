"""Which orders a list's parameters select, as conditions: those that tallies know apart from the rest."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from sandbox import upkeep
from sandbox.models import Order, OrderPayment
from sandbox.parameters import ListQuery
from sandbox.scope import Scope
from sandbox.text import column, fold, phone_tail

COUNTRIES = {"countries": "country", "billing_countries": "billing_country", "shipping_countries": "shipping_country"}


Text = tuple[str, str]
"""A column of the order (`SearchTally.field`), and what it has to contain."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a query selects: by time, by `kinds` (state and countries), and by the `rest`. Of each of the `texts`, one
    has to be contained in its column."""

    kinds: Q
    since: datetime | None
    before: datetime | None
    rest: list[Q]
    texts: list[list[Text]]

    @property
    def only_text(self) -> Text | None:
        """The one text that is all that the query asks for."""
        is_alone = len(self.rest) == 1 and not self.conditions and [len(one) for one in self.texts] == [1]
        return self.texts[0][0] if is_alone else None

    @property
    def conditions(self) -> list[Q]:
        """All that tallies know of it."""
        times = {"created__gte": self.since, "created__lt": self.before}
        return [*([self.kinds] if self.kinds else []), *(Q(**{name: at}) for name, at in times.items() if at)]

    def rows(self, scope: Scope, *, is_kept_up: bool) -> QuerySet[Order]:
        """The channel's orders that are selected; by an index of texts only where that is kept up."""
        texts = [[fold(text) for _, text in one] for one in self.texts] if is_kept_up else []
        narrow = [found for one in texts if (found := upkeep.holding(one)) is not None]
        own = upkeep.unhelped(own_columns(scope)) if narrow else Q(**own_columns(scope))
        return Order.objects.filter(own, *narrow, *self.conditions, *self.rest)


def own_columns(scope: Scope) -> dict[str, str]:
    """What says that an order is the channel's."""
    return {"merchant": column(scope.merchant), "channel": column(scope.channel)}


def wanted_of(query: ListQuery) -> Wanted:
    """What the parameters select."""
    texts = [[("search", term)]] if query.search and (term := fold(query.search)) else []
    rest = [upkeep.containing(term) for ((_, term),) in texts]
    for side in ("billing", "shipping"):
        if names := getattr(query, f"{side}_names"):
            spelled = list(dict.fromkeys(map(fold, names)))  # what is the same here is looked for once
            rest.append(_any(*(_named(side, name) for name in spelled)))
            texts.append([(f"{side}_name", name) for name in spelled])
    return Wanted(_kinds(query), query.date_from, query.date_to, [*_exact(query), *_people(query), *rest], texts)


def _named(side: str, name: str) -> Q:
    """What a name is contained in is contained in what is searched, which there is an index for."""
    found = Q(**{f"{side}_name__contains": name})
    return found & upkeep.containing(fold(name)) if len(fold(name)) >= upkeep.GRAM else found


def _kinds(query: ListQuery) -> Q:
    found = Q(status__in=query.status) if query.status else Q()
    for parameter, name in COUNTRIES.items():
        if values := getattr(query, parameter):
            found &= Q(**{f"{name}__in": [column(fold(value)) for value in values]})
    return found


def _exact(query: ListQuery) -> list[Q]:
    """The conditions of parameters that take one value."""
    found = []
    if query.reference:
        found.append(Q(reference=column(query.reference)))
    if query.cart_reference:
        found.append(Q(cart_reference=column(query.cart_reference)))
    if query.payment_id:
        found.append(Q(number__in=OrderPayment.objects.filter(public_id=column(query.payment_id)).values("order")))
    return found


def _people(query: ListQuery) -> list[Q]:
    """The conditions of e-mail addresses and phones, whose values are alternatives."""
    found = []
    for side in ("billing", "shipping"):
        if emails := getattr(query, f"{side}_emails"):
            found.append(Q(**{f"{side}_email__in": [column(email.strip().casefold()) for email in emails]}))
        if phones := getattr(query, f"{side}_phones"):
            tails = dict.fromkeys(phone_tail(phone) or "-" for phone in phones)
            found.append(Q(**{f"{side}_phone__in": list(tails)}))
    return found


def _any(*conditions: Q) -> Q:
    return Q(*conditions, _connector=Q.OR)
