"""Bodies that work as they stand: what the API's own page shows for each operation that reads one."""

from typing import Any

from sandbox.codec import Document
from sandbox.places import adapter_url

_ADAPTER = "nshift_adapter"
_PRICE = {"includingVat": 100, "excludingVat": 80}
_CART = {
    "reference": "basket-1",
    "items": [
        {"name": "T-Shirt XL", "sku": "A000123", "quantity": 1, "price": _PRICE, "total": _PRICE, "vatRate": 0.25}
    ],
    "total": _PRICE,
}
_ADDRESS = {
    "type": "person",
    "givenName": "Rosalinainho",
    "familyName": "Undulatsson",
    "streetAddress": "Adaptivevägen 18",
    "postalCode": "955 60",
    "city": "Boden",
    "country": "SE",
    "email": "rosalinainho.undulatsson@example.com",
}
_CONSENT = {"id": "newsletter", "checked": True, "text": "Send me news.", "required": False}
_VALIDATION = {"adapterId": _ADAPTER, "url": f"{adapter_url(_ADAPTER)}/validations/pass"}
_PAYMENT = {
    "adapterId": "walley_checkout_adapter",
    "name": "Walley",
    "type": "default",
    "amount": 100,
    "state": "reserved",
}
_SHIPPING: Document = {
    "adapterId": _ADAPTER,
    "name": "Parcel",
    "total": {"includingVat": 49.9, "excludingVat": 39.92},
    "vatRate": 0.25,
}

EXAMPLES: dict[str, Any] = {
    "createOrder": {"culture": "sv-SE", "currency": "SEK", "country": "SE", "cart": _CART},
    "updateState": {"currentStatus": "completed"},
    "updateCart": _CART,
    "updateBilling": _ADDRESS,
    "updateShippingAddress": _ADDRESS,
    "createConsent": _CONSENT,
    "patchConsents": [{"id": "newsletter", "checked": False}],
    "patchConsent": {"checked": False},
    "patchAttributes": {"key": "value"},
    "createValidation": _VALIDATION,
    "updateValidation": _VALIDATION,
    "updateReference": "something-reference",
    "createHook": {
        "adapterId": _ADAPTER,
        "subscribeTo": "/state",
        "invoke": f"{adapter_url(_ADAPTER)}/hooks/approve",
        "version": "v0",
    },
    "createNotification": {
        "adapterId": _ADAPTER,
        "reference": "export",
        "scope": "/state/currentStatus",
        "schema": {"const": "completed"},
        "invoke": "{configuration.adapter.internalUrl}/notifications/accept",
    },
    "createPayment": _PAYMENT,
    "updatePayment": _PAYMENT,
    "addTransaction": {
        "event": "capture",
        "pspEvent": "CAPTURE",
        "amount": 100,
        "isSuccess": True,
        "requestJson": "{}",
    },
    "addPaymentActions": [{"adapterId": _ADAPTER, "type": "extend", "url": f"{adapter_url(_ADAPTER)}/extend"}],
    "createShipping": _SHIPPING,
    "updateShipping": _SHIPPING,
}
