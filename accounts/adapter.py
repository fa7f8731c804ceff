from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.urls import reverse

from accounts.sign_in_limits import Attempt
from audit.signals import sign_in_stopped


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """What this desk decides about accounts: an admin makes them, nobody makes their own."""

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Raises ValidationError where too many attempts failed."""
        if not _attempt(request, credentials).may_be_made():
            sign_in_stopped(request, _typed(credentials))
            raise self.validation_error("too_many_login_attempts")

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        _attempt(request, credentials).failed()

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        user: User | None = super().authenticate(request, **credentials)
        if user is not None:
            _attempt(request, credentials).succeeded()
        return user

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        """One page asks for whatever the person has."""
        return [{"id": "reauthenticate", "description": "", "url": reverse("account_reauthenticate")}]

    def set_password(self, user: User, password: str) -> None:
        """Writes the password alone: an account that an admin deactivates at this moment stays deactivated."""
        user.set_password(password)
        user.save(update_fields=["password"])

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("preferences")


def _attempt(request: HttpRequest, credentials: dict[str, Any]) -> Attempt:
    return Attempt.of(request, _typed(credentials))


def _typed(credentials: dict[str, Any]) -> str:
    return str(credentials.get("username") or credentials.get("email") or "")
