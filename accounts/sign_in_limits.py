"""Who guesses passwords is stopped, and nobody else.

Attempts count once they failed: for an account at an address, for an account at all addresses together, and for an
address over all accounts. The last two stop only those who have not signed in from there before, so that neither a
colleague's mistakes nor a stranger's guesses lock anybody out who is where they usually are. How many is in
ACCOUNT_RATE_LIMITS.
"""

from collections.abc import Iterator
from typing import NamedTuple

from django.contrib.auth.models import User
from django.core.cache import cache
from django.db.models import Q
from django.http import HttpRequest

from accounts.allauth_internals import count, is_within, prove_it_counts
from audit.who import address_of

FACTOR_HERE, FACTOR_ANYWHERE, PASSKEY = "factor_here", "factor_anywhere", "passkey"
HERE, ANYWHERE, ADDRESS = "failed_here", "failed_anywhere", "failed_address"
_KNOWN_FOR = 30 * 24 * 3600  # seconds


class Attempt(NamedTuple):
    """Somebody at an address who says that an account is theirs."""

    request: HttpRequest
    account: str

    @classmethod
    def of(cls, request: HttpRequest, login: str) -> "Attempt":
        """`login` is what was typed: the name or the e-mail address, which are the same account."""
        typed = login.strip()
        theirs = User.objects.filter(Q(username__iexact=typed) | Q(email__iexact=typed)).order_by("pk").first()
        return cls(request, str(theirs.pk) if theirs else f"nobody:{typed.casefold()}")

    def may_be_made(self) -> bool:
        """Whether there were not too many that failed. Raises OperationalError where nothing can be counted."""
        prove_it_counts()
        return all(is_within(self.request, limit, key) for limit, key in self._limits())

    def failed(self) -> None:
        for limit, key in self._all_limits():
            count(self.request, limit, key)

    def succeeded(self) -> None:
        """They are known here from now on."""
        cache.set(self._known, True, _KNOWN_FOR)

    def _limits(self) -> Iterator[tuple[str, str]]:
        """Those that hold for this one."""
        is_known = self.request.user.is_authenticated or bool(cache.get(self._known))
        yield from (each for each in self._all_limits() if each[0] == HERE or not is_known)

    def _all_limits(self) -> list[tuple[str, str]]:
        address = address_of(self.request)
        at_address = [(ADDRESS, address)] if address else []  # none is known behind a socket: that is no place
        return [(HERE, f"{address} {self.account}"), (ANYWHERE, self.account), *at_address]

    @property
    def _known(self) -> str:
        return f"accounts.known:{address_of(self.request)}:{self.account}"


class FactorAttempt(NamedTuple):
    """Somebody at an address who shows the second factor of an account, whose password they have given. That they have
    says nothing for them, so nobody is known here: a stranger who knows it has six figures left to guess."""

    request: HttpRequest
    user: User

    def may_be_made(self) -> bool:
        """Whether there were not too many that failed. Raises OperationalError where nothing can be counted."""
        if all(is_within(self.request, limit, key) for limit, key in self._limits()):
            return True
        prove_it_counts()
        return False

    def failed(self) -> None:
        for limit, key in self._limits():
            count(self.request, limit, key)

    def _limits(self) -> list[tuple[str, str]]:
        return [(FACTOR_HERE, f"{address_of(self.request)} {self.user.pk}"), (FACTOR_ANYWHERE, str(self.user.pk))]


def may_sign_in_by_passkey(request: HttpRequest) -> bool:
    """Counts one more request of that kind at the address; whether it is within what a large office needs."""
    key = address_of(request) or "-"
    if not is_within(request, PASSKEY, key):
        return False
    count(request, PASSKEY, key)
    return True
