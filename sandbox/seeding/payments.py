"""Payments: a main one, vouchers beside it, and attempts that were removed. What is not removed
adds up to the total."""

from dataclasses import dataclass
from datetime import timedelta

from sandbox.codec import stamp
from sandbox.provider.actions import action_url, wanted
from sandbox.provider.days import HABITS
from sandbox.seeding.draw import Draw
from sandbox.seeding.money import Json, major
from sandbox.seeding.story import Story
from sandbox.seeding.transactions import Ledger, Part, log_of

BAD_DAYS = ("decline", "error", "timeout-before", "timeout-after", "slow", "pending", "duplicate")
# One recent payment for each, of an adapter that has it for a habit where there is one.
HARD_DAYS = (
    "refuse-but-do",
    "refuse-but-do+done-minutes-later",
    "done-minutes-later",
    "timeout-after+done-minutes-later",
    "done-twice",
    "taken-back",
    "no-log",
    "keeps-actions",
    "new-ids",
    "false-pending",
    "in-process",
    "other-amount",
    "partial-elsewhere",
    "stale-reads",
    "still-lastModified",
    "reordered-log",
)
HARD_DAYS_SINCE = timedelta(days=14)

# How the main payment stands, by the order's state.
MAIN: dict[str, dict[str, float]] = {
    "checkout": {"intent": 62, "processing": 10, "failed": 12, "declined": 12, "cancelled": 4},
    "processing": {"processing": 64, "pending": 16, "failed": 12, "reserved": 8},
    "accepted": {"reserved": 66, "pending": 16, "confirmed": 10, "captured": 8},
    "completed": {
        "captured": 62,
        "reserved": 20,
        "refunded": 7,
        "credited": 4,
        "cancelled": 3,
        "confirmed": 3,
        "pending": 1,
    },
    "declined": {"declined": 72, "failed": 14, "cancelled": 14},
    "removed": {"removed": 64, "intent": 18, "cancelled": 18},
}
VOUCHER = {
    "checkout": "intent",
    "processing": "reserved",
    "accepted": "reserved",
    "completed": "captured",
    "declined": "cancelled",
}
FRESH = {"captured": "reserved", "refunded": "reserved", "credited": "reserved"}

# (the payment's name, its method) by adapter.
METHODS: dict[str, tuple[tuple[str, str], ...]] = {
    "klarna_checkout_adapter": (
        ("Klarna – faktura", "invoice"),
        ("Klarna – kort", "card"),
        ("Klarna – delbetalning", "account"),
    ),
    "klarna_payments_adapter": (("Klarna – Rechnung", "invoice"), ("Klarna – in 3 Raten", "slice_it")),
    "walley_checkout_adapter": (("Walley faktura", "invoice"), ("Walley konto", "account")),
    "qliro_checkout_adapter": (("Qliro – betala senare", "invoice"), ("Qliro – kort", "card")),
    "svea_adapter": (("Svea faktura", "invoice"), ("Svea direktbank", "bank")),
    "avarda_adapter": (("Avarda lasku", "invoice"), ("Avarda osamaksu", "account")),
    "adyen_dropin_adapter": (("Visa", "card"), ("Mastercard", "card"), ("Apple Pay", "wallet"), ("iDEAL", "bank")),
    "paypal_adapter": (("PayPal", "wallet"),),
    "nonpsp_adapter": (("Betalning vid leverans", "cash_on_delivery"), ("Faktura enligt avtal", "agreed_invoice")),
    "awardit_adapter": (("Presentkort", "gift_card"), ("Tillgodokvitto", "credit_note")),
}


@dataclass(slots=True)
class Payment:
    """A payment as the API shows it, and its log of transactions."""

    document: Json
    log: list[Json]


def payments(draw: Draw, story: Story, total: int, billing: Json, upsold: bool) -> list[Payment]:
    """The order's payments for a total in minor units, removed attempts first."""
    if not total or not billing or (story.status == "checkout" and draw.chance(0.25)):
        return []
    if story.paid:
        providers = {name: weight for name, weight in story.channel.adapters.items() if name != "nonpsp_adapter"}
        return [_payment(draw, story, Part(draw.weighted(providers), "default", story.paid, total), billing, False)]
    adapter = draw.weighted(story.channel.adapters)
    state = _state(draw, story, adapter)
    held = (
        state if story.status == "removed" else VOUCHER[story.status]
    )  # of a removed order, all or nothing is removed
    covered = _covered(draw, total)
    parts = [Part("awardit_adapter", "voucher" if draw.chance(0.85) else "prepaid", held, amount) for amount in covered]
    if rest := total - sum(covered):
        parts.append(Part(adapter, "default", state, rest))
    if draw.chance(0.09):
        parts.insert(0, Part(draw.weighted(story.channel.adapters), "default", "removed", total))
    return [_payment(draw, story, part, billing, upsold and part.type == "default") for part in parts]


