"""The walk with curl in README.md, word for word, over HTTP."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from pytest_django.live_server_helper import LiveServer

from sandbox import delivery
from sandbox.codec import decode
from tests.sandbox.conftest import Caller

DOCS = (Path(__file__).parents[2] / "README.md").read_text()


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(not shutil.which("curl") or not shutil.which("bash"), reason="needs curl and bash")
def test_the_walk_through_the_sandbox_works_word_for_word(live_server: LiveServer) -> None:
    (script,) = re.findall(r"```bash\n(.*?)```", DOCS, re.DOTALL)
    script = script.replace("http://127.0.0.1:8000", live_server.url)
    run = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], capture_output=True, text=True, timeout=60, check=False
    )
    assert run.returncode == 0, run.stderr
    said = [decode(line) for line in run.stdout.splitlines()]
    shipping, short, payment, sound, log, events, found = said
    assert shipping["id"].startswith("s_")
    assert [error["code"] for error in short] == ["order-payments-differ-from-total"]
    assert (sound, [action["type"] for action in payment["actions"]]) == ([], ["capture", "cancel"])
    assert [line["event"] for line in log] == ["capture"]
    assert [event["reference"] for event in events["data"]] == ["export"]
    (order,) = found["data"]
    assert (order["state"]["currentStatus"], order["payments"][0]["state"], order["reference"]) == (
        "completed",
        "captured",
        "R-1001",
    )
    assert delivery.deliver_due() == 1
    assert Caller().order(f"/{order['id']}") == order
