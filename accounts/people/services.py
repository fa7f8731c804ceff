"""Changing people and their rights. Every function here is one step: it happens whole, and with its
entry in the log, or not at all.

Raises LastAdminError where nobody would be left who can manage people, and AuditUnavailable where
it cannot be recorded.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group, Permission, User
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.channels import parse_grant
from accounts.models import AccountChange, ChannelGrant, OneTimeLink
from accounts.people import changes
from accounts.roles import ADMIN, EXTRAS, ROLES, highest
from accounts.second_factor import mail
from accounts.sessions import begin_next_epoch
from accounts.single_sign_on.identities import is_managed
from audit import log
from audit.actions import AuditAction
from audit.log import Change, Outcome, Subject, Who, masked, unmasked

MANAGE = "accounts.manage_people"


class LastAdminError(Exception):
    """Nobody could manage people any more. Nothing was changed."""


class OwnLinkError(Exception):
    """Nobody makes a link for themselves: whoever sits at a browser that was left open could. Nothing was made."""


class RightsChangedError(Exception):
    """The person's rights are not what whoever changes them saw. Nothing was changed."""


class ManagedElsewhereError(Exception):
    """The provider of single sign-on says what this person may, and that they have no password. Nothing was changed."""


class Newcomer(NamedTuple):
    """What is known of somebody before they have an account."""

    username: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""


class Rights(NamedTuple):
    """What a person may do and where: a role or none, grants as in `norce/*`, and permissions beside the role."""

    role: str = ""
    channels: frozenset[str] = frozenset()
    extras: frozenset[str] = frozenset()

    def changes_from(self, old: "Rights") -> list[Change]:
        pairs = (
            ("role", old.role, self.role),
            ("channels", *_sorted(old.channels, self.channels)),
            ("extras", *_sorted(old.extras, self.extras)),
        )
        return [Change(field, was, now) for field, was, now in pairs if was != now]


def _sorted(old: frozenset[str], new: frozenset[str]) -> tuple[list[str], list[str]]:
    return sorted(old), sorted(new)


def rights_of(person: User) -> Rights:
    """What was given to the person in the desk. Three queries, unless groups, grants and
    permissions were fetched with them."""
    names = {f"accounts.{permission.codename}" for permission in person.user_permissions.all()}
    return Rights(
        role=highest({group.name for group in person.groups.all()}),
        channels=frozenset(str(grant) for grant in person.channel_grants.all()),
        extras=frozenset(EXTRAS) & names,
    )


def managers() -> QuerySet[User]:
    """The people who can sign in and manage people."""
    return User.objects.with_perm(MANAGE, backend="django.contrib.auth.backends.ModelBackend")


def everybody() -> QuerySet[User]:
    """All people, by name, with what a list of them shows."""
    related = ("groups", "channel_grants", "user_permissions__content_type")
    return User.objects.order_by("-is_active", "username").prefetch_related(*related).select_related("one_time_link")


def invite(who: Who, newcomer: Newcomer, rights: Rights) -> User:
    """A new person, who cannot sign in before they have used a link. IntegrityError: there is somebody of that name."""
    with _step(who, AuditAction.PERSON_INVITE, newcomer.username) as step:
        person = User(**newcomer._asdict(), is_active=False)
        person.set_unusable_password()
        person.save(force_insert=True)
        _give(person, rights)
        step.changes = [Change("email", "", newcomer.email), *rights.changes_from(Rights())]
        changes.note(person, who, AccountChange.Kind.INVITE, step.changes[1:])
    return person


def admit(who: Who, newcomer: Newcomer, rights: Rights, tie: Callable[[User], None]) -> User:
    """A new person whom the provider of single sign-on vouches for; they have no password. `tie` remembers in the same
    step who they are there, and what it raises, it raises. IntegrityError: there is somebody of that name."""
    with _step(who, AuditAction.PERSON_SSO_CREATE, newcomer.username) as step:
        person = User(**newcomer._asdict(), is_active=True)
        person.set_unusable_password()
        person.save(force_insert=True)
        tie(person)
        _give(person, rights)
        step.changes = [Change("email", "", newcomer.email), *rights.changes_from(Rights())]
    return person


def tie_to_provider(who: Who, link: OneTimeLink, tie: Callable[[User], None]) -> User | None:
    """The link's person signs in at the provider from now on, and has no password any more; their sessions are over,
    and so is the link. `tie` as in `admit`. None: the link was used already."""
    with _step(who, AuditAction.PERSON_SSO_LINK, link.user.username) as step:
        used, _by_model = OneTimeLink.objects.filter(pk=link.pk, code=link.code).delete()
        if not used:
            step.outcome = Outcome.REFUSED
            return None
        person = User.objects.get(pk=link.user_id)
        changes.note(person, _maker_of(link), AccountChange.Kind.LINK)
        tie(person)
        person.set_unusable_password()
        person.is_active = True
        person.save(update_fields=["password", "is_active"])
        begin_next_epoch(person)
    return User.objects.get(pk=person.pk)


def change_rights(
    who: Who, person: User, rights: Rights, seen: Rights | None = None, *, by_provider: bool = False
) -> bool:
    """Give the person these rights and no others; whether that was any change. In force from their next request on.

    `seen`: what the person had when this was decided. RightsChangedError if they have something else by now.
    `by_provider`: they follow from the groups at the provider of single sign-on, which alone changes the rights of whom
    it manages (ManagedElsewhereError); there is nobody of the desk behind it who could approve for them.
    """
    if not by_provider and is_managed(person):
        raise ManagedElsewhereError
    with _step(who, AuditAction.PERSON_RIGHTS_CHANGE, person.username) as step:
        now = rights_of(User.objects.get(pk=person.pk))
        if seen is not None and now != seen:
            raise RightsChangedError
        step.changes = rights.changes_from(now)
        step.is_recorded = bool(step.changes)
        if step.changes:
            _give(person, rights)
            if not by_provider:
                changes.note(person, who, AccountChange.Kind.RIGHTS, step.changes)
    return step.is_recorded


