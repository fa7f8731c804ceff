"""The forms of the desk: an order to open each of them about, what a person types into it, and how
a browser sends it."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from html.parser import HTMLParser
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from audit.log import Subject, Who
from orders.models import Note
from orders.notes import services
from sandbox.store import insert_documents
from teamwork.services import About, create
from tests.changes.calls import ADAPTERS, HOOK, NOTIFICATION, VALIDATION
from tests.conftest import PASSWORD
from tests.orders import documents


def addresses(patterns: Sequence[URLPattern | URLResolver], prefix: str = "/") -> Iterator[tuple[str, str]]:
    """Every address of the desk with its name; what is behind the sandbox's prefix knows tokens and not people."""
    for pattern in patterns:
        route = f"{prefix}{pattern.pattern}"
        if route.startswith(settings.SANDBOX_PREFIX):
            continue
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, route)
        else:
            yield route, str(pattern.name)


ROUTES: Mapping[str, str] = {name: route for route, name in addresses(get_resolver().url_patterns)}
OF_ONE_ORDER = tuple(name for name, route in ROUTES.items() if "channel>" in route and "order_id>" in route)
IN_DIALOG = {"HX-Request": "true", "HX-Target": "dialog", "X-Problem-Target": "#change-problem"}
"""As the desk's script opens and sends a form; without the frame around it, which costs as much as the form."""
Fields = dict[str, list[str]]
Typed = Mapping[str, str | None]

# By the name of the form's address: what a person types and chooses; None takes a tick away.
# The rest goes as it was opened.
TYPED: Mapping[str, Typed] = {
    "order-create": {"currency": "SEK", "reference": "typed-1"},
    "order-delete": {"typed": "SE-104415"},
    "state-edit": {"status": "processing", "reason": "Asked to"},
    "reference-edit": {"reference": "typed-1"},
    "billing-edit": {"city": "Frösön"},
    "shipping-address-edit": {"city": "Frösön"},
    "cart-edit": {"quantity-ci_52-0075": "2"},
    "consents-edit": {"consent-terms": None, "consent-news": "on"},
    "consent-create": {"consent_id": "sms", "text": "May we text you?"},
    "attributes-edit": {"mode": "text", "text": '{"store": "Åre"}'},
    "validation-create": VALIDATION,
    "validation-edit": VALIDATION,
    "hook-create": HOOK,
    "notification-create": NOTIFICATION,
    "task-create": {"whom": "me", "text": "Call them back"},
    "task-hand-over": {"whom": "me", "text": "Call them back"},
    "attention-aside": {"reason": "The customer pays in the shop"},
    "note-create": {"text": "Said by phone"},
    "note-edit": {"text": "Said by phone, twice"},
    "payment-create": {"name": "Invoice", "adapter_id": "klarna_checkout_adapter", "amount": "10"},
    "payment-edit": {"reference": "typed-1"},
    "transaction-create": {"event": "capture", "is_success": "true"},
    "action-create": {"type_1": "capture", "url_1": f"{ADAPTERS}/klarna_checkout_adapter/capture"},
    "payment-action-ask": {"reason": "delivered", "note": "The parcel is at the door"},
    "payment-action-execute": {"reason": "delivered", "password": PASSWORD},
    "shipping-create": {"name": "Parcel", "adapter_id": "nshift_adapter", "including_vat": "49"},
    "shipping-edit": {"reference": "typed-1"},
}


def put_order(
    order_id: str, channel: str = "norce/se", change: Callable[[documents.Json], documents.Json] = lambda as_is: as_is
) -> dict[str, str]:
    """Lets the sandbox have an order in checkout on which something of each kind hangs, `change`d. Gives what
    its addresses are made of."""
    whole, (merchant, _, name) = documents.WHOLE, channel.partition("/")
    payment = whole["payments"][0]
    payment = payment | {"actions": [payment["actions"][0] | {"url": f"{ADAPTERS}/klarna_checkout_adapter/capture"}]}
    document = documents.order(
        id=order_id,
        merchant=merchant,
        channel=name,
        state={"currentStatus": "checkout", "transitions": whole["state"]["transitions"][:1]},
        payments=[payment, *whole["payments"][1:]],
        hooks=[whole["hooks"][0] | {"subscribeTo": "/customer", "invoke": HOOK["invoke"]}],
        cart=whole["cart"] | {"reference": f"cart of {order_id}"},
        validations=[whole["validations"][0] | {"url": VALIDATION["url"]}],
        attributes={"store": "åre"},
    )
    document = change(document)
    insert_documents([(document, documents.TRANSACTIONS)])
    parts = ("payments", "shippings", "hooks", "notifications", "validations", "consents")
    of_parts = {f"{part[:-1]}_id": str(document[part][0]["id"]) for part in parts}
    more = {"which": "billing", "action_id": "a_1", "check": "stuck", "day": "2026-11-29"}
    return {"order_id": order_id, "channel": channel, **more, **of_parts}


