"""`manage.py sandbox_load`: a team's own orders, in every form a file of them has, and what is said
about the bad ones."""

import io
import json
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from sandbox import store
from sandbox.loading.reading import Bad, Found, orders_in
from sandbox.models import Order, OrderDocument, Transaction
from sandbox.seeding.orders import generate

pytestmark = pytest.mark.django_db
Json = dict[str, Any]
ORDERS = "/checkout/order/api/v0/checkout/orders"


def orders(count: int = 3) -> list[Json]:
    return [order for order, _ in generate(count, 1, datetime(2026, 11, 22, tzinfo=UTC))]


def bare(order_id: str = "o_Own", **more: Any) -> Json:
    """The least that can be loaded."""
    least = {
        "id": order_id,
        "merchant": "norce",
        "channel": "se",
        "created": "2026-01-31T12:00:00Z",
        "state": {"currentStatus": "checkout"},
    }
    return least | more


class Load:
    """Runs the command over a file with this content."""

    def __init__(self, folder: Path, content: str | bytes, **options: Any) -> None:
        file = folder / "orders.jsonl"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        out, err, self.code = io.StringIO(), io.StringIO(), 0
        try:
            call_command("sandbox_load", str(file), stdout=out, stderr=err, **options)
        except SystemExit as leaving:
            self.code = int(str(leaving.code))
        self.summary, self.complaints = out.getvalue().strip(), err.getvalue().strip()


def lines(documents: list[Json]) -> str:
    return "\n".join(json.dumps(document, ensure_ascii=False) for document in documents)


def body_of(order_id: str) -> Json:
    found: Json = json.loads(OrderDocument.objects.get(order__public_id=order_id).body)
    return found


# --- The forms of a file


@pytest.mark.parametrize(
    "form",
    [
        lines,
        lambda documents: "\n\n" + lines(documents).replace("\n", "\r\n\r\n") + "\n",
        lambda documents: "\ufeff" + lines(documents),
        json.dumps,
        lambda documents: json.dumps(documents, indent=2),
        lambda documents: json.dumps({"data": documents, "pagination": {"offset": 0, "limit": 3, "size": 3}}),
        lambda documents: json.dumps({"data": documents}, indent=4),
        lambda documents: lines([{"data": documents[:2]}, {"data": documents[2:]}]),
    ],
    ids=["lines", "blank lines", "byte order mark", "array", "printed array", "page", "printed page", "a page a line"],
)
def test_every_form_of_a_file_is_read(tmp_path: Path, form: Any) -> None:
    load = Load(tmp_path, form(orders()))
    assert (load.summary, load.complaints, load.code) == ("loaded 3, skipped 0", "", 0)
    assert Order.objects.count() == 3


def test_one_document_over_many_lines_is_read(tmp_path: Path) -> None:
    assert Load(tmp_path, json.dumps(orders(1)[0], indent=2)).summary == "loaded 1, skipped 0"


def test_an_empty_file_is_nothing_to_load(tmp_path: Path) -> None:
    assert Load(tmp_path, "\n").summary == "loaded 0, skipped 0"


def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(lines(orders()).encode())))
    out = io.StringIO()
    call_command("sandbox_load", "-", stdout=out)
    assert out.getvalue() == "loaded 3, skipped 0\n"


def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"^Cannot read .*nowhere\.jsonl: No such file or directory\.$"):
        call_command("sandbox_load", str(tmp_path / "nowhere.jsonl"))


def test_a_file_of_lines_is_read_one_line_at_a_time() -> None:
    taken = 0

    def endless() -> Any:
        nonlocal taken
        while True:
            taken += 1
            yield b'{"id": "o_%d"}\n' % taken

    found = orders_in(endless())
    assert [next(found) for _ in range(5)] == [Found(f"line {at}", {"id": f"o_{at}"}) for at in range(1, 6)]
    assert taken <= 6


# --- In and out whole


def test_what_the_list_answered_comes_back_whole(tmp_path: Path, client: Client) -> None:
    store.insert_documents(generate(40, 1, datetime(2026, 11, 22, tzinfo=UTC)))
    headers = {"Authorization": "Bearer sandbox", "x-merchant": "norce", "x-channel": "se"}
    page = client.get(ORDERS, {"limit": 250}, headers=headers)
    before = page.json()["data"]
    Order.objects.all().delete()
    load = Load(tmp_path, page.content)
    assert (load.complaints, load.summary) == ("", f"loaded {len(before)}, skipped 0")
    assert client.get(ORDERS, {"limit": 250}, headers=headers).json()["data"] == before


