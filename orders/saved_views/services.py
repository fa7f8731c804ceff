"""What becomes of saved views, and whose they are. Every change is one step with its entry in the log, or is not done.

Raises audit.log.AuditUnavailableError where it cannot be recorded.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.http import Http404
from django.utils import timezone

from accounts.models import keep_preference
from audit.actions import AuditAction
from audit.log import Change, Subject, Who, event, unmasked
from orders.saved_views.models import SavedView
from teamwork.people import role_of

SHARES = "accounts.share_views"
MOST = 50
"""Views of a person."""
MOST_KEYS = 200


class NameTakenError(Exception):
    """Its owner has a view of that name."""


class TooManyError(Exception):
    """A person has no more than MOST."""


class ViewMovedError(Exception):
    """Somebody changed it since it was looked at, or it is gone."""


def visible(user: User) -> QuerySet[SavedView]:
    """Their own, those of their role, and those of everybody."""
    audiences = SavedView.Audience
    return SavedView.objects.filter(
        Q(owner=user) | Q(audience=audiences.ALL) | Q(audience=audiences.ROLE, role=role_of(user))
    )


def may_change(user: User, view: SavedView) -> bool:
    """Whose it is; and of those that are shared, whoever may share."""
    return view.owner_id == user.pk or (view.is_shared and user.has_perm(SHARES))


def view_to_change(user: User, view_id: int) -> SavedView:
    """Raises Http404 for one that is not there, not theirs to see, or not theirs to change: all look alike."""
    view = visible(user).filter(pk=view_id).first()
    if view is None or not may_change(user, view):
        raise Http404
    return view


def create(  # noqa: PLR0913 - what a view is
    user: User, who: Who, mark: UUID, *, name: str, audience: str, query: str, is_everywhere: bool
) -> SavedView:
    """A new view of theirs; the one that was made, where the form of that mark comes twice. Raises NameTakenError,
    TooManyError. Whether they may share is looked at by whoever calls."""
    if (before := SavedView.objects.filter(mark=mark, owner=user).first()) is not None:
        return before
    if SavedView.objects.filter(owner=user).count() >= MOST:
        raise TooManyError
    now = timezone.now()
    view = SavedView(
        mark=mark, owner=user, owner_name=user.get_username(), name=name, query=query, is_everywhere=is_everywhere,
        created_at=now, changed_at=now,
    )  # fmt: skip
    _for(view, user, audience)
    try:
        with transaction.atomic():
            view.save(force_insert=True)
            _record(who, AuditAction.VIEW_CREATE, view, details=_about(view))
    except IntegrityError:
        if (same := SavedView.objects.filter(mark=mark, owner=user).first()) is not None:
            return same
        raise NameTakenError from None
    return view


def rename(  # noqa: PLR0913 - as above
    view: SavedView, user: User, who: Who, *, name: str, audience: str, version: int
) -> None:
    """Another name, or for others. Raises NameTakenError, ViewMovedError; nothing where it is so already."""
    if (view.name, view.audience) == (name, audience):
        return
    changes = [Change("name", view.name, name), Change("audience", view.audience, audience)]
    changed = SavedView(role=view.role, audience=view.audience)
    if audience != view.audience:
        _for(changed, user, audience)
    columns = {"name": name, "audience": changed.audience, "role": changed.role}
    _write(view, who, version, columns, [each for each in changes if each.old != each.new])


def keep_filters(view: SavedView, who: Who, *, query: str, is_everywhere: bool, version: int) -> None:
    """The view is of these filters from now on. Raises ViewMovedError; nothing where it is of them already."""
    if (view.query, view.is_everywhere) == (query, is_everywhere):
        return
    changes = [Change("filters", filter_names(view.query), filter_names(query))]
    _write(view, who, version, {"query": query, "is_everywhere": is_everywhere}, changes)


def delete(view: SavedView, who: Who) -> None:
    """It is gone for everybody that it was for. Nothing where it was deleted before."""
    with transaction.atomic():
        if SavedView.objects.filter(pk=view.pk).delete()[0]:
            _record(who, AuditAction.VIEW_DELETE, view, details=_about(view))


def keep_order(user: User, keys: Iterable[str]) -> None:
    """The tabs stand in this order for that person; those that are not named, behind them."""
    known = [key for key in dict.fromkeys(keys) if key and len(key) <= 30][:MOST_KEYS]
    keep_preference(user, view_order=" ".join(known))


def keep_columns(user: User, names: Sequence[str]) -> None:
    """The columns of that person's lists, where a view or an address names none; none are those of the desk."""
    keep_preference(user, list_columns=",".join(names))


def filter_names(query: str) -> list[str]:
    """Which filters an address has, without their values: those may be somebody's name."""
    return sorted(parse_qs(query, keep_blank_values=True))


def _write(view: SavedView, who: Who, version: int, columns: Mapping[str, Any], changes: Sequence[Change]) -> None:
    try:
        with transaction.atomic():
            seen = SavedView.objects.filter(pk=view.pk, version=version)
            if not seen.update(**columns, version=F("version") + 1, changed_at=timezone.now()):
                raise ViewMovedError
            _record(who, AuditAction.VIEW_UPDATE, view, changes, details=_about(view))
    except IntegrityError:
        raise NameTakenError from None
    view.refresh_from_db()


def _for(view: SavedView, user: User, audience: str) -> None:
    view.audience = SavedView.Audience(audience)
    view.role = role_of(user) if view.audience == SavedView.Audience.ROLE else ""


def _about(view: SavedView) -> dict[str, Any]:
    return {"name": view.name, "audience": view.audience, "filters": filter_names(view.query)}


def _record(
    who: Who, action: AuditAction, view: SavedView, changes: Sequence[Change] = (), *, details: Mapping[str, Any]
) -> None:
    event(who, action, Subject(target=str(view.pk)), changes, details=details, mask=unmasked)