def put_note(ids: Mapping[str, str], author: User) -> dict[str, str]:
    """A note of theirs on that order, and something that they took from a role; gives what the addresses of all that
    are made of."""
    merchant, _, channel = ids["channel"].partition("/")
    mark, who = uuid4(), Who(author.username, author.pk)
    services.write(who, author, Subject(ids["order_id"], merchant, channel), "Said so", mark)
    about = About(ids["order_id"], merchant, channel)
    task = create("ask", about, who, for_person=author, for_role="support", text="Call them")
    assert task is not None
    return {**ids, "note_id": str(Note.objects.get(mark=mark).pk), "task_id": str(task.pk)}


def address(name: str, ids: Mapping[str, str]) -> str:
    """The address of that name about the order of those ids."""
    return reverse(name, kwargs={each: ids[each] for each in re.findall(r"(\w+)>", ROUTES[name])})


class _Reader(HTMLParser):
    """Reads what a browser would send if the form that is posted to this address were sent untouched."""

    def __init__(self, action: str) -> None:
        super().__init__()
        self.action, self.fields, self.inside = action, Fields(), False
        self._options: list[tuple[str, bool]] = []
        self._name = self._text = ""

    def _add(self, name: str, value: str) -> None:
        self.fields.setdefault(name, []).append(value)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = given.get("method") == "post" and given.get("action") == self.action
        elif self.inside and tag == "input" and given.get("name"):
            is_box = given.get("type") in ("checkbox", "radio")
            if not is_box or "checked" in given:
                self._add(given["name"], _in_one_line(given.get("value", "on" if is_box else ""), given.get("type")))
        elif self.inside and tag in ("select", "textarea"):
            self._name, self._text, self._options = given.get("name", ""), "", []
        elif self.inside and tag == "option":
            self._options.append((_in_lines(given.get("value", "")), "selected" in given))

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        elif self.inside and tag == "textarea":
            self._add(self._name, _in_lines(self._text).removeprefix("\r\n"))
        elif self.inside and tag == "select":
            for value in _chosen(self._options):
                self._add(self._name, value)


def _in_one_line(value: str, kind: str | None) -> str:
    """What an input of one line sends: no line breaks, which one that is hidden keeps."""
    text = _in_lines(value)
    return text if kind == "hidden" else text.replace("\r\n", "")


def _in_lines(value: str) -> str:
    """What a browser sends of a text of several lines."""
    text = value.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\N{REPLACEMENT CHARACTER}")
    return text.replace("\n", "\r\n")


def _chosen(options: list[tuple[str, bool]]) -> Iterator[str]:
    chosen = [value for value, is_selected in options if is_selected]
    yield from chosen or [value for value, _ in options[:1]]


def fields_of(page: HttpResponse, action: str) -> Fields:
    """The fields of the form on the page that is posted to that address; none if there is no such form."""
    reader = _Reader(action)
    reader.feed(page.content.decode())
    return reader.fields


def filled(page: HttpResponse, where: str, typed: Typed) -> Fields:
    """What the form of that address sends from the page once this is typed into it."""
    kept = {field: values for field, values in fields_of(page, where).items() if field not in typed}
    return kept | {field: [value] for field, value in typed.items() if value is not None}


def send(client: Client, where: str, typed: Typed) -> Any:
    """Opens the page, fills in its form, if it has one, sends it, and says yes if the desk asks once more."""
    page: Any = client.get(where)
    if not fields_of(page, where):
        return page
    answer: Any = client.post(where, filled(page, where, typed))
    asked = b'name="confirmed"' in answer.content
    return client.post(where, fields_of(answer, where)) if asked else answer
