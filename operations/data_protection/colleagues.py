"""Forgetting a colleague who left: the account is closed, and a number stands in the place of the name wherever a name
can be replaced. In the audit log and beside payment actions it stays: those are proof of who did what."""

from typing import NamedTuple

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q

from accounts.people import services
from audit import log
from audit.actions import AuditAction
from audit.log import unmasked
from audit.models import Entry
from jobs import files
from jobs.models import Job
from operations.data_protection.customers import WHO, Found
from operations.data_protection.tables import Store, installed
from orders.finding import recent
from orders.models import Batch, SavedView
from orders.pasted import kept as pastes
from payments.models import Execution
from teamwork.models import Task

_KEPT_STORES = (Store.PAYMENTS, Store.LOG)


class Gone(NamedTuple):
    """What was found, and by which name the person goes from now on."""

    name: str
    found: list[Found]


def number_of(person: User) -> str:
    """What stands in the place of their name."""
    return f"person-{person.pk}"


def forget(person: User, *, really: bool) -> Gone:
    """Raises services.LastAdminError where nobody would be left who can manage people, AuditUnavailableError where it
    cannot be recorded; nothing was changed then but, in the second case, that they cannot sign in."""
    name, jobs = number_of(person), list(Job.objects.filter(owner=person).values_list("pk", flat=True))
    if really:
        services.set_active(WHO, person, active=False)
    with transaction.atomic():
        found = [*_own(person, really), *_renamed(person, name, really)]
        if really:
            _close(person, name)
            counts = {each.what: each.many for each in found if each.many}
            log.event(WHO, AuditAction.PERSON_FORGET, log.Subject(target=name), details=counts, mask=unmasked)
    if really:
        recent.forget_all(person)
        for job in jobs:
            files.forget(job)
    return Gone(name, [each for each in found if each.many])


def stays(person: User) -> list[Found]:
    """What keeps the account's name, and why."""
    theirs = Q(asked_by=person) | Q(taken_by=person) | Q(decided_by=person)
    found = (
        Found(
            "entries of the audit log",
            Entry.objects.filter(user_id=person.pk).count(),
            "a chain: nothing in it can be changed",
        ),
        Found("payment actions", Execution.objects.filter(theirs).count(), "proof of who moved money"),
    )
    return [each for each in found if each.many]


def _own(person: User, really: bool) -> list[Found]:
    """What is theirs alone goes: preferences, rights, sessions, pasted lists, views for themselves, exports."""
    found = []
    for model, table in installed().items():
        if table.is_own:
            rows = model._default_manager.filter(**{table.people[0]: person})
            found.append(Found(str(model._meta.verbose_name_plural), rows.count(), "deleted"))
            if really and table.store is Store.CHOICES:
                pastes.forget(list(rows))  # type: ignore[arg-type]
            elif really:
                rows.delete()
    for what, rows in (
        ("views for themselves", SavedView.objects.filter(owner=person, audience=SavedView.Audience.MINE)),
        ("exports and jobs", Job.objects.filter(owner=person)),
        ("choices of many orders that were not started", Batch.objects.filter(owner=person, state=Batch.State.READING)),
    ):
        found.append(Found(what, rows.count(), "deleted"))
        if really:
            rows.delete()
    tasks = Task.objects.filter(for_person=person, state="open")
    found.append(Found("open tasks", tasks.count(), "given to the team"))
    if really:
        tasks.update(for_person=None)
    return found


def _renamed(person: User, name: str, really: bool) -> list[Found]:
    found = []
    for model, table in installed().items():
        if table.store in _KEPT_STORES or model is User or table.is_own:
            continue
        count = 0
        for reference, column in table.names:
            rows = model._default_manager.filter(**{reference: person}).exclude(**{column: name})
            count += rows.update(**{column: name}) if really else rows.count()
        found.append(Found(str(model._meta.verbose_name_plural), count, f"with {name} instead of the name"))
    return found


def _close(person: User, name: str) -> None:
    person.username, person.first_name, person.last_name, person.email = name, "", "", ""
    person.is_active = person.is_staff = person.is_superuser = False
    person.last_login = None
    person.set_unusable_password()
    person.save(
        update_fields=[
            "username", "first_name", "last_name", "email", "is_active", "is_staff", "is_superuser", "last_login",
            "password",
        ]
    )  # fmt: skip
