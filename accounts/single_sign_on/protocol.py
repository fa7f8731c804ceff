"""What is said between the desk and the provider: allauth's OpenID Connect with PKCE and a state, and besides a nonce,
a signature that is always looked at, the provider's own name for itself, and clocks that differ a little."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import jwt
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.base import ProviderException
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import HttpRequest
from django.urls import reverse

from accounts.single_sign_on.configuration import configuration
from accounts.single_sign_on.identities import LONGEST_SUBJECT
from accounts.single_sign_on.refusals import Kind

CLOCKS_DIFFER = 60
"""Seconds by which the provider's clock may be another one than ours."""
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
"""All are signed with a key that only the provider has."""
Claims = Mapping[str, Any]


class TroubleError(ProviderException):  # type: ignore[misc]  # allauth has no types
    """What the provider said cannot be used, and why."""

    def __init__(self, kind: Kind, says: str) -> None:
        super().__init__(says)
        self.kind = kind


@contextmanager
def reading(what: str) -> Iterator[None]:
    """Raises TroubleError where what came is not what OpenID Connect says that it is."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise TroubleError(Kind.ANSWER, f"{what} cannot be read: {type(error).__name__}") from error


class Provider(OpenIDConnectProvider):  # type: ignore[misc]  # allauth has no types
    """The provider of the settings. Of what it says of a person nothing is kept but who they are."""

    pkce_enabled_default = True

    def __init__(self, request: HttpRequest) -> None:
        ours = configuration()
        app = SocialApp(
            provider=self.id,
            provider_id=ours.issuer,
            name=ours.name,
            client_id=ours.client_id,
            secret=ours.secret,
            settings={"server_url": ours.issuer, "scope": list(ours.scopes)},
        )
        self.oauth2_adapter_class = Protocol
        super().__init__(request, app=app)

    def wk_server_url(self, url: str) -> str:
        return f"{url.rstrip('/')}/.well-known/openid-configuration"

    def get_callback_url(self) -> str:
        return reverse("sso-callback")

    def sociallogin_from_response(self, request: HttpRequest, response: Claims) -> SocialLogin:
        """A sign-in that nobody is tied to yet; what the provider said is its `claims`."""
        account = SocialAccount(provider=self.sub_id, uid=response["sub"], extra_data={})
        login = SocialLogin(provider=self, account=account)
        login.claims = response
        return login


class Protocol(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]  # allauth has no types
    """The calls to the provider. Each raises TroubleError, or what requests raises."""

    @property
    def openid_config(self) -> dict[str, Any]:
        with reading("its configuration"):
            config: dict[str, Any] = super().openid_config
            if config["issuer"] != configuration().issuer:
                raise TroubleError(Kind.ANSWER, "the provider calls itself otherwise than SSO_ISSUER does")
        return config

    @property
    def authorize_url(self) -> str:
        with reading("its configuration"):
            return str(super().authorize_url)

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        return request.build_absolute_uri(reverse("sso-callback"))

    def get_client(self, request: HttpRequest, app: SocialApp) -> Any:
        with reading("its configuration"):
            return super().get_client(request, app)

    def get_access_token_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        with reading("its token"):
            found: dict[str, Any] = super().get_access_token_data(*args, **kwargs)
        return found

    def parse_token(self, data: dict[str, Any]) -> SocialToken:
        """Nothing of it is kept."""
        with reading("its token"):
            return SocialToken(token=str(data["access_token"]))

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any) -> SocialLogin:
        with reading("its token"):
            claims = self.claims_in(kwargs["response"]["id_token"])
        if _says_too_little(claims):
            with reading("what it says of the person"):
                more = self._fetch_user_info(token.token)
                if more["sub"] != claims["sub"]:
                    raise TroubleError(Kind.ANSWER, "the userinfo endpoint speaks of somebody else")
                claims = {**more, **claims}
        return self.get_provider().sociallogin_from_response(request, claims)

    def claims_in(self, token: str) -> dict[str, Any]:
        """What an ID token says, once it is certain that the provider signed it, for us, and now."""
        ours = configuration()
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                key=self._key_of(token),
                algorithms=ALGORITHMS,
                audience=ours.client_id,
                issuer=ours.issuer,
                leeway=CLOCKS_DIFFER,
                options={"require": ["iss", "sub", "aud", "exp", "iat"]},
            )
        except (jwt.ExpiredSignatureError, jwt.ImmatureSignatureError) as error:
            raise TroubleError(Kind.CLOCK, f"the ID token is of another time: {type(error).__name__}") from error
        except jwt.PyJWTError as error:
            raise TroubleError(Kind.ANSWER, f"the ID token is not good: {type(error).__name__}") from error
        if isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and claims.get("azp") != ours.client_id:
            raise TroubleError(Kind.ANSWER, "the ID token was made for somebody else as well")
        if not claims["sub"] or len(claims["sub"]) > LONGEST_SUBJECT:
            raise TroubleError(Kind.ANSWER, "the provider's name for the person is empty or too long")
        return claims

    def _key_of(self, token: str) -> jwt.PyJWK:
        wanted = jwt.get_unverified_header(token).get("kid")
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
            keys = jwt.PyJWKSet.from_dict(answer.json()).keys
        found = [key for key in keys if wanted is None or key.key_id == wanted]
        if len(found) != 1:
            raise jwt.InvalidKeyError("The provider has no such key.")
        return found[0]


def _says_too_little(claims: Claims) -> bool:
    names = ("preferred_username", "email", "name")
    return groups_in(claims) is None or not any(claims.get(name) for name in names)


def groups_in(claims: Claims) -> list[str] | None:
    """The groups that the provider says somebody is in: those of the claim of that name or, with dots in it, of that
    path; a text counts as one. None where it does not say. TroubleError where it says only that there are too many."""
    path = configuration().groups_claim
    value: Any = claims.get(path)
    if value is None:
        value = claims
        for part in path.split("."):
            value = value.get(part) if isinstance(value, dict) else None
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        return [each for each in value if isinstance(each, str)]
    if path in json.dumps(claims.get("_claim_names", "")):
        raise TroubleError(Kind.TOO_MANY_GROUPS, "the person is in more groups than the provider sends")
    return None
