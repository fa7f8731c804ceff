"""What an address of the list asks for: a filter set whose `qs` is a question, since what answers it, the executions
here and two tables of the index, is not one queryset."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, cast

import django_filters as df
from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.validators import EMPTY_VALUES
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise, cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.channels import channel_name, channels_of, parse
from domain.states import EXECUTION, MONEY_ACTIONS, PAYMENT
from payments.listing.people import people
from payments.listing.questions import FIGURES, Question, Tab
from payments.presentation.vocabulary import action_words
from ui import days
from ui.numbers import CURRENCY, NumberField
from ui.stretches import Preset, days_of
from ui.typed import TypedField

LONGEST = 200
STRETCHES = tuple(each.value for each in Preset if each is not Preset.CUSTOM)
Choices = Sequence[tuple[Any, Any]]


def _input(**attrs: str) -> forms.TextInput:
    return forms.TextInput(attrs={"class": "input", "autocomplete": "off", "spellcheck": "false", **attrs})


def _as_it_is(value: Any) -> Any:
    return value


class Narrowing(df.Filter):
    """Puts what it says into the question, under its `field_name`; `reads` makes of the value what stands there."""

    def __init__(self, *args: Any, reads: Callable[[Any], Any] = _as_it_is, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reads = reads

    def filter(self, qs: Any, value: Any) -> Any:
        return qs if value in EMPTY_VALUES else replace(qs, **{str(self.field_name): self.reads(value)})


class TextNarrowing(Narrowing):
    field_class = TypedField


class AmountNarrowing(Narrowing):
    field_class = NumberField


class ChoiceNarrowing(Narrowing):
    field_class = forms.ChoiceField


class SeveralNarrowing(Narrowing):
    field_class = forms.MultipleChoiceField

    def __init__(self, *args: Any, reads: Callable[[Any], Any] = tuple, **kwargs: Any) -> None:
        super().__init__(*args, reads=reads, widget=forms.CheckboxSelectMultiple, **kwargs)


class OfDays(df.Filter):
    """One of those that say together from when to when: the set itself reads them."""

    def filter(self, qs: Any, value: Any) -> Any:
        return qs


class DayFilter(OfDays):
    field_class = forms.DateField

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            input_formats=["%Y-%m-%d"],
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"class": "input", "type": "date"}),
            error_messages={"invalid": _("This is not a date. Write it as 2026-12-31.")},
            **kwargs,
        )


class StretchFilter(OfDays):
    field_class = forms.ChoiceField


class ListForm(forms.Form):
    """What the filters say of one another."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("since"), cleaned.get("until")
        if first and last and last < first:
            self.add_error("until", ValidationError(_("The last day is before the first."), "order"))
        least, most = cleaned.get("amount_from"), cleaned.get("amount_to")
        if least is not None and most is not None and most < least:
            self.add_error("amount_to", ValidationError(_("This is less than the smallest amount."), "order"))
        if cleaned.get("tab") == Tab.TO_CAPTURE:
            for name in ("person", "outcome", "kind"):
                if cleaned.get(name):
                    self.add_error(name, ValidationError(_("Nobody has done anything to what is to be captured.")))
        return cleaned


class PaymentFilterSet(df.FilterSet):
    """The filters. One that cannot be read filters nothing, and says why in `errors`."""

    tab = ChoiceNarrowing(label="", choices=[(each.value, each.value) for each in Tab], reads=Tab)
    others = ChoiceNarrowing(label="", choices=[("1", "")], reads=bool)
    preset = StretchFilter(label=_("When"), choices=[(each, each) for each in STRETCHES])
    text = TextNarrowing(label=_("Order or reference"), max_length=LONGEST, widget=_input())
    since = DayFilter(label=_("First day"))
    until = DayFilter(label=_("Last day"))
    kind = SeveralNarrowing(field_name="kinds", label=_("What"))
    outcome = SeveralNarrowing(field_name="outcomes", label=_("Outcome"))
    stands = SeveralNarrowing(field_name="held_as", label=_("Payment now"))
    provider = TextNarrowing(label=_("Provider"), max_length=LONGEST, widget=_input())
    person = ChoiceNarrowing(label=_("Person"), reads=int, widget=forms.Select(attrs={"class": "select"}))
    amount_from = AmountNarrowing(label=_("Amount from"), widget=_input())
    amount_to = AmountNarrowing(label=_("Amount to"), widget=_input())
    currency = TextNarrowing(
        label=_("Currency"), reads=str.upper, validators=[CURRENCY], widget=_input(maxlength="3")
    )  # fmt: skip
    channel = SeveralNarrowing(
        field_name="channels", label=_("Channel"), reads=lambda names: tuple(map(parse, names))
    )  # fmt: skip

    class Meta:
        form = ListForm

    def __init__(self, query: QueryDict, user: User) -> None:
        super().__init__(query, queryset=Question())  # type: ignore[arg-type]  # stands in for a queryset
        self.query = query
        self.user = user

    @cached_property
    def form(self) -> forms.Form:
        """With what this person can choose from."""
        form: forms.Form = super().form
        offered: dict[str, Choices] = {
            "kind": [(kind, capfirst(str(action_words(kind).noun))) for kind in MONEY_ACTIONS],
            "outcome": [(row.name, row.word) for row in EXECUTION.values()],
            "stands": [(place.value, _place_word(place)) for place in FIGURES],
            "channel": [(str(each), channel_name(each)) for each in channels_of(self.user)],
            "person": [("", _("Anybody")), *((str(pk), name) for pk, name in people(self.user))],
        }
        for name, choices in offered.items():
            _offer(form.fields[name], choices)
        return form

    def filter_queryset(self, queryset: Any) -> Any:
        for name, value in self.form.cleaned_data.items():
            queryset = self.filters[name].filter(queryset, value)
        first, last = self._days()
        return replace(
            queryset, since=days.start_of(first) if first else None, until=days.end_of(last) if last else None
        )  # fmt: skip

    @property
    def question(self) -> Question:
        """What is asked by every filter that can be read."""
        return cast(Question, self.qs)

    def _days(self) -> tuple[dt.date | None, dt.date | None]:
        preset = self.stretch
        if preset and (both := days_of(preset, timezone.localdate())):
            return both
        return self.form.cleaned_data.get("since"), self.form.cleaned_data.get("until")

    @property
    def stretch(self) -> Preset | None:
        """The stretch of days that moves with the calendar, where no days of one's own are asked for."""
        self.form.is_valid()
        has_days = any(self.query.get(name, "").strip() for name in ("since", "until"))
        chosen = self.form.cleaned_data.get("preset")
        return Preset(chosen) if chosen and not has_days else None

    @property
    def tab_now(self) -> Tab:
        return self.question.tab

    def written(self) -> dict[str, list[str]]:
        """The filters as they stand in an address: as they came, without blanks and what other filters overrule."""
        has_days = self.stretch is None
        return {
            name: values
            for name in self.filters
            if (values := [text.strip() for text in self.query.getlist(name) if text.strip()])
            and not (name == "preset" and has_days and name not in self.errors)
        }


def _offer(field: forms.Field, choices: Choices) -> None:
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
    field.choices = choices
    field.error_messages["invalid_choice"] = _("There is no such choice: “%(value)s”.")


def _place_word(place: str) -> str | Promise:
    """What people call it where money is: the word of the payments' state for it."""
    named = [row for row in PAYMENT.values() if row.bucket == place]
    return next((row.word for row in named if row.actions or row.event), named[0].word)