def test_transactions_inside_a_payment_become_its_log(tmp_path: Path) -> None:
    log = [{"event": "open", "amount": 10.5, "isSuccess": True, "requestJson": "{}", "created": "2026-01-31T12:00:00Z"}]
    Load(tmp_path, lines([bare(payments=[{"id": "p_One", "amount": 10.5, "transactions": log}])]))
    assert json.loads(Transaction.objects.get(payment="p_One").body) == log[0]
    assert "transactions" not in body_of("o_Own")["payments"][0]


@pytest.mark.parametrize("text", ["<order><id>1</id></order>", '{"cut": "o', "", "OK"])
def test_what_a_provider_said_is_kept_whatever_it_is(tmp_path: Path, client: Client, text: str) -> None:
    log = [{"event": "open", "requestJson": text, "responseJson": text}]
    load = Load(tmp_path, lines([bare(payments=[{"id": "p_One", "transactions": log}])]))
    assert (load.summary, load.complaints) == ("loaded 1, skipped 0", "")
    headers = {"Authorization": "Bearer sandbox", "x-merchant": "norce", "x-channel": "se"}
    answer = client.get(f"{ORDERS}/o_Own/payments/p_One/transactions", headers=headers)
    assert answer.json() == log


def test_enums_are_read_in_any_case(tmp_path: Path) -> None:
    Load(tmp_path, lines([bare(state={"currentStatus": "Completed"}, customer={"type": "Person"})]))
    assert body_of("o_Own")["state"] == {"currentStatus": "completed"}
    assert body_of("o_Own")["customer"] == {"type": "person"}


def test_parts_without_ids_are_given_some(tmp_path: Path) -> None:
    hook = {"adapterId": "a", "subscribeTo": "/cart", "target": "/cart", "invoke": "http://a.example/", "version": "v0"}
    Load(tmp_path, lines([bare(payments=[{"amount": 1}], hooks=[hook], cart={"items": [{"name": "Tent"}]})]))
    document = body_of("o_Own")
    assert document["payments"][0]["id"].startswith("p_")
    assert document["hooks"][0]["id"].startswith("oc_")
    assert document["cart"]["items"][0]["id"].startswith("ci_")
    assert document["payments"][0]["orderId"] == "o_Own"


def test_merchant_and_channel_can_be_chosen(tmp_path: Path) -> None:
    order = bare(payments=[{"id": "p_One", "merchant": "other", "channel": "1"}])
    del order["merchant"]
    assert Load(tmp_path, lines([order]), merchant="mine", channel="trial").code == 0
    assert Order.objects.filter(merchant="mine", channel="trial").count() == 1
    assert body_of("o_Own")["payments"][0]["channel"] == "trial"


def test_callbacks_can_be_left_out(tmp_path: Path) -> None:
    Load(tmp_path, lines(orders()), without_callbacks=True)
    for document in (json.loads(stored.body) for stored in OrderDocument.objects.all()):
        assert not {"hooks", "validations", "notifications"} & set(document)


# --- Bad ones


BAD = [
    ('{"id": "o_1", "mer', "it is not JSON"),
    ("\x00", "it is not JSON"),
    ('"o_1"', "it is not an order but another JSON value"),
    (bare(id=""), "it has no id"),
    ({"id": "o_1"}, "it has no merchant, channel, created, state.currentStatus"),
    (bare(created="yesterday"), "created: is not a date-time"),
    (bare(state={"currentStatus": "shipped"}), "(it is 'shipped')"),
    (bare(payments=[{"id": "p_1", "state": "lost"}]), "payments.0.state: input should be 'intent', "),
    (bare(payments=["p_1"]), "payments.0 is not an object"),
    (bare(payments=[{"id": "p_1"}, {"id": "p_1"}]), "two of its payments have the id p_1"),
    (bare(cart={"items": [{"quantity": "two"}]}), "cart.items.0.quantity: is not a whole number (it is 'two')"),
    (bare(total={"includingVat": "12,50"}), "total.includingVat: is not a number (it is '12,50')"),
    (bare(shippings=[{"id": "s_1"}]), "shippings.0.total: field required"),
    (
        bare(payments=[{"id": "p_1", "transactions": [{"requestJson": 7}]}]),
        "payments.0.transactions.0.requestJson: input should be a valid string",
    ),
]


@pytest.mark.parametrize(("bad", "reason"), BAD, ids=[reason for _, reason in BAD])
def test_a_bad_line_is_reported_by_number_and_reason_and_the_rest_is_loaded(
    tmp_path: Path, bad: Any, reason: str
) -> None:
    text = bad if isinstance(bad, str) else json.dumps(bad)
    first, second = lines([bare("o_A")]), lines([bare("o_B")])
    load = Load(tmp_path, f"{first}\n{text}\n\n{second}\n")
    assert load.complaints.startswith("line 2: ")
    assert reason in load.complaints
    assert (load.summary, load.code) == ("loaded 2, skipped 1", 1)
    assert set(Order.objects.values_list("public_id", flat=True)) == {"o_A", "o_B"}


