"""What is done with an order in this desk alone: it is kept in one transaction with the job's row, so it happens
once."""

import datetime as dt

from django.contrib.auth.models import User

from jobs.models import RowState
from orders.bulk.turns import Turn
from orders.notes import services as notes
from teamwork import services as teamwork
from teamwork.models import Kind
from teamwork.people import people_of


def assign(turn: Turn) -> None:
    """Gives the order to whoever was chosen, if they have its channel."""
    asked, row = turn.step.private, turn.row
    person = None
    if asked["person"] is not None:
        person = people_of(row.where).filter(pk=asked["person"]).first()
        if person is None:
            turn.settle(RowState.PASSED_OVER, "person-gone")
            return
    about = teamwork.About(row.order_id, row.merchant, row.channel, row.reference)

    def effect() -> None:
        teamwork.create(
            Kind.ASK, about, turn.step.who, for_person=person, for_role=asked["role"], text=asked["text"],
            due=dt.date.fromisoformat(asked["due"]) if asked["due"] else None, mark=turn.key, job=turn.job_name,
        )  # fmt: skip

    turn.settle(RowState.DONE, "assigned", effect=effect)


def note(turn: Turn) -> None:
    """Writes the note on the order."""
    owner: User = turn.step.owner

    def effect() -> None:
        notes.write(
            turn.step.who, owner, turn.subject, turn.step.private["text"], turn.key,
            reference=turn.row.reference or None, job=turn.job_name,
        )  # fmt: skip

    turn.settle(RowState.DONE, "noted", effect=effect)


def look_back(turn: Turn) -> None:
    """Never begun and left: it is all in one transaction."""
    turn.give_back()
