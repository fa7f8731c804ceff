"""What can be done with many orders at once, each as a row: its words, who may, how it is looked at and done."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from django.contrib.auth.models import AnonymousUser, User
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

from jobs.registry import Words
from orders.bulk import captures, changing, local
from orders.bulk.findings import Check, as_it_is
from orders.bulk.turns import Turn
from orders.changes.state import StateChange
from orders.changes.validation import ValidationRun
from teamwork.access import WRITES

KIND = "bulk."
"""What the kinds of jobs begin with."""
Act = Callable[[Turn], None]


class Action(NamedTuple):
    """`verb`: of the button that chooses it; `title`: of its pages; `job`: what its job is called; `confirm`: of the
    button that starts it, by how many orders (`n`). `act` does it with one order, `look_back` finds out what became of
    one that was left under way. `moves_money`: it takes the password, and a second person above the limits."""

    name: str
    verb: Words
    title: Words
    job: Words
    confirm: Words
    permission: str
    check: Check
    act: Act
    look_back: Act
    needs_target: bool = False
    moves_money: bool = False

    @property
    def kind(self) -> str:
        """The kind of its jobs."""
        return f"{KIND}{self.name}"

    def may(self, user: User | AnonymousUser) -> bool:
        """Whether the person may do it with one order."""
        return user.has_perm(self.permission)


ACTIONS: Mapping[str, Action] = {
    each.name: each
    for each in (
        Action(
            name="assign",
            verb=pgettext_lazy("many orders", "Assign…"),
            title=_("Assign orders"),
            job=_("Assign orders"),
            confirm=ngettext_lazy("Assign one order", "Assign %(n)s orders", "n"),
            permission=WRITES,
            check=as_it_is,
            act=local.assign,
            look_back=local.look_back,
        ),
        Action(
            name="note",
            verb=pgettext_lazy("many orders", "Note…"),
            title=_("Write a note on orders"),
            job=_("Note on orders"),
            confirm=ngettext_lazy("Write the note on one order", "Write the note on %(n)s orders", "n"),
            permission=WRITES,
            check=as_it_is,
            act=local.note,
            look_back=local.look_back,
        ),
        Action(
            name="validate",
            verb=pgettext_lazy("many orders", "Run the checks…"),
            title=_("Run the checks of orders"),
            job=_("Checks of orders"),
            confirm=ngettext_lazy("Run the checks of one order", "Run the checks of %(n)s orders", "n"),
            permission=ValidationRun.permission,
            check=changing.check_validation,
            act=changing.validate,
            look_back=changing.look_back_validation,
        ),
        Action(
            name="state",
            verb=pgettext_lazy("many orders", "Change state…"),
            title=_("Change the state of orders"),
            job=_("Change of state"),
            confirm=ngettext_lazy("Change the state of one order", "Change the state of %(n)s orders", "n"),
            permission=StateChange.permission,
            check=changing.check_state,
            act=changing.change_state,
            look_back=changing.look_back_state,
            needs_target=True,
        ),
        Action(
            name="capture",
            verb=pgettext_lazy("many orders", "Capture…"),
            title=_("Capture payments"),
            job=_("Captures"),
            confirm=ngettext_lazy("Capture one payment", "Capture %(n)s payments", "n"),
            permission="accounts.execute_payment_action",
            check=captures.check,
            act=captures.capture,
            look_back=captures.look_back,
            moves_money=True,
        ),
    )
}
