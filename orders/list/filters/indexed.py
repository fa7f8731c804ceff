"""The filters that the Order API does not have: where one of them is on, the list is answered by the index."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.channels import channel_name, parse
from domain.adapters import adapter_name
from domain.money import code_of
from domain.states import PAYMENT, SHIPPING
from domain.typed import tidy
from index.checks import CHECKS
from orders.list.columns import COLUMNS
from orders.list.filters.fields import SeveralField, StatesField
from orders.list.filters.query import PanelFilter, SeveralFilter, TextFilter, ViewFilter
from ui.numbers import CURRENCY, NumberField

IN_DOUBT = "in-doubt"
"""A finding that no check of the index makes: money that this desk moved, and of which it is not known what became."""
FINDINGS: Mapping[str, str | Promise] = {
    "not-captured": gettext_lazy("Handed over, not captured"),
    "not-covered": gettext_lazy("Handed over, not covered"),
    "held-for-nothing": gettext_lazy("Money held for nothing"),
    "stuck": gettext_lazy("Stuck before completion"),
    "mismatch": gettext_lazy("Payments differ from the total"),
    "shipping-failed": gettext_lazy("Shipping failed"),
    "consent-missing": gettext_lazy("Required consent missing"),
    "twins": gettext_lazy("Perhaps paid twice"),
    IN_DOUBT: gettext_lazy("Payment action in doubt"),
}
"""The checks of the index (`index.checks`) in words, and what is found otherwise."""
ME, ANYBODY = "me", "anybody"


def finding_word(name: str) -> str:
    """What a finding is called; a check that has no words here by its name."""
    return str(FINDINGS.get(name, name))


class OfIndex(PanelFilter):
    """Is sent to nobody: the index is asked."""

    of_index = True

    def filter(self, qs: Any, value: Any) -> Any:
        return qs


class SeveralOfIndex(OfIndex, SeveralFilter):
    pass


class FindingField(forms.ChoiceField):
    """The name of a check, or of what is found otherwise."""

    default_error_messages = {"invalid_choice": gettext_lazy("“%(value)s” is nothing that is looked for.")}

    def __init__(self, **kwargs: Any) -> None:
        names = [*(name for name in FINDINGS if name in CHECKS or name == IN_DOUBT), *CHECKS]
        super().__init__(choices=[(name, FINDINGS.get(name, name)) for name in dict.fromkeys(names)], **kwargs)


class FindingFilter(OfIndex):
    field_class = FindingField
    kind = "select"
    any_word = gettext_lazy("Whatever was found")
    hint = gettext_lazy("The same as on the overview")

    def words(self, value: str) -> str:
        return finding_word(value)


class PaymentStatesFilter(SeveralOfIndex):
    field_class = StatesField
    kind = "boxes"

    def __init__(self, **kwargs: Any) -> None:
        unknown = gettext_lazy("“%(value)s” is not a state of a payment.")
        super().__init__(known=PAYMENT, unknown=unknown, **kwargs)

    def words(self, value: str) -> str:
        return str(PAYMENT.of(value).word)


class ShippingStatesFilter(SeveralOfIndex):
    field_class = StatesField
    kind = "boxes"

    def __init__(self, **kwargs: Any) -> None:
        unknown = gettext_lazy("“%(value)s” is not a state of a shipping.")
        super().__init__(known=SHIPPING, unknown=unknown, **kwargs)

    def words(self, value: str) -> str:
        return str(SHIPPING.of(value).word)


class AdaptersFilter(SeveralOfIndex):
    field_class = SeveralField
    hint = gettext_lazy("Adapters by their ids; several separated by a comma")

    def words(self, value: str) -> str:
        return adapter_name(value)


class AmountFilter(OfIndex):
    field_class = NumberField
    hint = gettext_lazy("In the currency below")

    def words(self, value: str) -> str:
        return value


class CurrencyField(forms.CharField):
    def to_python(self, value: Any) -> str:
        return code_of(tidy(super().to_python(value) or ""))


class CurrencyFilter(OfIndex):
    field_class = CurrencyField
    hint = gettext_lazy("Three letters, as in SEK")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(validators=[CURRENCY], **kwargs)


class SkuFilter(OfIndex, TextFilter):
    hint = gettext_lazy("Whole, as it stands in the cart")


class AssigneeFilter(OfIndex, TextFilter):
    hint = gettext_lazy("“me”, “anybody” or the name of an account")

    def words(self, value: str) -> str:
        return {ME: _("Me"), ANYBODY: _("Anybody")}.get(value, value)


class ChannelsField(SeveralField):
    """Channels as norce/se. Whether they are the reader's, the filter set says."""

    def one(self, text: str) -> str:
        try:
            return str(parse(text))
        except ValueError:
            raise ValidationError(not_a_channel(text), "channel") from None


def not_a_channel(text: str) -> str:
    """The same words for a channel that there is not and for one that is not theirs."""
    return _("“%(value)s” is none of your channels.") % {"value": text[:60]}


class ChannelsFilter(SeveralFilter):
    """Of the list of all channels: which of them."""

    field_class = ChannelsField

    def filter(self, qs: Any, value: Any) -> Any:
        return qs

    def words(self, value: str) -> str:
        return channel_name(value)


class ColumnsField(SeveralField):
    """The names of columns in their order, together or apart."""

    def one(self, text: str) -> str:
        if text not in COLUMNS:
            raise ValidationError(_("There is no column “%(value)s”.") % {"value": text[:60]}, "column")
        return text


class ColumnsFilter(ViewFilter):
    field_class = ColumnsField


class ViewNumberField(forms.CharField):
    """Which saved view the list began as: a number, or the name of one that comes with the desk. Anything else is as if
    it were not there, since nothing depends on it."""

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        return text if text.isascii() and text.replace("-", "").isalnum() and len(text) < 30 else ""


class ViewNumberFilter(ViewFilter):
    field_class = ViewNumberField


def check_amounts(form: forms.Form, cleaned: Mapping[str, Any]) -> None:
    """Amounts say nothing without a currency, and a range has a beginning before its end."""
    low, high = cleaned.get("amount_from"), cleaned.get("amount_to")
    if not cleaned.get("currency") and "currency" not in form.errors:
        for name, value in (("amount_from", low), ("amount_to", high)):
            if value is not None:
                form.add_error(name, ValidationError(_("Say which currency it is in."), "currency"))
    elif isinstance(low, Decimal) and isinstance(high, Decimal) and high < low:
        form.add_error("amount_to", ValidationError(_("It is less than the least."), "order"))