def set_active(who: Who, person: User, active: bool) -> None:
    """Let the person sign in, or let them not; who may not is out at once, and their link is void."""
    with _step(who, AuditAction.PERSON_ACTIVATE if active else AuditAction.PERSON_DEACTIVATE, person.username) as step:
        was = User.objects.values_list("is_active", flat=True).get(pk=person.pk)
        step.changes = [Change("active", was, active)] if was != active else []
        User.objects.filter(pk=person.pk).update(is_active=active)
        if not active:
            OneTimeLink.objects.filter(user=person).delete()
            begin_next_epoch(person)
        elif step.changes:
            changes.note(person, who, AccountChange.Kind.ACTIVATE)


def end_sessions(who: Who, person: User) -> None:
    """Sign the person out of every browser, whatever keeps the sessions."""
    with _step(who, AuditAction.PERSON_SESSIONS_END, person.username):
        begin_next_epoch(person)


def reset_factors(who: Who, person: User) -> bool:
    """Take all second factors from the person, who has lost them, and sign them out; for a while they move no money
    (`changes.cools_until`). Whether they had any."""
    with _step(who, AuditAction.FACTOR_RESET, person.username) as step:
        factors = Authenticator.objects.filter(user=person)
        had = sorted(factors.values_list("type", flat=True))
        step.is_recorded = bool(had)
        if had:
            factors.delete()
            step.changes = [Change("factors", had, [])]
            begin_next_epoch(person)
            changes.note(person, who, AccountChange.Kind.FACTORS)
            mail.tell(person, mail.RESET)
    return bool(had)


def new_link(who: Who, person: User, code: str, now: dt.datetime | None = None) -> OneTimeLink:
    """A link of that code for the person; the one they had before is void. Raises OwnLinkError, and
    ManagedElsewhereError: it would set a password."""
    if who.user_id == person.pk:
        raise OwnLinkError
    if is_managed(person):
        raise ManagedElsewhereError
    with _step(who, AuditAction.PERSON_LINK_CREATE, person.username):
        made = {"code": code, "made_at": now or timezone.now(), "made_by_id": who.user_id}
        link, _created = OneTimeLink.objects.update_or_create(user=person, defaults=made)
        changes.note(person, who, AccountChange.Kind.LINK)
    return link


def use_link(who: Who, link: OneTimeLink, password: str) -> User | None:
    """Give the link's person that password and let them in; their sessions are over, and so is the
    link. None: it was used already."""
    with _step(who, AuditAction.PERSON_LINK_USE, link.user.username) as step:
        used, _by_model = OneTimeLink.objects.filter(pk=link.pk, code=link.code).delete()
        if not used:
            step.outcome = Outcome.REFUSED
            return None
        person = User.objects.get(pk=link.user_id)
        changes.note(person, _maker_of(link), AccountChange.Kind.PASSWORD)
        person.set_password(password)
        person.is_active = True
        person.save(update_fields=["password", "is_active"])
        begin_next_epoch(person)
    return person


def _maker_of(link: OneTimeLink) -> Who:
    return Who(link.made_by.username, link.made_by.pk) if link.made_by else Who("")


class _Step:
    changes: list[Change]
    outcome = Outcome.DONE
    is_recorded = True

    def __init__(self) -> None:
        self.changes = []


@contextmanager
def _step(who: Who, action: AuditAction, username: str) -> Iterator[_Step]:
    """One transaction, alone among those that change people; at its end somebody must be left who can manage them."""
    subject, step = Subject(target=username), _Step()
    try:
        with transaction.atomic():
            _wait_for_turn()
            had_managers = managers().exists()
            yield step
            _demand_somebody_left(had_managers)
            if step.is_recorded:
                log.event(who, action, subject, step.changes, outcome=step.outcome, mask=_mask)
    except LastAdminError:
        log.event(who, action, subject, step.changes, outcome=Outcome.REFUSED, mask=_mask, code="last-admin")
        raise


def _demand_somebody_left(had_managers: bool) -> None:
    if had_managers and not managers().exists():
        raise LastAdminError


def _wait_for_turn() -> None:
    """On PostgreSQL a lock on the admins' group; on SQLite the transaction is IMMEDIATE (settings),
    so it is alone already."""
    Group.objects.select_for_update().get(name=ADMIN)


def _mask(path: str, value: object) -> object:
    return masked(path, value) if path == "email" else unmasked(path, value)


def _give(person: User, rights: Rights) -> None:
    groups = Group.objects.filter(name__in=ROLES)
    person.groups.remove(*groups)
    if rights.role:
        person.groups.add(Group.objects.get(name=rights.role))
    ChannelGrant.objects.filter(user=person).delete()
    parts = (parse_grant(text) for text in sorted(rights.channels))
    ChannelGrant.objects.bulk_create(ChannelGrant(user=person, merchant=m, channel=c) for m, c in parts)
    person.user_permissions.remove(*_permissions(frozenset(EXTRAS)))
    person.user_permissions.add(*_permissions(rights.extras & frozenset(EXTRAS)))


def _permissions(names: frozenset[str]) -> QuerySet[Permission]:
    wanted = Q(pk__in=())
    for name in names:
        label, _dot, codename = name.partition(".")
        wanted |= Q(content_type__app_label=label, codename=codename)
    return Permission.objects.filter(wanted)
