"""The parts of allauth that it keeps to itself and this desk needs, under names of our own. Nothing else imports them.

allauth has no public way to ask when somebody last proved who they are. tests/accounts/test_allauth_internals.py says
what an upgrade changed.
"""

import secrets

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from allauth.core import ratelimit
from django.core.cache import cache
from django.db import OperationalError
from django.http import HttpRequest


def last_proof(request: HttpRequest) -> float:
    """When the person last proved in this session who they are, in seconds since the epoch; 0 if they did not."""
    return max((record["at"] for record in get_authentication_records(request, request.user)), default=0.0)


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
