"""Who comes in by single sign-on, and with which rights: the groups at the provider say so anew at every sign-in."""

import logging
import re
import time
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError
from django.db.models import Q
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from accounts import links
from accounts.local_passwords import is_break_glass
from accounts.people import services
from accounts.people.services import LastAdminError, Newcomer, Rights
from accounts.single_sign_on import sessions
from accounts.single_sign_on.configuration import configuration
from accounts.single_sign_on.identities import connect, is_managed, person_of
from accounts.single_sign_on.mapping import given_by
from accounts.single_sign_on.protocol import CLOCKS_DIFFER, Claims, TroubleError, groups_in
from accounts.single_sign_on.refusals import Kind
from audit import log
from audit.actions import AuditAction
from audit.log import Outcome, Subject, Who

logger = logging.getLogger(__name__)
LONGEST_NAME = 150


def said_of_proof(claims: Claims) -> dict[str, Any]:
    """When the provider asked the person, and whether for more than a password: what a session keeps of it."""
    asked = claims.get("auth_time")
    at = min(float(asked), time.time()) if isinstance(asked, int | float) else 0.0
    return {"proved_at": at, "has_second_factor": counts_as_second_factor(claims)}


def counts_as_second_factor(claims: Claims) -> bool:
    """Whether how the provider asked (`amr`, a list, or `acr`) is among what SSO_SECOND_FACTOR accepts."""
    amr, acr = claims.get("amr"), claims.get("acr")
    said = {*(amr if isinstance(amr, list) else [amr]), acr}
    return bool(said & {each.strip() for each in settings.SSO_SECOND_FACTOR if each.strip()})


def demand_nonce(claims: Claims, nonce: str) -> None:
    """Raises TroubleError where the ID token was not made for this very sign-in."""
    if not nonce or not constant_time_compare(str(claims.get("nonce", "")), nonce):
        raise TroubleError(Kind.ANSWER, "the ID token was made for another sign-in")


def admitted(request: HttpRequest, claims: Claims, link: str = "") -> User:
    """The person, with the rights that their groups give: found, made, or tied to the account of a one-time link, each
    with its entry in the log. Raises TroubleError, after their rights are taken and their sessions ended where no group
    of theirs gives any."""
    ours, subject = configuration(), str(claims["sub"])
    person, who = person_of(ours.issuer, subject), _desk(request)
    given = Rights(*given_by(ours.groups, groups_in(claims) or ()))
    if not given.role:
        if person is not None:
            _shut_out(who, person)
        _refused(request, person.username if person else _name_in(claims), Kind.NO_GROUP.value)
        raise TroubleError(Kind.NO_GROUP, "none of the groups gives a role")
    if link:
        person = _tied(request, link, person, subject)
    if person is None:
        return _made(who, claims, given)
    if not person.is_active:  # an admin's word outweighs the provider's; allauth says so to them
        _refused(request, person.username, "inactive")
        return person
    try:
        services.change_rights(who, person, given, by_provider=True)
    except LastAdminError:
        raise TroubleError(Kind.LAST_ADMIN, "the groups make the last admin none") from None
    return person


def confirmed(request: HttpRequest, claims: Claims, asked_at: float) -> None:
    """Whoever is signed in was asked again by the provider since `asked_at`, which the session remembers, under another
    key. Raises TroubleError where it was somebody else, or nobody was asked."""
    if person_of(configuration().issuer, str(claims["sub"])) != request.user:
        raise TroubleError(Kind.SOMEBODY_ELSE, "another person confirmed")
    said = said_of_proof(claims)
    if said["proved_at"] < asked_at - CLOCKS_DIFFER:
        raise TroubleError(Kind.NOT_ASKED, "auth_time is missing or from before it was asked")
    log.event(Who.of(request), AuditAction.PERSON_SSO_PROOF, Subject(target=request.user.get_username()))
    sessions.begun(request, proved_at=time.time(), has_second_factor=said["has_second_factor"])
    request.takes_new_key = True  # type: ignore[attr-defined]  # accounts.middleware.Sessions


def may_be_tied(person: User) -> bool:
    """Whether the account may be tied to the provider by a one-time link: not one that is changed on the server alone,
    nor the one for emergencies, nor one that is tied already."""
    return not (person.is_superuser or is_break_glass(person) or is_managed(person))


def _tied(request: HttpRequest, token: str, known: User | None, subject: str) -> User:
    link = links.find(token)
    if link is None or known is not None or not may_be_tied(link.user):
        raise TroubleError(Kind.LINK, "the link is over, or one of both is tied already")
    try:
        tied = services.tie_to_provider(
            Who.of(request), link, lambda person: connect(person, configuration().issuer, subject)
        )
    except IntegrityError:  # tied by another request a moment ago
        tied = None
    if tied is None:
        raise TroubleError(Kind.LINK, "the link was used meanwhile")
    return tied


def _made(who: Who, claims: Claims, given: Rights) -> User:
    issuer, subject = configuration().issuer, str(claims["sub"])
    name = {part: _text(claims, claim) for part, claim in (("first_name", "given_name"), ("last_name", "family_name"))}
    if not any(name.values()):
        name["first_name"], _blank, name["last_name"] = _text(claims, "name").partition(" ")
    for _attempt in range(3):
        try:
            newcomer = Newcomer(_free_name(_name_in(claims)), **name, email=_free_address(_text(claims, "email")))
            return services.admit(who, newcomer, given, lambda person: connect(person, issuer, subject))
        except IntegrityError:  # somebody took the name a moment ago, or it is they themselves, in another window
            if found := person_of(issuer, subject):
                return found
    raise TroubleError(Kind.ANSWER, "no name could be found for the account")


def _shut_out(who: Who, person: User) -> None:
    """Once: who has nothing left is only refused."""
    try:
        if services.change_rights(who, person, Rights(), by_provider=True):
            services.end_sessions(who, person)
    except LastAdminError:
        logger.critical("Single sign-on: the last admin is in no group any more. They are out, and keep their rights.")
        services.end_sessions(who, person)


def _refused(request: HttpRequest, name: str, code: str) -> None:
    where = Who.of(request)
    log.event(Who(name[:64], None, where.ip, where.agent), AuditAction.SIGN_IN, outcome=Outcome.REFUSED, code=code)


def _desk(request: HttpRequest) -> Who:
    """The desk itself, which does what the groups say, at the bidding of that browser."""
    where = Who.of(request)
    return Who(Who.system("single-sign-on").username, None, where.ip, where.agent)


def _text(claims: Claims, name: str) -> str:
    value = claims.get(name)
    return " ".join(value.split())[:LONGEST_NAME] if isinstance(value, str) else ""


def _name_in(claims: Claims) -> str:
    """What a new account is called: as people know them at the provider."""
    return _text(claims, "preferred_username") or _text(claims, "email") or f"sso-{str(claims['sub'])[:20]}"


def _free_name(wanted: str) -> str:
    """Nobody's name and nobody's address yet, as people sign in with either."""
    base = re.sub(r"[^\w.@+-]", "-", wanted)[: LONGEST_NAME - 8]
    number, name = 1, base
    while User.objects.filter(Q(username__iexact=name) | Q(email__iexact=name)).exists():
        number += 1
        name = f"{base}-{number}"
    return name


def _free_address(address: str) -> str:
    """The address, unless it is none, or somebody else's: who somebody is, it never says."""
    try:
        validate_email(address)
    except ValidationError:
        return ""
    return "" if User.objects.filter(Q(username__iexact=address) | Q(email__iexact=address)).exists() else address
