"""A value that is used and never shown."""


class Secret:
    """Holds a token. Printed, logged or interpolated it is dots; only `reveal()` gives it, and only
    to what sends it."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        if not value.isascii() or not value.isprintable() or value != value.strip():
            raise ValueError("The token holds characters that cannot be sent in an HTTP header")
        self._value = value

    def reveal(self) -> str:
        return self._value

    def hidden_in(self, content: bytes) -> bytes:
        """`content` without the token, for texts that others wrote. A token short enough to be a word is left alone."""
        token = self._value.encode()
        return content.replace(token, "•••".encode()) if len(token) >= 12 else content

    def __repr__(self) -> str:
        return "Secret(•••)"

    __str__ = __repr__

    def __reduce__(self) -> str:
        raise TypeError("A secret is not pickled")
