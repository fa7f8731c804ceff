"""What every answer says to browsers and programs, whoever made it: a page, a static file, a probe or a refusal."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

NOTHING = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
"""The Content-Security-Policy of what is no page."""
UNUSED = ("camera", "display-capture", "geolocation", "microphone", "midi", "payment", "serial", "usb")
"""What browsers offer to pages and none of ours asks for."""
PERMISSIONS = ", ".join(f"{name}=()" for name in UNUSED)
PROGRAMS = (settings.SANDBOX_PREFIX, "/index/push/")
"""Where no person comes by: the embedded Order API, and what Norce calls."""

Answer = Callable[[HttpRequest], HttpResponseBase]


class Headers:
    """No other site may frame or embed what the desk answers, browsers take nothing for what it is not, and pages may
    use nothing of the device. What an answer says for itself stands."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", NOTHING)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        return response


class ProgramsSpeakTls:
    """Refuses a program that comes without TLS where there is one: led on, as people are, it would never learn that it
    sends its token in clear."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if settings.SECURE_SSL_REDIRECT and not request.is_secure() and request.path_info.startswith(PROGRAMS):
            return HttpResponse("This address speaks HTTPS alone.", "text/plain; charset=utf-8", status=403)
        return self.get_response(request)
