from functools import lru_cache

from django.contrib.auth.context_processors import PermWrapper
from django.contrib.auth.models import AnonymousUser, User
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts import local_passwords
from accounts.channels import channels_of
from accounts.entitlements import entitlements_of, role_of
from accounts.models import Preference, preference_of
from accounts.people.changes import unread
from accounts.single_sign_on.sessions import is_of_provider
from ui.regions import get_region


def person(request: HttpRequest) -> dict[str, object]:
    """Context processor: who reads the page, how they want it and where they work. Costs a query
    only where it is shown.

    `at_the_door`: signed in, but the second factor is still to be shown (`accounts.second_factor.gate`).

    On the pages for errors the request may not have come as far as having a user.
    """
    user = getattr(request, "user", None)
    if user is None:
        return {"preference": Preference(), "channel": None, "channels": (), "role": "", "perms": {}, "rights": ""}
    return {
        **_rights(user),
        "region": get_region(),
        "at_the_door": getattr(request, "at_the_door", False),
        "preference": SimpleLazyObject(lambda: preference_of(user)),
        "channel": getattr(request, "channel", None),
        "channels": SimpleLazyObject(lambda: channels_of(user)),
        "role": SimpleLazyObject(lambda: role_of(user)),
        "has_password": SimpleLazyObject(lambda: _has_password(request)),
        "account_changes": SimpleLazyObject(lambda: unread(user) if entitlements_of(user).unread else ()),
    }


def _has_password(request: HttpRequest) -> bool:
    """Whether one that could be changed belongs to whoever reads the page, as far as their session knows."""
    return not is_of_provider(request) and local_passwords.count_for(request.user)


def _rights(user: User | AnonymousUser) -> dict[str, object]:
    """`perms` as Django's own, without asking every backend anew each time; `rights`, the same as
    one word to tell two sets apart."""
    if not isinstance(user, User) or not user.is_active:
        return {"perms": {}, "rights": ""}
    if user.is_superuser:
        return {"perms": PermWrapper(user), "rights": "*"}
    return _of(entitlements_of(user).permissions)


@lru_cache(maxsize=256)
def _of(permissions: frozenset[str]) -> dict[str, object]:
    perms: dict[str, dict[str, bool]] = {}
    for label, _, name in (permission.partition(".") for permission in permissions):
        perms.setdefault(label, {})[name] = True
    return {"perms": perms, "rights": " ".join(sorted(permissions))}
