"""The setting SESSION_ENGINE: Django's sessions in the database, in a table that says whose each of them is."""

import datetime as dt
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models, transaction
from django.db.models import QuerySet
from django.utils import timezone

from ui.statements import Written

GRACE = dt.timedelta(seconds=20)
RENEWED = "renewed"
MARK = "mark"
_PERSON = "_auth_user_id"  # Django's


class Session(AbstractBaseSession):
    """A session of a person, or of a visitor who is nobody yet. `mark` is its name on pages, and stays while it goes on
    under another key; the key is never shown."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+")
    mark = models.UUIDField(default=uuid4, db_index=True)

    class Meta:
        default_permissions = ()

    @classmethod
    def get_session_store_class(cls) -> type[db.SessionStore]:
        return SessionStore


@Written
def _kept(key: Any, now: Any) -> QuerySet[Session, Any]:
    """What the session of that key holds, where it is not over its time."""
    return Session.objects.filter(session_key=key, expire_date__gt=now).values_list("session_data")


class SessionStore(db.SessionStore):
    """Takes no key from a cookie that cannot be one of ours: PostgreSQL refuses to look for one with a NUL in it."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def load(self) -> dict[str, Any]:
        """As Django's, in a statement that is written once: it is asked with each request."""
        for (data,) in _kept(key=self.session_key or "", now=timezone.now()):
            return self.decode(data)
        self._session_key = None
        return {}

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row: Session = super().create_model_instance(data)  # type: ignore[assignment]
        row.user_id = int(data[_PERSON]) if _PERSON in data else None
        row.mark = UUID(data[MARK]) if MARK in data else uuid4()
        return row

    def _validate_session_key(self, key: Any) -> bool:
        return bool(super()._validate_session_key(key)) and key.isalnum()  # type: ignore[misc]

    def renew(self) -> None:
        """Goes on under another key. The old one is good for GRACE more, for what the browser had asked for already,
        and is marked RENEWED. Raises UpdateError where the session was ended meanwhile."""
        data, old = self._session, self.session_key  # type: ignore[attr-defined]
        until = timezone.now() + GRACE
        kept = self.encode({**data, RENEWED: True, "_session_expiry": until.isoformat()})
        with transaction.atomic():
            if not self.model.objects.filter(session_key=old).update(session_data=kept, expire_date=until):
                raise UpdateError
            self.create()
        self._session_cache = data


def remove_expired() -> None:
    """What is over its time goes. The worker does so (`payments.alerts.pulse`)."""
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
