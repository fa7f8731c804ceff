"""Why somebody could not sign in at the provider, in words for them, and in a line for whoever runs the desk."""

import logging
from enum import Enum
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.single_sign_on.configuration import provider_name
from ui.pages import render_page

logger = logging.getLogger(__name__)


class Kind(Enum):
    """Codes, as they stand in the log and on the page."""

    DENIED = "sso-denied"
    DOWN = "sso-down"
    ANSWER = "sso-answer"
    CLOCK = "sso-clock"
    STALE = "sso-stale"
    NO_GROUP = "sso-no-group"
    TOO_MANY_GROUPS = "sso-too-many-groups"
    LAST_ADMIN = "sso-last-admin"
    LINK = "sso-link"
    NOT_ASKED = "sso-not-asked"
    SOMEBODY_ELSE = "sso-somebody-else"


class Words(NamedTuple):
    status: int
    title: Promise
    says: Promise
    is_ours: bool = False
    """Whether whoever runs the desk, or the provider, has something to mend."""


WORDS = {
    Kind.DENIED: Words(
        403,
        _("You did not sign in"),
        _("%(provider)s says that the sign-in was cancelled or not allowed. Begin again if you did not mean to."),
    ),
    Kind.DOWN: Words(
        503,
        _("%(provider)s does not answer"),
        _("So nobody can sign in with it at the moment. Try again in a few minutes."),
        is_ours=True,
    ),
    Kind.ANSWER: Words(
        502,
        _("%(provider)s gave an answer that cannot be used"),
        _("You are not signed in. Try once more; if it stays so, tell whoever runs this desk."),
        is_ours=True,
    ),
    Kind.CLOCK: Words(
        502,
        _("The clocks do not agree"),
        _(
            "What %(provider)s sent is of another time than this desk's. Tell whoever runs this desk: its clock may be "
            "wrong."
        ),
        is_ours=True,
    ),
    Kind.STALE: Words(
        400,
        _("This sign-in is over"),
        _("It was begun too long ago, in another browser, or used already. Begin again."),
    ),
    Kind.NO_GROUP: Words(
        403,
        _("You have no access to this desk"),
        _("%(provider)s knows you, but none of your groups there leads to this desk. Ask whoever manages the groups."),
    ),
    Kind.TOO_MANY_GROUPS: Words(
        403,
        _("Your groups could not be read"),
        _("You are in more groups than %(provider)s tells this desk of. Tell whoever runs this desk."),
        is_ours=True,
    ),
    Kind.LAST_ADMIN: Words(
        403,
        _("Nobody would be left who can manage people"),
        _(
            "Your groups at %(provider)s no longer make you an admin, and you are the last one. Nothing was changed, "
            "and you are not signed in. Tell whoever runs this desk."
        ),
        is_ours=True,
    ),
    Kind.LINK: Words(
        403,
        _("This account cannot be tied to %(provider)s"),
        _(
            "The link is over, or you have an account with %(provider)s already. Sign in without the link, or ask an "
            "admin."
        ),
    ),
    Kind.NOT_ASKED: Words(
        403,
        _("%(provider)s did not ask you again"),
        _(
            "Nothing was confirmed: it has to ask you anew who you are. Try again; if it stays so, tell whoever runs "
            "this desk."
        ),
        is_ours=True,
    ),
    Kind.SOMEBODY_ELSE: Words(
        403,
        _("That was somebody else"),
        _("You confirmed as another person than the one who is signed in here. Nothing was confirmed."),
    ),
}


def answer(request: HttpRequest, kind: Kind, why: str = "") -> HttpResponse:
    """The page that says so. `why` is for the operator: codes and names of errors, nothing of a person."""
    words = WORDS[kind]
    level = logging.WARNING if words.is_ours else logging.INFO
    logger.log(level, "Single sign-on: %s%s", kind.value, f", {why}" if why else "")
    name = {"provider": provider_name()}
    context = {"title": str(words.title) % name, "says": str(words.says) % name, "code": kind.value}
    return render_page(request, "accounts/single_sign_on_refused.html", context, status=words.status)
