"""The sums of a cart with other quantities, to the cent."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from order_api.schemas import (
    Cart,
    Discount,
    Item,
)
from orders.changes.cart_sums import IndivisibleError, recount
from tests.changes.carts import ITEM, SHIPPING, SIDES, bundle, cart_of, mug, plate, price


def test_a_discount_stays_what_it_is_for_each_piece() -> None:
    cart = cart_of(plate(2, off="10"), discounts=(Discount(type=ITEM, code="SALE", value=price(10, 10)),))
    after = recount(cart, {"ci_plate": 3}, "SEK")
    (line,) = after.items
    assert line.discounts[0].value == price(15, 15)
    assert line.total == price(135, 105)
    assert after.discounts[0].value == price(15, 15) and after.total == price(135, 105)


def test_half_a_cent_goes_up() -> None:
    """2.505 to 2.51 and not to the even 2.50."""
    (line,) = recount(cart_of(plate(2, off="5.01")), {"ci_plate": 1}, "SEK").items
    assert line.discounts[0].value == price("2.51", "2.51") and line.total == price("47.49", "37.49")


def test_a_reduction_that_no_discount_names_is_kept_for_each_piece() -> None:
    line = plate(2).changed(total=price(80, 64))
    after = recount(cart_of(line), {"ci_plate": 3}, "SEK")
    assert after.items[0].total == price(120, 96) == after.total


def test_what_a_part_is_reduced_by_is_what_its_discounts_say() -> None:
    """Three parts of a bundle whose shares of a discount are odd cents: each part stays sound in itself."""
    sale = Discount(type=ITEM, code="SALE", value=price("0.05", "0.05"))
    parts = tuple(
        Item(id=f"p{at}", quantity=2, original_total=price(1, 1), total=price("0.95", "0.95"), discounts=(sale,))
        for at in range(3)
    )
    all_off = Discount(type=ITEM, code="SALE", value=price("0.15", "0.15"))
    whole = Item(id="b", quantity=2, original_total=price(3, 3), total=price("2.85", "2.85"), items=parts,
                 discounts=(all_off,))  # fmt: skip
    (after,) = recount(cart_of(whole), {"b": 1}, "SEK").items
    assert after.total == price("1.42", "1.42")
    assert sum(part.total.including_vat or 0 for part in after.items if part.total) == Decimal("1.42")
    for part in after.items:
        assert part.original_total and part.total and part.discounts[0].value
        for side in SIDES:
            off = getattr(part.discounts[0].value, side)
            assert getattr(part.original_total, side) - off == getattr(part.total, side)


def test_a_cart_discount_goes_with_the_last_line_that_shared_it() -> None:
    cart = cart_of(plate(2, off="10"), mug(), discounts=(Discount(code="SALE", value=price(10, 10)),))
    assert recount(cart, {"ci_plate": 0}, "SEK").discounts == ()


def test_discounts_of_shipping_and_of_nobodys_lines_stay() -> None:
    kept = (Discount(type=SHIPPING, name="Free", value=price(49)), Discount(name="Voucher", value=price(20)))
    cart = cart_of(plate(2, off="10"), discounts=kept)
    assert recount(cart, {"ci_plate": 1}, "SEK").discounts == kept


def test_a_discount_written_below_nothing_stays_below_it() -> None:
    line = plate(2, off="10")
    line = line.changed(discounts=(line.discounts[0].changed(value=price(-10, -10)),))
    cart = cart_of(line, discounts=(Discount(code="SALE", value=price(-10, -10)),))
    after = recount(cart, {"ci_plate": 4}, "SEK")
    assert after.items[0].discounts[0].value == price(-20, -20) == after.discounts[0].value
    assert after.total == price(180, 140)


def test_a_cart_that_does_not_add_up_keeps_the_difference() -> None:
    cart = cart_of(plate(2)).changed(total=price(90, 70))
    assert recount(cart, {"ci_plate": 3}, "SEK").total == price(140, 110)


def test_a_part_counted_for_one_bundle_keeps_its_number() -> None:
    whole = bundle(2)
    parts = tuple(part.changed(quantity=1) for part in whole.items)
    after = recount(cart_of(whole.changed(items=parts)), {"ci_set": 4}, "SEK").items[0]
    assert [part.quantity for part in after.items] == [1, 1]
    assert [part.total and part.total.including_vat for part in after.items] == [Decimal("133.32"), Decimal("266.64")]


def test_an_amount_that_a_line_does_not_give_is_not_made_up() -> None:
    bare = Item(id="ci_bare", name="Bare", quantity=1, price=price(10))
    after = recount(Cart(items=(bare,), total=price(10)), {"ci_bare": 3}, "SEK")
    assert (after.items[0].total, after.items[0].original_total, after.items[0].price) == (None, None, price(10))
    assert after.total == price(30)


def test_lines_without_an_id_are_known_by_their_place() -> None:
    cart = Cart(items=(mug().changed(id=None), plate().changed(id=None)), total=price(225, 180))
    assert [item.quantity for item in recount(cart, {"line-2": 5}, "SEK").items] == [1, 5]


def test_a_currency_without_cents_gets_whole_amounts() -> None:
    line = Item(id="ci_a", quantity=3, total=price(100), original_total=price(100))
    assert recount(Cart(items=(line,), total=price(100)), {"ci_a": 1}, "JPY").total == price(33)


amounts = st.integers(0, 10_000_000).map(lambda cents: Decimal(cents).scaleb(-2))
Line = tuple[Decimal, Decimal, int, list[Decimal], int]
lines = st.lists(
    st.tuples(amounts, amounts, st.integers(1, 500), st.lists(amounts, max_size=3), st.integers(0, 500)), max_size=6
)


def half_up(exact: Fraction) -> Decimal:
    """An exact fraction to the cent, by whole numbers alone."""
    doubled = exact * 200
    cents = (abs(doubled.numerator) + doubled.denominator) // (2 * doubled.denominator)
    return Decimal(cents if exact >= 0 else -cents).scaleb(-2)


def as_item(at: int, line: Line) -> Item:
    including, excluding, quantity, taken, _ = line
    off = sum(taken, Decimal(0))
    return Item(
        id=f"ci_{at}", quantity=quantity, price=price(including, excluding),
        original_total=price(including * quantity, excluding * quantity),
        total=price(including * quantity - off, excluding * quantity - off),
        discounts=tuple(Discount(type=ITEM, code=f"C{n}", value=price(each, each)) for n, each in enumerate(taken)),
    )  # fmt: skip


@given(lines)
def test_all_sums_are_those_of_an_independent_computation(drawn: list[Line]) -> None:
    items = [as_item(at, line) for at, line in enumerate(drawn)]
    after = recount(cart_of(*items), {f"ci_{at}": line[4] for at, line in enumerate(drawn)}, "SEK")
    expected = []
    for at, (including, excluding, old, taken, new) in enumerate(drawn):
        if new:
            off = sum((half_up(Fraction(each) * new / old) for each in taken), Decimal(0))
            expected.append((f"ci_{at}", new, including * new - off, excluding * new - off))
    found = [
        (item.id, item.quantity, item.total.including_vat, item.total.excluding_vat)
        for item in after.items
        if item.total
    ]
    assert found == expected
    assert after.total == price(sum(line[2] for line in expected), sum(line[3] for line in expected))


@given(st.lists(st.tuples(amounts, st.integers(1, 9)), min_size=1, max_size=5), st.integers(1, 60), st.integers(1, 60))
def test_parts_always_make_up_their_bundle(parts: list[tuple[Decimal, int]], old: int, new: int) -> None:
    """Whatever the odd cents of a bundle with a price of its own: its parts' sums are its sums."""
    total = sum((amount for amount, _ in parts), Decimal(0))
    items = tuple(
        Item(id=f"p{at}", quantity=each * old, total=price(amount, amount), original_total=price(amount, amount))
        for at, (amount, each) in enumerate(parts)
    )
    whole = Item(id="b", quantity=old, total=price(total, total), original_total=price(total, total), items=items)
    (after,) = recount(Cart(items=(whole,), total=price(total, total)), {"b": new}, "SEK").items
    assert after.total is not None
    assert after.total.including_vat == half_up(Fraction(total) * new / old)
    assert sum(part.total.including_vat or 0 for part in after.items if part.total) == after.total.including_vat
    assert [part.quantity for part in after.items] == [each * new for _, each in parts]


@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 40))
def test_a_part_is_whole_or_refused(parts: int, old: int, new: int) -> None:
    whole = Item(id="b", quantity=old, items=(Item(id="p", quantity=parts),))
    try:
        (after,) = recount(Cart(items=(whole,)), {"b": new}, "SEK").items
    except IndivisibleError:
        assert new != old and parts * new % old
    else:
        assert (after.items[0].quantity or 0) * old == parts * new


@given(lines)
def test_the_same_quantities_leave_the_same_cart(drawn: list[Line]) -> None:
    cart = cart_of(*(as_item(at, line) for at, line in enumerate(drawn)))
    assert recount(cart, {f"ci_{at}": line[2] for at, line in enumerate(drawn)}, "SEK") == cart
