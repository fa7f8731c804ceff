"""Baskets: products, bundles, campaigns and codes. On every level, original less discounts is the
total, to the cent."""

from dataclasses import dataclass, field
from datetime import date

from sandbox.seeding import vat
from sandbox.seeding.catalogue import BUNDLES, PRODUCTS, Bundle, Product, product
from sandbox.seeding.draw import Draw
from sandbox.seeding.money import Amount, Json, spread, taxed, total
from sandbox.seeding.places import Channel
from sandbox.seeding.story import Story

LINES = {1: 46, 2: 26, 3: 14, 4: 8, 5: 4, 7: 1.5, 14: 0.5}
QUANTITIES = {1: 76, 2: 15, 3: 5, 4: 2, 6: 1.5, 25: 0.5}
CAMPAIGNS = (
    ("Höstrea", "campaign-autumn", 20),
    ("Outlet", "campaign-outlet", 40),
    ("2 för mindre", "campaign-pair", 10),
)
CODES = (("VÄLKOMMEN10", "code-welcome", 10), ("FRILUFT15", "code-outdoors", 15), ("STAMMIS", "code-regulars", 5))


@dataclass(frozen=True, slots=True)
class Off:
    """A discount: what it is called, and its part of one line (minor units, VAT included)."""

    name: str
    reference: str
    percent: int
    code: str = ""

    def document(self, value: Amount) -> Json:
        """As the API's Discount of items."""
        found: Json = {"type": "item", "name": self.name, "reference": self.reference, "value": value.price()}
        if self.code:
            found |= {"code": self.code, "description": f"-{self.percent} %"}
        return found


@dataclass(slots=True)
class Line:
    """One row of the basket; a bundle holds rows of its own. `off` maps a discount to minor units, VAT included."""

    product: Product
    variant: str
    quantity: int
    unit_price: int
    rate: int
    off: dict[Off, int] = field(default_factory=dict)
    items: list["Line"] = field(default_factory=list)
    upsell: bool = False

    @property
    def original(self) -> int:
        """Quantity times the unit price, in minor units including VAT."""
        return self.quantity * self.unit_price

    @property
    def left(self) -> int:
        """What the customer pays for the row, in minor units including VAT."""
        return self.original - sum(self.off.values())


@dataclass(frozen=True, slots=True)
class Basket:
    """A cart document and what it comes to."""

    document: Json
    total: Amount
    physical: bool


def basket(draw: Draw, story: Story, upsold: bool) -> Basket:
    """A basket with the VAT of the customer's country on the day. `upsold`: one item came after the
    order was placed."""
    channel, country, day = story.channel, story.country, story.created.date()
    drawn = [_line(draw, channel, country, day) for _ in range(draw.weighted(LINES))]
    lines = list({line.product.sku(line.variant): line for line in drawn}.values())
    lines[-1].upsell = upsold
    code = Off(*_code(draw)) if draw.chance(0.14) else None
    if code:
        _discount_all(lines, code)
    rows = [_document(draw, channel, line, str(at), None) for at, line in enumerate(lines, 1)]
    whole = total(amount for _, amount, _ in rows)
    found: Json = {"reference": story.cart_reference, "items": [row for row, _, _ in rows], "total": whole.price()}
    if code:
        value = total(values[code] for _, _, values in rows if code in values)
        found["discounts"] = [code.document(value)]
    if draw.chance(0.1):
        found["attributes"] = {"promisedDelivery": f"{2 + draw.randrange(4)}-{6 + draw.randrange(4)} days"}
    return Basket(found, whole, any(line.product.product_type in ("physical", "bundle") for line in lines))


def _code(draw: Draw) -> tuple[str, str, int, str]:
    code, reference, percent = draw.pick(CODES)
    return f"Rabattkod {code}", reference, percent, code


def _line(draw: Draw, channel: Channel, country: str, day: date) -> Line:
    line = _bundle(draw, channel, country, day) if draw.chance(0.05) else _single(draw, channel, country, day)
    if line.product.product_type != "giftCard" and not line.items and draw.chance(0.12):
        name, reference, percent = draw.pick(CAMPAIGNS)
        line.off[Off(name, reference, percent)] = line.original * percent // 100
    return line


