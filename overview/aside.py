"""What is set aside: "not a problem", with a reason, until the order changes."""

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.channels import Channel
from audit import log
from audit.actions import AuditAction
from index.models import IndexedOrder
from order_api.schemas import Order
from overview.models import Dismissal

LONGEST = 1000  # characters of a reason


def is_aside(check: str) -> Exists:
    """Of a row of the index: whether somebody set it aside for that check and it is unchanged since, as far as the
    index knows."""
    same = Q(modified=OuterRef("modified")) | Q(modified=None)
    kept = Dismissal.objects.filter(
        same, check_name=check, merchant=OuterRef("merchant"), channel=OuterRef("channel"),
        order_id=OuterRef("order_id"),
    )  # fmt: skip
    return Exists(kept)


def dismissed(check: str) -> tuple[str, ...]:
    """The ids of the orders that somebody set aside for that check, whether that still holds or not."""
    return tuple(Dismissal.objects.filter(check_name=check).values_list("order_id", flat=True))


def dismissal_of(check: str, channel: Channel, order: Order) -> Dismissal | None:
    """What set the order aside for that check, if it is still as it was then."""
    kept = _all(check, channel, order.id or "").first()
    return kept if kept is not None and kept.modified in (None, order.last_modified) else None


def dismissals_of(check: str, rows: Iterable[IndexedOrder]) -> dict[tuple[str, str, str], Dismissal]:
    """Those of these rows, by merchant, channel and id, whether they still hold or not. One query."""
    ids = [row.order_id for row in rows]
    kept = Dismissal.objects.filter(check_name=check, order_id__in=ids) if ids else ()
    return {(each.merchant, each.channel, each.order_id): each for each in kept}


def set_aside(  # noqa: PLR0913 - by name
    check: str, channel: Channel, order: Order, *, reason: str, user: User, who: log.Who
) -> bool:
    """It is no problem, says that person. False where the same was said before, and then nothing is done.

    Raises audit.log.AuditUnavailableError where it cannot be recorded; then nothing was done either.
    """
    before = dismissal_of(check, channel, order)
    if before is not None and before.reason == reason:
        return False
    with transaction.atomic():
        Dismissal.objects.update_or_create(
            check_name=check, merchant=channel.merchant, channel=channel.name, order_id=order.id,
            defaults={
                "modified": order.last_modified, "reason": reason, "by": user, "by_name": user.get_username(),
                "at": timezone.now(),
            },
        )  # fmt: skip
        _record(who, AuditAction.ATTENTION_SET_ASIDE, check, channel, order.id or "", reason=reason)
    return True


def put_back(check: str, channel: Channel, order_id: str, who: log.Who) -> bool:
    """It is looked at again. False where it was not set aside. Raises as `set_aside`."""
    with transaction.atomic():
        if not _all(check, channel, order_id).delete()[0]:
            return False
        _record(who, AuditAction.ATTENTION_PUT_BACK, check, channel, order_id)
    return True


def _all(check: str, channel: Channel, order_id: str) -> QuerySet[Dismissal]:
    return Dismissal.objects.filter(
        check_name=check, merchant=channel.merchant, channel=channel.name, order_id=order_id
    )


def _record(  # noqa: PLR0913 - an entry
    who: log.Who, action: AuditAction, check: str, channel: Channel, order_id: str, *, reason: str = ""
) -> None:
    details = {"check": check, **({"reason": reason} if reason else {})}
    log.event(who, action, log.Subject(order_id, channel.merchant, channel.name, target=check), details=details)
