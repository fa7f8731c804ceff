"""Which Order API stands behind this desk, so that nobody mistakes one for another: a colour, a
word and a sentence on every page."""

from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Environment(NamedTuple):
    code: str
    word: str | Promise
    says: str | Promise


ENVIRONMENTS = {
    e.code: e
    for e in (
        Environment("sandbox", _("Sandbox"), _("Test orders, pretend payments. No money moves.")),
        Environment("playground", _("Playground"), _("Norce's test environment.")),
        Environment("stage", _("Stage"), _("The last stop before production.")),
        Environment("production", _("Production"), _("Real orders, real money.")),
    )
}


def environment() -> Environment:
    """The setting ENVIRONMENT if it names one, else what the address says, as Norce writes its
    hosts; in doubt, production."""
    if settings.ENVIRONMENT in ENVIRONMENTS:
        return ENVIRONMENTS[settings.ENVIRONMENT]
    if settings.SANDBOX:
        return ENVIRONMENTS["sandbox"]
    labels = (urlsplit(settings.ORDER_API_URL).hostname or "").split(".")
    return next((ENVIRONMENTS[code] for code in ("playground", "stage") if code in labels), ENVIRONMENTS["production"])


def shell(request: HttpRequest) -> dict[str, object]:
    """Context processor: what the frame of every page shows. `as_of`: when that was read which stands for the Order
    API's answer."""
    last_read = getattr(request, "last_read", None)
    told = {"as_of": getattr(last_read, "as_of", None), "api_is": getattr(last_read, "why", "")}
    return {"environment": environment(), **told}
