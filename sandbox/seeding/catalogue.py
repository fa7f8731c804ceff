"""What the two shops sell. Names are our own; prices are in kronor including VAT and turned into
each currency; a gift card is worth its figure in any currency."""

from dataclasses import dataclass
from typing import TypedDict

from sandbox.seeding import vat

CLOTHES = ("XS", "S", "M", "L", "XL")
SHOES = ("37", "38", "39", "40", "41", "42", "43", "44", "45")
ONE = ("",)


@dataclass(frozen=True, slots=True)
class Product:
    """One thing for sale. `kind` is its picture and the start of its SKU; weight in grams, size in millimetres."""

    kind: str
    number: int
    name: str
    kronor: int
    weight: int
    size: tuple[int, int, int]
    variants: tuple[str, ...] = ONE
    product_type: str = "physical"
    vat: str = vat.STANDARD

    def sku(self, variant: str = "") -> str:
        """The article number, such as `JACKET-2041-M`."""
        return "-".join(part for part in (self.kind.upper(), str(self.number), variant) if part)

    def minor(self, currency: str) -> int:
        """The unit price including VAT, in the currency's minor units, ending as a shop would let it end."""
        return self.kronor * 100 if self.product_type == "giftCard" else shop_price(self.kronor, currency)


KRONOR_TO = {"SEK": 1.0, "NOK": 1.03, "DKK": 0.67, "EUR": 0.0895}


def shop_price(kronor: int, currency: str) -> int:
    """A price in kronor as a price in minor units of the currency: ends in 9 kronor, or in 90 or 95 cents."""
    worth = kronor * KRONOR_TO[currency]
    if currency == "EUR":
        return int(worth) * 100 + (90 if worth < 50 else 95)
    if currency == "SEK" or worth < 20:
        return round(worth) * 100
    return (round(worth / 10) * 10 - 1) * 100


_WEAR = ((320, 260, 60), CLOTHES)


class _Sort(TypedDict, total=False):
    product_type: str
    vat: str


_BOOK: _Sort = {"vat": vat.BOOK}
_FOOD: _Sort = {"vat": vat.FOOD}
_DIGITAL_BOOK: _Sort = {"product_type": "digital", "vat": vat.BOOK}
_CARD: _Sort = {"product_type": "giftCard", "vat": vat.EXEMPT}

OUTDOOR = (
    Product("jacket", 2041, "Fjällro skaljacka", 2999, 620, *_WEAR),
    Product("jacket", 2044, "Skare dunjacka", 3499, 540, *_WEAR),
    Product("jacket", 2052, "Regnväder lång regnkappa", 1799, 780, *_WEAR),
    Product("jacket", 2060, "Tjäle fleecetröja med huva", 999, 430, *_WEAR),
    Product("boot", 3110, "Stenröset vandringskänga, hög", 2199, 1180, (340, 220, 130), SHOES),
    Product("boot", 3114, "Blåbär barfotasko", 1299, 460, (320, 200, 120), SHOES),
    Product("boot", 3120, "Myrull fodrad stövel", 1099, 1540, (340, 280, 130), SHOES),
    Product("tent", 4005, "Vindskydd 2 tält", 4599, 2380, (480, 160, 160)),
    Product("tent", 4008, "Kåta 6 familjetält med innertält och absid, sandfärgat", 11990, 9400, (740, 300, 300)),
    Product("pack", 4102, "Dagsled 28 l ryggsäck", 1199, 890, (520, 310, 180)),
    Product("pack", 4107, "Långfärd 65 l ryggsäck", 2799, 1960, (760, 360, 240)),
    Product("pack", 4111, "Torrsäck 20 l", 249, 210, (300, 200, 40)),
    Product("lamp", 4203, "Nattvakt pannlampa 450 lm", 699, 96, (90, 70, 50)),
    Product("lamp", 4207, "Stormhärd lykta med varmt sken", 549, 410, (190, 110, 110)),
    Product("stove", 4302, "Glöd gaskök", 799, 240, (140, 90, 90)),
    Product("stove", 4309, "Trangt spritkök, sju delar", 949, 870, (230, 230, 110)),
    Product("knife", 4401, "Täljkniv Näver med skida i läder", 459, 140, (220, 60, 40)),
    Product("bottle", 4502, "Källa termosflaska 0,75 l", 399, 380, (280, 80, 80)),
    Product("mug", 4508, "Kåsa i björk", 329, 90, (150, 110, 70)),
    Product("hat", 4601, "Ripa mössa i merinoull", 349, 70, (220, 200, 30), ("grå", "röd", "mossgrön")),
    Product("sock", 4605, "Gå långt strumpor, tre par", 299, 160, (200, 120, 60), ("36-39", "40-43", "44-47")),
    Product("blanket", 4702, "Lägerfilt i återvunnen ull", 899, 1250, (420, 300, 120)),
    Product("map", 4801, "Fjällkarta Nikkaluokta–Sälka, 1:50 000", 189, 80, (250, 120, 10)),
    Product("book", 5003, "Konsten att tända en eld", 269, 620, (240, 170, 25), **_BOOK),
    Product("book", 5011, "Svampar i norr, fälthandbok", 319, 540, (210, 130, 30), **_BOOK),
    Product("book", 5018, "Til fjells! En turbok for utålmodige", 349, 580, (240, 170, 25), **_BOOK),
    Product("coffee", 6002, "Kokkaffe, mörkrost, 500 g", 119, 520, (220, 90, 70), **_FOOD),
    Product("chocolate", 6010, "Mjölkchoklad med havssalt och lakrits", 49, 105, (160, 80, 12), **_FOOD),
    Product("jam", 6015, "Hjortronsylt, 400 g", 139, 640, (110, 80, 80), **_FOOD),
    Product("meal", 6021, "Renskav med mos, frystorkad", 109, 130, (230, 160, 40), **_FOOD),
    Product("download", 7001, "GPX-paket: 40 turer i Jämtland", 149, 0, (0, 0, 0), product_type="digital"),
    Product("download", 7004, "E-bok: Lättpackat", 129, 0, (0, 0, 0), **_DIGITAL_BOOK),
    Product("giftcard", 9001, "Presentkort 500", 500, 0, (0, 0, 0), **_CARD),
    Product("giftcard", 9002, "Presentkort 1000", 1000, 0, (0, 0, 0), **_CARD),
)