def test_a_broken_first_line_does_not_hide_the_others(tmp_path: Path) -> None:
    load = Load(tmp_path, '{"id": "o_1", "mer\n' + lines([bare("o_A"), bare("o_B")]))
    assert load.complaints.startswith("line 1: it is not JSON")
    assert load.summary == "loaded 2, skipped 1"


def test_a_broken_document_over_many_lines_is_one_complaint(tmp_path: Path) -> None:
    load = Load(tmp_path, json.dumps(bare(), indent=2)[:-3])
    assert (len(load.complaints.splitlines()), load.summary) == (1, "loaded 0, skipped 1")


def test_a_line_that_is_no_utf_8_is_reported(tmp_path: Path) -> None:
    load = Load(tmp_path, lines([bare("o_A")]).encode() + '\n{"id": "ö"}\n'.encode("latin-1"))
    assert load.complaints.startswith("line 2: it is not JSON")
    assert load.summary == "loaded 1, skipped 1"


def test_a_bad_order_of_a_page_is_named_by_its_place(tmp_path: Path) -> None:
    load = Load(tmp_path, json.dumps({"data": [bare("o_A"), {"id": "o_B"}]}))
    assert load.complaints.startswith("line 1, order 2: it has no merchant")


def test_an_id_twice_in_a_file_names_the_first(tmp_path: Path) -> None:
    load = Load(tmp_path, lines([bare(), bare("o_B"), bare()]))
    assert load.complaints == "line 3: its id o_Own is that of line 1 of this file"
    assert load.summary == "loaded 2, skipped 1"


def test_a_cart_reference_twice_in_a_channel_names_the_first(tmp_path: Path) -> None:
    cart = {"reference": "4471903"}
    load = Load(tmp_path, lines([bare("o_A", cart=cart), bare("o_B", cart=cart), bare("o_C", cart=cart, channel="no")]))
    assert load.complaints == "line 2: its cart reference 4471903 is that of line 1 of this file"
    assert load.summary == "loaded 2, skipped 1"


def test_orders_that_are_there_are_left_alone(tmp_path: Path) -> None:
    Load(tmp_path, lines([bare(reference="before")]))
    load = Load(tmp_path, lines([bare(reference="after"), bare("o_New")]))
    assert load.complaints == "line 1: the order o_Own is in the sandbox already (--replace-existing replaces it)"
    assert (load.summary, body_of("o_Own")["reference"]) == ("loaded 1, skipped 1", "before")


def test_orders_that_are_there_are_replaced_when_asked(tmp_path: Path) -> None:
    log = [{"event": "open"}]
    Load(
        tmp_path,
        lines([bare(reference="before", cart={"reference": "1"}, payments=[{"id": "p_1", "transactions": log}])]),
    )
    load = Load(tmp_path, lines([bare(reference="after", cart={"reference": "1"})]), replace_existing=True)
    assert (load.summary, load.complaints) == ("loaded 1, skipped 0", "")
    assert body_of("o_Own")["reference"] == "after"
    assert not Transaction.objects.exists()


def test_a_cart_reference_that_another_order_holds_is_refused_even_so(tmp_path: Path) -> None:
    Load(tmp_path, lines([bare("o_A", cart={"reference": "1"})]))
    load = Load(tmp_path, lines([bare("o_B", cart={"reference": "1"})]), replace_existing=True)
    assert load.complaints == "line 1: the order o_A of its channel has the cart reference 1 already"
    assert Order.objects.count() == 1


def test_an_order_that_somebody_creates_meanwhile_spoils_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sandbox.loading.run._holders", lambda _keys: {})  # as if it was created just after the look
    store.insert_documents([(bare("o_There", cart={"reference": "1"}), {})])
    load = Load(tmp_path, lines([bare("o_A"), bare("o_B", cart={"reference": "1"}), bare("o_C")]))
    assert load.complaints == "line 2: an order with its id or its cart reference was created in the meantime"
    assert load.summary == "loaded 2, skipped 1"


def test_more_than_a_batch_is_loaded_whole(tmp_path: Path) -> None:
    many = [bare(f"o_{at}") for at in range(1203)]
    many[700] = {}
    load = Load(tmp_path, lines(many))
    assert load.complaints == "line 701: it has no id, merchant, channel, created, state.currentStatus"
    assert load.summary == "loaded 1,202, skipped 1"
    assert Order.objects.count() == 1202


def test_reading_leaves_its_values_as_they_are() -> None:
    order = bare(payments=[{"id": "p_1", "transactions": [{"event": "open"}]}])
    before = deepcopy(order)
    assert list(orders_in([json.dumps(order).encode()])) == [Found("line 1", before)]
    assert next(iter(orders_in([b"nonsense"]))).where == "line 1"
    assert isinstance(next(orders_in([b"nonsense"])), Bad)
