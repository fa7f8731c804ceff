"""The filters of the order list: the query string on one side, the parameters of `GET orders` on the other."""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.channels import Channel
from domain.phones import every_spelling
from domain.states import ORDER
from domain.typed import name_spellings
from order_api.query import OrderQuery
from orders.list.filters.fields import (
    LONGEST_VALUE,
    MINUTE,
    CountriesField,
    DayField,
    EmailsField,
    NamesField,
    PhonesField,
    SearchField,
    StatesField,
    WayField,
    too_many_bytes,
)
from orders.list.filters.indexed import (
    AdaptersFilter,
    AmountFilter,
    AssigneeFilter,
    ChannelsFilter,
    ColumnsFilter,
    CurrencyFilter,
    FindingFilter,
    PaymentStatesFilter,
    ShippingStatesFilter,
    SkuFilter,
    ViewNumberFilter,
    check_amounts,
    not_a_channel,
)
from orders.list.filters.query import ApiFilterSet, ApiQuery, PanelFilter, SeveralFilter, TextFilter, ViewFilter
from ui import days
from ui.formats import country_name
from ui.numbers import as_typed
from ui.stretches import Preset, days_of

NEWEST_FIRST = "-created"
BY_API = {
    NEWEST_FIRST: _("Created, newest first"),
    "created": _("Created, oldest first"),
    "-cartTotal": _("Cart total, highest first"),
    "cartTotal": _("Cart total, lowest first"),
    "billingName": _("Billing name, A to Z"),
    "-billingName": _("Billing name, Z to A"),
    "billingEmail": _("Billing e-mail, A to Z"),
    "-billingEmail": _("Billing e-mail, Z to A"),
}
"""What the API can sort by (Norce reference, schemas/orderlistorderby), both ways; a minus is for descending."""
BY_INDEX = {
    "-total": _("Total, highest first"),
    "total": _("Total, lowest first"),
    "-modified": _("Changed, newest first"),
    "modified": _("Changed, oldest first"),
}
"""What the index alone can sort by: where it is asked for, the index answers."""
SORTS = {**BY_API, **BY_INDEX}

PRESETS = {
    Preset.TODAY: _("Today"),
    Preset.YESTERDAY: _("Yesterday"),
    Preset.WEEK: _("Last 7 days"),
    Preset.MONTH: _("Last 30 days"),
    Preset.THIS_MONTH: _("This month"),
    Preset.CUSTOM: _("From … to …"),
}
DAYS = ("date_from", "date_to")


class OrderFilterForm(forms.Form):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        check_amounts(self, cleaned)
        if stretch := self._stretch(cleaned.get("preset")):
            cleaned["date_from"], cleaned["date_to"] = stretch
        first, last = cleaned.get("date_from"), cleaned.get("date_to")
        if first and last and _is_over_before(first, last):
            self.add_error("date_to", ValidationError(_("The last day is before the first."), "order"))
        while longest := too_many_bytes(cleaned):
            self.add_error(longest, ValidationError(_("That is too much for one address. Leave some out."), "too-long"))
        return cleaned

    @staticmethod
    def _stretch(preset: str | None) -> tuple[dt.date, dt.date] | None:
        return days_of(Preset(preset), timezone.localdate()) if preset else None


def _is_over_before(first: dt.date, last: dt.date) -> bool:
    """Whether that stretch ends before it begins. The first minute of a day may be the last as well, a day may not."""
    begin, end = days.start_of(first), days.end_of(last)
    return end < begin or (end == begin and not isinstance(last, dt.datetime))


class CountriesFilter(SeveralFilter):
    field_class = CountriesField
    hint = _("By name or code; several separated by a comma")
    suggestions = "country-names"

    def words(self, value: str) -> str:
        return country_name(value)


class EmailsFilter(SeveralFilter):
    field_class = EmailsField
    hint = _("Whole addresses; several separated by a comma")


class NamesFilter(SeveralFilter):
    field_class = NamesField
    hint = _("Several names: part them by a semicolon")


class PhonesFilter(SeveralFilter):
    field_class = PhonesField
    hint = _("As at home or with +46; several separated by a comma")


class StatesFilter(SeveralFilter):
    field_class = StatesField
    kind = "boxes"

    def words(self, value: str) -> str:
        return str(ORDER[value].word)


class DayFilter(ViewFilter):
    field_class = DayField
    kind = "day"


class SearchFilter(ViewFilter):
    """What stands in the search box: `orders.list.find` reads it into parameters, one way after the other."""

    field_class = SearchField


