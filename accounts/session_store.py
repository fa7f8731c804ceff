"""The setting SESSION_ENGINE: Django's sessions in the database."""

import datetime as dt
from typing import Any

from django.contrib.sessions.backends import db
from django.utils import timezone

GRACE = dt.timedelta(seconds=20)
RENEWED = "renewed"


class SessionStore(db.SessionStore):
    """Takes no key from a cookie that cannot be one of ours: PostgreSQL refuses to look for one with a NUL in it."""

    def _validate_session_key(self, key: Any) -> bool:
        return bool(super()._validate_session_key(key)) and key.isalnum()  # type: ignore[misc]

    def renew(self) -> None:
        """Goes on under another key. The old one is good for GRACE more, for what the browser had asked for already,
        and is marked RENEWED."""
        data, old = self._session, self.session_key  # type: ignore[attr-defined]
        until = timezone.now() + GRACE
        kept = self.encode({**data, RENEWED: True, "_session_expiry": until.isoformat()})
        self.model.objects.filter(session_key=old).update(session_data=kept, expire_date=until)
        self.create()
        self._session_cache = data
