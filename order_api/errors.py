"""What can go wrong between this program and the Order API.

    ApiError
    ├── Unavailable     nothing was done: it could not be reached, or it was only asked, or it sent
    us away before acting
    │   ├── Overloaded  it was not called: as many threads as may wait for it do so already
    │   ├── Paused      it was not called: it asked to be left alone for a while, or is asked too much
    │   ├── Slow        it was not called: its last answers took too long
    │   └── Failing     it was not called: its last answers were errors
    ├── NoAnswer        a change was sent and nobody can say whether it happened
    ├── Unauthorized    401 or 403: the token is refused, or may not do this
    ├── NotFound        404: no such order, payment, action … in this merchant and channel
    │   └── Foreign     it is there, and belongs to another merchant or channel, although nobody asked for those
    ├── Conflict        409: it would be a second one of what may be there once
    ├── Rejected        400 or another 4xx: refused, for the reason in `code` and `message`
    └── BadAnswer       an answer that is not the Order API's: HTML, broken off, too large, of another shape
        └── Unreadable  the Order API's, and a value of it does not fit: the document can be shown as it came

After a change, what a person needs to know is whether it may have happened: `may_have_happened` is True for
NoAnswer and for a BadAnswer to a change that was not refused; every other error means that nothing was
done. When in doubt it is True: a 500, 502, 503 or 504 answer to a change counts as no answer, since a
gateway gives up on calls that go on behind it.
"""

# ruff: noqa: N818 - short names, read as "errors.NotFound"
from collections.abc import Sequence

from order_api.schemas import ValidationError


class ApiError(Exception):
    """A call to the Order API that did not work out.

    status: of the HTTP answer, None if there was none. code, message: the API's own words where it had any, or
    ours. operation: as in `GET orders/{order_id}`, without ids. request_id: the `X-Request-ID` that was sent, to be
    found in both logs. sent: whether the request may have left this machine. errors: all reasons, where the API
    gave a list. `str()` is fit to show.
    """

    may_have_happened = False

    def __init__(  # noqa: PLR0913 - every fact about it is given by name
        self,
        message: str,
        *,
        operation: str,
        request_id: str = "",
        status: int | None = None,
        code: str | None = None,
        sent: bool = True,
        errors: Sequence[ValidationError] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.operation = operation
        self.request_id = request_id
        self.status = status
        self.code = code
        self.sent = sent
        self.errors = tuple(errors)

    def __str__(self) -> str:
        return f"{self.message} ({self.code})" if self.code and self.code not in self.message else self.message

    def __repr__(self) -> str:
        return (
            f"<{type(self).__name__} {self.operation}: status={self.status} code={self.code} "
            f"request_id={self.request_id}>"
        )


class Unavailable(ApiError):
    """Nothing was done, and trying again later is safe. `sent` tells an API that does not answer
    from one out of reach."""


class Overloaded(Unavailable):
    """It was not called, since too many calls wait for it already: it is slow. Whoever comes when
    they are through is served."""


class Paused(Unavailable):
    """It was not called, since it said that it is asked too much."""


class Slow(Unavailable):
    """It was not called, since its last answers took too long."""


class Failing(Unavailable):
    """It was not called, since with its last answers it said that it does not work."""


class NoAnswer(ApiError):
    """A change was sent and its outcome is unknown. Look before doing it again; never send it again unseen."""

    may_have_happened = True


class Unauthorized(ApiError):
    """The token is wrong (401), or it is right and may not do this (403)."""


class NotFound(ApiError):
    """There is no such thing in this merchant and channel, or not any more."""


class Foreign(NotFound):
    """What came is another merchant's or channel's. Reads like an order that does not exist, and is
    one for whoever asked."""


class Conflict(ApiError):
    """It is there already."""


class Rejected(ApiError):
    """The API refused, and says why. Nothing was done."""


class BadAnswer(ApiError):
    """What answered did not answer as the Order API does."""

    def __init__(
        self, message: str, *, change: bool = False, operation: str, request_id: str = "", status: int | None = None
    ) -> None:
        super().__init__(message, operation=operation, request_id=request_id, status=status)
        refused = status is not None and 400 <= status < 500
        self.may_have_happened = change and not refused


class Unreadable(BadAnswer):
    """What was asked for came, and a value in it does not fit the contract; the message names the place."""
