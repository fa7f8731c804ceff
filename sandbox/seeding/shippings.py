"""Deliveries: chosen, booked, failed and booked anew, or removed; to the door or to a pick-up point."""

from sandbox.seeding import vat
from sandbox.seeding.draw import Draw
from sandbox.seeding.money import Amount, Json, major, taxed, total
from sandbox.seeding.people import street_address
from sandbox.seeding.places import COUNTRIES
from sandbox.seeding.story import Story

# What: (class, days, kronor).
PRODUCTS = {
    "home": ("Hemleverans", "standard", 79),
    "evening": ("Kvällsleverans 17–22", "express", 119),
    "pickup": ("Ombud eller paketskåp", "economy", 49),
    "mailbox": ("Brevlåda, spårbart", "economy", 39),
}
NAMES = {
    "SE": {},
    "NO": {"home": "Hjemlevering", "evening": "Kveldslevering", "pickup": "Hentested", "mailbox": "Postkasse"},
    "DK": {"home": "Levering til døren", "evening": "Aftenlevering", "pickup": "Pakkeshop", "mailbox": "Postkasse"},
    "FI": {"home": "Kotiinkuljetus", "evening": "Iltatoimitus", "pickup": "Noutopiste", "mailbox": "Postilaatikkoon"},
    "NL": {"home": "Thuisbezorgd", "evening": "Avondlevering", "pickup": "Afhaalpunt", "mailbox": "Brievenbus"},
    "DE": {"home": "Haustürzustellung", "evening": "Abendzustellung", "pickup": "Paketshop", "mailbox": "Warenpost"},
}
POINTS = ("Kiosk {}", "Hörnans Livs, {}", "Paketskåp {}", "Blomsterhandel {}", "Café {}", "Gasthof & Paketshop {}")
MINOR = {"SEK": 100, "NOK": 110, "DKK": 70, "EUR": 9}
STATES = {
    "completed": "confirmed",
    "accepted": "confirmed",
    "processing": "processing",
    "checkout": "intent",
    "declined": "intent",
    "removed": "removed",
}
ADAPTERS = {"ingrid_adapter": 3, "nshift_adapter": 2}

Choice = tuple[str, str]  # who arranges it, and the kind of delivery


def shippings(draw: Draw, story: Story, free: bool) -> tuple[list[Json], Amount]:
    """The order's shippings and what those that count add to its total. `free`: the basket is large enough."""
    if story.status == "checkout" and draw.chance(0.35):
        return [], Amount()
    adapter = draw.weighted(ADAPTERS)
    kind = draw.weighted({"home": 3, "evening": 1, "pickup": 5, "mailbox": 2})
    state = STATES[story.status]
    made = [_shipping(draw, story, (adapter, kind), state, free)]
    if draw.chance(0.06):
        made.insert(0, _shipping(draw, story, (adapter, "home" if kind == "pickup" else "pickup"), "removed", free))
    if state == "confirmed" and draw.chance(0.03):
        made.append(_shipping(draw, story, (adapter, "mailbox"), "confirmed", True))
    if state in ("confirmed", "processing") and draw.chance(0.03):
        made.insert(0, _shipping(draw, story, (adapter, kind), "failed", True))
    return [document for document, _ in made], total(cost for document, cost in made if document["state"] != "removed")


def _shipping(draw: Draw, story: Story, chosen: Choice, state: str, free: bool) -> tuple[Json, Amount]:
    adapter, kind = chosen
    country, currency = story.country, story.channel.currency
    name, speed, kronor = PRODUCTS[kind]
    carrier = draw.pick(COUNTRIES[country].carriers)
    points = vat.rate(country, vat.STANDARD, story.created.date())
    addons = _addons(draw, currency) if kind in ("home", "evening") else []
    fee = 0 if free else _fee(kronor, currency)
    cost = taxed(fee + sum(price for _, price in addons), points)
    reference = draw.token("", 8, "0123456789ABCDEF")
    found: Json = {
        "id": draw.token("s_"),
        "merchant": story.channel.merchant,
        "channel": story.channel.name,
        "state": state,
        "reference": f"{adapter[:3].upper()}-{reference}",
        "orderId": story.order_id,
        "adapterId": adapter,
        "name": NAMES.get(_language(country), {}).get(kind, name),
        "total": cost.price(),
        "vatRate": vat.fraction(points),
        "deliveryDetails": _details(draw, story, carrier, kind, speed),
    }
    if addons:
        found["addons"] = [{"reference": ref, "price": major(price)} for ref, price in addons]
    if state == "confirmed":
        found["tmsReference"] = f"{carrier[:2].upper()}{draw.randrange(10**9):09}{country}"
    if free and kronor:
        found["attributes"] = {"listPrice": major(_fee(kronor, currency)), "reason": "free-over-threshold"}
    if state == "failed":
        found["attributes"] = {"error": "carrier-unavailable", "detail": f"{carrier} did not take the booking"}
    return found, cost


def _fee(kronor: int, currency: str) -> int:
    return kronor * MINOR[currency] - (kronor * MINOR[currency]) % (5 if currency == "EUR" else 100)


def _language(country: str) -> str:
    return {"AT": "DE", "BE": "NL", "EE": "FI"}.get(country, country)


def _addons(draw: Draw, currency: str) -> list[tuple[str, int]]:
    """Extras with their prices in minor units; they are part of the shipping's total."""
    offered = {"carry-in": 49, "text-before-delivery": 0, "age-check": 29, "carbon-offset": 5}
    return [(reference, _fee(kronor, currency)) for reference, kronor in offered.items() if draw.chance(0.12)]


def _details(draw: Draw, story: Story, carrier: str, kind: str, speed: str) -> Json:
    found: Json = {
        "carrier": carrier,
        "carrierProductId": f"{carrier.rsplit(maxsplit=1)[-1].lower()}-{kind}",
        "class": speed,
        "product": {"reference": f"{kind}-{speed}", "name": f"{carrier} {PRODUCTS[kind][0].split(',')[0]}"},
    }
    if kind == "pickup":
        address = street_address(draw, story.country)
        address.pop("streetAddress2", None)
        name = draw.pick(POINTS).format(address["city"])
        found["pickupLocation"] = {"reference": f"{10_000 + draw.randrange(90_000)}", "name": name, "address": address}
    return found
