"""What was done to people's accounts by others: written down, told to whom it was done, and asked before one person
approves what another one asked for.

Whoever makes a link for a colleague can sign in as them. So for a while two accounts count as one person where somebody
may stand behind both.
"""

import datetime as dt
import json
from collections.abc import Iterable, Sequence

from django.conf import settings
from django.contrib.auth.models import User
from django.utils import timezone

from accounts.models import AccountChange
from audit.log import Change, Who

Kind = AccountChange.Kind
HANDS = frozenset({Kind.INVITE, Kind.LINK, Kind.PASSWORD, Kind.FACTORS})
"""With these whoever did it can act as the person; with the others they decided what the person may."""
LATELY = 20


def note(person: User, who: Who, kind: Kind, changes: Sequence[Change] = ()) -> None:
    """Write down, in the caller's transaction, what somebody did to somebody else's account.

    Somebody who has had no password yet is told nothing: they know who invited them.
    """
    if who.user_id == person.pk:
        return
    now = timezone.now()
    AccountChange.objects.create(
        person=person,
        by_id=who.user_id,
        by_name=who.username,
        kind=kind,
        at=now,
        changes_json=json.dumps([list(change) for change in changes]),
        read_at=None if person.has_usable_password() else now,
    )


def unread(user: User) -> list[AccountChange]:
    """What the person has not said yet that they have read, the newest first."""
    return list(AccountChange.objects.filter(person=user, read_at=None))


def lately(user: User) -> list[AccountChange]:
    """What was done to the person's account last, read or not."""
    return list(AccountChange.objects.filter(person=user)[:LATELY])


def mark_read(user: User, numbers: Iterable[int]) -> list[AccountChange]:
    """Of what the person was shown: they have read it. What they had not. It goes on counting for approvals."""
    mine = list(AccountChange.objects.filter(person=user, read_at=None, pk__in=numbers))
    AccountChange.objects.filter(pk__in=[each.pk for each in mine]).update(read_at=timezone.now())
    return mine


def tie_between(asker_id: int, decider_id: int, since: dt.datetime) -> AccountChange | None:
    """The change since then for which the second may not decide what the first asked for; None if they may.

    That is: the decider, or somebody who may act as the decider, was changed by the asker or by somebody who may act as
    the asker; or one and the same person may act as both.
    """
    changes = list(AccountChange.objects.filter(at__gte=since).select_related("person"))
    asking, deciding = _hands(asker_id, changes), _hands(decider_id, changes)
    both = (asking & deciding) | {None}
    for change in changes:
        if change.person_id in deciding and _hands(change.by_id, changes) & (asking | {None}):
            return change
        if change.person_id in asking | deciding and change.by_id in both and change.kind in HANDS:
            return change
    return None


def cools_until(user: User) -> dt.datetime | None:
    """Until when the person moves no money, as their second factor was reset: so that whoever got somebody to do that
    gains nothing before the person hears of it. None where nothing of the kind holds."""
    window: dt.timedelta = settings.PAYMENT_CHANGED_ACCOUNT_TIME
    resets = AccountChange.objects.filter(person=user, kind=Kind.FACTORS, at__gt=timezone.now() - window)
    last = resets.order_by("-at").values_list("at", flat=True).first()
    return last + window if last else None


def _hands(person_id: int | None, changes: Sequence[AccountChange]) -> set[int | None]:
    """Who may be acting under that name: the person, whoever could set their password, and whoever could set theirs."""
    found: set[int | None] = {person_id}
    while more := {each.by_id for each in changes if each.person_id in found and each.kind in HANDS} - found:
        found |= more
    return found