def _covered(draw: Draw, total: int) -> list[int]:
    """What vouchers pay of the total: mostly nothing, now and then a part by one or two, seldom all of it."""
    how = draw.weighted({"nothing": 90, "one": 6, "two": 2, "all": 2})
    if how == "nothing" or total < 200:
        return []
    if how == "all":
        return [total]
    first = max(100, total * draw.randrange(10, 50) // 10_000 * 100)
    return [first] if how == "one" else [first, max(100, total * draw.randrange(5, 40) // 10_000 * 100)]


def _state(draw: Draw, story: Story, adapter: str) -> str:
    state = draw.weighted(MAIN[story.status])
    if story.age < timedelta(hours=6):
        state = FRESH.get(state, state)
    elif story.age > timedelta(days=21) and state == "reserved" and draw.chance(0.8):
        state = "captured"  # what is to be captured still, is mostly recent
    if adapter == "nonpsp_adapter" and state in ("reserved", "captured", "refunded", "credited", "pending"):
        return "confirmed"
    return state


def _payment(draw: Draw, story: Story, part: Part, billing: Json, upsold: bool) -> Payment:
    name, method = draw.pick(METHODS[part.adapter])
    found: Json = {
        "id": draw.token("p_"),
        "adapterId": part.adapter,
        "name": name,
        "merchant": story.channel.merchant,
        "channel": story.channel.name,
        "currency": story.channel.currency,
        "type": part.type,
        "orderId": story.order_id,
        "amount": major(part.amount),
        "upperLimitAmount": major(_limit(draw, part, upsold)),
        "state": part.state,
        "reference": _reference(draw, part.adapter),
        "attributes": {"paymentMethod": method},
    }
    if actions := _actions(draw, story, found):
        found["actions"] = actions
        if draw.chance(0.02):
            found["attributes"]["sandbox"] = draw.pick(BAD_DAYS)
        elif day := _hard_day(story, part.adapter):
            found["attributes"]["sandbox"] = day
            found["reference"] = f"{day}-{found['reference']}"  # so that a search finds it
    if method in ("card", "account") and draw.chance(0.06):
        found["recurring"] = {"token": draw.token("rt_", 30), "description": "Abonnemang, varje månad"}
    if upsold:
        found["upsell"] = _upsell(draw, story)
    return Payment(found, log_of(draw, Ledger(story, part, found, billing)))


def _hard_day(story: Story, adapter: str) -> str:
    """The next hard day that suits the adapter and that no payment has yet; nothing for an order that is older than two
    weeks."""
    if story.age > HARD_DAYS_SINCE:
        return ""
    mine, others = HABITS.get(adapter), HABITS.values()
    day = next((day for day in story.hard if day == mine or day not in others), "")
    if day:
        story.hard.remove(day)
    return day


def _limit(draw: Draw, part: Part, upsold: bool) -> int:
    """The most that the payment may cover: a voucher's balance, or the amount with room for an upsell."""
    if part.type != "default":
        return part.amount + draw.pick((0, 0, 5_000, 12_500, 50_000))
    return part.amount + part.amount // 10 if upsold else part.amount


def _reference(draw: Draw, adapter: str) -> str:
    """The provider's own number, in the form that it has there."""
    if adapter.startswith("klarna"):
        text = draw.token("", 32, "0123456789abcdef")
        return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))
    if adapter in ("adyen_dropin_adapter", "paypal_adapter"):
        return draw.token("", 16, "ABCDEFGHJKLMNPQRSTVWXYZ0123456789")
    return f"{draw.randrange(10**8):08}"


def _actions(draw: Draw, story: Story, payment: Json) -> list[Json]:
    """What can be done with the payment, true to its state, at the embedded provider."""
    return [
        {
            "id": draw.token("pa_"),
            "adapterId": payment["adapterId"],
            "type": kind,
            "url": action_url(story.order_id, payment["id"], kind),
        }
        for kind in wanted(payment)
    ]


def _upsell(draw: Draw, story: Story) -> Json:
    """The window in which the order could grow, and how that went."""
    opened = story.entered("accepted", "completed") or story.created
    state = draw.weighted({"completed": 7, "created": 1, "actionRequired": 1, "failed": 1})
    return {
        "eligible": story.age < timedelta(minutes=30),
        "expiration": stamp(opened + timedelta(minutes=30)),
        "transactions": [{"id": draw.token("", 12, "0123456789abcdef"), "state": state}],
    }
