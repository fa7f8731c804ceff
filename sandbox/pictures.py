"""Pictures of seeded products: drawn, one for each article number, its kind as the shape and its number as the colour.

They are the sandbox's own, so that an order's page shows pictures without asking any other host.
"""

import zlib

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

YEAR = 365 * 24 * 3600

# On a field of 64 by 64: (filled with the colour, drawn as a line over it).
SHAPES: dict[str, tuple[str, str]] = {
    "jacket": ("M22 14 14 20 10 38 17 40 18 52H46L47 40 54 38 50 20 42 14 32 20Z", "M32 20V52M26 38H28M36 38H38"),
    "boot": ("M20 12H34V36L50 42C54 44 54 50 54 52H18Z", "M18 47H54M26 22H34M26 29H34"),
    "tent": ("M32 14 56 50H8Z", "M32 14V30M32 30 42 50M32 30 22 50"),
    "pack": (
        "M22 18C22 10 42 10 42 18C48 20 48 26 48 30V52H16V30C16 26 16 20 22 18Z",
        "M22 34H42V46H22ZM27 14V10H37V14",
    ),
    "lamp": ("M24 22H40L44 40H20Z", "M26 22C26 12 38 12 38 22M20 46H44M32 40V46"),
    "stove": ("M18 40H46L42 52H22Z", "M32 36C24 30 32 24 30 14 40 22 40 30 32 36ZM14 40H50"),
    "knife": ("M12 34C26 18 40 16 52 14L34 36Z", "M34 36 18 52 12 46 22 40"),
    "bottle": ("M26 20H38C42 24 42 28 42 30V54H22V30C22 28 22 24 26 20Z", "M28 10H36V20H28ZM22 36H42"),
    "mug": ("M14 22H42V42C42 50 14 50 14 42Z", "M42 26C54 24 54 40 42 40"),
    "hat": ("M14 40C14 10 50 10 50 40Z", "M12 40H52V48H12ZM32 17V12"),
    "sock": ("M26 10H42V34L28 52C20 56 12 48 18 42L26 34Z", "M26 17H42M26 34 34 42"),
    "blanket": ("M12 16H52V44H12Z", "M12 24H52M12 36H52M16 44V50M24 44V50M32 44V50M40 44V50M48 44V50"),
    "map": ("M10 18 24 12 40 18 54 12V46L40 52 24 46 10 52Z", "M24 12V46M40 18V52M14 34 22 30 30 38 44 28"),
    "book": ("M14 12H46C50 12 50 14 50 16V52H18C14 52 14 50 14 48Z", "M14 46C14 44 16 44 18 44H50M24 22H40M24 28H36"),
    "coffee": ("M20 14H44L46 54H18Z", "M20 20H44M28 32C34 28 40 38 34 42 28 46 24 36 28 32"),
    "tea": ("M22 24H42V50H22Z", "M32 24V12L40 10M28 34H36M28 40H36"),
    "chocolate": ("M16 12H48V52H16Z", "M16 25H48M16 38H48M32 12V52"),
    "jam": ("M18 22H46V48C46 52 44 54 40 54H24C20 54 18 52 18 48Z", "M20 14H44V22H20ZM24 32H40V44H24Z"),
    "meal": ("M18 12H46L44 52H20Z", "M18 18H46M24 34H40M26 40H38"),
    "download": ("M16 10H40L48 18V54H16Z", "M32 24V42M25 36 32 43 39 36M40 10V18H48"),
    "giftcard": ("M10 18H54V46H10Z", "M24 18V46M10 32H54M24 32C16 22 24 22 24 32 24 22 32 22 24 32"),
    "bundle": ("M12 24 32 14 52 24V44L32 54 12 44Z", "M12 24 32 34 52 24M32 34V54M22 19 42 29"),
}
PARCEL = SHAPES["bundle"]
GROUNDS = ("#e8eef0", "#eef0e6", "#f2ece4", "#efe9ef", "#e9edf4", "#eaf0ea")
COLOURS = ("#2f6f8f", "#5d7f3a", "#b0643a", "#7b5a8c", "#3d6fb0", "#a14a55", "#4c7d74", "#8a7434", "#5a6472")


def picture(request: HttpRequest, sku: str) -> HttpResponse:
    """The drawing of an article, for ever the same. Of a SKU that is nobody's, a parcel."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    return HttpResponse(
        drawing(sku),
        content_type="image/svg+xml",
        headers={
            "Cache-Control": f"public, max-age={YEAR}, immutable",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
        },
    )


def drawing(sku: str) -> str:
    """The SVG of an article. Nothing of the SKU itself is in it."""
    filled, lines = SHAPES.get(sku.partition("-")[0].lower(), PARCEL)
    number = zlib.crc32(sku.upper().encode())
    ground, colour = GROUNDS[number % len(GROUNDS)], COLOURS[number // 7 % len(COLOURS)]
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64" viewBox="0 0 64 64">'
        f'<rect width="64" height="64" fill="{ground}"/><path d="{filled}" fill="{colour}"/>'
        f'<path d="{lines}" fill="none" stroke="#1d2a33" stroke-opacity=".55" stroke-width="2" stroke-linecap="round" '
        f'stroke-linejoin="round"/></svg>'
    )
