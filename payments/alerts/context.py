from typing import NamedTuple

from django.contrib.auth.models import AnonymousUser, User
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from payments.alerts import rules


class Alerts(NamedTuple):
    """How many concern whoever reads the page."""

    n: int = 0


def frame(request: HttpRequest) -> dict[str, object]:
    """Context processor: the number beside the frame's places. One query where it is shown, none for who may not
    execute."""
    user = getattr(request, "user", None)
    return {"alerts": SimpleLazyObject(lambda: alerts_of(user)) if user is not None else Alerts()}


def alerts_of(user: User | AnonymousUser) -> Alerts:
    reach = rules.reach_of(user)
    return Alerts(rules.count(reach)) if reach else Alerts()
