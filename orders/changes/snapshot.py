"""What a person saw of an order when they opened a form, sealed into the form, and how it differs
from what the order says now."""

import datetime as dt
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from django.core import signing
from django.utils.functional import Promise

Values = Mapping[str, Any]


def plain(value: Any) -> Any:
    """A value as it can be compared after a trip through a form: text for what JSON does not know,
    nothing for what is empty."""
    if isinstance(value, Decimal):
        return str(value.normalize()) if value else "0"
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    if isinstance(value, str | Promise):
        return str(value).replace("\r\n", "\n")
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return "" if value is None else value


def same(one: Any, other: Any) -> bool:
    return json.dumps(plain(one), sort_keys=True) == json.dumps(plain(other), sort_keys=True)


class Seen(NamedTuple):
    """The values that the form showed, by field, and when the order had last been changed then (as
    the API wrote it)."""

    values: dict[str, Any]
    last_modified: str = ""

    def seal(self, salt: str) -> str:
        """As text that nobody can forge; `salt` ties it to one form of one order."""
        return signing.dumps([plain(self.values), self.last_modified], salt=salt, compress=True)

    @classmethod
    def unseal(cls, text: str, salt: str) -> "Seen | None":
        """None if it was not sealed here, or for another form."""
        try:
            values, last_modified = signing.loads(text, salt=salt)
        except (signing.BadSignature, ValueError, TypeError):
            return None
        return cls(values, last_modified)

    def differences(self, now: Values) -> list[str]:
        """What somebody else has changed, added or taken away since."""
        return [name for name in {**now, **self.values} if not same(self.values.get(name), now.get(name))]
