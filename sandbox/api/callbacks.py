"""What an order calls: validations and their execution, hooks, notifications."""

from django.http import HttpRequest, HttpResponse
from ninja import Router

from sandbox import rules, store
from sandbox.api.base import Caller
from sandbox.api.orders import ONE, REFUSED, registered, remove
from sandbox.codec import Document
from sandbox.entry import answer, nothing
from sandbox.problems import bad_request, not_found
from sandbox.schemas import BaseError, Callback, Hook, Notification, ValidationError
from sandbox.scope import Scope
from sandbox.store import Draft
from sandbox.validation import validation_errors

router = Router(tags=["Checkout"])


def _register(scope: Scope, order_id: str, kind: str, sent: Document) -> HttpResponse:
    part = registered(kind, sent)

    def edit(draft: Draft) -> None:
        there = draft.document.setdefault(kind, [])
        if rules.find(there, part["id"]):
            raise bad_request(f"There is one with id {part['id']} already.")
        there.append(dict(part))

    store.change(scope, order_id, edit)
    return nothing()


def _remove(scope: Scope, order_id: str, kind: str, identifier: str) -> HttpResponse:
    store.change(scope, order_id, lambda draft: remove(draft.document, kind, identifier))
    return nothing()


@router.post(ONE + "/validations", response={200: None} | REFUSED, operation_id="createValidation")
def create_validation(request: HttpRequest, order_id: str, headers: Caller, body: Callback) -> HttpResponse:
    """Create validation callback."""
    return _register(headers.scope, order_id, "validations", body.values())


@router.put(ONE + "/validations/{validation_id}", response={200: None} | REFUSED, operation_id="updateValidation")
def update_validation(
    request: HttpRequest, order_id: str, validation_id: str, headers: Caller, body: Callback
) -> HttpResponse:
    """Update validation callback."""
    part = registered("validations", body.values()) | {"id": validation_id}

    def edit(draft: Draft) -> None:
        there = draft.document.get("validations") or []
        if rules.find(there, validation_id) is None:
            raise not_found("validation", validation_id)
        draft.document["validations"] = [part if one.get("id") == validation_id else one for one in there]

    store.change(headers.scope, order_id, edit)
    return nothing()


@router.delete(ONE + "/validations/{validation_id}", response={200: None} | REFUSED, operation_id="removeValidation")
def remove_validation(request: HttpRequest, order_id: str, validation_id: str, headers: Caller) -> HttpResponse:
    """Remove validation callback."""
    return _remove(headers.scope, order_id, "validations", validation_id)


@router.post(
    ONE + "/validate",
    response={200: list[ValidationError], 400: list[ValidationError], 401: BaseError, 404: BaseError, 500: BaseError},
    operation_id="validateOrder",
)
def validate_order(request: HttpRequest, order_id: str, headers: Caller) -> HttpResponse:
    """Validate order: what every order needs, then all validation callbacks at once. 200 with `[]`,
    or 400 with all errors."""
    errors = validation_errors(headers.scope, store.read(headers.scope, order_id))
    return answer(errors, 400 if errors else 200)


@router.post(ONE + "/hooks", response={200: None} | REFUSED, operation_id="createHook")
def create_hook(request: HttpRequest, order_id: str, headers: Caller, body: Hook) -> HttpResponse:
    """Create hook."""
    return _register(headers.scope, order_id, "hooks", body.values())


@router.delete(ONE + "/hooks/{hook_id}", response={200: None} | REFUSED, operation_id="deleteHook")
def delete_hook(request: HttpRequest, order_id: str, hook_id: str, headers: Caller) -> HttpResponse:
    """Delete hook."""
    return _remove(headers.scope, order_id, "hooks", hook_id)


@router.post(ONE + "/notifications", response={200: None} | REFUSED, operation_id="createNotification")
def create_notification(request: HttpRequest, order_id: str, headers: Caller, body: Notification) -> HttpResponse:
    """Create notification."""
    return _register(headers.scope, order_id, "notifications", body.values())


@router.delete(
    ONE + "/notifications/{notification_id}", response={200: None} | REFUSED, operation_id="deleteNotification"
)
def delete_notification(request: HttpRequest, order_id: str, notification_id: str, headers: Caller) -> HttpResponse:
    """Delete notification."""
    return _remove(headers.scope, order_id, "notifications", notification_id)
