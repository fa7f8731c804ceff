"""What the database keeps beside the orders: whatever is written, a list counts and finds what a look at every order
would, on either database."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.db.models import Sum

from sandbox import searches, seeding, store, upkeep
from sandbox.codec import decode, encode
from sandbox.columns import columns
from sandbox.listing import COLUMN_OF, page
from sandbox.models import CELL, Order, SearchTally, Tally
from sandbox.parameters import ListQuery
from sandbox.scope import Scope
from sandbox.text import fold
from tests.sandbox.conftest import Caller, an_order, price

pytestmark = pytest.mark.django_db
SCOPE = Scope("norce", "se")
STATES = ("checkout", "processing", "accepted", "completed", "declined", "removed")
MAILS = ("anna.oberg@x.se", "anna.oberg@xx.se", "an@x.se")
NAMES = ("Anna Öberg", "Bo 100%_sure", 'Çelik "Q" O\'Hara', "Åsa\\Märta", "Jürgen Groß", "𝐀da Łódź", "no")
BEGIN = datetime(2026, 1, 27, 22, tzinfo=UTC)


def a_document(chance: random.Random, number: int) -> dict[str, Any]:
    """An order of some weeks around two ends of months; many begin at the same time, some at midnight."""
    created = BEGIN + timedelta(hours=2 * chance.randrange(500))
    given, _, family = chance.choice(NAMES).partition(" ")
    email = (f"{number % 5}@x.se", *MAILS)[number % 4]
    country = chance.choice(("SE", "NO", ""))
    return {
        "id": f"o_{number:05}",
        "merchant": "norce",
        "channel": chance.choice(("se", "se", "se", "no")),
        "created": created.isoformat(),
        "state": {"currentStatus": chance.choice(STATES)},
        "country": country,
        "cart": {"items": [], "total": price(number % 7, 0)},
        "total": price(chance.randrange(-500, 90_000) / 100, 0),
        "customer": {
            "type": "person",
            "billing": {"givenName": given, "familyName": family, "email": email, "country": country},
            "shipping": {"givenName": family, "country": chance.choice(("SE", "DK"))},
        },
    }


def cells() -> Counter[tuple[Any, ...]]:
    """What the tallies say: orders and value by cell."""
    rows = Tally.objects.values_list(*CELL).annotate(Sum("orders"), Sum("value"))
    return Counter({row[:-2]: row[-2:] for row in rows if row[-2:] != (0, 0)})


def recounted() -> Counter[tuple[Any, ...]]:
    """What they should say."""
    found: dict[tuple[Any, ...], tuple[int, int]] = {}
    names = ("merchant", "channel", "status", "country", "billing_country", "shipping_country", "created", "total")
    for merchant, channel, *kinds, created, total in Order.objects.values_list(*names):
        day = created.astimezone(UTC).date()
        for span, begin in (("day", day), ("month", day.replace(day=1))):
            orders, value = found.get((merchant, channel, span, begin, *kinds), (0, 0))
            found[(merchant, channel, span, begin, *kinds)] = (orders + 1, value + total)
    return Counter(found)


def change_something(chance: random.Random, number: int) -> None:
    """One write of any kind that there is."""
    ids = list(Order.objects.filter(channel="se").values_list("public_id", flat=True))
    one = chance.choice(ids) if ids else ""
    what = chance.choice(("load", "load", "load", "delete", "change", "rows", "fold"))
    if what == "load" or not one:
        store.insert_documents((a_document(chance, 10 * number + at), {}) for at in range(chance.randrange(1, 9)))
    elif what == "delete":
        Order.objects.filter(public_id__in=chance.sample(ids, min(3, len(ids)))).delete()
    elif what == "change":
        changed = columns(a_document(chance, int(one[2:])))
        Order.objects.filter(public_id=one).update(
            **{name: value for name, value in changed.items() if name not in ("channel", "cart_reference")}
        )
    elif what == "rows":
        Order.objects.filter(status=chance.choice(STATES)).update(status=chance.choice(STATES), total=number)
    else:
        upkeep.settle()


@pytest.mark.parametrize("seed", range(4))
def test_tallies_are_what_a_recount_says_whatever_is_written(seed: int) -> None:
    chance = random.Random(seed)
    for number in range(40):
        change_something(chance, number)
        assert cells() == recounted()
    upkeep.settle()
    assert not Tally.objects.filter(fresh=True).exists()
    assert cells() == recounted()


def a_query(chance: random.Random, texts: list[str]) -> dict[str, Any]:
    """Any filter, alone and with others."""
    asked: dict[str, Any] = {}
    if chance.random() < 0.5:
        asked["status"] = chance.sample(STATES, chance.randrange(1, 4))
    if chance.random() < 0.3:
        name = chance.choice(("countries", "billing_countries", "shipping_countries"))
        asked[name] = chance.sample(["SE", "NO", "DK"], chance.randrange(1, 3))
    for name in ("date_from", "date_to"):
        if chance.random() < 0.4:
            moment = BEGIN + timedelta(hours=chance.randrange(-60, 1100))
            asked[name] = chance.choice((moment.isoformat(), moment.date().isoformat()))
    if chance.random() < 0.3:
        text = chance.choice(texts)
        start = chance.randrange(len(text))
        asked["search"] = text[start : start + chance.choice((1, 2, 3, 4, 7, 20))]
    if chance.random() < 0.2:
        asked[chance.choice(("billing_names", "shipping_names"))] = chance.sample([*NAMES, "a", "sure", "%"], 2)
    if chance.random() < 0.2:
        asked["billing_emails"] = ["1@x.se", "2@X.se"]
    if chance.random() < 0.4:
        asked["order_by"] = chance.choice(("billingEmail", "billingName", "cartTotal", "created"))
    if chance.random() < 0.4:
        asked["order_by_direction"] = chance.choice(("asc", "desc"))
    return asked | {"offset": str(chance.choice((0, 0, 3, 20, 90, 400))), "limit": str(chance.choice((0, 1, 7, 250)))}


def looked_at(query: ListQuery) -> dict[str, Any]:
    """The page by a look at every order."""
    own = [order for order in Order.objects.select_related("stored") if order.channel == "se"]
    found = [order for order in own if is_wanted(order, query)]
    name = COLUMN_OF[query.order_by]
    found.sort(
        key=lambda order: (getattr(order, name), order.created, order.public_id),
        reverse=query.order_by_direction == "desc" or (query.order_by_direction is None and name == "created"),
    )
    offset, limit = query.offset or 0, query.limit or 0
    return {
        "ids": [order.public_id for order in found[offset : offset + limit]],
        "size": len(found),
        "valueSum": sum(order.total for order in found),
        "totalSize": len(own),
    }


def is_wanted(order: Order, query: ListQuery) -> bool:
    def one_of(values: list[str] | None, column: str) -> bool:
        return not values or getattr(order, column) in [fold(value) for value in values]

    def held(values: list[str] | None, column: str) -> bool:
        # SQLite's LIKE knows no case in ASCII, which only shows where folding leaves a capital letter.
        return not values or any(fold(value).lower() in getattr(order, column).lower() for value in values)

    return (
        (not query.status or order.status in query.status)
        and (not query.date_from or query.date_from <= order.created)
        and (not query.date_to or order.created < query.date_to)
        and one_of(query.countries, "country")
        and one_of(query.billing_countries, "billing_country")
        and one_of(query.shipping_countries, "shipping_country")
        and one_of(query.billing_emails, "billing_email")
        and held(query.billing_names, "billing_name")
        and held(query.shipping_names, "shipping_name")
        and held([query.search] if query.search and fold(query.search) else None, "search")
    )


def answered(query: ListQuery) -> dict[str, Any]:
    answer = decode(page(SCOPE, query))
    told = answer["pagination"]
    told["valueSum"] = int(told["valueSum"] * 10_000)
    return {"ids": [order["id"] for order in answer["data"]]} | {
        name: told[name] for name in ("size", "valueSum", "totalSize")
    }


def filled(chance: random.Random) -> list[str]:
    """Some hundred orders of which some were changed and some deleted; what is searched in them."""
    store.insert_documents((a_document(chance, number), {}) for number in range(300))
    for number in range(40, 52):
        change_something(chance, number)
    return [text for text in Order.objects.values_list("search", flat=True) if text]


@pytest.mark.parametrize("seed", range(3))
def test_a_list_answers_what_a_look_at_every_order_would(seed: int) -> None:
    chance = random.Random(seed)
    texts = filled(chance)
    for _ in range(60):
        query = ListQuery.model_validate(asked := a_query(chance, texts))
        assert answered(query) == looked_at(query), asked


def test_it_answers_the_same_while_tallies_and_indexes_are_set_aside() -> None:
    chance = random.Random(9)
    texts = filled(chance)
    queries = [ListQuery.model_validate(a_query(chance, texts)) for _ in range(30)]
    with upkeep.set_aside():
        store.insert_documents((a_document(chance, number), {}) for number in range(900, 950))
        assert [answered(query) for query in queries] == [looked_at(query) for query in queries]
    assert [answered(query) for query in queries] == [looked_at(query) for query in queries]
    assert cells() == recounted()


@pytest.mark.parametrize("text", [*MAILS, "oberg@x", "x.se", "@x.se", "anna.oberg@", "n@x.se"])
def test_an_e_mail_is_found_by_any_part_and_no_other_by_it(text: str) -> None:
    filled(random.Random(5))
    query = ListQuery.model_validate({"search": text, "limit": "250"})
    assert answered(query) == looked_at(query)
    assert answered(query)["size"] > 0


# --- Searches that find very many, which are counted once


def a_search(chance: random.Random, texts: list[str]) -> dict[str, Any]:
    """A text and no other filter, of which any page is asked."""
    text = chance.choice(["a", "se", "anna", "x.se", "%", "A", "da", chance.choice(texts)[:5]])
    asked: dict[str, Any] = {"search": text}
    if chance.random() < 0.4:
        asked = {chance.choice(("billing_names", "shipping_names")): [chance.choice(["a", "an", "no", "sure", "%"])]}
    asked["order_by"] = chance.choice(("billingEmail", "billingName", "cartTotal", "created"))
    asked["order_by_direction"] = chance.choice(("asc", "desc"))
    return asked | {"offset": str(chance.choice((0, 3, 20, 90, 400))), "limit": str(chance.choice((0, 1, 7, 250)))}


@pytest.mark.parametrize("seed", range(3))
def test_what_many_contain_is_counted_once_and_stays_right_whatever_is_written(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searches, "MANY", 1)
    chance = random.Random(seed)
    texts = filled(chance)
    queries = [ListQuery.model_validate(a_search(chance, texts)) for _ in range(20)]
    for number in range(70, 82):
        for query in chance.sample(queries, 10):
            assert answered(query) == looked_at(query), query
        change_something(chance, number)
    assert SearchTally.objects.filter(fresh=False).count() > 5
    upkeep.settle()
    assert not SearchTally.objects.filter(fresh=True).exists()
    assert [answered(query) for query in queries] == [looked_at(query) for query in queries]


def test_what_is_known_of_a_search_is_not_counted_again(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    monkeypatch.setattr(searches, "MANY", 1)
    filled(random.Random(2))
    query = ListQuery.model_validate({"search": "x.se", "limit": "5"})
    first = answered(query)
    with django_assert_num_queries(4) as asked:  # the tallies, what is known, the page, its documents
        assert answered(query) == first
    assert not any("OVER ()" in one["sql"] for one in asked.captured_queries)


def test_of_a_channels_searches_the_oldest_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searches, "MANY", 1)
    monkeypatch.setattr(searches, "MOST_KEPT", 2)
    filled(random.Random(2))
    for text in ("x.se", "anna", "no", "x" * 300):
        answered(ListQuery.model_validate({"search": text}))
    assert set(SearchTally.objects.values_list("text", flat=True)) == {"anna", "no"}


def test_a_search_is_forgotten_with_what_it_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searches, "MANY", 1)
    texts = filled(random.Random(2))
    query = ListQuery.model_validate({"search": texts[0][:3], "limit": "250"})
    answered(query)
    with upkeep.set_aside():
        assert not SearchTally.objects.exists()
        store.insert_documents((a_document(random.Random(3), number), {}) for number in range(900, 950))
    assert answered(query) == looked_at(query)


def all_there() -> set[str]:
    with connection.cursor() as cursor:
        names = set(connection.introspection.get_constraints(cursor, Order._meta.db_table))
    return {index.name for index in Order._meta.indexes} & names


def test_what_was_set_aside_is_put_back_where_the_work_fails() -> None:
    before = all_there()
    with pytest.raises(ZeroDivisionError), upkeep.set_aside():
        store.insert_documents([(a_document(random.Random(1), 1), {})])
        assert not all_there()
        raise ZeroDivisionError
    assert all_there() == before
    assert cells() == recounted()
    assert len(cells()) == 2


def settings() -> list[tuple[Any, ...]]:
    """What the connection was told about writing."""
    names = {"sqlite": ("PRAGMA cache_size", "PRAGMA wal_autocheckpoint")}
    with connection.cursor() as cursor:
        found: list[tuple[Any, ...]] = []
        for name in names.get(connection.vendor, ("SHOW synchronous_commit", "SHOW default_toast_compression")):
            cursor.execute(name)
            found += cursor.fetchall()
    return found


def test_what_hurries_a_connection_lasts_no_longer_than_the_work() -> None:
    before = settings()
    with upkeep.set_aside():
        assert settings() != before
    assert settings() == before


def test_the_next_migrate_puts_back_what_a_killed_process_left_aside() -> None:
    before = all_there()
    upkeep.remove()
    store.insert_documents((a_document(random.Random(1), number), {}) for number in range(20))
    upkeep.mend()
    assert all_there() == before
    assert cells() == recounted()
    upkeep.mend()  # and does nothing where nothing is missing
    assert cells() == recounted()


def test_clearing_leaves_no_tally(api: Caller) -> None:
    api.created()
    seeding.clear()
    assert not Tally.objects.exists()
    api.created()
    assert cells() == recounted()


# --- Many at once


def at_once(work: Callable[[int], Any], times: int) -> Iterator[Any]:
    def run(number: int) -> Any:
        try:
            return work(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(times) as pool:
        return iter(list(pool.map(run, range(times))))


@pytest.mark.django_db(transaction=True)
def test_many_who_write_into_one_cell_neither_lose_a_count_nor_hold_each_other_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(searches, "MANY", 1)
    search = ListQuery.model_validate({"search": "o_", "limit": "50"})

    def write(number: int) -> set[int]:
        api, told = Caller(), set()
        for turn in range(6):
            answered(search)
            order = api.created(an_order(cart={"items": [], "total": price(number, 0)}))
            told.add(api.put(f"{order}/state", {"currentStatus": "accepted"}).status_code)
            told.add(api.delete(order).status_code if turn % 3 == 0 else 204)
            upkeep.settle()
        return told

    assert set().union(*at_once(write, 6)) == {200, 204}
    assert Order.objects.count() == 24
    assert cells() == recounted()
    assert answered(search) == looked_at(search)
    assert SearchTally.objects.filter(text="o_", fresh=False).count() == 1


def test_what_is_stored_beside_the_order_is_its_document() -> None:
    document = a_document(random.Random(3), 3)
    store.insert_documents([(document, {"p_1": [{"event": "open"}]})])
    row = Order.objects.get()
    assert row.stored.body == encode(document).decode()
    assert list(row.transaction_rows.values_list("payment", "body")) == [("p_1", '{"event":"open"}')]
