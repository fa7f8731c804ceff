"""The setting SOCIALACCOUNT_ADAPTER: where allauth's sign-in asks this desk what it decides."""

import time
from http import HTTPStatus
from typing import Any

import requests
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base import AuthError, AuthProcess
from django.http import HttpRequest

from accounts.allauth_internals import answer_with
from accounts.single_sign_on import admission, refusals
from accounts.single_sign_on.calls import DEADLINE, Calls
from accounts.single_sign_on.protocol import Provider, TroubleError
from accounts.single_sign_on.refusals import Kind


def kind_of(error: Exception | None) -> Kind:
    """What went wrong at the provider: it is down where it could not be reached, or says itself that it is."""
    if isinstance(error, TroubleError):
        return error.kind
    if isinstance(error, requests.HTTPError) and error.response is not None:
        return Kind.DOWN if error.response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR else Kind.ANSWER
    return Kind.DOWN if isinstance(error, requests.ConnectionError | requests.Timeout) else Kind.ANSWER


def why(error: Exception | None) -> str:
    """For the operator: what we say ourselves, of others only what kind of error it is."""
    return str(error) if isinstance(error, TroubleError) else type(error).__name__ if error else ""


class Adapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """One provider, that of the settings; who comes in says `accounts.single_sign_on.admission`."""

    def get_provider(self, request: HttpRequest, provider: str = "", client_id: str | None = None) -> Provider:
        return Provider(request)

    def list_apps(self, request: HttpRequest, provider: str | None = None, client_id: str | None = None) -> list[Any]:
        return []

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def get_requests_session(self) -> Calls:
        """All that is asked for one page ends together."""
        if not hasattr(self.request, "provider_until"):
            self.request.provider_until = time.monotonic() + DEADLINE
        return Calls(self.request.provider_until)

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Ends the request with a page where nobody is admitted. Raises AuditUnavailableError."""
        claims, state = sociallogin.claims, sociallogin.state
        data = state.get("data") or {}
        try:
            admission.demand_nonce(claims, data.get("nonce", ""))
            if state["process"] == AuthProcess.REDIRECT:
                admission.confirmed(request, claims, data["at"])
                return
            sociallogin.user = sociallogin.account.user = admission.admitted(request, claims, data.get("link", ""))
        except TroubleError as error:
            raise answer_with(refusals.answer(request, error.kind, str(error))) from error
        state["said"] = admission.said_of_proof(claims)

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Provider,
        error: str | None = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        """What allauth found wrong, as a page of the desk's."""
        if error == AuthError.CANCELLED:
            kind = Kind.DENIED
        elif request.GET.get("error") in ("server_error", "temporarily_unavailable"):
            kind = Kind.DOWN
        elif exception is None and "state" not in (extra_context or {}):
            kind = Kind.STALE
        else:
            kind = kind_of(exception)
        said = why(exception) or f"error={request.GET.get('error', '')[:40]!r}"
        raise answer_with(refusals.answer(request, kind, said if kind != Kind.STALE else ""))
