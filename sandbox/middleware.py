"""What has to be answered before any other middleware looks at a request."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse

from sandbox.entry import refusal
from sandbox.problems import bad_request

View = Callable[[HttpRequest], HttpResponse]


class RefuseStrangeHosts:
    """Answers calls of the sandbox under a name that is not this server's with a BaseError, where
    Django has a page and a traceback.

    Stands first: the other middleware asks for the host too.
    """

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SANDBOX and request.path_info.startswith(settings.SANDBOX_PREFIX):
            try:
                request.get_host()
            except DisallowedHost:
                return refusal(
                    bad_request("header host names a server that is not this one; ALLOWED_HOSTS lists its names.")
                )
        return self.get_response(request)