LIVING = (
    Product("blanket", 1102, "Nordlicht Wolldecke, handgewebt", 1490, 1100, (400, 300, 100)),
    Product("blanket", 1105, "Polarnacht Bettwäsche-Garnitur aus Leinen, 155 × 220 cm", 2190, 1480, (360, 280, 90)),
    Product("lamp", 1201, "Revontuli table lamp", 1890, 1760, (420, 240, 240)),
    Product("lamp", 1206, "Schärenlicht Kerzenhalter, 3er-Set", 549, 940, (220, 120, 120)),
    Product("mug", 1302, "Becher Frühnebel, Steingut", 219, 360, (110, 110, 100), ("salbei", "sand", "tinte")),
    Product("mug", 1305, "Kuksa aus geölter Birke", 389, 95, (150, 110, 70)),
    Product("bottle", 1402, "Karaffe Quelle mit Korken", 459, 820, (300, 110, 110)),
    Product("knife", 1501, "Brotmesser Kruste, 24 cm", 729, 210, (390, 60, 40)),
    Product("jacket", 2301, "Tuuli windproof parka", 2790, 890, *_WEAR),
    Product("jacket", 2304, "Regenjas Zuiderzee", 1690, 640, *_WEAR),
    Product("hat", 2402, "Mütze Eisvogel", 359, 75, (220, 200, 30), ("grau", "petrol", "senf")),
    Product("sock", 2405, "Warme Socken Föhr, 2 Paar", 289, 150, (200, 120, 60), ("36-39", "40-43", "44-47")),
    Product("boot", 2501, "Filzhausschuhe Zuhaus", 799, 520, (320, 200, 120), SHOES),
    Product("pack", 2601, "Rucksack Grünbein 22 l", 1290, 740, (460, 300, 150)),
    Product("book", 5101, "Das große Buch der kleinen Wege", 329, 910, (270, 210, 30), **_BOOK),
    Product("book", 5104, "Hidas talvi: tarinoita ja ruokia", 359, 760, (250, 190, 25), **_BOOK),
    Product("book", 5109, "Fietsen tegen de wind in", 289, 480, (220, 150, 20), **_BOOK),
    Product("tea", 6101, "Kräutertee Spätsommer, 80 g", 99, 140, (150, 90, 60), **_FOOD),
    Product("coffee", 6104, "Filterkaffee Mitternachtssonne, 1 kg", 239, 1030, (280, 110, 80), **_FOOD),
    Product("chocolate", 6108, "Pralinen Heidelbeer & Weißdorn, 24 Stück", 289, 340, (230, 160, 40), **_FOOD),
    Product("jam", 6112, "Moltebeer-Konfitüre, 250 g", 119, 430, (90, 70, 70), **_FOOD),
    Product("map", 6201, "Wandkarte Ostsee, 100 × 70 cm", 459, 320, (720, 60, 60)),
    Product("download", 7101, "Strickanleitung Pullover Fähre (PDF)", 89, 0, (0, 0, 0), product_type="digital"),
    Product("download", 7105, "E-Book: Hygge ist Arbeit", 139, 0, (0, 0, 0), **_DIGITAL_BOOK),
    Product("giftcard", 9101, "Gutschein 25", 25, 0, (0, 0, 0), **_CARD),
    Product("giftcard", 9102, "Gutschein 50", 50, 0, (0, 0, 0), **_CARD),
)

PRODUCTS = {"norce": OUTDOOR, "nordlys": LIVING}


@dataclass(frozen=True, slots=True)
class Bundle:
    """Products sold as one, all under one VAT rate, at a share of what they cost apart."""

    number: int
    name: str
    products: tuple[tuple[str, int], ...]
    share: float


BUNDLES = {
    "norce": (
        Bundle(
            8001, "Första fjällturen: ryggsäck, kök och lykta", (("pack", 4102), ("stove", 4302), ("lamp", 4203)), 0.85
        ),
        Bundle(8002, "Natt i det fria", (("tent", 4005), ("blanket", 4702), ("bottle", 4502), ("mug", 4508)), 0.8),
        Bundle(8003, "Fikapåsen", (("coffee", 6002), ("chocolate", 6010), ("jam", 6015)), 0.9),
    ),
    "nordlys": (
        Bundle(8101, "Gemütlich: Decke, Leuchte und Becher", (("blanket", 1102), ("lamp", 1206), ("mug", 1305)), 0.85),
        Bundle(8102, "Frühstück im Norden", (("tea", 6101), ("jam", 6112), ("coffee", 6104)), 0.9),
    ),
}


def product(merchant: str, kind: str, number: int) -> Product:
    """The merchant's product of that kind and number; KeyError when there is none."""
    return _BY_NUMBER[merchant, kind, number]


_BY_NUMBER = {(merchant, one.kind, one.number): one for merchant, all_ in PRODUCTS.items() for one in all_}
KINDS = frozenset(one.kind for all_ in PRODUCTS.values() for one in all_) | {"bundle"}
