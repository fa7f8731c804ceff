"""What of batches stands on the pages of others: the second person's queue, and the list of jobs."""

from collections.abc import Sequence

from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.channels import Channel
from jobs.models import Job
from orders.bulk import kept
from orders.bulk.actions import ACTIONS
from orders.bulk.deciding import decidable, sums_of
from orders.bulk.words import POSSIBLE
from orders.models import Batch
from teamwork.queue import Item
from ui.formats import format_money


class Batches:
    """A source of `teamwork.queue`: what waits for somebody's approval."""

    def count(self, user: User) -> int:
        """How many wait for this person. One query where none does."""
        return len(decidable(user))

    def items(self, user: User) -> Sequence[Item]:
        """What waits for this person."""
        return [_item(batch) for batch in decidable(user)]


def _item(batch: Batch) -> Item:
    rows = kept.rows_of(batch, verdict=POSSIBLE)
    sums = sorted(sums_of(rows).items())
    return Item(
        channel=rows[0].where if rows else Channel("", ""),
        order_id="",
        reference=ngettext("%(n)s order", "%(n)s orders", len(rows)) % {"n": len(rows)},
        kind=ACTIONS[batch.action].title,
        by=batch.username,
        text=", ".join(format_money(amount, currency) for currency, amount in sums),
        since=batch.at,
        url=reverse("bulk-approval", args=[batch.pk]),
        words=_("Open the request"),
        due=timezone.localdate(batch.until),
    )


def page_of(job: Job) -> str:
    """Where a job's own page is."""
    return reverse("bulk-job", args=[job.pk])
