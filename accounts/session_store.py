"""The setting SESSION_ENGINE: Django's sessions in the database."""

from typing import Any

from django.contrib.sessions.backends import db


class SessionStore(db.SessionStore):
    """Takes no key from a cookie that cannot be one of ours: PostgreSQL refuses to look for one with a NUL in it."""

    def _validate_session_key(self, key: Any) -> bool:
        return bool(super()._validate_session_key(key)) and key.isalnum()  # type: ignore[misc]
