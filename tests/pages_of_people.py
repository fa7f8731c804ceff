"""The table of every address of the desk, and what each kind of person gets there."""

from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

PEOPLE = ("visitor", "newcomer", "support", "manager", "admin")
TO_SIGN_IN = 302
CHANNEL = {"channel": "norce/se"}
ORDER = CHANNEL | {"order_id": "NoSuchOrder"}
PAYMENT = ORDER | {"payment_id": "no-such-payment"}
SOMEBODY = {"person_id": "999999"}
SHIPPING = ORDER | {"shipping_id": "no-such-shipping"}
PASTE = {"mark": str(UUID(int=0))}
DOWNLOAD = {"pk": str(UUID(int=0))}
JOB = {"pk": str(UUID(int=0))}
TASK = ORDER | {"task_id": "999999"}
DAY, CHECK = {"day": "2026-11-29"}, {"check": "stuck"}
EXECUTION = CHANNEL | {"pk": str(UUID(int=0))}


class Page(NamedTuple):
    """The status that each of PEOPLE gets; newcomers have an account and no role."""

    visitor: int
    newcomer: int
    support: int
    manager: int
    admin: int
    kwargs: Mapping[str, str] = {}
    method: str = "get"


def everybody(status: int = 200, kwargs: Mapping[str, str] | None = None) -> Page:
    return Page(status, status, status, status, status, kwargs or {})


def push(**more: str) -> Page:
    """For programs that know the secret: without it, there is nothing."""
    return Page(404, 404, 404, 404, 404, {"merchant": "norce", "name": "se", **more}, "post")


def signed_in(status: int = 200, kwargs: Mapping[str, str] | None = None, method: str = "get") -> Page:
    return Page(TO_SIGN_IN, status, status, status, status, kwargs or {}, method)


def who_sees_orders(status: int = 200, kwargs: Mapping[str, str] | None = None) -> Page:
    """Needs accounts.view_order. The orders named here do not exist: whoever may look is told so,
    the others are not."""
    return Page(TO_SIGN_IN, 403, status, status, status, kwargs or {})


def who_manages_people(status: int = 200, kwargs: Mapping[str, str] | None = None, method: str = "get") -> Page:
    """Needs accounts.manage_people. The person named here does not exist."""
    return Page(TO_SIGN_IN, 403, 403, 403, status, kwargs or {}, method)


