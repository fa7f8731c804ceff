"""The drawn pictures of seeded products."""

import xml.etree.ElementTree as ET

import pytest
from django.test import Client

from sandbox.pictures import PARCEL, SHAPES, drawing
from sandbox.seeding.catalogue import KINDS, PRODUCTS


def test_every_kind_of_product_has_a_shape_of_its_own() -> None:
    assert set(SHAPES) == KINDS
    assert len(set(SHAPES.values())) == len(KINDS)


@pytest.mark.parametrize("sku", sorted({one.sku(one.variants[0]) for shop in PRODUCTS.values() for one in shop}))
def test_a_picture_is_a_drawing_without_scripts_or_links(sku: str) -> None:
    drawn = ET.fromstring(drawing(sku))
    assert {part.tag.rpartition("}")[2] for part in drawn.iter()} == {"svg", "rect", "path"}
    assert not any(
        "href" in name or name.startswith("on") or name == "style" for part in drawn.iter() for name in part.attrib
    )


def test_a_picture_is_always_the_same_and_articles_differ() -> None:
    assert drawing("JACKET-2041-M") == drawing("jacket-2041-m")
    assert len({drawing(f"JACKET-{number}") for number in range(200)}) > 20


def test_nothing_of_an_unknown_sku_gets_into_its_picture() -> None:
    drawn = drawing('"><script>alert(1)</script>')
    assert "script" not in drawn
    assert PARCEL[0] in drawn


def test_a_picture_is_served_as_one_and_kept_for_long(client: Client) -> None:
    answer = client.get("/checkout/images/JACKET-2041-M.svg")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/svg+xml"
    assert "immutable" in answer["Cache-Control"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert not answer.cookies


def test_a_picture_takes_no_writes(client: Client) -> None:
    assert client.post("/checkout/images/JACKET-2041-M.svg").status_code == 405
