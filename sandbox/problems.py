"""What the API answers when it refuses: a code that programs read and a message that people read."""

from typing import Any


class Problem(Exception):  # noqa: N818 - it is an answer of the API's, not a fault of ours
    """A refusal, answered as `BaseError{code, message}` with this status."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message

    def body(self) -> dict[str, Any]:
        """The BaseError."""
        return {"code": self.code, "message": self.message}


class NoAnswer(Exception):  # noqa: N818
    """The caller is to get no answer at all; `done` says whether what it asked for has been done."""

    def __init__(self, *, done: bool) -> None:
        super().__init__("after" if done else "before")
        self.done = done


def bad_request(message: str) -> Problem:
    """400 `order-bad-request`."""
    return Problem(400, "order-bad-request", message)


def not_found(kind: str, identifier: str) -> Problem:
    """404 `<kind>-not-found`, in the reference's own words: "Order with id:{id} not found."."""
    return Problem(404, f"{kind}-not-found", f"{kind.replace('-', ' ').capitalize()} with id:{identifier} not found.")


def conflict(code: str, message: str) -> Problem:
    """409."""
    return Problem(409, code, message)
