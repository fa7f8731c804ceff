"""A field for what people type and paste to look for something."""

from django import forms

from domain.typed import tidy


class TypedField(forms.CharField):
    """Text without what cannot be seen, and with each run of blanks as one. Not for text that is kept as it came."""

    def to_python(self, value: object) -> str:
        return tidy(super().to_python(value) or "")


class TypedEmailField(TypedField, forms.EmailField):
    """The address of an e-mail."""
