"""A real OpenID Connect provider (oidc-provider-mock, which is Authlib's server) on a port of this machine, in a
thread. It demands a nonce and PKCE. What it says of a person is set by the test, and goes into the signed ID token."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import flask
import httpx
import oidc_provider_mock
from authlib.oauth2.rfc7636 import CodeChallenge
from werkzeug.serving import make_server

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # over loopback
JSON = dict[str, Any]


class DemandedChallenge(CodeChallenge):  # type: ignore[misc]  # Authlib has no types
    """PKCE by S256 for each and every sign-in; the provider's own codes have no place for it."""

    def __init__(self) -> None:
        super().__init__(required=True)
        self.of_code: dict[str, str] = {}
        self.asked = ""

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        super().validate_code_challenge(grant, redirect_uri)
        self.asked = flask.request.args["code_challenge"]
        assert flask.request.args["code_challenge_method"] == "S256"

    def get_authorization_code_challenge(self, authorization_code: Any) -> str:
        return self.of_code.setdefault(authorization_code.code, self.asked)

    def get_authorization_code_challenge_method(self, authorization_code: Any) -> str:
        return "S256"


class Provider:
    """`fault` puts an answer in the place of a path's own: a function that may return one."""

    def __init__(self) -> None:
        self.app = oidc_provider_mock.app(require_nonce=True)
        self.app.before_request(self._first)
        self.fault: dict[str, Any] = {}
        self.asked: list[str] = []
        self._is_ready = False
        self.server = make_server("127.0.0.1", 0, self.app, threaded=True)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"

    def _first(self) -> Any:
        """After the provider's own preparation of a request."""
        if not self._is_ready:
            grants = flask.g._authlib_authorization_server._authorization_grants
            for number, (grant, extensions) in enumerate(grants):
                if "authorization_code" in grant.GRANT_TYPE:
                    grants[number] = (grant, [*extensions, DemandedChallenge()])
            self._is_ready = True
        self.asked.append(flask.request.path)
        fault = self.fault.get(flask.request.path)
        return fault() if callable(fault) else fault

    def knows(self, sub: str, **claims: Any) -> None:
        """From now on this is what it says of them."""
        httpx.put(f"{self.issuer}/users/{sub}", json=claims).raise_for_status()

    def decide(self, address: str, **form: str) -> str:
        """Somebody at the provider's page decides; the address back to the desk, without its host."""
        answer = httpx.post(address, data=form)
        assert answer.status_code in (302, 303), answer.text
        back = urlsplit(answer.headers["Location"])
        return f"{back.path}?{back.query}"


@contextmanager
def running() -> Iterator[Provider]:
    """Until the end of the block; then nothing listens there any more."""
    provider = Provider()
    thread = threading.Thread(target=provider.server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield provider
    finally:
        provider.server.shutdown()
        thread.join(10)
        provider.server.server_close()
        assert not thread.is_alive()


def asked_for(address: str) -> JSON:
    """What the desk asks the provider for, in the address that it leads to."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
