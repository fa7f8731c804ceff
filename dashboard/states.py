"""Every state that the API documents, as people read it: a word and a tone. One place, so that list, page and filter agree."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

DONE, WAIT, BUSY, BAD, OFF, RAW = "is-done", "is-wait", "is-busy", "is-bad", "is-off", "is-raw"


class State(NamedTuple):
    """A word for people and a tone, which is a CSS class; the tone is never the only sign."""

    word: str | Promise
    tone: str
    meaning: str | Promise = ""


ORDER: dict[str, State] = {
    "checkout": State(_("Checkout"), OFF, _("customer still shopping")),
    "processing": State(_("Processing"), BUSY, _("customer is paying")),
    "accepted": State(_("Accepted"), BUSY, _("paid or reserved")),
    "completed": State(_("Completed"), DONE, _("done")),
    "declined": State(_("Declined"), BAD, _("refused")),
    "removed": State(_("Removed"), OFF, _("taken out")),
}
PAYMENT: dict[str, State] = {
    "intent": State(_("Intent"), OFF, _("nothing promised")),
    "processing": State(_("Processing"), BUSY, _("customer at the provider")),
    "pending": State(_("Pending"), BUSY, _("provider is looking")),
    "confirmed": State(_("Confirmed"), BUSY, _("provider said yes")),
    "reserved": State(_("Reserved"), WAIT, _("waits for capture")),
    "captured": State(_("Captured"), DONE, _("money taken")),
    "failed": State(_("Failed"), BAD, _("technical error")),
    "declined": State(_("Declined"), BAD, _("refused")),
    "cancelled": State(_("Cancelled"), OFF, _("reservation let go")),
    "credited": State(_("Credited"), OFF, _("money returned")),
    "refunded": State(_("Refunded"), OFF, _("money returned")),
    "removed": State(_("Removed"), OFF, _("taken out")),
}
SHIPPING: dict[str, State] = {
    "intent": State(_("Intent"), OFF, _("chosen")),
    "processing": State(_("Processing"), BUSY, _("being booked")),
    "confirmed": State(_("Confirmed"), DONE, _("booked")),
    "failed": State(_("Failed"), BAD, _("not booked")),
    "removed": State(_("Removed"), OFF, _("taken out")),
}
RESULT: dict[str, State] = {
    "ok": State(_("OK"), DONE),
    "failed": State(_("Failed"), BAD),
    "unknown": State(_("Unknown"), WAIT),
}
EXECUTION: dict[str, State] = {
    "waiting": State(_("Waits for approval"), WAIT),
    "prepared": State(_("About to be sent"), BUSY),
    "sending": State(_("In flight"), BUSY),
    "pending": State(_("Pending at the provider"), BUSY),
    "in_doubt": State(_("In doubt"), WAIT),
    "done": State(_("Done"), DONE),
    "refused": State(_("Refused"), BAD),
    "not_done": State(_("Not done"), OFF),
    "not_sent": State(_("Not sent"), OFF),
    "turned_down": State(_("Turned down"), OFF),
    "withdrawn": State(_("Withdrawn"), OFF),
    "expired": State(_("Expired"), OFF),
    "lapsed": State(_("Lapsed"), OFF),
}
KINDS = {"order": ORDER, "payment": PAYMENT, "shipping": SHIPPING, "result": RESULT, "execution": EXECUTION}


def state_of(kind: str, value: str) -> State:
    """The state's word and tone. The API's sets are open: a value of tomorrow stands as it came, grey."""
    return KINDS[kind].get(value.lower()) or State(value, RAW)
