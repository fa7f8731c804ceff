"""What other rooms have that waits for a person's approval. They register where they start, and it stands on the page
of approvals, and in the count beside its place, with the requests of single payments."""

from django.contrib.auth.models import User

from teamwork.queue import Item, Source

_sources: list[Source] = []


def register(source: Source) -> None:
    """To be called once by each room, when the program starts."""
    _sources.append(source)


def count(user: User) -> int:
    """How many wait for this person. One query a source."""
    return sum(source.count(user) for source in _sources)


def items(user: User) -> list[Item]:
    """All that waits for this person, the soonest to expire first."""
    found = [item for source in _sources for item in source.items(user)]
    return sorted(found, key=lambda item: (item.due is None, item.due, item.since))
