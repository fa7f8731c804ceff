"""What this desk uses of the private parts of allauth, named here: an upgrade that changes one is
told in a sentence."""

import ast
import importlib
import inspect
import time
from collections.abc import Mapping

import allauth
import pytest
from django.contrib.auth.models import User
from django.test import Client, RequestFactory

from accounts.allauth_internals import last_proof, may_try, record_proof
from tests.conftest import PASSWORD
from tests.test_architecture import modules

ADAPTER = "accounts.allauth_internals"
INTERNALS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("allauth.account.internal.flows.login", "get_authentication_records"): ("request", "user"),
    ("allauth.account.internal.flows.login", "perform_login"): ("request", "login"),
    ("allauth.account.internal.flows.login", "record_authentication"): ("request", "user", "method"),
    ("allauth.account.internal.flows.reauthentication", "reauthenticate_by_password"): ("request",),
    ("allauth.core.exceptions", "ImmediateHttpResponse"): ("response",),
    ("allauth.core.ratelimit", "consume"): ("request", "action", "user", "key", "dry_run"),
    ("allauth.mfa.recovery_codes.internal.auth", "RecoveryCodes"): ("instance",),
    ("allauth.mfa.totp.internal.auth", "TOTP"): ("instance",),
    ("allauth.mfa.totp.internal.auth", "format_hotp_value"): ("value",),
    ("allauth.mfa.totp.internal.auth", "generate_totp_secret"): (),
    ("allauth.mfa.totp.internal.auth", "hotp_value"): ("secret", "counter"),
    ("allauth.mfa.totp.internal.auth", "yield_hotp_counters_from_time"): (),
    ("allauth.mfa.webauthn.internal.auth", "WebAuthn"): ("instance",),
    ("allauth.mfa.webauthn.internal.auth", "begin_authentication"): ("user",),
    ("allauth.mfa.webauthn.internal.auth", "begin_registration"): ("user", "passwordless"),
    ("allauth.mfa.webauthn.internal.auth", "complete_authentication"): ("user", "response"),
    ("allauth.mfa.webauthn.internal.auth", "complete_registration"): ("credential",),
    ("allauth.mfa.webauthn.internal.auth", "extract_user_from_response"): ("response",),
}
"""Module and name of each, and the parameters that it is called with."""

PUBLIC = {
    ("allauth.account.models", "Login"),
    ("allauth.account.stages", "LoginStage"),
    ("allauth.account.stages", "LoginStageController"),
    ("allauth.mfa.models", "Authenticator"),
}


def is_private(module: str) -> bool:
    return module.startswith("allauth.") and ("internal" in module.split(".") or module.startswith("allauth.core"))


def imported(path: str) -> set[tuple[str, str]]:
    """Module and name of what a file imports, `import a.b` as a.b and nothing."""
    found = set()
    for node in ast.walk(ast.parse(path)):
        if isinstance(node, ast.ImportFrom):
            found |= {(node.module or "", alias.name) for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {(alias.name, "") for alias in node.names}
    return found


@pytest.mark.parametrize(("module", "name"), INTERNALS)
def test_each_is_still_there_and_called_the_same_way(module: str, name: str) -> None:
    told = f"allauth {allauth.__version__} has changed {module}.{name}: see {ADAPTER}"
    try:
        function = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError):
        pytest.fail(told)
    parameters = inspect.signature(function).parameters
    needed = INTERNALS[module, name]
    assert set(needed) <= set(parameters), told
    extra = [each for each in parameters.values() if each.name not in needed and each.kind is not each.VAR_KEYWORD]
    assert [each.name for each in extra if each.default is each.empty] == [], told


def test_only_the_adapter_imports_private_parts_and_only_those() -> None:
    elsewhere = {
        (name, each)
        for name, path in modules()
        for each in imported(path.read_text())
        if name != ADAPTER and (is_private(each[0]) or each == ("allauth.core", "ratelimit"))
    }
    assert elsewhere == set()
    (adapter,) = (path for name, path in modules() if name == ADAPTER)
    used = {each for each in imported(adapter.read_text()) if each[0].startswith("allauth")} - PUBLIC
    assert used == {
        *(key for key in INTERNALS if key[1] != "consume"),
        ("allauth.core", "ratelimit"),
        ("allauth.core", "context"),
    }


def test_signing_in_is_a_proof_and_so_is_the_password_given_again(support: User, rf: RequestFactory) -> None:
    client = Client()
    request = rf.get("/")
    request.user, request.session = support, client.session
    assert last_proof(request) == 0
    before = time.time()
    client.post("/accounts/login/", {"login": "support", "password": PASSWORD})
    request.session = client.session
    signed_in = last_proof(request)
    assert signed_in >= before
    record_proof(request)
    assert last_proof(request) > signed_in


def test_tries_are_counted(support: User, rf: RequestFactory) -> None:
    request = rf.post("/")
    request.user = support
    tries = [may_try(request) for _ in range(11)]
    assert tries == [True] * 10 + [False], "as ACCOUNT_RATE_LIMITS says"
