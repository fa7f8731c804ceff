"""What somebody should look at now, for those whom it concerns."""

from typing import NamedTuple

from django.http import HttpResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gateway.permissions import may_execute
from payments.alerts import rules
from payments.alerts.rules import Alarm, Kind
from ui.pages import Request, render_page

MOST = 200
WORDS: dict[Kind, Promise] = {
    Kind.DOUBT: _("In doubt"),
    Kind.PENDING: _("Pending for long"),
    Kind.CONTRADICTED: _("Contradicted"),
    Kind.EXTERNAL: _("Moved by others"),
    Kind.APPROVAL: _("Approval waits"),
    Kind.HEARTBEAT: _("Nobody looks"),
    Kind.LOG: _("Audit log broken"),
}


class AlarmRow(NamedTuple):
    """An alarm with the word for its kind."""

    alarm: Alarm
    word: Promise


@never_cache
@require_safe
@may_execute
def alert_list(request: Request) -> HttpResponse:
    """The oldest first. Reads nothing at the API."""
    now = timezone.now()
    reach = rules.reach_of(request.user)
    alarms = rules.alarms(reach, now, MOST) if reach else []
    rows = [AlarmRow(alarm, WORDS[alarm.kind]) for alarm in alarms[:MOST]]
    more = rules.count(reach, now) - len(rows) if reach and len(alarms) >= MOST else 0
    return render_page(request, "payments/alert_list.html", {"rows": rows, "more": more, "place": "alerts"})
