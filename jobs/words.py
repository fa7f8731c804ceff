"""What is said of jobs of every kind, by the codes of `jobs.running`."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from domain.states import BAD, BUSY, DONE, OFF, WAIT
from domain.states import State as Shown
from jobs.models import State

OUTAGE, ERROR, GONE, NOT_ALLOWED, NO_CHANNEL, REFUSED, SEAL, STOPPED, LOST_FILE, TOO_OLD = (
    "outage",
    "error",
    "unknown-kind",
    "not-allowed",
    "no-channel",
    "refused",
    "seal",
    "stopped",
    "lost-file",
    "too-old",
)

COMMON: Mapping[str, str | Promise] = {
    OUTAGE: _("The Order API does not answer. It goes on by itself as soon as it does; nothing is lost."),
    ERROR: _("Something went wrong in the desk. Nothing more is tried; start it anew, or tell whoever runs the desk."),
    GONE: _("This version of the desk does not know what to do with it."),
    NOT_ALLOWED: _("It ended because your rights were taken away."),
    NO_CHANNEL: _("It ended because the channel was taken away from you."),
    REFUSED: _("The Order API refused the question: %(reason)s"),
    SEAL: _("The desk’s secret key was changed meanwhile. Start it anew."),
    STOPPED: _("You stopped it."),
    LOST_FILE: _("What was written so far is gone from the desk’s disk. Start it anew."),
    TOO_OLD: _("It did not come to its end within the time that jobs are kept."),
}

STATES: Mapping[str, Shown] = {
    State.WAITING: Shown(State.WAITING, State.WAITING.label, WAIT),
    State.RUNNING: Shown(State.RUNNING, State.RUNNING.label, BUSY),
    State.STOPPED: Shown(State.STOPPED, State.STOPPED.label, OFF),
    State.DONE: Shown(State.DONE, State.DONE.label, DONE),
    State.FAILED: Shown(State.FAILED, State.FAILED.label, BAD),
}
"""Where a job stands, as a badge."""
