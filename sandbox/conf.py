"""The sandbox's own settings, with what they are where nobody set them."""

from typing import Any

from django.conf import settings

_DEFAULTS: dict[str, Any] = {
    "SANDBOX_TIMEOUT_SECONDS": 30.0,  # how long an unanswered call over HTTP is kept waiting
    "SANDBOX_SLOW_SECONDS": 4.0,  # how long the provider takes on its bad day `slow`
    "SANDBOX_PENDING_SECONDS": 5.0,  # how much later the provider does what it does a little later
    "SANDBOX_LATER_SECONDS": 180.0,  # how much later it does what it does minutes later
    "SANDBOX_STALE_SECONDS": 20.0,  # for how long reads answer as before on its day `stale-reads`
    "SANDBOX_CALL_SECONDS": 5.0,  # how long a hook or a validation may take
    "SANDBOX_CALLBACKS_SECONDS": 20.0,  # after how long no more hooks or validations of one call are asked
    "SANDBOX_BACKGROUND": True,  # whether this process delivers notifications by itself
}


def conf(name: str) -> Any:
    """The value of a setting of the sandbox."""
    return getattr(settings, name, _DEFAULTS.get(name))
