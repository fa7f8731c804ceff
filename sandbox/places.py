"""Addresses inside the sandbox. The host is one that no name server knows, so nothing of it can leave this process."""

from django.conf import settings

INTERNAL_HOST = "sandbox.invalid"
INTERNAL = f"http://{INTERNAL_HOST}{settings.SANDBOX_PREFIX}"
ORDERS, ORDERS_V1 = "/api/v0/checkout/orders", "/api/v1/checkout/orders"


def adapter_url(adapter_id: str) -> str:
    """What `{configuration.adapter.internalUrl}` stands for in a URL of this adapter's."""
    return f"{INTERNAL}adapters/{adapter_id}"
