"""Who has to have a second factor, and whether a session has shown one.

The setting SECOND_FACTOR says a word for each role, and one for *money*: whoever may execute payment actions, manage
people or set limits, whatever their role. The strictest that fits a person counts.
"""

from collections.abc import Iterable
from enum import IntEnum
from functools import lru_cache

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest

from accounts.allauth_internals import has_shown_factor
from accounts.entitlements import entitlements_of
from accounts.people.pending import MONEY
from accounts.roles import ADMIN, ROLES, SUPPORT, highest
from accounts.single_sign_on.sessions import has_second_factor

OF_MONEY = "money"


class Policy(IntEnum):
    """The stricter, the higher."""

    NONE = 0
    OFFERED = 1
    REQUIRED = 2


WORDS = {each.name.lower(): each for each in Policy}


def parse(texts: Iterable[str], *, sandbox: bool) -> dict[str, Policy]:
    """What `offered,money=required` says, for each role and for money; a word alone is for all of them. What is not
    said: everybody is offered one, and over a real API money needs one. ValueError, fit to show an operator."""
    found = dict.fromkeys((*ROLES, OF_MONEY), Policy.OFFERED)
    if not sandbox:
        found[OF_MONEY] = Policy.REQUIRED
    for text in texts:
        whose, is_named, word = text.strip().rpartition("=")
        if word.strip() not in WORDS or (is_named and whose.strip() not in found):
            raise ValueError(
                f"{text!r}: write {', '.join(WORDS)}, for everybody or as in money=required, for one of "
                f"{', '.join(found)}"
            )
        for name in [whose.strip()] if is_named else list(found):
            found[name] = WORDS[word.strip()]
    return found


@lru_cache(maxsize=8)
def _parsed(texts: tuple[str, ...], sandbox: bool) -> dict[str, Policy]:
    try:
        return parse(texts, sandbox=sandbox)
    except ValueError as error:
        raise ImproperlyConfigured(f"SECOND_FACTOR: {error}.") from None


def in_force() -> dict[str, Policy]:
    """The setting, for each role and for money. Raises ImproperlyConfigured."""
    return _parsed(tuple(settings.SECOND_FACTOR), settings.SANDBOX)


def policy_of(user: User | AnonymousUser) -> Policy:
    """What holds for that person; who has no role yet counts as support. As many statements as `entitlements_of`."""
    given, words = entitlements_of(user), in_force()
    if isinstance(user, User) and user.is_superuser:
        return max(words[ADMIN], words[OF_MONEY])
    of_role = words[highest(given.roles) or SUPPORT]
    return max(of_role, words[OF_MONEY]) if MONEY & given.permissions else of_role


def has_factor(user: User | AnonymousUser) -> bool:
    """Whether the person can be asked for one: an app or a passkey. Recovery codes alone are none."""
    return bool(entitlements_of(user).factors)


def is_satisfied(request: HttpRequest) -> bool:
    """Whether this session of somebody who is signed in may go on: it has shown a second factor, here or at the
    provider where it began, whose word is taken for it (SSO_SECOND_FACTOR), or the person has none and needs none. No
    statement of its own."""
    if has_shown_factor(request) or has_second_factor(request):
        return True
    return not has_factor(request.user) and policy_of(request.user) is not Policy.REQUIRED
