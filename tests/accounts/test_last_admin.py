"""Two admins demote each other at the same moment: one of them has to stay."""

import threading
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.db import connection

from accounts.people import services
from accounts.people.services import LastAdminError, Rights, managers
from audit.log import Who
from tests.conftest import person

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls: Callable[[], object]) -> list[str]:
    """What each call, in a thread of its own and all at the same moment, came to."""
    gate, ends = threading.Barrier(len(calls)), []

    def run(call: Callable[[], object]) -> None:
        try:
            gate.wait(timeout=30)
            call()
            ends.append("done")
        except LastAdminError:
            ends.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[call]) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return sorted(ends)


def admins(count: int) -> list[User]:
    made = [person(role) for role in ("admin", "manager", "support")[:count]]
    for each in made:
        services.change_rights(Who("setup"), each, Rights("admin"))
    return made


@pytest.mark.parametrize("round_", range(3))
def test_of_three_admins_who_demote_or_deactivate_each_other_at_once_one_is_left(round_: int) -> None:
    one, two, three = admins(3)
    ends = at_once(
        lambda: services.change_rights(Who("one"), two, Rights("support")),
        lambda: services.set_active(Who("two"), three, active=False),
        lambda: services.change_rights(Who("three"), one, Rights()),
    )
    assert ends == ["done", "done", "refused"]
    assert managers().count() == 1
