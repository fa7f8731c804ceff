"""What is an alert now, and whether those outside the desk are told."""

import datetime as dt
from itertools import groupby

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from operations.standing import Mark
from operations.status.line import Line
from payments.alerts import delivery, rules, trial
from payments.alerts.models import Notice, Way
from payments.views.alerts import WORDS

MOST = 500
"""Alerts that are counted by kind."""
STANDS, NONE = gettext_lazy("Stands"), gettext_lazy("None")


def telling(now: dt.datetime) -> list[Line]:
    return [*_alerts(now), *(_way(way) for way in Way)]


def _alerts(now: dt.datetime) -> list[Line]:
    """A line for each kind that there is."""
    alarms = sorted(rules.alarms(now=now, most=MOST), key=lambda alarm: alarm.kind)
    if not alarms:
        return [Line(_("Alerts"), Mark.OK, NONE)]
    found = []
    for kind, of_kind in groupby(alarms, key=lambda alarm: alarm.kind):
        those = list(of_kind)
        says = _("%(n)s, the oldest since") % {"n": len(those)}
        oldest = min(alarm.since for alarm in those)
        found.append(Line(WORDS[kind], Mark.AMISS, STANDS, says, oldest, runbook=str(kind), href=reverse("alert-list")))
    return found


def _way(way: Way) -> Line:
    name, runbook = trial.WORDS[way], "alerts-not-taken"
    if way not in delivery.ways():
        says = _("Set %(setting)s to have somebody told.") % {
            "setting": "ALERT_WEBHOOK_URL" if way is Way.WEBHOOK else "ALERT_MAIL_TO"
        }
        return Line(name, None, _("Off"), says, runbook=runbook)
    waiting = Notice.objects.filter(way=way, sent_at=None, next_try_at__isnull=False).exclude(error="")
    if first := waiting.order_by("created_at").first():
        says = _("%(n)s not taken (%(why)s), since") % {"n": waiting.count(), "why": first.error}
        return Line(name, Mark.DOWN, _("Fails"), says, first.created_at, runbook, way.value)
    if trial.last_failed(way):
        return Line(name, Mark.AMISS, _("Fails"), _("The last test alert was not taken."), None, runbook, way.value)
    sent_at = (
        Notice.objects.filter(way=way).exclude(sent_at=None).order_by("-sent_at").values_list("sent_at", flat=True)
    )
    if last := sent_at.first():
        return Line(name, Mark.OK, _("Works"), _("Last taken"), last, runbook, way.value)
    return Line(name, Mark.OK, _("On"), _("Nothing was to be told yet."), None, runbook, way.value)
