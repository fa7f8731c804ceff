"""One-time links, by which a person sets a password. No mail is needed: an admin copies the link and hands it over."""

import datetime as dt
import secrets

from django.contrib.auth.models import User
from django.core.signing import BadSignature, TimestampSigner

from accounts.models import OneTimeLink
from accounts.people.services import new_link
from audit.log import Who

LASTS = dt.timedelta(days=3)
_signer = TimestampSigner(salt="accounts.links")


def make_token(who: Who, person: User) -> str:
    """What stands in the address of a new link; nobody can make one without SECRET_KEY, whatever
    they read in the database."""
    code = secrets.token_urlsafe(24)
    new_link(who, person, code)
    return _signer.sign(code)


def find(token: str) -> OneTimeLink | None:
    """The link that the token belongs to; None if it was not made here, is older than LASTS, was used or replaced."""
    try:
        code = _signer.unsign(token, max_age=LASTS)
    except BadSignature:
        return None
    return OneTimeLink.objects.select_related("user", "made_by").filter(code=code).first()
