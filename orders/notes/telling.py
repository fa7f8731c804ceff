"""Who is told of a note: those whom it mentions, and whoever asked what it answers."""

from collections.abc import Collection, Mapping

from django.contrib.auth.models import User
from django.db.models import F, OuterRef, Subquery

from accounts.channels import Channel
from audit.log import Who
from orders.models import Note, NoteVersion
from teamwork import access
from teamwork.mentions import Mentioned, mentioned, mentions_any
from teamwork.models import Kind
from teamwork.people import colleagues, people_of
from teamwork.presentation import is_answered_by_note
from teamwork.services import About, close, create


def mentions_of(text: str, channel: Channel) -> Mentioned:
    """Whom the text mentions of those who have the channel. Two queries, none where there is no "@"."""
    return mentioned(text, colleagues(channel)) if mentions_any(text) else Mentioned([], [])


def tell_mentioned(who: Who, note: Note, about: About, text: str, before: str = "") -> set[int]:
    """Whoever the note mentions finds it in their queue, unless they wrote it or it mentioned them `before`. Gives whom
    it mentions, by their numbers."""
    channel = about.in_channel
    named = {person.pk for person in mentions_of(text, channel).people}
    known = {person.pk for person in mentions_of(before, channel).people}
    for person in User.objects.filter(pk__in=named - known - {who.user_id}):
        create(Kind.MENTION, about, who, for_person=person, note_id=note.pk)
    return named


def answer(  # noqa: PLR0913 - whose note, and what it does
    who: Who, user: User, note: Note, about: About, *, tasks: Collection[int], mentioned_people: Collection[int]
) -> None:
    """The person's note does what they were asked: `tasks` by their numbers; what is not theirs, or done, is left out.
    Whoever asked finds the answer in their queue, unless the note mentions them anyway."""
    told = {who.user_id, *mentioned_people}
    for task in access.of_order(about.in_channel, about.order_id).filter(pk__in=tasks):
        if not is_answered_by_note(user, task) or not close(task, who, note.pk):
            continue
        if task.by_id is None or task.by_id in told:
            continue
        if asker := people_of(about.in_channel).filter(pk=task.by_id).first():
            create(Kind.ANSWER, about, who, for_person=asker, note_id=note.pk)
            told.add(asker.pk)


def texts(numbers: Collection[int]) -> Mapping[int, str]:
    """What the notes of these numbers say now; one query."""
    last = NoteVersion.objects.filter(note=OuterRef("pk")).order_by("-number").values("text")[:1]
    said = Note.objects.filter(pk__in=numbers).annotate(says=Subquery(last))
    return dict(said.values_list("pk", F("says")))
