"""The setting SESSION_ENGINE: Django's sessions in the database."""

from typing import Any

from django.contrib.sessions.backends import db


class SessionStore(db.SessionStore):
    """Takes no key from a cookie that was never one of ours: with a NUL in it, PostgreSQL would refuse to look for it."""

    def _validate_session_key(self, key: Any) -> bool:
        return bool(super()._validate_session_key(key)) and key.isalnum()  # type: ignore[misc]
