"""Adapters that the sandbox brings along, to hang hooks, validations and notifications on. The path
says how they behave.

    adapters/{adapter_id}/hooks/{approve|reject|patch|running|error|slow}
    adapters/{adapter_id}/validations/{pass|fail|error|slow}
    adapters/{adapter_id}/notifications/{accept|fail|flaky|slow}

`patch` takes `path`, `value` (JSON, or plain text) and `op` from its query; `fail` of a validation
takes `code`. Any other path approves.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from sandbox.codec import NotJsonError, decode
from sandbox.entry import answer, nothing
from sandbox.problems import NoAnswer, Problem

Behaviour = Callable[[HttpRequest, str], HttpResponse]


def approve(_request: HttpRequest, _adapter_id: str) -> HttpResponse:
    return nothing()


def reject(_request: HttpRequest, adapter_id: str) -> HttpResponse:
    raise Problem(400, "order-error", f"{adapter_id} does not agree.")


def patch(request: HttpRequest, _adapter_id: str) -> HttpResponse:
    text = request.GET.get("value", "")
    try:
        value = decode(text)
    except NotJsonError:
        value = text
    return answer([{"op": request.GET.get("op", "add"), "path": request.GET.get("path", ""), "value": value}])


def running(_request: HttpRequest, _adapter_id: str) -> HttpResponse:
    return nothing(202)


def fail(request: HttpRequest, adapter_id: str) -> HttpResponse:
    return answer([{"code": request.GET.get("code", "order-validation"), "adapterId": adapter_id}], 400)


def error(_request: HttpRequest, adapter_id: str) -> HttpResponse:
    raise Problem(500, "internal-server-error", f"{adapter_id} is out of order.")


def slow(_request: HttpRequest, _adapter_id: str) -> HttpResponse:
    raise NoAnswer(done=False)


def passed(_request: HttpRequest, _adapter_id: str) -> HttpResponse:
    return answer([])


def unavailable(_request: HttpRequest, adapter_id: str) -> HttpResponse:
    raise Problem(503, "unavailable", f"{adapter_id} cannot take notifications now.")


def flaky(request: HttpRequest, adapter_id: str) -> HttpResponse:
    """Fails on the first try and accepts on the second."""
    return unavailable(request, adapter_id) if request.headers.get("x-attempt", "1") == "1" else nothing()


BEHAVIOURS: dict[tuple[str, str], Behaviour] = {
    ("hooks", "reject"): reject,
    ("hooks", "patch"): patch,
    ("hooks", "running"): running,
    ("hooks", "error"): error,
    ("hooks", "slow"): slow,
    ("validations", "pass"): passed,
    ("validations", "fail"): fail,
    ("validations", "error"): error,
    ("validations", "slow"): slow,
    ("notifications", "fail"): unavailable,
    ("notifications", "flaky"): flaky,
    ("notifications", "slow"): slow,
}


def act(request: HttpRequest, adapter_id: str, path: str) -> HttpResponse:
    """Answer as the path says."""
    if request.method != "POST":
        return HttpResponse(status=405, headers={"Allow": "POST"})
    kind, _, behaviour = path.partition("/")
    return BEHAVIOURS.get((kind, behaviour.rstrip("/")), approve)(request, adapter_id)
