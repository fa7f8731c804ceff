"""What somebody should look at now, for those whom it concerns."""

from typing import NamedTuple

from django.http import HttpResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.channels import Channel, channels_of
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
    """`leads`: whether its page can be opened; a channel that was taken out of the settings has none."""

    alarm: Alarm
    word: Promise
    leads: bool


@never_cache
@require_safe
@may_execute
def alert_list(request: Request) -> HttpResponse:
    """The oldest first. Reads nothing at the API."""
    now = timezone.now()
    reach = rules.reach_of(request.user)
    alarms = rules.alarms(reach, now, MOST) if reach else []
    here = channels_of(request.user)
    rows = [row_of(alarm, here) for alarm in alarms[:MOST]]
    more = rules.count(reach, now) - len(rows) if reach and len(alarms) >= MOST else 0
    return render_page(request, "payments/alert_list.html", {"rows": rows, "more": more, "place": "alerts"})


def row_of(alarm: Alarm, here: tuple[Channel, ...]) -> AlarmRow:
    leads = not alarm.merchant or Channel(alarm.merchant, alarm.channel) in here
    return AlarmRow(alarm, WORDS[alarm.kind], leads)
