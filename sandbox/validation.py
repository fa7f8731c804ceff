"""Validating an order: what every order needs, then whatever its adapters say, all asked at once."""

import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

from sandbox import outside
from sandbox.codec import Document, encode
from sandbox.conf import conf
from sandbox.outside import Answer
from sandbox.rules import live
from sandbox.scope import Scope

ITSELF = "order"  # the `adapterId` of errors that the API finds by itself
MOST_AT_ONCE = 8
DUST = Decimal("0.0005")
"""Half of the smallest amount of any currency: amounts are doubles (openapi-v0.yaml, Price), and adding those up may
leave less than that."""


def validation_errors(scope: Scope, document: Document) -> list[Document]:
    """Every `{code, adapterId}` that speaks against the order; callbacks are asked only where the
    order itself is sound."""
    return built_in(document) or _of_callbacks(scope, document)


def built_in(document: Document) -> list[Document]:
    """Items, payments, and that payments cover the total exactly (Norce documentation, "Order callbacks")."""
    total = Decimal(document["total"].get("includingVat") or 0)
    payments = live(document.get("payments"))
    codes = []
    if not (document.get("cart") or {}).get("items"):
        codes.append("order-has-no-items")
    if total > 0 and not payments:
        codes.append("order-has-no-payment")
    elif abs(sum(Decimal(payment.get("amount") or 0) for payment in payments) - total) >= DUST:
        codes.append("order-payments-differ-from-total")
    return [{"code": code, "adapterId": ITSELF} for code in codes]


def _of_callbacks(scope: Scope, document: Document) -> list[Document]:
    body = encode(document)
    calls = [
        (callback, outside.filled(callback["url"], document["id"], callback.get("adapterId") or ""))
        for callback in document["validations"]
    ]
    until = time.monotonic() + conf("SANDBOX_CALLBACKS_SECONDS")

    def ask(url: str) -> Answer:
        if time.monotonic() >= until:
            return Answer(None, error="it was not asked any more, as those before it took too long")
        return outside.post(url, body, scope.headers())

    far = [url for _, url in calls if outside.is_far(url)]
    with ThreadPoolExecutor(MOST_AT_ONCE) as pool:
        waiting = {url: pool.submit(ask, url) for url in far}
        near = {url: ask(url) for _, url in calls if url not in waiting}
        answers = near | {url: future.result() for url, future in waiting.items()}
    return [error for callback, url in calls for error in _errors(callback, answers[url])]


def _errors(callback: Document, answer: Answer) -> list[Document]:
    """The errors in a callback's answer: an array, `{"errors": [...]}` or a BaseError are all in use among adapters."""
    if answer.is_ok:
        return []
    said: Any = answer.json()
    if isinstance(said, dict):
        said = said.get("errors") if isinstance(said.get("errors"), list) else [said]
    found = [error for error in said if isinstance(error, dict)] if isinstance(said, list) else []
    adapter = callback.get("adapterId") or ""
    return [
        {
            "code": str(error.get("code") or "order-unknown-validation-error"),
            "adapterId": str(error.get("adapterId") or adapter),
        }
        for error in found or [{}]
    ]
