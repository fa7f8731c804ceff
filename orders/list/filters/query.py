"""What django-filter needs in place of a queryset where the rows are in another service."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Self

import django_filters as df
from django import forms
from django.utils.functional import Promise

from ui.typed import TypedField

MOST_SPELLED = 60
"""Values that one filter sends where each is spelled in several ways: an address has to hold them."""


class ApiQuery:
    """An immutable stand-in for a queryset: collects the parameters of one API call, and makes none."""

    model = None  # read by FilterSet.__init__

    def __init__(self, **params: Any) -> None:
        self.params = params

    def all(self) -> Self:
        return self

    def filter(self, **lookups: Any) -> Self:
        """With these parameters too. The API knows one way of comparing for each, so a lookup's
        `__exact` is dropped."""
        return type(self)(**self.params, **{name.removesuffix("__exact"): value for name, value in lookups.items()})


class ApiFilterSet(df.FilterSet):
    """A FilterSet whose `qs` is an ApiQuery. A filter that cannot be read is left out; the others hold."""

    def get_form_class(self) -> type[forms.Form]:
        return _form_of(type(self))

    def filter_queryset(self, queryset: Any) -> Any:
        for name, value in self.form.cleaned_data.items():
            queryset = self.filters[name].filter(queryset, value)
        return queryset


@cache
def _form_of(kind: type[ApiFilterSet]) -> type[forms.Form]:
    """One for everybody, and its fields too: none of them depends on who asks."""
    fields = {name: each.field for name, each in kind.base_filters.items()}
    form: type[forms.Form] = type(f"{kind.__name__}Form", (kind._meta.form,), fields)  # type: ignore[attr-defined]
    form.base_fields = _Shared(form.base_fields)
    return form


class _Shared(dict[str, forms.Field]):
    """Fields that are only read: copying them all was a twentieth of what the list costs."""

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[str, forms.Field]:
        return dict(self)


class PanelFilter(df.Filter):
    """A filter as the panel shows it: in which `group` of it (none: elsewhere on the page), as
    which `kind` of field, with which hint.

    `kind`: text, day, select, boxes, or several (one as text, more as boxes and room for another).
    `suggestions` is the id of a datalist. `of_index`: the Order API has no such filter; where it is on, the index
    answers (`orders.list.indexed`).
    """

    kind = "text"
    hint: str | Promise = ""
    suggestions = ""
    of_index = False
    any_word: str | Promise = ""
    """What a select says where nothing is chosen."""

    def __init__(self, *args: Any, group: Promise | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.group = group

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """A filter set copies its filters to tell them whose they are; what they hold is only read. By hand, as it
        copies thirty of them for each page."""
        twin = type(self).__new__(type(self))
        twin.__dict__ |= self.__dict__
        return twin

    def words(self, value: str) -> str:
        """A value as people read it, in the panel and in the chip."""
        return value


class TextFilter(PanelFilter, df.CharFilter):
    """Text that is sent as it was typed, without what cannot be seen."""

    field_class = TypedField


class SeveralFilter(PanelFilter):
    """Several values that are alternatives; `spell` gives the ways in which the API may have written one."""

    kind = "several"

    def __init__(self, *args: Any, spell: Callable[[str], Sequence[str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.spell = spell

    def filter(self, qs: Any, value: Sequence[str]) -> Any:
        if not value:
            return qs
        most = max(1, MOST_SPELLED // len(value))
        values = list(value) if self.spell is None else [way for each in value for way in self.spell(each)[:most]]
        return qs.filter(**{str(self.field_name): list(dict.fromkeys(values))})


class ViewFilter(PanelFilter):
    """A field of the form that several parameters come from; the filter set itself says which."""

    def filter(self, qs: Any, value: Any) -> Any:
        return qs
