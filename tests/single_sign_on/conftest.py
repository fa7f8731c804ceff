import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from tests.single_sign_on.provider import Provider, running

GROUPS = {
    "desk-support": {"role": "support", "channels": ["norce/se"]},
    "desk-manager": {"role": "manager", "channels": ["norce/*"]},
    "desk-admin": {"role": "admin", "channels": "*/*", "extras": []},
    "desk-nordlys": {"channels": ["nordlys/de"]},
    "desk-personal": {"extras": ["accounts.view_personal_data"]},
}
SIGNE = {
    "preferred_username": "signe.lind", "email": "signe@example.com", "given_name": "Signe", "family_name": "Lind",
    "groups": ["desk-support"],
}  # fmt: skip


@pytest.fixture(scope="module")
def server() -> Iterator[Provider]:
    with running() as provider:
        yield provider


@pytest.fixture
def provider(server: Provider, settings: Settings, db: None) -> Provider:
    """The provider, at which this desk is known, and Signe, who is in the group of the support."""
    server.fault.clear()
    server.asked.clear()
    settings.SSO_ISSUER, settings.SSO_NAME = server.issuer, "Company"
    settings.SSO_CLIENT_ID, settings.SSO_CLIENT_SECRET = "order-desk", "a secret of the desk"
    settings.SSO_GROUPS = json.dumps(GROUPS)
    server.knows("s-1", **SIGNE)
    return server


Answer = Any
"""What Django's test client answers, which is more than a response."""
Walk = Callable[..., Any]


@pytest.fixture
def walk(provider: Provider) -> Walk:
    """To the provider, where `sub` signs in, and back: what the desk answers to that."""

    def there_and_back(client: Client, sub: str = "s-1", begin: str = "/accounts/sso/") -> Any:
        away = client.get(begin)
        assert away.status_code == 302, away.content.decode()
        return client.get(provider.decide(away["Location"], sub=sub))

    return there_and_back
