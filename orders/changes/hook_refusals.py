"""Which hooks stand behind a refusal, so that a dead one can be told from an order that may not be changed."""

import re

from order_api.errors import ApiError, Rejected
from order_api.schemas import Hook, Order

HOOK_REJECTED = "order-hook-rejected"  # no published page has the code; docs/sandbox.md


def is_hook_refusal(error: ApiError) -> bool:
    """Whether it was an adapter that said no."""
    return isinstance(error, Rejected) and error.code == HOOK_REJECTED


def blockers_of(order: Order, error: ApiError) -> list[Hook]:
    """The order's hooks that the refusal names, by adapter and by what they are asked about; all of
    them where it names none."""
    if not is_hook_refusal(error):
        return []
    named = [hook for hook in order.hooks if _says(error.message, hook.adapter_id)]
    about = [hook for hook in named if _says(error.message, hook.part)]
    return about or named or list(order.hooks)


def _says(text: str, name: str | None) -> bool:
    return bool(name) and re.search(rf"(?<![\w/-]){re.escape(name or '')}(?![\w/-])", text) is not None
