"""Form fields that read what people write into the filters."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from domain import countries
from domain.phones import compact
from domain.states import States
from domain.typed import plain, tidy
from orders.list.find import LONGEST_TEXT, WAYS, mentioned, read
from ui.days import EARLIEST, LATEST
from ui.typed import TypedField

MOST_VALUES = 50
LONGEST_VALUE = LONGEST_TEXT
LONGEST_ADDRESS = 6000
"""Bytes of all filters together as they stand in an address. Servers and proxies commonly read 8 kB
of one, path and page included."""

MINUTE = "%Y-%m-%dT%H:%M"
"""How a time of a day stands in an address."""

NO_STATE_OF_AN_ORDER = _("“%(value)s” is not a state of an order.")

_LIST = re.compile(r"[,;\n]")
_EMAILS = re.compile(r"[,;\s]+")
_LINES = re.compile(r"[;\n]")


class Repeated(forms.Widget):
    """Reads a key of the query as often as it is there. The page writes its own markup."""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[str]:
        return list(data.getlist(name)) if isinstance(data, MultiValueDict) else list(data.get(name, ()))


class SeveralField(forms.Field):
    """Values written apart, each in its own key, or together; without blanks and repetitions. Cleans to a list."""

    widget = Repeated
    separator = _LIST

    def to_python(self, value: Sequence[str] | None) -> list[str]:
        parts = [tidy(part) for text in value or () for part in self.separator.split(text)]
        written = list(dict.fromkeys(part for part in parts if part))
        if len(written) > MOST_VALUES:
            raise ValidationError(_("At most %(most)s values."), "too-many", {"most": MOST_VALUES})
        return list(dict.fromkeys(self.one(part) for part in written))

    def one(self, text: str) -> str:
        """One value as the API should get it; ValidationError if it cannot be one."""
        if len(text) > LONGEST_VALUE:
            raise ValidationError(_("“%(value)s…” is too long."), "too-long", {"value": text[:30]})
        return text


class SearchField(TypedField):
    """What stands in the search box. Of a text that is too long for it, what it mentions, if that is one thing."""

    def to_python(self, value: object) -> str:
        text = super().to_python(value)
        if len(text) <= LONGEST_TEXT:
            return text if read(text).text else ""
        found = mentioned(text)
        if len(found) == 1:
            return found[0]
        if found:
            raise ValidationError(
                _("There are %(count)d order numbers in it. Search for one at a time."),
                "several",
                {"count": len(found)},
            )
        raise ValidationError(
            _("It has %(length)d characters; at most %(most)d can be searched for."),
            "too-long",
            {"length": len(text), "most": LONGEST_TEXT},
        )


class WayField(forms.CharField):
    """As what a text was found: one of WAYS, and nothing where it is none."""

    def to_python(self, value: object) -> str:
        text = super().to_python(value)
        return text if text in WAYS else ""


class NamesField(SeveralField):
    """Names, which may have commas in them."""

    separator = _LINES


class EmailsField(SeveralField):
    separator = _EMAILS

    def one(self, text: str) -> str:
        text = plain(text).removeprefix("mailto:").strip("<>'\"()[]")
        if "@" not in text.strip("@"):
            raise ValidationError(_("“%(value)s” is not a whole e-mail address."), "email", {"value": text[:60]})
        return super().one(text)


class PhonesField(SeveralField):
    def one(self, text: str) -> str:
        text = plain(text).removeprefix("tel:")
        if not compact(text):
            raise ValidationError(_("“%(value)s” is not a phone number."), "phone", {"value": text[:60]})
        return super().one(text)


class CountriesField(SeveralField):
    """Countries by name, in the reader's language, in English or as they call themselves, or by
    code. Cleans to codes."""

    def one(self, text: str) -> str:
        if code := countries.code_of(text):
            return code
        raise ValidationError(_("“%(value)s” is not a country."), "country", {"value": text[:60]})


class StatesField(SeveralField):
    """States, in any case. One that this desk does not know is said, and not sent: the API refuses those."""

    def __init__(
        self,
        *,
        known: States[Any],
        unknown: Promise = NO_STATE_OF_AN_ORDER,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.known = known
        self.unknown = unknown

    def one(self, text: str) -> str:
        name: str = self.known.of(text).name
        if name in self.known:
            return name
        raise ValidationError(str(self.unknown), "state", {"value": text[:60]})


class DayField(forms.Field):
    """A day, as browsers send it: 2026-11-22; or a time of a day, in the reader's zone: 2026-11-22T15:05."""

    widget = forms.TextInput

    def to_python(self, value: str | None) -> dt.date | None:
        text = (value or "").strip()
        if not text:
            return None
        try:
            day = dt.datetime.strptime(text, MINUTE) if "T" in text else dt.date.fromisoformat(text)  # noqa: DTZ007
        except ValueError:
            raise ValidationError(
                _("“%(value)s” is not a date. Write it as 2026-12-31."), "date", {"value": text[:30]}
            ) from None
        if not EARLIEST <= (day.date() if isinstance(day, dt.datetime) else day) <= LATEST:
            raise ValidationError(_("There are no orders of that year."), "year")
        return day


def too_many_bytes(values: Mapping[str, Any]) -> str:
    """The name of the longest of the filters where together they are too long for an address; empty
    where they are not."""
    sizes = {name: len(urlencode({name: value}, doseq=True)) + 1 for name, value in values.items() if value}
    return max(sizes, key=sizes.__getitem__) if sum(sizes.values()) > LONGEST_ADDRESS else ""
