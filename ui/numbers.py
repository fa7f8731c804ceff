"""Numbers as people type them: with a comma or a point, with spaces, VAT in percent; and what they are of."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

LARGEST = Decimal(10) ** 10
LONGEST = 40  # characters
CURRENCY = RegexValidator(re.compile(r"\A[A-Za-z]{3}\Z"), _("Write the three letters of a currency, as in SEK."))
_SPACES = re.compile(r"[\s\u00a0\u202f']")


def as_typed(number: Decimal) -> str:
    """A number without an exponent and without zeros that say nothing; what `NumberField` reads back as the same.

    One that would take more than LONGEST digits keeps its exponent.
    """
    text = f"{number:f}" if abs(number.adjusted()) <= LONGEST else str(number)
    return text.rstrip("0").rstrip(".") if "." in text else text


class NumberField(forms.Field):
    """A Decimal. `1 234,50` and `1234.50` are the same; `1.234,50` could be two numbers and is refused."""

    widget = forms.TextInput
    default_error_messages = {
        "invalid": _("Write a number with at most one comma or point, as in 1234.50."),
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
        text = _SPACES.sub("", str(value if value is not None else "")).replace("\N{MINUS SIGN}", "-")
        if not text:
            return None
        if len(text) > LONGEST or not re.fullmatch(r"-?[0-9]+([.,][0-9]+)?", text):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        number = Decimal(text.replace(",", "."))
        if abs(number) >= LARGEST:
            raise ValidationError(self.error_messages["too_large"], code="too_large")
        if number < 0 and not self.negative:
            raise ValidationError(self.error_messages["negative"], code="negative")
        return number


class PercentField(NumberField):
    """A fraction, typed in percent: 25.5 is 0.255."""

    def prepare_value(self, value: Any) -> Any:
        return super().prepare_value(value * 100 if isinstance(value, Decimal) else value)

    def to_python(self, value: Any) -> Decimal | None:
        if isinstance(value, str):
            value = value.strip().removesuffix("%")
        number = super().to_python(value)
        return None if number is None else number / 100
