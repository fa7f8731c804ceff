"""What an entry of the log says to people: who did what, in the past tense, what became of it, and what was changed.

The log keeps codes. The words are made here when they are shown, so that old entries read as well as new ones; other
parts of the desk register what they know of their own actions, fields and values.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from audit.models import Outcome
from audit.names import person_name
from audit.past import PAST
from audit.reading import Record
from audit.words import OPEN, UNDER_WAY, action_word, outcome_state
from domain.states import State
from ui.said import said

Words = str | Promise


class Said(NamedTuple):
    """`did`: what was done or tried, after somebody's name. `badge`: what became of it, None where `did` says it all.
    `told`: what was found, in a sentence. `reference`: the order's, where it is known."""

    did: str
    badge: State | None = None
    told: str = ""
    reference: str = ""


class FieldChange(NamedTuple):
    """A field as people call it and as the log does, and its values as people read them; `old` empty where there was
    nothing."""

    label: str
    field: str
    old: str
    new: str


class Line(NamedTuple):
    """One line of the log. `who` is empty where nobody had signed in."""

    record: Record
    who: str
    said: Said
    changes: tuple[FieldChange, ...]

    @property
    def sentence(self) -> str:
        """As in "Astrid Nyman asked to refund 2,499.00 SEK"."""
        words = _("%(who)s %(did)s") if self.is_known else "%(who)s: %(did)s"
        return words % {"who": self.who or _("Somebody"), "did": self.said.did}

    @property
    def what(self) -> str:
        """The same without who it was."""
        return str(capfirst(self.said.did)) if self.is_known else self.said.did

    @property
    def is_known(self) -> bool:
        """Whether this version knows the action; one that it does not stands as it is written."""
        return self.record.entry.action in PAST


Teller = Callable[[Sequence[Record]], Mapping[int, Said]]
"""What is known of some of these records, by the number of the entry that each shows."""
LabelOf = Callable[[str, str], Words | None]
"""The label of a field, given the action and the field's name; None where it is none of theirs."""
ValueOf = Callable[[str, str, Any], Words | None]
"""A value in words, given the action and the field's name; None where it says all itself."""
_tellers: list[Teller] = []
_labels: list[LabelOf] = []
_values: list[ValueOf] = []


def register(teller: Teller | None = None, label_of: LabelOf | None = None, value_of: ValueOf | None = None) -> None:
    """To be called once by each part of the desk, when the program starts."""
    _tellers.extend([teller] if teller else [])
    _labels.extend([label_of] if label_of else [])
    _values.extend([value_of] if value_of else [])


def tell(records: Iterable[Record]) -> list[Line]:
    """The lines of the log in words. As many queries as tellers take, however many records there are."""
    records = list(records)
    known: dict[int, Said] = {}
    for teller in _tellers:
        known |= teller(records)
    return [_line(record, known.get(record.entry.sequence)) for record in records]


def _line(record: Record, known: Said | None) -> Line:
    said = known or Said(did(record), badge_of(record))
    reference = said.reference or details_of(record).get("reference") or ""
    return Line(
        record=record,
        who=who_is(record.entry.username),
        said=said._replace(reference=str(reference)),
        changes=tuple(_changes(record)),
    )


def details_of(record: Record) -> dict[str, Any]:
    """What the intent and its outcome say besides."""
    return (record.intent.details if record.intent else {}) | record.entry.details


def who_is(username: str) -> str:
    """The person's name; the desk's own where it did something by itself."""
    return _("The desk") if username.startswith("system:") else person_name(username)


def did(record: Record) -> str:
    """In the past tense, as something that was tried where it is not known to have been done."""
    entry = record.entry
    if entry.action not in PAST:
        return str(action_word(entry.action))
    if entry.outcome in (Outcome.DONE, Outcome.ACCEPTED) or (entry.outcome == "" and not record.is_open):
        return str(PAST[entry.action])
    words = str(action_word(entry.action))
    return _("tried to %(do)s") % {"do": words[:1].lower() + words[1:]}


def badge_of(record: Record) -> State | None:
    """What became of it; None where it was done."""
    if record.is_under_way:
        return UNDER_WAY
    if not record.is_open and record.entry.outcome in ("", Outcome.DONE):
        return None
    return outcome_state(OPEN if record.is_open else record.entry.outcome)


def _changes(record: Record) -> Iterable[FieldChange]:
    action = record.entry.action
    for field, old, new in record.changes:
        yield FieldChange(label_of(action, field), field, value_of(action, field, old), value_of(action, field, new))


def label_of(action: str, field: str) -> str:
    """What a field is called; a name that nobody knows is made readable."""
    found = next(filter(None, (label(action, field) for label in _labels)), None)
    if found:
        return str(found)
    name, _dash, of = field.rpartition(".")[2].partition("-")
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).replace("_", " ").strip().lower()
    return said(capfirst(f"{words}, {of}" if of else words or field))


def value_of(action: str, field: str, value: Any) -> str:
    """A value as people read it; empty where there is none."""
    if value is None or value in ("", []):
        return ""
    if isinstance(value, list):
        return ", ".join(value_of(action, field, each) for each in value)
    found = next(filter(None, (words(action, field, value) for words in _values)), None)
    if found:
        return str(found)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
