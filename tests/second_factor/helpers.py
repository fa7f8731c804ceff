"""Apps and passkeys as people have them: the codes are made by allauth's own functions, the passkey by a key of its
own, as a security key would."""

import json
import os
import re
import time
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from django.contrib.auth.models import User
from django.test import Client
from fido2.cose import ES256
from fido2.utils import sha256, websafe_decode, websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

from accounts.allauth_internals import app_codes
from accounts.second_factor import services
from accounts.second_factor.sealing import unseal
from audit.log import Who
from tests.conftest import PASSWORD

LOGIN, SECOND, AGAIN = "/accounts/login/", "/accounts/login/second/", "/accounts/password/again/"
OURS = "/accounts/second-factor/"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PERIOD = 30  # seconds


def give_app(user: User, secret: str = SECRET) -> None:
    """They set up an app long ago, and have looked at their recovery codes."""
    services.set_up_app(Who(user.username, user.pk), user, secret, 0)
    services.codes_to_show(user)


def code(secret: str = SECRET, ago: int = 0) -> str:
    """What the app shows now, or showed so many periods ago."""
    codes = dict(app_codes(secret))
    return codes[int(time.time()) // PERIOD - ago]


def secret_of(user: User) -> str:
    return unseal(services.factors_of(user).get(type="totp").data["secret"])


def recovery_codes(user: User) -> list[str]:
    from allauth.mfa.models import Authenticator

    return list(Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes())


def first_step(client: Client, user: User, **more: str) -> Any:
    return client.post(LOGIN, {"login": user.username, "password": PASSWORD, **more})


def sign_in(client: Client, user: User, shown: str = "") -> Any:
    first_step(client, user)
    return client.post(SECOND, {"factor_code": shown or code()})


def is_in(client: Client) -> bool:
    return bool(client.get("/accounts/preferences/").status_code == 200)


def at_localhost() -> Client:
    """A browser at a name for which browsers have passkeys."""
    return Client(HTTP_HOST="localhost")


class Passkey:
    """Keeps one key, and answers as a browser does. `origin`: the page that asks; `is_unlocked`: by finger or PIN."""

    def __init__(self, origin: str = "http://localhost", *, is_unlocked: bool = True) -> None:
        self.origin, self.is_unlocked = origin, is_unlocked
        self.key, self.id, self.owner = ec.generate_private_key(ec.SECP256R1()), os.urandom(16), b""

    def make(self, options: dict[str, Any]) -> str:
        """What the browser answers to the options of making one."""
        asked = options["publicKey"]
        self.owner = websafe_decode(asked["user"]["id"])
        public = ES256.from_cryptography_key(self.key.public_key())  # type: ignore[no-untyped-call]
        credential = AttestedCredentialData.create(Aaguid.NONE, self.id, public)
        data = self._data(asked["rp"]["id"], credential)
        answer = {
            "clientDataJSON": websafe_encode(self._client_data("webauthn.create", asked["challenge"])),
            "attestationObject": websafe_encode(AttestationObject.create("none", data, {})),
        }
        return self._as_json(answer)

    def show(self, options: dict[str, Any]) -> str:
        """What the browser answers to the options of showing it."""
        asked = options["publicKey"]
        data = self._data(asked["rpId"])
        said = self._client_data("webauthn.get", asked["challenge"])
        answer = {
            "clientDataJSON": websafe_encode(said),
            "authenticatorData": websafe_encode(data),
            "signature": websafe_encode(self.key.sign(data + sha256(said), ec.ECDSA(SHA256()))),
            "userHandle": websafe_encode(self.owner),
        }
        return self._as_json(answer)

    def _client_data(self, kind: str, challenge: str) -> bytes:
        return CollectedClientData.create(type=kind, origin=self.origin, challenge=challenge)

    def _data(self, rp_id: str, credential: AttestedCredentialData | None = None) -> AuthenticatorData:
        flags = AuthenticatorData.FLAG.UP
        if self.is_unlocked:
            flags |= AuthenticatorData.FLAG.UV
        if credential is not None:
            flags |= AuthenticatorData.FLAG.AT
        data: AuthenticatorData = AuthenticatorData.create(sha256(rp_id.encode()), flags, 1, credential or b"")
        return data

    def _as_json(self, answer: dict[str, str]) -> str:
        name = websafe_encode(self.id)
        return json.dumps(
            {"id": name, "rawId": name, "type": "public-key", "response": answer, "clientExtensionResults": {}}
        )


def options_in(page: Any) -> dict[str, Any]:
    """What a page says to the browser that makes a passkey."""
    import html

    found = re.search(r'data-passkey-make="([^"]*)"', page.content.decode())
    assert found, page.content.decode()
    options: dict[str, Any] = json.loads(html.unescape(found[1]))
    return options


def give_passkey(client: Client, **more: Any) -> Passkey:
    """The person whose browser this is, and who has just said who they are, sets up a passkey."""
    passkey = Passkey(**more)
    made = passkey.make(options_in(client.get(f"{OURS}passkey/")))
    assert client.post(f"{OURS}passkey/", {"name": "My phone", "passkey": made}).status_code == 302
    return passkey
