"""Pages as people read them."""

import html
import re

from django.http.response import HttpResponseBase

import dashboard.urls  # noqa: F401 - made before a test takes the sandbox away, for those after it

HTMX = {"HX-Request": "true", "HX-Target": "orders"}


def text_of(answer: HttpResponseBase) -> str:
    """The words of the page, as one line."""
    body = re.sub(r"<(script|style|datalist).*?</\1>", " ", answer.getvalue().decode(), flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def folded(answer: HttpResponseBase) -> str:
    """The markup of the page, with each run of white space as one blank."""
    return " ".join(answer.getvalue().decode().split())


def orders_on(answer: HttpResponseBase) -> dict[str, str]:
    """The orders of a list, top down: each one's id, and the name of the link that opens it."""
    links = re.findall(
        r'<a class="open"[^>]* href="/norce/se/orders/([^/"]+)/"[^>]*><bdi>(.*?)</bdi></a>', body_of(answer)
    )
    return dict(links)


def body_of(answer: HttpResponseBase) -> str:
    return answer.getvalue().decode()
