"""Columns for text that nobody here wrote."""

import re
from typing import Any

from django.db import models

# PostgreSQL refuses NUL; half a surrogate pair cannot be encoded.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class OutsideText(models.TextField):  # type: ignore[type-arg]  # not subscriptable at run time
    """Text as long as it comes, from the Order API, an address or a form. What no database stores of it becomes U+FFFD.

    A varchar is for what this program bounds itself: PostgreSQL refuses what is longer, SQLite does not even look.
    """

    def get_prep_value(self, value: Any) -> Any:
        text = super().get_prep_value(value)
        return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text) if isinstance(text, str) else text

    def deconstruct(self) -> Any:
        """To a migration it is a text column and nothing more."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs
