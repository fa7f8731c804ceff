"""The lines of the page about data protection: what is stored where, of whom, and for how long, by the settings and the
constants that really decide it."""

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple

from babel.units import format_unit
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext as _

from gateway import last_read
from jobs.worker import KEPT_TASKS
from operations.data_protection.tables import Store, installed
from operations.data_protection.tidying import cache_table
from orders.bulk import kept as batches
from orders.changes.idempotency import REMEMBERED
from orders.finding.recent import KEPT_SECONDS
from orders.pasted import kept as pastes
from teamwork import presence
from ui.formats import locale_of

CUSTOMERS = pgettext_lazy("whose data", "Customers")
STAFF = pgettext_lazy("whose data", "People who work here")
BOTH = pgettext_lazy("whose data", "Customers, and people who work here")
NOBODY = pgettext_lazy("whose data", "Nobody")


class Line(NamedTuple):
    """A line of the page. `tables`: the names of those in the database that it stands for."""

    name: str
    what: str
    whose: str | Promise
    until: str
    tables: tuple[str, ...] = ()


def lines() -> Iterator[Line]:
    """All that this desk stores, in the reader's language."""
    used = {table.store for table in installed().values()}
    for store, line in _in_the_database().items():
        if store in used:
            names = (model._meta.db_table for model, table in installed().items() if table.store is store)
            yield line._replace(tables=tuple(sorted(names)))
    yield from _elsewhere()


def _in_the_database() -> dict[Store, Line]:
    idle, whole = span(settings.SESSION_IDLE_TIME), span(settings.SESSION_TIME)
    without_end = _("Without end, unless somebody is forgotten.")
    return {
        Store.ACCOUNTS: Line(
            _("Accounts"),
            _("Names, e-mail addresses, roles, channels, second factors and preferences; what others changed of them."),
            STAFF,
            without_end,
        ),
        Store.SESSIONS: Line(
            _("Sessions"),
            _("Who is signed in, since when, from which browser and address; the lists that they looked at last, with "
              "what they searched for."),
            BOTH,
            _("%(idle)s after the last page, %(whole)s after signing in at the latest.")
            % {"idle": idle, "whole": whole},
        ),
        Store.NOTES: Line(
            _("Notes, tasks and what was set aside"),
            _("What people wrote about orders and asked of one another."),
            BOTH,
            without_end,
        ),
        Store.VIEWS: Line(
            _("Saved views"),
            _("Filters of the order list under a name. One by e-mail or phone names a customer."),
            BOTH,
            _("Until whoever saved it deletes it."),
        ),
        Store.CHOICES: Line(
            _("Pasted lists and choices of many orders"),
            _("Ids, references, e-mail addresses and phones that were read out of a text; the orders that somebody "
              "chose; a note for them, encrypted."),
            BOTH,
            _("Pasted lists %(pasted)s, choices %(chosen)s, those that were started %(started)s.")
            % {"pasted": span(pastes.KEPT), "chosen": span(batches.KEPT), "started": span(batches.KEPT_STARTED)},
        ),
        Store.JOBS: Line(
            _("Exports and jobs"),
            _("Files with orders, payments or items that somebody took away, and what became of each of many orders. A "
              "filter that names a customer is encrypted. Files lie in EXPORTS_DIR."),
            BOTH,
            _("%(kept)s after they were started; the queue's own notes %(notes)s.")
            % {"kept": span(settings.EXPORTS_KEPT), "notes": span(KEPT_TASKS)},
        ),
        Store.INDEX: Line(
            _("Index of orders"),
            _("States, amounts, times and identifiers. Names, e-mail addresses and phones are kept as hashes under a "
              "key that is not in the database."),
            CUSTOMERS,
            _("%(kept)s after the order was created; at once when the Order API has it no more.")
            % {"kept": span(dt.timedelta(days=settings.INDEX_KEEP_DAYS))},
        ),
        Store.PAYMENTS: Line(
            _("Payment actions"),
            _("What was asked of a payment provider, by whom and why, and the evidence of what became of it. Proof of "
              "where money went."),
            BOTH,
            _("Without end."),
        ),
        Store.LOG: Line(
            _("Audit log"),
            _("Who did what, when and from where. Personal data in it are masked. It is a chain: nothing of it can be "
              "removed."),
            BOTH,
            _("Without end."),
        ),
        Store.PRESENCE: Line(
            _("Who is at an order"),
            _("Who has which order open, for their colleagues to see."),
            STAFF,
            span(presence.KEPT),
        ),
        Store.WORKINGS: Line(
            _("How the desk works"),
            _("Settings, limits, alerts, counters and locks, and digests of forms that were sent."),
            NOBODY,
            _("As long as they are needed; digests %(kept)s.") % {"kept": span(REMEMBERED)},
        ),
        Store.SANDBOX: Line(
            _("The sandbox"),
            _("Orders of customers who do not exist, behind the Order API of this desk."),
            NOBODY,
            _("Until it is filled anew."),
        ),
    }  # fmt: skip


