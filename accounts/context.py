from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.channels import channels_of
from accounts.entitlements import role_of
from accounts.models import Preference, preference_of


def person(request: HttpRequest) -> dict[str, object]:
    """Context processor: who reads the page, how they want it and where they work. Costs a query only where it is shown.

    On the pages for errors the request may not have come as far as having a user.
    """
    user = getattr(request, "user", None)
    if user is None:
        return {"preference": Preference(), "channel": None, "channels": (), "role": ""}
    return {
        "preference": SimpleLazyObject(lambda: preference_of(user)),
        "channel": getattr(request, "channel", None),
        "channels": SimpleLazyObject(lambda: channels_of(user)),
        "role": SimpleLazyObject(lambda: role_of(user)),
    }
