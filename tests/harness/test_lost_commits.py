"""What a power cut, or a failover to a copy that lags, leaves of an execution, and what the desk says of it then.

The database is copied in the middle of an execution, which goes on and moves the money. A desk that starts from the
copy knows nothing of what came after it: it may say that it does not know, and never that nothing was sent.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection

from tests.harness.conftest import Bench
from tests.harness.invariants import counted
from tests.harness.steps import STEPS, Point, at
from tests.harness.test_interruptions import press
from tests.programs import with_catalogues

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.rest]
ROOT = Path(__file__).resolve().parents[2]
GOES_ON = """
import datetime as dt, sys, django
django.setup()
from django.conf import settings
from payments.executions import reconciliation
from payments.models import Execution
settings.PAYMENT_GIVEN_UP_AFTER = dt.timedelta(0)
execution = Execution.objects.get(payment_id=sys.argv[1])
for _ in range(2):
    reconciliation.check(execution)
print(execution.state)
"""
NOT_YET = STEPS.index("record")
"""From the end of this step on, the mark may have been written after the copy."""


@pytest.mark.parametrize("step", STEPS)
def test_a_desk_that_goes_on_from_an_older_copy_never_says_that_nothing_was_sent(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    monkeypatch.setattr("payments.executions.sending.FENCE", 600.0)  # to copy a database takes its time
    case = bench.new_case("", "capture")
    with copied_at(Point("after", step), tmp_path) as address:
        press(bench, case)
        assert counted(case.payment_id).moves == {"capture": 1}
        said = says_of(case.payment_id, address, tmp_path)
    assert said in (("in_doubt", "done") if STEPS.index(step) >= NOT_YET else ("not_sent",))
    bench.tally.interrupted += 1
    bench.end(f"a copy after {step}", case)


def says_of(payment_id: str, address: str, folder: Path) -> str:
    """The state in which a desk over that database says that the execution is, once it has looked."""
    environ = os.environ | {
        "DATABASE_URL": address,
        "DATA_DIR": str(with_catalogues(folder)),
        "DJANGO_SETTINGS_MODULE": "tests.settings",
    }
    command = [sys.executable, "-c", GOES_ON, payment_id]
    ran = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.split()[-1]


@contextmanager
def copied_at(point: Point, folder: Path) -> Iterator[str]:
    """The address of a copy that is made when the engine comes to that point."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":

        def copy() -> None:
            for kind in ("", "-wal"):
                if Path(name + kind).exists():
                    shutil.copy(name + kind, folder / f"copy.sqlite3{kind}")

        with at(point, copy):
            yield f"sqlite:///{folder}/copy.sqlite3"
        return
    where, other, made = connection.settings_dict, f"{name}_copy", list[str]()
    server = ["-h", str(where["HOST"]), "-p", str(where["PORT"]), "-U", str(where["USER"])]

    def dump() -> None:
        if made:  # what took so long is read again, and comes here twice
            return
        made.append(other)
        subprocess.run(["createdb", "-T", "template0", *server, other], check=True)
        text = subprocess.run(["pg_dump", *server, name], check=True, capture_output=True).stdout
        subprocess.run(["psql", "-q", *server, other], check=True, input=text, stdout=subprocess.DEVNULL)

    try:
        with at(point, dump):
            yield f"postgres://{where['USER']}@{where['HOST']}:{where['PORT']}/{other}"
    finally:
        subprocess.run(["dropdb", "--if-exists", *server, other], check=True)
