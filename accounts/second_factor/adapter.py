"""The setting MFA_ADAPTER: what allauth.mfa asks the desk."""

from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib.auth.models import User
from django.http.request import split_domain_port

from accounts.allauth_internals import host_of_now
from accounts.second_factor.sealing import seal, unseal


class Adapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """Secrets are encrypted, and apps and browsers list the desk by its host, so that test and production are two."""

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Raises sealing.UnreadableError."""
        return unseal(encrypted_text)

    def get_totp_label(self, user: User) -> str:
        return user.get_username()

    def get_totp_issuer(self) -> str:
        return f"Order desk {host_of_now()}"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {"id": split_domain_port(host_of_now())[0], "name": self.get_totp_issuer()}

    def get_public_key_credential_user_entity(self, user: User) -> dict[str, Any]:
        entity: dict[str, Any] = super().get_public_key_credential_user_entity(user)
        return entity | {"name": user.get_username(), "display_name": user.get_full_name() or user.get_username()}
