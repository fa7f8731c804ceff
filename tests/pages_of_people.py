"""The table of every address of the desk, and what each kind of person gets there."""

from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

PEOPLE = ("visitor", "newcomer", "support", "manager", "admin")
TO_SIGN_IN = 302
ORDER = {"order_id": "NoSuchOrder"}
PAYMENT = ORDER | {"payment_id": "no-such-payment"}
SOMEBODY = {"person_id": "999999"}
SHIPPING = ORDER | {"shipping_id": "no-such-shipping"}
EXECUTION = {"pk": str(UUID(int=0))}


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


def signed_in(status: int = 200, **more: str) -> Page:
    return Page(TO_SIGN_IN, status, status, status, status, **more)  # type: ignore[arg-type]


def who_sees_orders(status: int = 200, kwargs: Mapping[str, str] | None = None) -> Page:
    """Needs accounts.view_order. The orders named here do not exist: whoever may look is told so,
    the others are not."""
    return Page(TO_SIGN_IN, 403, status, status, status, kwargs or {})


def who_manages_people(status: int = 200, kwargs: Mapping[str, str] | None = None, method: str = "get") -> Page:
    """Needs accounts.manage_people. The person named here does not exist."""
    return Page(TO_SIGN_IN, 403, 403, 403, status, kwargs or {}, method)


PAGES: Mapping[str, Page] = {
    "home": signed_in(302),
    "health": everybody(),
    "api-answers": who_sees_orders(),
    "account_login": Page(200, 302, 302, 302, 302),
    "account_logout": signed_in(),
    "account_inactive": everybody(),
    "account_change_password": signed_in(),
    "account_set_password": signed_in(302),
    "account_reauthenticate": signed_in(),
    "preferences": signed_in(),
    "channel-switch": signed_in(404, method="post"),
    "rows-per-page": signed_in(302, method="post"),
    "help-read": signed_in(302, method="post"),
    "account-changes-read": signed_in(302, method="post"),
    "person-password": everybody(404, {"token": "no-such-token"}),
    "person-list": who_manages_people(),
    "person-invite": who_manages_people(),
    "person-detail": who_manages_people(404, SOMEBODY),
    "person-link": who_manages_people(404, SOMEBODY, "post"),
    "person-activate": who_manages_people(404, SOMEBODY, "post"),
    "person-deactivate": who_manages_people(404, SOMEBODY, "post"),
    "person-sessions-end": who_manages_people(404, SOMEBODY, "post"),
    "pending-confirm": who_manages_people(422, {"number": "999999"}, "post"),
    "pending-drop": who_manages_people(302, {"number": "999999"}, "post"),
    "audit-list": Page(TO_SIGN_IN, 403, 403, 403, 200),
    "audit-export": Page(TO_SIGN_IN, 403, 403, 403, 200, method="post"),
    "audit-detail": Page(TO_SIGN_IN, 403, 403, 403, 404, {"sequence": "999999"}),
    "order-list": who_sees_orders(),
    "order-find": who_sees_orders(302),
    "order-before": who_sees_orders(302, ORDER),
    "order-after": who_sees_orders(302, ORDER),
    "order-create": Page(TO_SIGN_IN, 403, 403, 403, 200),
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
    "note-create": who_sees_orders(404, ORDER),
    "note-history": who_sees_orders(404, ORDER | {"note_id": "1"}),
    "note-edit": who_sees_orders(404, ORDER | {"note_id": "1"}),
    "payment-create": Page(TO_SIGN_IN, 403, 403, 403, 404, ORDER),
    "payment-edit": Page(TO_SIGN_IN, 403, 403, 403, 404, PAYMENT),
    "payment-remove": Page(TO_SIGN_IN, 403, 403, 403, 404, PAYMENT),
    "payment-refresh": Page(TO_SIGN_IN, 403, 403, 403, 404, PAYMENT),
    "transaction-create": Page(TO_SIGN_IN, 403, 403, 403, 404, PAYMENT),
    "action-create": Page(TO_SIGN_IN, 403, 403, 403, 404, PAYMENT),
    "payment-action-execute": Page(TO_SIGN_IN, 403, 403, 403, 404, PAYMENT | {"action_id": "no-such"}),
    "band-list": who_sees_orders(),
    "execution-result": who_sees_orders(404, EXECUTION),
    "doubt-list": who_sees_orders(),
    "execution-detail": who_sees_orders(404, EXECUTION),
    "execution-proof": who_sees_orders(404, EXECUTION),
    "execution-receipt": who_sees_orders(404, EXECUTION),
    "execution-check": Page(TO_SIGN_IN, 403, 404, 404, 404, EXECUTION, "post"),
    "execution-settle": Page(TO_SIGN_IN, 403, 403, 403, 404, EXECUTION),
    "external-acknowledge": Page(TO_SIGN_IN, 403, 403, 403, 404, {"move_id": "999999"}),
    "consents-edit": Page(TO_SIGN_IN, 403, 404, 404, 404, ORDER),
    "consent-create": Page(TO_SIGN_IN, 403, 404, 404, 404, ORDER),
    "consent-delete": Page(TO_SIGN_IN, 403, 404, 404, 404, ORDER | {"consent_id": "no-such-consent"}),
    "attributes-edit": Page(TO_SIGN_IN, 403, 403, 404, 404, ORDER),
    "payment-list": who_sees_orders(404, ORDER),
    "payment-detail": who_sees_orders(404, PAYMENT),
    "payment-transactions": who_sees_orders(404, PAYMENT),
    "shipping-list": who_sees_orders(404, ORDER),
    "shipping-detail": who_sees_orders(404, SHIPPING),
    "alert-list": Page(TO_SIGN_IN, 403, 403, 403, 200),
    "approval-list": Page(TO_SIGN_IN, 403, 403, 403, 200),
    "approval-detail": who_sees_orders(404, EXECUTION),
    "approval-approve": Page(TO_SIGN_IN, 403, 403, 403, 404, EXECUTION, "post"),
    "approval-turn-down": Page(TO_SIGN_IN, 403, 403, 403, 404, EXECUTION, "post"),
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
