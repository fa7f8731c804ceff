"""The box that finds any order: its answers as they come, what it says while it is empty, and the page without it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from django.http import HttpResponse
from django.http.response import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.functional import cached_property
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from accounts.channels import Channel, channels_of
from gateway.fanout import Answer, fan_out, own_first
from gateway.permissions import may_view
from gateway.request import ApiRequest
from order_api import OrderApi
from orders.finding.asking import MOST_CALLS, Found, ask
from orders.finding.keys import keys_of
from orders.finding.parts import Part, looking, part_of, sum_of
from orders.finding.recent import opened, recent
from orders.list.find import Reading, read
from orders.list.met import Met, known_of
from orders.list.overtaking import overtaking
from ui.pages import form_view, render_page
from ui.streaming import in_parts

LONGEST = 80
"""Characters that are looked for as they are; more of them, or more lines than one, are a text to be read."""


class Search:
    """One text that is looked for in the channels of whoever asks."""

    def __init__(self, request: ApiRequest) -> None:
        self.request = request
        self.text = request.POST.get("said", "").strip()
        theirs = channels_of(request.user)
        own = next((each for each in theirs if str(each) == request.POST.get("own")), request.channel)
        self.channels = own_first(theirs, own)

    @property
    def is_long(self) -> bool:
        """Whether it is a text in which something has to be found first."""
        return len(self.text) > LONGEST or "\n" in self.text

    def asked_for(self, which: str) -> Sequence[Channel]:
        """The channels that the box asks now: its own, the rest, all, or one by its name. Http404 for any other."""
        own, rest = self.channels[:1], self.channels[1:]
        named = [each for each in self.channels if str(each) == which]
        chosen = {"own": own, "rest": rest, "all": self.channels}.get(which, named)
        if not chosen and which != "rest":
            raise Http404
        return chosen

    @cached_property
    def met(self) -> Mapping[str, Met]:
        """What is known of each channel: what its references begin with."""
        return known_of(map(str, self.channels))

    @cached_property
    def readings(self) -> Mapping[Channel, Reading]:
        return {channel: read(self.text, self.met[str(channel)].prefixes) for channel in self.channels}

    def answers(
        self, channels: Sequence[Channel], is_overtaken: Callable[[], bool] = lambda: False
    ) -> Iterator[Answer[Found]]:
        readings = self.readings

        def look(api: OrderApi, channel: Channel) -> Found:
            return ask(api, readings[channel])

        return fan_out(self.request, channels, look, most_calls=MOST_CALLS, is_overtaken=is_overtaken)

    def parts(self, channels: Sequence[Channel], is_overtaken: Callable[[], bool] = lambda: False) -> Iterator[Part]:
        for answer in self.answers(channels, is_overtaken):
            yield part_of(answer, self.text, self.met[str(answer.channel)])


@sensitive_post_parameters("said")
@form_view
@may_view
def find(request: ApiRequest) -> HttpResponse:
    """The box as a page, for who has no script: all channels are asked, each has its time, and what did not answer is
    said. The one order that is found in all of them is opened."""
    search = Search(request)
    context: dict[str, Any] = {"said": search.text, "is_long": search.is_long, "recent": recent(request.user)}
    if request.method != "POST" or not search.text or search.is_long:
        return render_page(request, "orders/finding/find.html", context)
    parts = sorted(search.parts(search.channels), key=lambda part: search.channels.index(part.channel))
    total = sum_of(parts, {})
    if total.is_one and (url := next(row.url for part in parts for row in part.rows)):
        return redirect(url)
    return render_page(request, "orders/finding/find.html", {**context, "parts": parts, "sum": total})


@sensitive_post_parameters("said")
@require_POST
@may_view
def find_answers(request: ApiRequest) -> HttpResponseBase:
    """What each channel answers, one after the other as they come, over one connection: channels that are still being
    asked first, at the end what all say together. A search that came later in the same tab ends this one."""
    search = Search(request)
    channels = search.asked_for(request.POST.get("ask", "all"))
    before = {name: _count(request, name) for name in ("hits", "silent", "channels", "identified", "cut")}
    is_overtaken = overtaking(request, f"box:{request.POST.get('tab', '')[:32]}")

    def fragments() -> Iterator[str]:
        waiting = {"parts": [looking(channel) for channel in channels]}
        yield render_to_string("orders/finding/answers.html", waiting)
        parts: list[Part] = []
        for part in search.parts(channels, is_overtaken):
            parts.append(part)
            yield render_to_string("orders/finding/answers.html", {"parts": [part]})
        if len(parts) == len(channels):
            left = len(search.channels) - before["channels"] - len(parts)
            context = {"sum": sum_of(parts, before), "left": max(0, left)}
            yield render_to_string("orders/finding/sum.html", context)

    return in_parts(fragments())


def _count(request: ApiRequest, name: str) -> int:
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


@require_safe
@may_view
def find_start(request: ApiRequest) -> HttpResponse:
    """What the box shows before anything is typed: the orders that this person opened last."""
    return render(request, "orders/finding/start.html", {"recent": recent(request.user)})


@require_POST
@may_view
def find_opened(request: ApiRequest) -> HttpResponse:
    """Keeps that the person looks at an order."""
    return HttpResponse(status=204 if opened(request.user, request.POST.get("order", "")) else 400)


@require_safe
@may_view
def keys(request: ApiRequest) -> HttpResponse:
    """The keys of the desk, those of the page that asks first."""
    context = {"groups": keys_of(request.GET.get("on", ""), request.user, request.channel)}
    return render_page(request, "orders/finding/keys.html", context, partials=("dialog",))
