"""What tests do with a payment at the provider, and what they ask about it."""

from typing import Any

import pytest

from sandbox.models import Move, ProviderCall
from tests.sandbox.conftest import Caller

Line = dict[str, Any]
ACTIONS = [("reserved", "capture", "captured"), ("reserved", "cancel", "cancelled"), ("captured", "refund", "refunded")]
each_action = pytest.mark.parametrize(("start", "kind", "end"), ACTIONS)


def kinds(api: Caller, payment: str) -> list[str]:
    return [action["type"] for action in api.get(payment).data.get("actions", [])]


def execute(api: Caller, payment: str, kind: str) -> Any:
    action = next(action for action in api.get(payment).data["actions"] if action["type"] == kind)
    return api.post(f"{payment}/actions/{action['id']}/execute")


def log(api: Caller, payment: str) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = api.get(f"{payment}/transactions").data
    return lines


def state(api: Caller, payment: str) -> str:
    return str(api.get(payment).data["state"])


def id_of(payment: str) -> str:
    return payment.rsplit("/", 1)[1]


def moves(payment: str) -> list[tuple[str, str, Any]]:
    """What really moved, in the order it did: kind, by whom, amount."""
    rows = Move.objects.filter(payment=id_of(payment)).order_by("pk")
    return list(rows.values_list("kind", "source", "amount"))


def calls(payment: str) -> int:
    return ProviderCall.objects.filter(payment=id_of(payment)).count()


def said(lines: list[Line]) -> list[tuple[bool, str]]:
    return [(line["isSuccess"], line["pspStatus"]) for line in lines]
