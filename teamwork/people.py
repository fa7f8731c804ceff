"""Who can be asked about an order: the people who have its channel and may see orders, and their roles."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise

from accounts.channels import Channel
from accounts.entitlements import entitlements_of
from accounts.models import ANY, ChannelGrant
from accounts.roles import ADMIN, WORDS, highest
from audit.names import person_name

_PLAIN = re.compile(r"[^\W_]+(?:[ '’-][^\W_]+)*")
SEES = "accounts.view_order"


class Colleague(NamedTuple):
    """Somebody who can be asked. `name` is the one that people know, and no other's who was asked for."""

    pk: int
    account: str
    name: str
    role: str

    @property
    def mention(self) -> str:
        """What stands behind the "@" in a note: the name, or, where it is not one of plain words, the account's."""
        return self.name if _PLAIN.fullmatch(self.name) else self.account

    @property
    def role_word(self) -> str | Promise:
        return WORDS.get(self.role, "")


def people_of(channel: Channel) -> QuerySet[User]:
    """The people who can sign in, have the channel and may see its orders."""
    grants = ChannelGrant.objects.filter(
        user=OuterRef("pk"), merchant__in=(ANY, channel.merchant), channel__in=(ANY, channel.name)
    )
    may = User.objects.with_perm(SEES, backend="django.contrib.auth.backends.ModelBackend")
    return may.filter(Q(is_superuser=True) | Exists(grants))


def colleagues(channel: Channel) -> list[Colleague]:
    """Those people, by name. Two queries."""
    people = people_of(channel).only("username", "is_superuser").prefetch_related("groups")
    found = (Colleague(each.pk, each.username, person_name(each.username), _role(each)) for each in people)
    return sorted(found, key=lambda each: each.name.casefold())


def _role(person: User) -> str:
    return ADMIN if person.is_superuser else highest({group.name for group in person.groups.all()})


def roles_of(people: Iterable[Colleague]) -> list[str]:
    """The roles that somebody of these people has, the lowest first."""
    theirs = {each.role for each in people}
    return [role for role in WORDS if role in theirs]


def role_of(user: User | AnonymousUser) -> str:
    """The name of a person's highest role: what is asked of a role is asked of those whose highest it is."""
    if isinstance(user, User) and user.is_superuser:
        return ADMIN
    return highest(entitlements_of(user).roles)