def _single(draw: Draw, channel: Channel, country: str, day: date) -> Line:
    found = draw.pick(PRODUCTS[channel.merchant])
    quantity = draw.weighted(QUANTITIES) if found.product_type == "physical" else 1
    points = vat.rate(country, found.vat, day)
    return Line(found, draw.pick(found.variants), quantity, found.minor(channel.currency), points)


def _bundle(draw: Draw, channel: Channel, country: str, day: date) -> Line:
    sold = draw.pick(BUNDLES[channel.merchant])
    parts = [product(channel.merchant, kind, number) for kind, number in sold.products]
    apart = [part.minor(channel.currency) for part in parts]
    unit_price = round(sum(apart) * sold.share / 100) * 100
    points = vat.rate(country, parts[0].vat, day)
    quantity = 2 if draw.chance(0.1) else 1
    items = [
        Line(part, draw.pick(part.variants), quantity, share, points)
        for part, share in zip(parts, spread(unit_price, apart), strict=True)
    ]
    return Line(_as_product(sold), "", quantity, unit_price, points, items=items)


def _as_product(sold: Bundle) -> Product:
    return Product("bundle", sold.number, sold.name, 0, 0, (0, 0, 0), product_type="bundle")


def _discount_all(lines: list[Line], code: Off) -> None:
    """Spread a code's discount over the rows it holds for, and over a bundle's parts; gift cards are never cheaper."""
    lines = [line for line in lines if line.product.product_type != "giftCard"]
    parts = (
        spread(sum(line.left for line in lines) * code.percent // 100, [line.left for line in lines]) if lines else []
    )
    for line, part in zip(lines, parts, strict=True):
        line.off[code] = part
        if line.items:
            for item, share in zip(line.items, spread(part, [item.left for item in line.items]), strict=True):
                item.off[code] = share


Row = tuple[Json, Amount, dict[Off, Amount]]


def _document(draw: Draw, channel: Channel, line: Line, reference: str, within: tuple[Amount, Amount] | None) -> Row:
    """The row as an Item, its total, and its discounts. `within`: original and total, where a bundle has set them."""
    original, left = within or (taxed(line.original, line.rate), taxed(line.left, line.rate))
    values = _discount_values(line, original - left)
    sku = line.product.sku(line.variant)
    found: Json = {
        "id": draw.token("ci_"),
        "reference": reference,
        "name": f"{line.product.name}, {line.variant}" if line.variant else line.product.name,
        "sku": sku,
        "productType": line.product.product_type,
        "url": f"https://www.{channel.merchant}.example/{channel.name}/p/{sku.lower()}",
        "imageUrl": f"/checkout/images/{sku}.svg",
        "quantity": line.quantity,
        "unit": channel.unit,
        "price": taxed(line.unit_price, line.rate).price(),
        "originalTotal": original.price(),
        "total": left.price(),
        "vatRate": vat.fraction(line.rate),
        "upsell": line.upsell,
    }
    if line.items:
        found["items"] = _bundled(draw, channel, line, reference, (original, left))
    if values:
        found["discounts"] = [off.document(value) for off, value in values.items()]
    if line.product.weight:
        found["logistics"] = _logistics(line.product)
    return found, left, values


def _discount_values(line: Line, given: Amount) -> dict[Off, Amount]:
    """Each discount with and without VAT; together exactly what is `given`."""
    net = spread(given.excluding, list(line.off.values()))
    return {off: Amount(part, share) for (off, part), share in zip(line.off.items(), net, strict=False)}


def _bundled(draw: Draw, channel: Channel, line: Line, reference: str, sums: tuple[Amount, Amount]) -> list[Json]:
    """A bundle's parts, whose sums (before and after discounts, with and without VAT) are the bundle's own."""
    original, left = sums
    originals = spread(original.excluding, [item.original for item in line.items])
    lefts = spread(left.excluding, [item.left for item in line.items])
    return [
        _document(draw, channel, item, f"{reference}.{at}", (Amount(item.original, before), Amount(item.left, after)))[
            0
        ]
        for at, (item, before, after) in enumerate(zip(line.items, originals, lefts, strict=True), 1)
    ]


def _logistics(sold: Product) -> Json:
    length, width, height = sold.size
    found: Json = {"weight": sold.weight, "length": length, "width": width, "height": height}
    if sold.weight > 5000:
        found["tags"] = ["bulky"]
    return found
