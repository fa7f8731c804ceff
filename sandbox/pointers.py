"""JSON pointers into an order, as `scope`, `subscribeTo` and `target` use them."""

from typing import Any

from sandbox.codec import Document

ABSENT = object()
_ALWAYS_NEW = frozenset({"lastModified"})


def parts(pointer: str) -> list[str]:
    """The names that a pointer goes through; "" is the whole document."""
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]


def resolve(document: Document, pointer: str | None) -> Any:
    """What stands there, or ABSENT; the whole order (but for `lastModified`) where there is no
    pointer. Arrays are not entered."""
    if not pointer or pointer == "/":
        return {key: value for key, value in document.items() if key not in _ALWAYS_NEW}
    if not pointer.startswith("/"):
        return ABSENT
    value: Any = document
    for part in parts(pointer):
        if not isinstance(value, dict) or part not in value:
            return ABSENT
        value = value[part]
    return value


def is_within(pointer: str, target: str | None) -> bool:
    """Whether what stands at `pointer` is `target` or inside it."""
    if target is None or not pointer.startswith("/"):
        return False
    inner, outer = parts(pointer), parts(target)
    return inner[: len(outer)] == outer