class WayFilter(ViewFilter):
    """As what the text of the search was found, so that the other pages of what was found are one call as well."""

    field_class = WayField


class ChoiceFilter(ViewFilter):
    field_class = forms.ChoiceField
    kind = "select"
    any_word = _("Any time")


IN_ORDER, IN_BILLING, IN_SHIPPING = _("Order"), _("Billing"), _("Shipping")
IN_INDEX = _("Answered by the index")
"""The groups of the panel."""


class OrderFilterSet(ApiFilterSet):
    """Every filter of `GET orders` (Norce reference, checkout/getcheckoutorders), by the API's own names.

    `preset` stands for a stretch of days and `sort` for the API's two parameters of ordering. Days are days in the
    current time zone; they are sent as moments in UTC, the first included and the last not, because the API does not
    document which ends of `date_from` and `date_to` count. A time of a day stands for itself.
    """

    search = SearchFilter(label=_("Search"))
    way = WayFilter(label=_("Found as"))
    preset = ChoiceFilter(
        label=_("Created"),
        group=IN_ORDER,
        choices=tuple(PRESETS.items()),
        error_messages={"invalid_choice": _("“%(value)s” is not a stretch of days.")},
    )
    status = StatesFilter(label=_("Order state"), group=IN_ORDER, known=ORDER)
    date_from = DayFilter(label=_("First day"), group=IN_ORDER)
    date_to = DayFilter(label=_("Last day"), group=IN_ORDER)
    reference = TextFilter(label=_("Order reference"), group=IN_ORDER, max_length=LONGEST_VALUE)
    cart_reference = TextFilter(label=_("Cart reference"), group=IN_ORDER, max_length=LONGEST_VALUE)
    payment_id = TextFilter(label=_("Payment id"), group=IN_ORDER, max_length=LONGEST_VALUE)
    countries = CountriesFilter(label=_("Order country"), group=IN_ORDER)
    billing_names = NamesFilter(label=_("Billing name"), group=IN_BILLING, spell=name_spellings)
    billing_emails = EmailsFilter(label=_("Billing e-mail"), group=IN_BILLING)
    billing_phones = PhonesFilter(label=_("Billing phone"), group=IN_BILLING, spell=every_spelling)
    billing_countries = CountriesFilter(label=_("Billing country"), group=IN_BILLING)
    shipping_names = NamesFilter(label=_("Shipping name"), group=IN_SHIPPING, spell=name_spellings)
    shipping_emails = EmailsFilter(label=_("Shipping e-mail"), group=IN_SHIPPING)
    shipping_phones = PhonesFilter(label=_("Shipping phone"), group=IN_SHIPPING, spell=every_spelling)
    shipping_countries = CountriesFilter(label=_("Shipping country"), group=IN_SHIPPING)
    finding = FindingFilter(label=_("Finding"), group=IN_INDEX)
    payment_state = PaymentStatesFilter(label=_("Payment state"), group=IN_INDEX)
    adapter = AdaptersFilter(label=_("Payment provider"), group=IN_INDEX)
    amount_from = AmountFilter(label=_("Total from"), group=IN_INDEX)
    amount_to = AmountFilter(label=_("Total up to"), group=IN_INDEX)
    currency = CurrencyFilter(label=_("Currency"), group=IN_INDEX)
    shipping_state = ShippingStatesFilter(label=_("Shipping state"), group=IN_INDEX)
    sku = SkuFilter(label=_("SKU"), group=IN_INDEX, max_length=LONGEST_VALUE)
    assignee = AssigneeFilter(label=_("Assigned to"), group=IN_INDEX, max_length=LONGEST_VALUE)
    channels = ChannelsFilter(label=_("Channel"))
    columns = ColumnsFilter(label=_("Columns"))
    view = ViewNumberFilter(label=_("View"))
    sort = ChoiceFilter(
        label=_("Sort"),
        choices=tuple(SORTS.items()),
        error_messages={"invalid_choice": _("The API cannot sort by “%(value)s”.")},
    )

    class Meta:
        form = OrderFilterForm

    def __init__(self, query: QueryDict, channels: Collection[Channel] | None = None) -> None:
        """`channels`: those of the reader, where the list is of all of them."""
        self.query = settled(query)
        if channels is None:
            self.query.pop("channels", None)
        super().__init__(self.query, queryset=ApiQuery())  # type: ignore[arg-type]  # stands in for a queryset
        if channels is not None:
            self._only_theirs(set(map(str, channels)))

    def _only_theirs(self, known: Collection[str]) -> None:
        self.form.is_valid()
        named = self.form.cleaned_data.get("channels") or ()
        if strange := next((name for name in named if name not in known), ""):
            self.form.add_error("channels", not_a_channel(strange))

    @cached_property
    def of_panel(self) -> dict[str, PanelFilter]:
        """The filters that stand in the panel, in its order."""
        filters = cast(dict[str, PanelFilter], self.filters)
        return {name: each for name, each in filters.items() if each.group is not None}

    def filter_queryset(self, queryset: Any) -> Any:
        query = super().filter_queryset(queryset)
        first, last = (self.form.cleaned_data.get(name) for name in DAYS)
        if first:
            query = query.filter(date_from=days.start_of(first))
        if last:
            query = query.filter(date_to=days.end_of(last))
        ordering = self.ordering if self.ordering in BY_API else NEWEST_FIRST
        return query.filter(
            order_by=ordering.removeprefix("-"),
            order_by_direction="desc" if ordering.startswith("-") else "asc",
        )

    @property
    def params(self) -> OrderQuery:
        """The parameters of the API call, of every filter that can be read. What it cannot sort by is left out."""
        return cast(OrderQuery, cast(ApiQuery, self.qs).params)

    @property
    def ordering(self) -> str:
        """The order that the rows are asked for in: the newest first, if nothing else can be read."""
        self.form.is_valid()
        return self.form.cleaned_data.get("sort") or NEWEST_FIRST

    @property
    def searched(self) -> str:
        """The text of the search box; empty where there is none that can be searched for."""
        self.form.is_valid()
        return self.form.cleaned_data.get("search") or ""

    @property
    def found_way(self) -> str:
        """The way in which the address says that it was found; empty if it says none."""
        self.form.is_valid()
        return self.form.cleaned_data.get("way") or ""

    @cached_property
    def asks_index(self) -> bool:
        """Whether the index answers: for a filter that it alone knows, or for its way of sorting."""
        return self.narrows_by_index or self.ordering in BY_INDEX

    @property
    def narrows_by_index(self) -> bool:
        """Whether a filter is on that the index alone knows."""
        self.form.is_valid()
        return any(
            self.form.cleaned_data.get(name) not in (None, "", [])
            for name, each in self.filters.items()
            if cast(PanelFilter, each).of_index
        )

    @property
    def chosen_columns(self) -> tuple[str, ...]:
        """The columns that the address names; none where it names none that there are."""
        self.form.is_valid()
        return tuple(self.form.cleaned_data.get("columns") or ())

    @property
    def stretch(self) -> Preset | None:
        self.form.is_valid()
        chosen = self.form.cleaned_data.get("preset")
        return Preset(chosen) if chosen else None

    def written(self) -> Mapping[str, list[str]]:
        """The filters as they stand in an address: tidied where they can be read, as they came
        where not, without blanks."""
        return dict(self._written())

    def _written(self) -> Iterator[tuple[str, list[str]]]:
        left_out = self._implied()
        for name in self.filters:
            if name in self.errors:
                values = [text for text in self.query.getlist(name) if text.strip()]
            else:
                values = [] if name in left_out else _texts(self.form.cleaned_data.get(name))
                values = [",".join(values)] if name == "columns" and values else values
            if values:
                yield name, values

    def _implied(self) -> set[str]:
        """What an address need not say, because the rest of it does."""
        implied = set() if self.searched else {"way"}
        implied |= {"preset"} if self.stretch is Preset.CUSTOM else set(DAYS) if self.stretch else set()
        return implied | {"sort"} if self.ordering == NEWEST_FIRST else implied


def settled(query: QueryDict) -> QueryDict:
    """The query without what contradicts itself: days beside a preset that has its own, and a
    custom stretch without days."""
    data = query.copy()
    preset = data.get("preset", "").strip()
    has_days = any(data.get(name, "").strip() for name in DAYS)
    if preset in set(Preset) - {Preset.CUSTOM}:
        for name in DAYS:
            data.pop(name, None)
    elif not preset and has_days:
        data["preset"] = Preset.CUSTOM
    elif preset == Preset.CUSTOM and not has_days:
        del data["preset"]
    return data


def _texts(value: Any) -> list[str]:
    if isinstance(value, list):
        return value
    if isinstance(value, dt.datetime):
        return [value.strftime(MINUTE)]
    if isinstance(value, dt.date):
        return [value.isoformat()]
    if isinstance(value, Decimal):
        return [as_typed(value)]
    return [str(value)] if value else []
