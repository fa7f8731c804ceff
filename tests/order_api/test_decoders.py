"""The first documents may come to many threads at once."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_type_hints

import order_api  # noqa: F401 - with all its documents
from order_api.schemas import Document, base

ROOT = Path(__file__).resolve().parent.parent.parent
TRIES = 6
EIGHT_THREADS = """
import sys, threading
sys.setswitchinterval(1e-6)
from order_api.schemas import Cart, Customer, Order, OrderPaginationSet, Payment, decode
order = b'{"id":"a","cart":{"items":[{"total":{"includingVat":1}}]},"payments":[{"amount":1}],"customer":{}}'
bodies = {OrderPaginationSet: b'{"data":[%s]}' % order, Order: order, Payment: b"{}", Cart: b"{}", Customer: b"{}"}
gate = threading.Barrier(8)
def read(kind):
    gate.wait()
    decode(bodies[kind], kind)
kinds = (Order, OrderPaginationSet, Payment, Cart, Order, OrderPaginationSet, Customer, Order)
threads = [threading.Thread(target=read, args=(kind,)) for kind in kinds]
for thread in threads: thread.start()
for thread in threads: thread.join()
"""


def test_a_process_whose_first_documents_come_to_eight_threads_at_once_lives() -> None:
    for _ in range(TRIES):
        done = subprocess.run([sys.executable, "-c", EIGHT_THREADS], cwd=ROOT, check=False, capture_output=True)
        assert (done.returncode, done.stderr) == (0, b"")


def documents(kind: type[Document] = Document) -> Iterator[type[Document]]:
    for each in kind.__subclasses__():
        yield each
        yield from documents(each)


def inside(hint: Any, found: set[type[Document]]) -> set[type[Document]]:
    """The documents that a type is made of, itself among them, beside those that are found already."""
    if isinstance(hint, type) and issubclass(hint, Document) and hint not in found:
        found.add(hint)
        for each in get_type_hints(hint).values():
            inside(each, found)
    for each in get_args(hint):
        inside(each, found)
    return found


def test_no_document_is_met_for_the_first_time_by_a_thread() -> None:
    script = "import order_api; from order_api.schemas import base; print(*(k.__name__ for k in base._decoders))"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True, capture_output=True, text=True)
    own = {kind.__name__: kind for kind in documents() if kind.__module__.startswith("order_api.")}
    prepared: set[type[Document]] = set()
    for name in done.stdout.split():
        inside(own[name], prepared)
    assert set(own.values()) - prepared == {base.Numbered}, "which is the base of others"
