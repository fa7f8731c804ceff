"""The parts of allauth that it keeps to itself and this desk needs, under names of our own. Nothing else imports them.

allauth has no public way to ask when somebody last proved who they are. tests/accounts/test_allauth_internals.py says
what an upgrade changed.
"""

import secrets
from collections.abc import Iterator
from typing import Any

from allauth.account.internal.flows.login import (
    get_authentication_records,
    perform_login,
    record_authentication,
)
from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from allauth.account.models import Login
from allauth.account.stages import LoginStage, LoginStageController
from allauth.core import context, ratelimit
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.mfa.webauthn.internal.auth import (
    WebAuthn,
    begin_authentication,
    begin_registration,
    complete_authentication,
    complete_registration,
    extract_user_from_response,
)
from django.contrib.auth.models import User
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse

FACTOR = "mfa"
"""How allauth calls the proof of a second factor."""
BROKEN = (ValidationError, ValueError, TypeError, KeyError, AttributeError)
"""What allauth and fido2 raise at what a browser sends as a passkey's answer and is none."""
BY_PROVIDER = "socialaccount"
"""How allauth calls a sign-in at a provider, whose time says nothing of when the person was asked there
(`accounts.single_sign_on.sessions`)."""


def last_proof(request: HttpRequest, *, by_factor: bool = False) -> float:
    """When the person last proved to the desk in this session who they are, in seconds since the epoch; 0 if they did
    not. `by_factor`: a password is no proof."""
    records = get_authentication_records(request, request.user)
    counts = [each for each in records if (each["method"] == FACTOR if by_factor else each["method"] != BY_PROVIDER)]
    return max((each["at"] for each in counts), default=0.0)


def has_shown_factor(request: HttpRequest) -> bool:
    """Whether the person has shown a second factor in this session."""
    return last_proof(request, by_factor=True) > 0


def answer_with(response: HttpResponse) -> Exception:
    """Raised in one of allauth's hooks, it ends the request with that answer."""
    error: Exception = ImmediateHttpResponse(response)
    return error


def record_proof(request: HttpRequest) -> None:
    """The person has just given their password again, and it was right. The session gets another key with the answer
    (`accounts.middleware.Sessions`), so that one that somebody took before is not good for what is asked of it now."""
    reauthenticate_by_password(request)
    request.takes_new_key = True  # type: ignore[attr-defined]


def prove_it_counts() -> None:
    """Keeps something in the cache, in which tries are counted, and looks it up. Raises OperationalError where it is
    not there, as where its database takes nothing, or its Redis is away, which a cache keeps to itself: nobody may
    guess while nothing is counted, nor be told that they did it too often."""
    mine = f"accounts.counts:{secrets.token_hex(8)}"
    cache.set(mine, mine, 5)
    if cache.get(mine) != mine:
        raise OperationalError("the cache keeps nothing, so that tries to sign in cannot be counted")
    cache.delete(mine)  # or whoever tries often would fill it, and push out what is counted


def may_try(request: HttpRequest) -> bool:
    """Counts one more try to give the password again; whether it is within ACCOUNT_RATE_LIMITS. Raises OperationalError
    where nothing can be counted."""
    prove_it_counts()
    return bool(ratelimit.consume(request, action="reauthenticate", user=request.user))


def is_within(request: HttpRequest, limit: str, key: str) -> bool:
    """Whether one more of what that limit of ACCOUNT_RATE_LIMITS counts, under that key, would be within it."""
    return bool(ratelimit.consume(request, action=limit, key=key, dry_run=True))


def count(request: HttpRequest, limit: str, key: str) -> None:
    """Counts one more of it."""
    ratelimit.consume(request, action=limit, key=key)


# The second factor


def record_factor(request: HttpRequest, factor: Authenticator, *, alone: bool = False, again: bool = False) -> None:
    """The person has just shown that factor. `alone`: without the password, as a passkey may be; `again`: while they
    were signed in, so that the session gets another key, as for the password."""
    factor.record_usage()
    more = {"reauthenticated": again or None, "passwordless": alone or None}
    record_authentication(request, factor.user, FACTOR, id=factor.pk, type=factor.type, **more)
    if again:
        request.takes_new_key = True  # type: ignore[attr-defined]


def begun_sign_in(request: HttpRequest) -> LoginStage | None:
    """The sign-in of this session that waits for the second factor: its `login.user` has given the right password;
    None where there is none, or it is a quarter of an hour old."""
    return LoginStageController.enter(request, "mfa_authenticate")


def sign_in_by_passkey(request: HttpRequest, factor: Authenticator, redirect_url: str | None) -> HttpResponse:
    """Signs in the person whose passkey it is, or says that their account is closed."""
    record_factor(request, factor, alone=True)
    answer: HttpResponse = perform_login(request, Login(user=factor.user, redirect_url=redirect_url))
    return answer


def host_of_now() -> str:
    """The host of the request that this thread answers, with its port."""
    return str(context.request.get_host())


def new_app_secret() -> str:
    """What an app makes codes from: base32."""
    secret: str = generate_totp_secret()
    return secret


def app_codes(secret: str) -> Iterator[tuple[int, str]]:
    """The codes that an app may show now, the one before and the one after, each with its number in time."""
    for number in yield_hotp_counters_from_time():
        yield number, format_hotp_value(hotp_value(secret, number))


def add_app(user: User, secret: str) -> Authenticator:
    return TOTP.activate(user, secret).instance


def add_recovery_codes(user: User) -> Authenticator:
    """Those of before, if there are any."""
    return RecoveryCodes.activate(user).instance


def unused_recovery_codes(factor: Authenticator) -> list[str]:
    codes: list[str] = RecoveryCodes(factor).get_unused_codes()
    return codes


def use_recovery_code(factor: Authenticator, code: str) -> bool:
    """Whether it is one of them and was not used; from then on it is."""
    return bool(RecoveryCodes(factor).validate_code(code))


def passkey_to_make(user: User) -> dict[str, Any]:
    """What a browser needs to make a passkey, as its JSON; the session remembers what was asked."""
    options: dict[str, Any] = begin_registration(user, True)
    return options


def add_passkey(user: User, name: str, answer: Any) -> Authenticator | None:
    """The passkey that the browser made; None where that is no answer to what was asked."""
    try:
        complete_registration(answer)
        made: Authenticator = WebAuthn.add(user, name, answer).instance
    except BROKEN:
        return None
    return made


def passkey_name(factor: Authenticator) -> str:
    return str(WebAuthn(factor).name)


def passkey_to_show(user: User | None) -> dict[str, Any]:
    """What a browser needs to show a passkey of that person, or of whoever has one here; the session remembers it."""
    options: dict[str, Any] = begin_authentication(user)
    return options


def shown_passkey(user: User | None, answer: Any) -> Authenticator | None:
    """The passkey that answered, of that person, or of whom the answer names; None where it is no answer to what was
    asked last in this session."""
    try:
        return complete_authentication(user or extract_user_from_response(answer), answer)
    except BROKEN:
        return None
