"""What people call an adapter, told from its id."""

import re

# Adapters are called psp_api_adapter (Norce docs, advanced/create-payment-adapter); older documents and the docs' own
# examples write walley-checkout, klarna-checkout, ingrid-shipping-adapter.
_ID = re.compile(r"(?P<provider>[a-z0-9]{1,40})(?:[_-][a-z0-9]{1,40}){0,5}[_-](?:adapter|checkout)", re.IGNORECASE)
_SPELLED = {"nonpsp": "Non-PSP", "paypal": "PayPal", "nshift": "nShift"}


def called(name: str | None, adapter_id: str | None) -> str:
    """What a payment or shipping is called: its name, unless that is an adapter's id (as shops fill it in) or missing;
    then the provider's. Empty where there is neither."""
    if name and not name.lower().endswith(("_adapter", "-adapter")):
        return name
    return adapter_name(name or adapter_id or "")


def adapter_name(adapter_id: str) -> str:
    """The provider as people call it (`klarna_checkout_adapter`, `klarna-checkout`: Klarna); an id of another form as
    it is."""
    found = _ID.fullmatch(adapter_id)
    if found is None:
        return adapter_id
    provider = found["provider"].lower()
    return _SPELLED.get(provider, provider.capitalize())
