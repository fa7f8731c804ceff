"""What a session remembers of how it began at the provider, and until when that is good."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest

_KEY = "sso"
_ISSUER, _PROVED, _SECOND = "issuer", "proved", "second"


def begun(request: HttpRequest, *, proved_at: float, has_second_factor: bool) -> None:
    """The person has just come from the provider, which asked them who they are at `proved_at` (seconds since the
    epoch; 0 where it does not say when)."""
    request.session[_KEY] = {_ISSUER: settings.SSO_ISSUER, _PROVED: proved_at, _SECOND: has_second_factor}


def signed_in(sender: object, request: HttpRequest, user: User, sociallogin: Any = None, **_signal: Any) -> None:
    """allauth's signal, once the session has begun: what it knows came along in the sign-in's state."""
    if sociallogin is not None:
        said = sociallogin.state["said"]
        begun(request, proved_at=said["proved_at"], has_second_factor=said["has_second_factor"])


def is_of_provider(request: HttpRequest) -> bool:
    """Whether this session began at the provider."""
    return _KEY in request.session


def is_over(request: HttpRequest, age: float) -> bool:
    """Whether a session of that age, in seconds, that began at a provider has to be begun there anew: after
    SSO_SESSION_HOURS, or where there is another provider, or none, by now."""
    kept = request.session.get(_KEY)
    if kept is None:
        return False
    return bool(kept[_ISSUER] != settings.SSO_ISSUER or age > settings.SSO_SESSION_TIME.total_seconds())


def proved_at(request: HttpRequest) -> float:
    """When the provider last asked the person who they are, in seconds since the epoch; 0 if that is not known."""
    return float((request.session.get(_KEY) or {}).get(_PROVED, 0.0))


def has_second_factor(request: HttpRequest) -> bool:
    """Whether the provider said that it asked for more than a password, in the words of SSO_SECOND_FACTOR."""
    return bool((request.session.get(_KEY) or {}).get(_SECOND))
