"""Actions and outcomes as people read them. A new action is one line here; one without a line stands as it is written."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from audit.models import Outcome
from domain.states import BAD, BUSY, DONE, RAW, WAIT, State

OPEN = "open"  # no outcome of the log: an intent that has none

ACTIONS: dict[str, str | Promise] = {
    "sign-in": _("Sign in"),
    "sign-out": _("Sign out"),
    "denied": _("Open what is not theirs"),
    "personal-data.view": _("See unmasked personal data"),
    "export": _("Export orders"),
    "audit.export": _("Export the audit log"),
    "order.create": _("Create an order"),
    "order.delete": _("Delete an order"),
    "order.state.update": _("Change the order's state"),
    "order.cart.update": _("Change the cart"),
    "order.billing.update": _("Change the billing address"),
    "order.shipping-address.update": _("Change the shipping address"),
    "order.reference.update": _("Change the order reference"),
    "order.attributes.update": _("Change attributes"),
    "order.consent.create": _("Add consents"),
    "order.consent.update": _("Check or uncheck consents"),
    "order.consent.remove": _("Remove a consent"),
    "order.validation.create": _("Add a validation"),
    "order.validation.update": _("Change a validation"),
    "order.validation.remove": _("Remove a validation"),
    "order.validation.run": _("Run validations"),
    "order.hook.create": _("Add a hook"),
    "order.hook.delete": _("Remove a hook"),
    "order.notification.create": _("Add a notification"),
    "order.notification.delete": _("Remove a notification"),
    "order.note.create": _("Write a note"),
    "order.note.update": _("Change a note"),
    "payment.create": _("Add a payment"),
    "payment.update": _("Change a payment"),
    "payment.transaction.create": _("Add a transaction"),
    "payment.action.create": _("Register payment actions"),
    "payment.action.execute": _("Execute a payment action"),
    "payment.action.settle": _("Settle a payment action"),
    "payment.action.not-sent": _("Give up a payment action before sending it"),
    "payment.approval.request": _("Ask for approval of a payment action"),
    "payment.approval.end": _("End a request for approval"),
    "payment.limit.create": _("Add a limit for payment actions"),
    "payment.limit.update": _("Change a limit for payment actions"),
    "payment.limit.delete": _("Delete a limit for payment actions"),
    "shipping.create": _("Add a shipping"),
    "shipping.update": _("Change a shipping"),
    "person.invite": _("Invite a person"),
    "person.rights.change": _("Change a person's rights"),
    "person.activate": _("Activate a person"),
    "person.deactivate": _("Deactivate a person"),
    "person.link.create": _("Make a one-time link for a person"),
    "person.link.use": _("Set a password by a one-time link"),
    "person.sessions.end": _("End a person's sessions"),
}

OUTCOMES: dict[str, State] = {
    Outcome.DONE: State(Outcome.DONE, _("Done"), DONE),
    Outcome.ACCEPTED: State(Outcome.ACCEPTED, _("Accepted"), BUSY, _("taken on by the API, not done yet")),
    Outcome.REFUSED: State(Outcome.REFUSED, _("Refused"), BAD, _("the API said no; nothing happened")),
    Outcome.FAILED: State(Outcome.FAILED, _("Failed"), BAD, _("nothing happened")),
    Outcome.UNANSWERED: State(Outcome.UNANSWERED, _("No answer"), WAIT, _("it may have happened")),
    Outcome.DENIED: State(Outcome.DENIED, _("Denied"), BAD, _("the desk did not allow it")),
    OPEN: State(OPEN, _("Outcome not recorded"), WAIT, _("it was begun; whether it happened was not written down")),
}
UNDER_WAY = State("under-way", _("Under way"), BUSY, _("begun less than a minute ago"))


def action_word(action: str) -> str | Promise:
    return ACTIONS.get(action, action)


def outcome_state(outcome: str) -> State:
    return OUTCOMES.get(outcome) or State(outcome, outcome, RAW)
