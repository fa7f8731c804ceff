"""The keys of the desk: where they lead, and what is said of them. `static/js/box.js` listens to them."""

from collections.abc import Sequence
from typing import NamedTuple

from django.contrib.auth.models import AnonymousUser, User
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.channels import Channel

ORDER, LIST = "order", "list"

_OF_A_CHANNEL = "order-list"


class Place(NamedTuple):
    """A page of the frame, and the letter that leads there after a G."""

    letter: str
    word: str | Promise
    url: str


class _Row(NamedTuple):
    letter: str
    word: Promise
    view: str
    permission: str = ""


_PLACES = (
    _Row("v", _("Overview"), "overview"),
    _Row("o", _("Orders"), "order-list"),
    _Row("q", _("My queue"), "queue-list"),
    _Row("t", _("Team's queue"), "queue-team"),
    _Row("m", _("Payments"), "money-list"),
    _Row("d", _("In doubt"), "doubt-list", "accounts.execute_payment_action"),
    _Row("a", _("Approvals"), "approval-list", "accounts.execute_payment_action"),
    _Row("l", _("Audit log"), "audit-list", "audit.view_entry"),
    _Row("p", _("People"), "person-list", "accounts.manage_people"),
    _Row("s", _("Preferences"), "preferences"),
)


def places(user: User | AnonymousUser, channel: Channel) -> list[Place]:
    """The places that this person may go to from that channel, in the order of the frame."""
    may = [row for row in _PLACES if not row.permission or user.has_perm(row.permission)]
    return [
        Place(row.letter, row.word, reverse(row.view, args=(channel,) if row.view == _OF_A_CHANNEL else ()))
        for row in may
    ]


class Key(NamedTuple):
    """What is pressed, one after the other or one of them, and what comes of it."""

    pressed: Sequence[str]
    what: str | Promise


class Group(NamedTuple):
    """Keys that belong together."""

    title: str | Promise
    keys: Sequence[Key]
    is_single: bool = False


def keys_of(on: str, user: User | AnonymousUser, channel: Channel) -> list[Group]:
    """The keys, those of the page `on` (ORDER, LIST) before the others; of other pages none, unless no page is
    named."""
    everywhere = Group(
        _("On every page"),
        [
            Key(("/",), _("Find an order or a place")),
            Key(("?",), _("Show these keys")),
            *(Key(("G", place.letter.upper()), place.word) for place in places(user, channel)),
        ],
        is_single=True,
    )
    box = Group(
        _("In the box that finds anything"),
        [
            Key(("Ctrl", "K"), _("Go to the box, from anywhere (⌘ K on a Mac)")),
            Key(("↓", "↑", "Home", "End"), _("Choose")),
            Key(("Enter",), _("Open what is chosen; look everywhere at once, if nothing is")),
            Key(("Ctrl", "Enter"), _("Open it in a new tab")),
            Key(("Esc",), _("Back to where you were")),
        ],
    )
    order = Group(
        _("On an order"),
        [
            Key(("N",), _("Write a note")),
            Key(("A",), _("Assign the order")),
            Key(("J",), _("Next order of the list")),
            Key(("K",), _("Previous order of the list")),
        ],
        is_single=True,
    )
    orders = Group(
        _("On the list of orders"),
        [
            Key(("↓", "↑"), _("From the list's own box into the rows, and among them")),
            Key(("Esc",), _("From a row back to the list's own box")),
        ],
    )
    shown = {ORDER: [order], LIST: [orders], "": [order, orders]}.get(on, [])
    return [*shown, everywhere, box]
