"""The parts of allauth that it keeps to itself and this desk needs, under names of our own. Nothing else imports them.

allauth has no public way to ask when somebody last proved who they are. tests/accounts/test_allauth_internals.py says
what an upgrade changed.
"""

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from allauth.core import ratelimit
from allauth.core.exceptions import ImmediateHttpResponse
from django.http import HttpRequest, HttpResponse

BY_PROVIDER = "socialaccount"
"""How allauth calls a sign-in elsewhere, whose time says nothing of when the person was asked there
(`accounts.single_sign_on.sessions`)."""


def last_proof(request: HttpRequest) -> float:
    """When the person last proved in this session to the desk who they are, in seconds since the epoch; 0 if they did
    not."""
    records = get_authentication_records(request, request.user)
    return max((record["at"] for record in records if record["method"] != BY_PROVIDER), default=0.0)


def answer_with(response: HttpResponse) -> Exception:
    """Raised in one of allauth's hooks, it ends the request with that answer."""
    error: Exception = ImmediateHttpResponse(response)
    return error


def record_proof(request: HttpRequest) -> None:
    """The person has just given their password again, and it was right. The session gets another key with the answer
    (`accounts.middleware.Sessions`), so that one that somebody took before is not good for what is asked of it now."""
    reauthenticate_by_password(request)
    request.takes_new_key = True  # type: ignore[attr-defined]


def may_try(request: HttpRequest) -> bool:
    """Counts one more try to give the password again; whether it is within ACCOUNT_RATE_LIMITS."""
    return bool(ratelimit.consume(request, action="reauthenticate", user=request.user))


def is_within(request: HttpRequest, limit: str, key: str) -> bool:
    """Whether one more of what that limit of ACCOUNT_RATE_LIMITS counts, under that key, would be within it."""
    return bool(ratelimit.consume(request, action=limit, key=key, dry_run=True))


def count(request: HttpRequest, limit: str, key: str) -> None:
    """Counts one more of it."""
    ratelimit.consume(request, action=limit, key=key)
