"""Numbers as people type and paste them, in whatever region; VAT in percent; and what they are of."""

import re
import unicodedata
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from ui.formats import format_number

LARGEST = Decimal(10) ** 10
LONGEST = 40  # characters
CURRENCY = RegexValidator(re.compile(r"\A[A-Za-z]{3}\Z"), _("Write the three letters of a currency, as in SEK."))
_AS_ONE = {
    **dict.fromkeys("\N{MINUS SIGN}\N{EN DASH}\N{HYPHEN}\N{FIGURE DASH}", "-"),
    **dict.fromkeys("\N{RIGHT SINGLE QUOTATION MARK}\N{LEFT SINGLE QUOTATION MARK}\N{MODIFIER LETTER APOSTROPHE}", "'"),
}
_WHOLE = re.compile(r"[0-9]+|[0-9]{1,3}([ ',.])[0-9]{3}(\1[0-9]{3})*|[0-9]{1,2}(,[0-9]{2})+,[0-9]{3}")
"""Without thousands, with them, and with them as India groups them."""
_DIGITS = re.compile(r"[0-9]+")
_COULD_BE_THOUSANDS = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")


class AmbiguousError(ValueError):
    """It can be read in two ways: with thousands, and with decimals."""

    def __init__(self, whole: Decimal, broken: Decimal) -> None:
        super().__init__(whole, broken)
        self.whole, self.broken = whole, broken


def read_number(text: str, *, has_thousands: bool = True) -> Decimal | None:
    """The number that was written, whichever way the desk writes it in any region: `1,847.00`, `1.847,00`, `1 847,00`
    with any blank, `1'847.00` with either apostrophe, and with any minus. None where nothing was.

    Raises AmbiguousError for one comma or point with three digits behind it (`1,847`), which can be thousands or
    decimals, unless `has_thousands` is False; ValueError for what is no number.
    """
    plain = _plain(text)
    if not plain:
        return None
    minus, digits = ("-", plain[1:].lstrip()) if plain.startswith("-") else ("", plain)
    if has_thousands and _COULD_BE_THOUSANDS.fullmatch(digits):
        whole, broken = (re.sub("[.,]", sign, digits) for sign in ("", "."))
        raise AmbiguousError(Decimal(minus + whole), Decimal(minus + broken))
    at = max(digits.rfind(","), digits.rfind("."))
    whole, point, decimals = (digits[:at], digits[at], digits[at + 1 :]) if at > 0 else (digits, "", "")
    if point in whole and _WHOLE.fullmatch(digits):  # 1,847,000: what looked like decimals are thousands
        whole, point, decimals = digits, "", ""
    if not _WHOLE.fullmatch(whole) or (point and (point in whole or not _DIGITS.fullmatch(decimals))):
        raise ValueError(text)
    return Decimal(f"{minus}{re.sub('[^0-9]', '', whole)}.{decimals or 0}")


def _plain(text: str) -> str:
    """The text with one kind of blank, minus and apostrophe, and without what cannot be seen."""
    seen = "".join(each for each in unicodedata.normalize("NFKC", text) if unicodedata.category(each) != "Cf")
    return " ".join("".join(_AS_ONE.get(each, each) for each in seen).split())


def as_typed(number: Decimal) -> str:
    """A number without an exponent and without zeros that say nothing; what `NumberField` reads back as the same.

    One that would take more than LONGEST digits keeps its exponent. Three decimals get a fourth where they could be
    read as thousands.
    """
    text = f"{number:f}" if abs(number.adjusted()) <= LONGEST else str(number)
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return f"{text}0" if _COULD_BE_THOUSANDS.fullmatch(text.removeprefix("-")) else text


class NumberField(forms.Field):
    """A Decimal. What can mean two numbers is refused, with both of them named."""

    widget = forms.TextInput
    has_thousands = True
    default_error_messages = {
        "invalid": _("Write a number with at most one comma or point, as in 1234.50."),
        "ambiguous": _("“%(text)s” can be %(whole)s or %(broken)s. Write %(as_whole)s or %(as_broken)s."),
        "too_large": _("This number is too large."),
        "negative": _("This cannot be less than 0."),
    }

    def __init__(self, *, negative: bool = False, **kwargs: Any) -> None:
        self.negative = negative
        super().__init__(**kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "inputmode": "decimal", "autocomplete": "off"}

    def prepare_value(self, value: Any) -> Any:
        return as_typed(value) if isinstance(value, Decimal) else value

    def to_python(self, value: Any) -> Decimal | None:
        number = self._read(str(value if value is not None else ""))
        if number is None:
            return None
        if abs(number) >= LARGEST:
            raise ValidationError(self.error_messages["too_large"], code="too_large")
        if number < 0 and not self.negative:
            raise ValidationError(self.error_messages["negative"], code="negative")
        return number

    def _read(self, text: str) -> Decimal | None:
        if len(text.strip()) > LONGEST:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        try:
            return read_number(text, has_thousands=self.has_thousands)
        except AmbiguousError as error:
            both = {
                "text": text.strip(),
                "whole": format_number(error.whole, 2),
                "broken": format_number(error.broken, 3),
                "as_whole": as_typed(error.whole),
                "as_broken": as_typed(error.broken),
            }
            raise ValidationError(self.error_messages["ambiguous"], code="ambiguous", params=both) from None
        except ValueError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None


class PercentField(NumberField):
    """A fraction, typed in percent: 25.5 is 0.255."""

    has_thousands = False

    def prepare_value(self, value: Any) -> Any:
        return super().prepare_value(value * 100 if isinstance(value, Decimal) else value)

    def to_python(self, value: Any) -> Decimal | None:
        if isinstance(value, str):
            value = value.strip().removesuffix("%")
        number = super().to_python(value)
        return None if number is None else number / 100