def _elsewhere() -> Iterator[Line]:
    """What does not lie in a table of ours."""
    memory, recent = span(last_read.LONGEST_KEPT), span(dt.timedelta(seconds=KEPT_SECONDS))
    yield Line(
        _("What all processes share for a while"),
        _("The orders that each person opened last, by id and reference; addresses from which people signed in, and "
          "tries to do so; counts."),
        BOTH,
        _("%(kept)s at the most.") % {"kept": recent},
        tuple(filter(None, [cache_table()])),
    )  # fmt: skip
    yield Line(
        _("Memory of the processes"),
        _("Orders as they were last read, for while the Order API does not answer. Never on a disk."),
        CUSTOMERS,
        _("%(kept)s, and no longer than the process runs.") % {"kept": memory},
    )
    yield Line(
        _("The browser"),
        _("Two cookies, one of the session and one against forged forms; how far the pages of this tab were scrolled, "
          "by their addresses. No page is kept."),
        STAFF,
        _("The session's cookie %(idle)s, the other %(forms)s; the rest until the tab is closed or somebody signs out.")
        % {
            "idle": span(settings.SESSION_IDLE_TIME),
            "forms": span(dt.timedelta(seconds=settings.CSRF_COOKIE_AGE)),
        },
    )  # fmt: skip
    yield Line(
        _("The server's own log"),
        _("Each request with the name of its page and the number of the account. No name, no order, nothing that was "
          "searched for."),
        STAFF,
        _("As whoever runs the server keeps it."),
    )  # fmt: skip
    yield Line(
        _("Backups"),
        _("All that is in the database, at one moment. Whoever is forgotten is still in those of before: forget them "
          "again after one came back."),
        BOTH,
        _("As whoever runs the server keeps them: manage.py backup --keep N."),
    )  # fmt: skip
    yield Line(
        _("Mail"),
        _("To people of this desk: what waits for them, with the order's reference. To those who get alerts: nothing "
          "of a person."),
        BOTH,
        _("As the mailboxes keep it."),
    )  # fmt: skip
    yield Line(
        _("The orders themselves"),
        _("They are not here. Norce Checkout has them, and this desk reads them when somebody looks."),
        CUSTOMERS,
        _("As Norce keeps them. What is erased there leaves the index as well."),
    )


def span(time: dt.timedelta) -> str:
    """As in "400 days", in whole days, hours, minutes or seconds, whichever says it exactly; hours with a part where
    none does."""
    seconds = time.total_seconds()
    locale = locale_of(get_language())
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= size and seconds % size == 0 and not (unit == "day" and seconds < 2 * size):
            return str(format_unit(int(seconds // size), f"duration-{unit}", locale=locale))
    hours = seconds / 3_600
    if hours >= 1:
        return str(format_unit(round(hours, 2), "duration-hour", locale=locale))
    return str(format_unit(round(seconds), "duration-second", locale=locale))
