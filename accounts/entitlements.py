"""What a person was given: roles, permissions and channels, read in one statement, and with the
person where a session names them."""

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from django.contrib.auth.models import AnonymousUser, User
from django.db import connections
from django.utils.functional import Promise

from accounts.models import ANY, Preference
from accounts.roles import ADMIN, WORDS, highest

_ATTRIBUTE = "_entitlements"
_PREFERENCE = "preference__"
_AS_JSON = {"sqlite": "json_group_array({})", "postgresql": "json_agg({})::text"}
_GIVEN = {
    "roles": ("g.name", "auth_group g JOIN auth_user_groups ug ON ug.group_id = g.id WHERE ug.user_id = u.id"),
    "permissions": (
        "t.app_label || '.' || p.codename",
        "auth_permission p JOIN django_content_type t ON t.id = p.content_type_id WHERE p.id IN ("
        "SELECT permission_id FROM auth_user_user_permissions WHERE user_id = u.id UNION "
        "SELECT gp.permission_id FROM auth_group_permissions gp "
        "JOIN auth_user_groups ug ON ug.group_id = gp.group_id WHERE ug.user_id = u.id)",
    ),
    "grants": ("c.merchant || '/' || c.channel", "accounts_channelgrant c WHERE c.user_id = u.id"),
    "unread": ("a.id", "accounts_accountchange a WHERE a.person_id = u.id AND a.read_at IS NULL"),
    "factors": ("f.type", "mfa_authenticator f WHERE f.user_id = u.id AND f.type <> 'recovery_codes'"),
}


class Entitlements(NamedTuple):
    """`permissions` as in accounts.view_order, of the person and their groups; `grants` as merchant
    and channel, either may be `*`; `unread`, the numbers of what others changed of their account and they have not
    read yet; `factors`, the types of second factor that they can be asked for, as in totp, webauthn."""

    roles: frozenset[str] = frozenset()
    permissions: frozenset[str] = frozenset()
    grants: tuple[tuple[str, str], ...] = ()
    unread: tuple[int, ...] = ()
    factors: tuple[str, ...] = ()

    def covers(self, merchant: str, channel: str) -> bool:
        """Whether the person may work in that channel."""
        return any(m in (ANY, merchant) and c in (ANY, channel) for m, c in self.grants)


def entitlements_of(user: User | AnonymousUser) -> Entitlements:
    """What the person was given, as it was when this object was first asked; nothing for a visitor.

    One statement; none for the person of a request, as `person_of_session` has read it with them.
    """
    if not isinstance(user, User):
        return Entitlements()
    if not hasattr(user, _ATTRIBUTE):
        alias = user._state.db or "default"
        with connections[alias].cursor() as cursor:
            cursor.execute(f"SELECT {_given(alias)} FROM auth_user u WHERE u.id = %s", [user.pk])  # noqa: S608
            _keep(user, cursor.fetchone() or (None,) * len(_GIVEN))
    entitlements: Entitlements = getattr(user, _ATTRIBUTE)
    return entitlements


def person_of_session(user_id: Any) -> User | None:
    """The person with their preferences and entitlements, from one statement; None where there is no such person."""
    user = next(iter(User.objects.raw(_statement("default"), [user_id])), None)
    if user is not None:
        _keep(user, tuple(user.__dict__.pop(name) for name in _GIVEN))
        values = [user.__dict__.pop(_PREFERENCE + name) for name in _preference_columns()]
        kept = values[0] is not None
        user.preference = (
            Preference.from_db("default", _preference_columns(), values) if kept else Preference(user=user)
        )
    return user


def role_of(user: User | AnonymousUser) -> str | Promise:
    """The word for a person's highest role: a superuser is an admin; nothing for somebody without a role."""
    if isinstance(user, User) and user.is_superuser:
        return WORDS[ADMIN]
    return WORDS.get(highest(entitlements_of(user).roles), "")


def _keep(user: User, given: tuple[str | None, ...]) -> None:
    roles, permissions, grants, unread, factors = (json.loads(each or "[]") for each in given)
    pairs = tuple(sorted(tuple(grant.split("/", 1)) for grant in grants))
    theirs = Entitlements(frozenset(roles), frozenset(permissions), pairs, tuple(unread), tuple(sorted(factors)))
    setattr(user, _ATTRIBUTE, theirs)


@lru_cache(maxsize=1)
def _preference_columns() -> tuple[str, ...]:
    return tuple(field.attname for field in Preference._meta.concrete_fields)


@lru_cache(maxsize=4)
def _given(alias: str) -> str:
    as_json = _AS_JSON[connections[alias].vendor]
    parts = ((name, as_json.format(what), rows) for name, (what, rows) in _GIVEN.items())
    return ", ".join(f"(SELECT {what} FROM {rows}) AS {name}" for name, what, rows in parts)  # noqa: S608 - as below


@lru_cache(maxsize=4)
def _statement(alias: str) -> str:
    columns = ", ".join(_columns())
    return (
        f"SELECT {columns}, {_given(alias)} FROM auth_user u "  # noqa: S608 - of names that stand in this program
        "LEFT JOIN accounts_preference r ON r.user_id = u.id WHERE u.id = %s"
    )


def _columns() -> Iterator[str]:
    yield from (f'u."{field.column}"' for field in User._meta.concrete_fields)
    yield from (f'r."{name}" AS "{_PREFERENCE}{name}"' for name in _preference_columns())
