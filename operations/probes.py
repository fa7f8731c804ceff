"""`/healthz`, `/readyz` and `/metrics`, for whoever starts, stops, feeds and watches this process: whatever name or
address they come under, without a session, and before anything that could fail."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.http.response import HttpResponseBase

from operations.metrics import metrics
from operations.release import version
from operations.standing import Mark, readiness


class Probes:
    """Answers these, and leaves everything else alone.

    `/healthz`: 200 while this process answers; what else is out of order is no reason to start it again. `/readyz`: 503
    while it cannot serve people: without its database, with another release's tables, or while nobody looks after
    payment actions although this process should. The state of the Order API and the disk is told and fails nothing.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        answer = ANSWERS.get(request.path_info)
        if answer is None or (answer is metrics and not settings.METRICS_TOKEN):
            return self.get_response(request)
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        response = answer(request)
        response["Cache-Control"] = "no-store"
        return response


def healthz(_request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok", "version": version()})


def readyz(_request: HttpRequest) -> JsonResponse:
    found = readiness()
    is_ready = all(each.mark is not Mark.DOWN for each in found)
    checks = {each.name: {"status": each.mark, "says": each.says} for each in found}
    body = {"status": "ready" if is_ready else "not ready", "version": version(), "checks": checks}
    return JsonResponse(body, status=200 if is_ready else 503)


ANSWERS: dict[str, Callable[[HttpRequest], HttpResponse]] = {
    "/healthz": healthz,
    "/readyz": readyz,
    "/metrics": metrics,
}
