"""Answers whose parts are sent one after the other, as they come, over one connection."""

from collections.abc import Iterable, Iterator

from django.http import StreamingHttpResponse

BETWEEN = "\x1e"
"""What parts one part from the next (ASCII, record separator); no text of an order has it."""


def in_parts(parts: Iterable[str]) -> StreamingHttpResponse:
    """The parts as HTML, each of them sent when it is there: neither we nor a proxy may hold it back to pack it.

    One answer and not one a part: they would take all the connections that a browser has for the desk, and most of the
    threads that serve it.
    """

    def sent() -> Iterator[str]:
        for part in parts:
            yield part + BETWEEN

    answer = StreamingHttpResponse(sent(), content_type="text/html; charset=utf-8")
    answer["Content-Encoding"], answer["X-Accel-Buffering"] = "identity", "no"
    return answer
