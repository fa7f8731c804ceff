"""Threads that read a process's first answers at the same moment, as after an outage. A crash shows in its status."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FIRST_READS = """
import sys, threading
from order_api.schemas import Order, OrderPaginationSet, Payment, Shipping, decode
from order_api.schemas.base import read

sys.setswitchinterval(1e-6)
order = b'''{"id": "o1", "cart": {"items": [{"price": {"includingVat": 1}}]}, "payments": [{"amount": 1}],
  "customer": {"billing": {"city": "x"}}, "state": {"currentStatus": "checkout"}, "total": {"includingVat": 2}}'''
ways = [
    lambda: decode(order, Order),
    lambda: decode(b'{"data": [' + order + b']}', OrderPaginationSet),
    lambda: decode(b'[{"amount": 1}]', tuple[Payment, ...]),
    lambda: decode(b'[{"total": {"includingVat": 1}}]', tuple[Shipping, ...]),
    lambda: read({"id": "o1", "payments": [{"amount": 1}]}, Order),
]
start, done = threading.Barrier(20), []

def go(way):
    start.wait()
    done.append(way())

threads = [threading.Thread(target=go, args=(ways[n % len(ways)],)) for n in range(20)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(len(done))
"""


def test_the_first_answers_of_a_process_are_read_by_many_threads_at_once() -> None:
    for _ in range(3):
        command = [sys.executable, "-c", FIRST_READS]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
        assert (done.returncode, done.stdout) == (0, "20\n"), done.stderr