PAGES: Mapping[str, Page] = {
    "home": Page(TO_SIGN_IN, 403, 302, 302, 302),
    "api-answers": who_sees_orders(),
    "account_login": Page(200, 302, 302, 302, 302),
    "account_logout": signed_in(),
    "account_inactive": everybody(),
    "index-push": push(),
    "index-push-order": push(order_id="NoSuchOrder"),
    "account_change_password": signed_in(),
    "account_set_password": signed_in(302),
    "account_reauthenticate": signed_in(),
    "mfa_authenticate": everybody(302),
    "passkey-sign-in": Page(404, 302, 302, 302, 302),
    "passkey-options": everybody(404),
    "second-factor": signed_in(),
    "second-factor-app": signed_in(302),
    "second-factor-passkey": signed_in(302),
    "second-factor-codes": signed_in(302),
    "second-factor-remove": signed_in(404, kwargs={"pk": "999999"}, method="post"),
    "sso-begin": everybody(404),
    "sso-callback": everybody(404),
    "sso-again": signed_in(404),
    "sso-confirmed": signed_in(404),
    "preferences": signed_in(),
    "rows-per-page": signed_in(302, method="post"),
    "session-list": signed_in(),
    "session-end": signed_in(422, kwargs={"mark": str(UUID(int=0))}, method="post"),
    "sessions-end-others": signed_in(422, method="post"),
    "help-read": signed_in(302, method="post"),
    "account-changes-read": signed_in(302, method="post"),
    "data-protection": signed_in(),
    "own-account-export": signed_in(422, method="post"),
    "person-password": everybody(404, {"token": "no-such-token"}),
    "person-list": who_manages_people(),
    "person-invite": who_manages_people(),
    "person-detail": who_manages_people(404, SOMEBODY),
    "person-link": who_manages_people(404, SOMEBODY, "post"),
    "person-factors-reset": who_manages_people(404, SOMEBODY, "post"),
    "person-activate": who_manages_people(404, SOMEBODY, "post"),
    "person-deactivate": who_manages_people(404, SOMEBODY, "post"),
    "person-sessions-end": who_manages_people(404, SOMEBODY, "post"),
    "person-session-end": who_manages_people(404, SOMEBODY | {"mark": str(UUID(int=0))}, "post"),
    "pending-confirm": who_manages_people(422, {"number": "999999"}, "post"),
    "pending-drop": who_manages_people(302, {"number": "999999"}, "post"),
    "status": who_manages_people(),
    "runbook": who_manages_people(),
    "alert-test": who_manages_people(404, {"way": "webhook"}, "post"),
    "audit-list": Page(TO_SIGN_IN, 403, 403, 200, 200),
    "audit-export": Page(TO_SIGN_IN, 403, 403, 200, 200, method="post"),
    "audit-detail": Page(TO_SIGN_IN, 403, 403, 404, 404, {"sequence": "999999"}),
    "overview": who_sees_orders(),
    "overview-attention": who_sees_orders(),
    "overview-undelivered": who_sees_orders(),
    "overview-undelivered-in-channel": who_sees_orders(kwargs=CHANNEL),
    "event-retry": Page(TO_SIGN_IN, 403, 403, 404, 404, CHANNEL | {"event_id": "no-such"}, "post"),
    "overview-today": who_sees_orders(),
    "overview-trend": who_sees_orders(),
    "overview-day": who_sees_orders(kwargs=DAY),
    "overview-check": who_sees_orders(kwargs=CHECK),
    "overview-in-channel": who_sees_orders(kwargs=CHANNEL),
    "overview-attention-in-channel": who_sees_orders(kwargs=CHANNEL),
    "overview-today-in-channel": who_sees_orders(kwargs=CHANNEL),
    "overview-trend-in-channel": who_sees_orders(kwargs=CHANNEL),
    "overview-day-in-channel": who_sees_orders(kwargs=CHANNEL | DAY),
    "overview-check-in-channel": who_sees_orders(kwargs=CHANNEL | CHECK),
    "attention-take": who_sees_orders(404, ORDER | CHECK),
    "attention-aside": who_sees_orders(404, ORDER | CHECK),
    "orders-anywhere": who_sees_orders(),
    "order-anywhere": who_sees_orders(404, {"order_id": "NoSuchOrder"}),
    "order-part-anywhere": who_sees_orders(404, {"order_id": "NoSuchOrder", "rest": "payments/"}),
    "find": who_sees_orders(),
    "find-answers": Page(TO_SIGN_IN, 403, 200, 200, 200, method="post"),
    "find-start": who_sees_orders(),
    "find-opened": Page(TO_SIGN_IN, 403, 400, 400, 400, method="post"),
    "keys": who_sees_orders(),
    "order-list": who_sees_orders(kwargs=CHANNEL),
    "order-find": who_sees_orders(302, CHANNEL),
    "order-before": who_sees_orders(302, ORDER),
    "order-after": who_sees_orders(302, ORDER),
    "order-export": who_sees_orders(kwargs=CHANNEL),
    "order-export-anywhere": who_sees_orders(),
    "download-list": who_sees_orders(),
    "download-detail": who_sees_orders(404, DOWNLOAD),
    **{
        f"download-{step}": Page(TO_SIGN_IN, 403, 404, 404, 404, DOWNLOAD, "post")
        for step in ("file", "stop", "resume", "delete")
    },
    "view-list": who_sees_orders(),
    "view-create": who_sees_orders(),
    "view-order": Page(TO_SIGN_IN, 403, 302, 302, 302, method="post"),
    "list-columns": who_sees_orders(),
    "view-counts": who_sees_orders(kwargs=CHANNEL),
    "view-counts-anywhere": who_sees_orders(),
    "view-edit": who_sees_orders(404, {"view_id": "999999"}),
    "view-update": Page(TO_SIGN_IN, 403, 404, 404, 404, {"view_id": "999999"}, "post"),
    "view-delete": who_sees_orders(404, {"view_id": "999999"}),
    "pasted-new": who_sees_orders(),
    "pasted-detail": who_sees_orders(404, PASTE),
    "pasted-on": Page(TO_SIGN_IN, 403, 404, 404, 404, PASTE, "post"),
    "pasted-stop": Page(TO_SIGN_IN, 403, 404, 404, 404, PASTE, "post"),
    "pasted-again": Page(TO_SIGN_IN, 403, 404, 404, 404, PASTE, "post"),
    "pasted-forget": Page(TO_SIGN_IN, 403, 404, 404, 404, PASTE, "post"),
    "bulk-new": Page(TO_SIGN_IN, 403, 404, 404, 404, method="post"),
    "bulk-detail": who_sees_orders(404, PASTE),
    **{f"bulk-{name}": Page(TO_SIGN_IN, 403, 404, 404, 404, PASTE, "post") for name in ("on", "target", "forget")},
    "bulk-start": who_sees_orders(404, PASTE),
    "bulk-approval": Page(TO_SIGN_IN, 403, 403, 404, 404, PASTE),
    "bulk-approve": Page(TO_SIGN_IN, 403, 403, 404, 404, PASTE),
    "bulk-turn-down": Page(TO_SIGN_IN, 403, 403, 404, 404, PASTE),
    "bulk-job-list": who_sees_orders(),
    "bulk-job": who_sees_orders(404, JOB),
    "bulk-job-csv": who_sees_orders(404, JOB),
    **{f"bulk-job-{name}": Page(TO_SIGN_IN, 403, 404, 404, 404, JOB, "post") for name in ("stop", "go-on", "again")},
    "order-create": Page(TO_SIGN_IN, 403, 403, 403, 200, CHANNEL),
    "order-delete": Page(TO_SIGN_IN, 403, 403, 403, 404, ORDER),
    "order-detail": who_sees_orders(404, ORDER),
    "order-identity": Page(TO_SIGN_IN, 403, 403, 403, 404, ORDER | {"which": "billing"}),
    "order-raw": who_sees_orders(404, ORDER),
    "state-edit": Page(TO_SIGN_IN, 403, 403, 404, 404, ORDER),
    "reference-edit": Page(TO_SIGN_IN, 403, 404, 404, 404, ORDER),
    "billing-edit": Page(TO_SIGN_IN, 403, 404, 404, 404, ORDER),
    "shipping-address-edit": Page(TO_SIGN_IN, 403, 404, 404, 404, ORDER),
    "order-validate": Page(TO_SIGN_IN, 403, 403, 403, 404, ORDER),
    "validation-create": Page(TO_SIGN_IN, 403, 403, 403, 404, ORDER),
    "validation-edit": Page(TO_SIGN_IN, 403, 403, 403, 404, ORDER | {"validation_id": "no-such"}),
    "validation-delete": Page(TO_SIGN_IN, 403, 403, 403, 404, ORDER | {"validation_id": "no-such"}),
    "hook-create": Page(TO_SIGN_IN, 403, 403, 403, 404, ORDER),
    "hook-delete": Page(TO_SIGN_IN, 403, 403, 403, 404, ORDER | {"hook_id": "no-such"}),
    "notification-create": Page(TO_SIGN_IN, 403, 403, 403, 404, ORDER),
    "notification-delete": Page(TO_SIGN_IN, 403, 403, 403, 404, ORDER | {"notification_id": "no-such"}),
    "shipping-create": Page(TO_SIGN_IN, 403, 403, 404, 404, ORDER),
    "shipping-edit": Page(TO_SIGN_IN, 403, 403, 404, 404, SHIPPING),
    "shipping-remove": Page(TO_SIGN_IN, 403, 403, 404, 404, SHIPPING),
    "cart-edit": Page(TO_SIGN_IN, 403, 403, 404, 404, ORDER),
    "order-timeline": who_sees_orders(404, ORDER),
    "order-customer": who_sees_orders(404, ORDER),
    "order-customer-line": who_sees_orders(404, ORDER),
    "order-customer-channel": who_sees_orders(404, ORDER),
    "order-customer-found": who_sees_orders(404, ORDER),
    "queue-list": who_sees_orders(),
    "queue-team": who_sees_orders(),
    "queue-count": who_sees_orders(),
    "queue-mail": who_sees_orders(),
    "colleague-list": who_sees_orders(kwargs=CHANNEL),
    "task-create": who_sees_orders(404, ORDER),
    "task-hand-over": who_sees_orders(404, TASK),
    "task-done": who_sees_orders(404, TASK),
    "task-take": who_sees_orders(404, TASK),
    "task-give-back": who_sees_orders(404, TASK),
    "note-create": who_sees_orders(404, ORDER),
    "note-history": who_sees_orders(404, ORDER | {"note_id": "1"}),
    "note-edit": who_sees_orders(404, ORDER | {"note_id": "1"}),
    "payment-create": Page(TO_SIGN_IN, 403, 403, 403, 404, ORDER),
    "payment-edit": Page(TO_SIGN_IN, 403, 403, 403, 404, PAYMENT),
    "payment-remove": Page(TO_SIGN_IN, 403, 403, 403, 404, PAYMENT),
    "payment-refresh": Page(TO_SIGN_IN, 403, 403, 404, 404, PAYMENT),
    "transaction-create": Page(TO_SIGN_IN, 403, 403, 403, 404, PAYMENT),
    "action-create": Page(TO_SIGN_IN, 403, 403, 403, 404, PAYMENT),
    "payment-action-ask": who_sees_orders(404, PAYMENT | {"action_id": "no-such"}),
    "payment-action-execute": Page(TO_SIGN_IN, 403, 403, 404, 404, PAYMENT | {"action_id": "no-such"}),
    "presence": Page(204, 403, 200, 200, 200, CHANNEL),
    "band-list": who_sees_orders(kwargs=CHANNEL),
    "execution-anywhere": who_sees_orders(404, {"pk": str(UUID(int=0))}),
    "execution-proof-anywhere": who_sees_orders(404, {"pk": str(UUID(int=0))}),
    "approval-anywhere": who_sees_orders(404, {"pk": str(UUID(int=0))}),
    "external-acknowledge-anywhere": who_sees_orders(404, {"move_id": "999999"}),
    "execution-result": who_sees_orders(404, EXECUTION),
    "money-list": who_sees_orders(),
    "money-export": who_sees_orders(),
    "doubt-list": who_sees_orders(),
    "execution-detail": who_sees_orders(404, EXECUTION),
    "execution-proof": who_sees_orders(404, EXECUTION),
    "execution-receipt": who_sees_orders(404, EXECUTION),
    "execution-check": Page(TO_SIGN_IN, 403, 404, 404, 404, EXECUTION, "post"),
    "execution-settle": Page(TO_SIGN_IN, 403, 403, 404, 404, EXECUTION),
    "external-acknowledge": Page(TO_SIGN_IN, 403, 403, 404, 404, CHANNEL | {"move_id": "999999"}),
    "consents-edit": Page(TO_SIGN_IN, 403, 404, 404, 404, ORDER),
    "consent-create": Page(TO_SIGN_IN, 403, 404, 404, 404, ORDER),
    "consent-delete": Page(TO_SIGN_IN, 403, 404, 404, 404, ORDER | {"consent_id": "no-such-consent"}),
    "attributes-edit": Page(TO_SIGN_IN, 403, 403, 404, 404, ORDER),
    "payment-list": who_sees_orders(404, ORDER),
    "payment-detail": who_sees_orders(404, PAYMENT),
    "payment-transactions": who_sees_orders(404, PAYMENT),
    "shipping-list": who_sees_orders(404, ORDER),
    "shipping-detail": who_sees_orders(404, SHIPPING),
    "alert-list": Page(TO_SIGN_IN, 403, 403, 200, 200),
    "approval-list": Page(TO_SIGN_IN, 403, 403, 200, 200),
    "approval-detail": who_sees_orders(404, EXECUTION),
    "approval-approve": Page(TO_SIGN_IN, 403, 403, 404, 404, EXECUTION, "post"),
    "approval-take-up": Page(TO_SIGN_IN, 403, 403, 404, 404, EXECUTION, "post"),
    "approval-turn-down": Page(TO_SIGN_IN, 403, 403, 404, 404, EXECUTION, "post"),
    "approval-withdraw": Page(TO_SIGN_IN, 403, 404, 404, 404, EXECUTION, "post"),
    "reason-list": Page(TO_SIGN_IN, 403, 403, 403, 200),
    "reason-edit": Page(TO_SIGN_IN, 403, 403, 403, 200, {"kind": "refund"}),
    "limit-list": Page(TO_SIGN_IN, 403, 403, 403, 200),
    "limit-create": Page(TO_SIGN_IN, 403, 403, 403, 200),
    "limit-edit": Page(TO_SIGN_IN, 403, 403, 403, 404, {"limit_id": "999999"}),
    "limit-confirm": Page(TO_SIGN_IN, 403, 403, 403, 422, {"number": "999999"}, "post"),
    "limit-drop": Page(TO_SIGN_IN, 403, 403, 403, 302, {"number": "999999"}, "post"),
    "limit-delete": Page(TO_SIGN_IN, 403, 403, 403, 404, {"limit_id": "999999"}),
    "four-eyes-list": Page(TO_SIGN_IN, 403, 403, 403, 200),
    "four-eyes-create": Page(TO_SIGN_IN, 403, 403, 403, 200),
    "four-eyes-edit": Page(TO_SIGN_IN, 403, 403, 403, 404, {"rule_id": "999999"}),
    "four-eyes-confirm": Page(TO_SIGN_IN, 403, 403, 403, 422, {"number": "999999"}, "post"),
    "four-eyes-drop": Page(TO_SIGN_IN, 403, 403, 403, 302, {"number": "999999"}, "post"),
    "four-eyes-delete": Page(TO_SIGN_IN, 403, 403, 403, 404, {"rule_id": "999999"}),
}
