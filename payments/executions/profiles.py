"""What is known of each payment adapter: one line each, which the verdicts rest on.

An adapter that is not in the table is treated with caution: its words are final only where they can mean nothing else,
what its amounts mean is not known, and the dialog says so. The setting PAYMENT_ADAPTER_PROFILES adds lines, or changes
what a line says.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any

from django.conf import settings


class Amounts(StrEnum):
    """What the `amount` of a transaction is: the reference says "after transaction" (schemas/paymenttransaction), and
    providers write what moved."""

    AFTER = "after"
    MOVED = "moved"
    UNKNOWN = "unknown"


FINAL = frozenset(
    {
        "captured", "cancelled", "canceled", "voided", "refunded", "credited", "reversed", "released",
        "success", "successful", "succeeded", "completed", "done", "paid", "settled", "ok", "activated",
        "delivered",
    }
)  # fmt: skip
"""Words that mean finished whoever writes them, alone or as one of several (CAPTURE_SUCCEEDED, FullyRefunded)."""
UNFINISHED = frozenset(
    {
        "pending", "processing", "process", "progress", "inprocess", "inprogress", "requested", "received",
        "initiated", "submitted", "queued", "scheduled", "created", "onhold", "hold", "waiting", "accepted",
        "ongoing", "sent", "started", "review", "userinteractionrequired", "requires",
    }
)  # fmt: skip
"""Words of something that was taken on and has not ended."""
_DENIES = frozenset(
    {
        "not", "no", "un", "partial", "partially", "part", "failed", "failure", "error", "declined", "denied",
        "refused", "rejected",
    }
)  # fmt: skip
_SERVICE = re.compile(r"(?<![a-z0-9-])(https?://[^\s{}]+/)?[a-z0-9-]+/[a-z0-9-]+", re.ASCII)
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


@dataclass(frozen=True, slots=True)
class Profile:
    """What one adapter is known to do.

    `final`, `unfinished`: words of its own beside those that everybody means the same by. `logs`: whether it writes
    transactions at all. `keeps_actions`: whether an action is still offered once it was done. `renews_actions`: whether
    actions get new ids. `acts_later`: whether the answer to a call comes before the provider's. `manages_orders`:
    whether it captures, cancels and refunds at all. `refresh`: where it is asked for a payment's state, its service
    beside the Order API and the operation there; empty where it cannot be asked. `source` is where that was read.
    """

    adapter: str = ""
    final: frozenset[str] = frozenset()
    unfinished: frozenset[str] = frozenset()
    logs: bool | None = None
    keeps_actions: bool = False
    renews_actions: bool | None = None
    acts_later: bool | None = None
    amounts: Amounts = Amounts.UNKNOWN
    manages_orders: bool = True
    refresh: str = ""
    source: str = ""

    @property
    def is_known(self) -> bool:
        return bool(self.source)

    def is_final(self, status: str) -> bool:
        """Whether the word says that it has ended well. No word at all leaves it to `isSuccess`."""
        words = _words(status)
        return not words or (
            bool(words & (FINAL | self.final)) and not words & (_DENIES | UNFINISHED | self.unfinished)
        )

    def is_unfinished(self, status: str) -> bool:
        """Whether the word says that it has not ended."""
        return bool(_words(status) & (UNFINISHED | self.unfinished))


def _words(status: str) -> frozenset[str]:
    """The whole, without signs, and each word of it, in lower case."""
    parts = [word.lower() for word in _WORD.findall(status)]
    whole = re.sub(r"[\W_]+", "", status).lower()
    return frozenset([*parts, whole]) - {""} if status.strip() else frozenset()


_PROVIDERS = "docs.norce.io/solution-portal/nco/providers"
_PORTAL = "docs.norce.io/developer-portal"
_TYPES = "github.com/NorceTech/norce-checkout-angular"
PROFILES: Mapping[str, Profile] = {
    each.adapter: each
    for each in (
        Profile(
            "klarna_checkout_adapter",
            renews_actions=True,
            refresh="klarna-adapter/refresh-kco",
            source=f"{_PROVIDERS}/klarna-psp-adapter",
        ),
        Profile(
            "klarna_payments_adapter",
            renews_actions=True,
            refresh="klarna-adapter/refresh-kp",
            source=f"{_PROVIDERS}/klarna-psp-adapter",
        ),
        Profile(
            "walley_checkout_adapter",
            renews_actions=True,
            refresh="walley-adapter/refresh",
            source=f"{_TYPES} (walley-adapter.ts)",
        ),
        Profile(
            "qliro_checkout_adapter",
            unfinished=frozenset({"created", "inprocess", "onhold", "userinteractionrequired"}),
            renews_actions=True,
            acts_later=True,
            refresh="qliro-adapter/refresh",
            source=f"{_TYPES} (qliro-adapter.ts), developers.qliro.com",
        ),
        Profile(
            "svea_adapter",
            renews_actions=True,
            refresh="svea-adapter/refresh",
            source=f"{_PROVIDERS}/svea-psp-adapter",
        ),
        Profile("avarda_adapter", source=f"{_PROVIDERS}/avarda-psp-adapter"),
        Profile(
            "adyen_dropin_adapter",
            acts_later=True,
            manages_orders=False,
            source=f"{_PORTAL} (adyen-checkout-adapter)",
        ),
        Profile("nonpsp_adapter", manages_orders=False, source=f"{_TYPES} (nonpsp-adapter.ts)"),
        Profile("awardit_adapter", manages_orders=False, source=f"{_PORTAL} (awardit-voucher-adapter)"),
    )
}
OTHER_NAMES = {
    "qliro_adapter": "qliro_checkout_adapter",
    "adyen_adapter": "adyen_dropin_adapter",
    "walley_checkout": "walley_checkout_adapter",
    "klarna_checkout": "klarna_checkout_adapter",
}
"""As the configuration service calls them, and older documents, which also write hyphens."""


def profile_of(adapter: str) -> Profile:
    """What is known of that adapter: the setting's line over the table's; the cautious one where there is neither."""
    name = adapter.replace("-", "_")
    known = PROFILES.get(OTHER_NAMES.get(name, name), Profile(adapter))
    changes = dict(settings.PAYMENT_ADAPTER_PROFILES).get(adapter)
    return replace(known, **read(changes)) if changes else known


def read(changes: Mapping[str, Any]) -> dict[str, Any]:
    """A line of the setting. Raises ValueError where it names what a profile does not have, or writes it wrongly."""
    found: dict[str, Any] = {"source": "PAYMENT_ADAPTER_PROFILES"}
    for name, value in changes.items():
        match name:
            case "final" | "unfinished":
                if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
                    raise ValueError(f"“{name}” is a list of words")
                found[name] = frozenset(word for each in value for word in _words(each))
            case "amounts":
                found[name] = Amounts(value)
            case "refresh":
                if not isinstance(value, str) or (value and not _SERVICE.fullmatch(value)):
                    raise ValueError("“refresh” is a service and an operation, as in klarna-adapter/refresh-kco")
                found[name] = value
            case "logs" | "keeps_actions" | "renews_actions" | "acts_later" | "manages_orders":
                if not isinstance(value, bool):
                    raise ValueError(f"“{name}” is true or false")  # noqa: TRY004 - what is wrong is what somebody wrote
                found[name] = value
            case _:
                known = ", ".join(each.name for each in fields(Profile) if each.name not in ("adapter", "source"))
                raise ValueError(f"“{name}” is none of {known}")
    return found
