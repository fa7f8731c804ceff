"""How Django learns who a session belongs to and what they may."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.models import AnonymousUser, User

from accounts.entitlements import entitlements_of, person_of_session
from accounts.local_passwords import may_have_one


class Backend(AuthenticationBackend):  # type: ignore[misc]  # allauth has no types
    """allauth's, but the person, their preferences and all that they were given come from one statement.

    Nothing is kept from one request to the next, so what was taken away is gone with the next one.
    """

    def get_user(self, user_id: Any) -> User | None:
        user = person_of_session(user_id)
        return user if user is not None and self.user_can_authenticate(user) else None

    def _check_password(self, user: User | None, password: str) -> User | None:
        """None besides for who has no password here (`accounts.local_passwords`), after as long as for who has."""
        found: User | None = super()._check_password(user, password)
        return found if found is not None and may_have_one(found) else None

    def get_all_permissions(self, user_obj: User | AnonymousUser, obj: object = None) -> set[str] | frozenset[str]:
        """As Django's: nothing for who is not active, for a visitor, and for one object; for a superuser everything."""
        if not isinstance(user_obj, User) or not user_obj.is_active or obj is not None:
            return set()
        if user_obj.is_superuser:
            everything: set[str] = super().get_all_permissions(user_obj)
            return everything
        return entitlements_of(user_obj).permissions
