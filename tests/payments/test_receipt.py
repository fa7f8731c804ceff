"""The signed receipt of an execution, and the script with which anybody checks it without the desk."""

import json
import re
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import ChannelGrant
from audit import signing
from payments.models import Evidence, Execution, Kind
from payments.presentation.proof import proof_of
from payments.presentation.receipt import digest_of, receipt_of
from tests.conftest import ClientOf
from tests.payments.conftest import Attempt
from tests.payments.doubts import page_of
from tests.payments.requests import fresh
from tests.payments.test_pages import desk

__all__ = ["desk"]
pytestmark = pytest.mark.django_db
SCRIPT = Path(__file__).resolve().parents[2] / "tools" / "check_receipt.py"
Document = dict[str, Any]


@pytest.fixture(autouse=True)
def key_of_its_own(settings: Settings, tmp_path: Path) -> None:
    settings.AUDIT_KEY_FILE = tmp_path / "key.pem"


def download(client: Client, execution: Execution) -> Document:
    answer = client.get(reverse("execution-receipt", args=[execution.in_channel, execution.pk]))
    assert answer.status_code == 200
    assert answer["Content-Disposition"] == f'attachment; filename="receipt-{execution.pk}.json"'
    assert "no-store" in answer["Cache-Control"]
    return dict(json.loads(answer.content))


def check(document: Document, folder: Path, key: str = "") -> tuple[int, str]:
    """The script, in a process that has nothing of the desk: alone in a folder, without its settings and paths."""
    script, file = folder / "check_receipt.py", folder / "receipt.json"
    script.write_text(SCRIPT.read_text())
    file.write_text(json.dumps(document))
    command = [sys.executable, "-I", str(script), str(file), key or signing.public_key()]
    done = subprocess.run(command, cwd=folder, env={}, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("day", ["", "decline", "timeout-before", "pending"])
def test_a_receipt_holds_without_the_desk(desk: Client, attempt: Attempt, tmp_path: Path, day: str) -> None:
    execution = attempt(day)
    code, says = check(download(desk, execution), tmp_path)
    assert (code, "The receipt holds" in says) == (0, True), says
    assert f"id: {execution.pk}\naction_type: capture\namount: 499\ncurrency: SEK\nstate: {execution.state}" in says
    assert digest_of(proof_of(fresh(execution))) in says


def other_amount(document: Document) -> None:
    document["receipt"]["execution"]["amount"] = "49"


def other_evidence(document: Document) -> None:
    piece = document["receipt"]["evidence"][-1]
    piece["text"] = piece["text"].replace("captured", "reserved")


def no_entry(document: Document) -> None:
    del document["receipt"]["entries"][-1]


def no_signature(document: Document) -> None:
    document["signature"] = ""


@pytest.mark.parametrize(
    ("tamper", "says"),
    [
        (other_amount, "The signature does not hold"),
        (other_evidence, "is not what its digest says"),
        (no_entry, "No entry of the log names the evidence"),
        (no_signature, "The signature does not hold"),
    ],
)
def test_a_receipt_that_was_tampered_with_does_not(
    desk: Client, attempt: Attempt, tmp_path: Path, tamper: Callable[[Document], None], says: str
) -> None:
    document = download(desk, attempt())
    tamper(document)
    code, said = check(document, tmp_path)
    assert code == 1
    assert says in said and "The signature does not hold" in said


def test_one_that_somebody_else_signed_anew_does_not_hold_for_the_desks_key(
    desk: Client, attempt: Attempt, tmp_path: Path, settings: Settings
) -> None:
    document, key = download(desk, attempt()), signing.public_key()
    other_amount(document)
    settings.AUDIT_KEY_FILE = tmp_path / "theirs.pem"
    document |= {"signature": signing.sign(document["receipt"]), "key": signing.public_key()}
    assert check(document, tmp_path, key)[0] == 1
    assert check(document, tmp_path, document["key"])[0] == 0, "it holds for who signed it, so the key has to be known"


def test_what_the_desk_found_wrong_stands_in_it(desk: Client, attempt: Attempt, tmp_path: Path) -> None:
    execution = attempt()
    Execution.objects.filter(pk=execution.pk).update(note="Told to by the boss")
    code, says = check(download(desk, execution), tmp_path)
    assert code == 1
    assert "Told to by the boss" in says and "signature" not in says


def test_it_stays_the_same_until_something_new_is_found(desk: Client, attempt: Attempt) -> None:
    execution = attempt("timeout-before")
    first = download(desk, execution)
    assert download(desk, execution) == first
    attempt()
    assert download(desk, execution) == first, "other entries of the log are not in it"


def test_its_digest_is_printed_as_text_and_for_a_phone(desk: Client, attempt: Attempt) -> None:
    execution = attempt()
    page = desk.get(reverse("execution-proof", args=[execution.in_channel, execution.pk])).content.decode()
    assert digest_of(proof_of(execution)) in page
    assert re.search(r'aria-label="QR code of the digest">\s*<svg[^>]*>.*<path', page)
    assert " style=" not in page[page.index("QR code") :]
    assert "Signed receipt" in page_of(desk, "execution-proof", execution)


def test_whoever_may_see_the_proof_may_take_it_along(client_of: ClientOf, support: User, attempt: Attempt) -> None:
    download(client_of(support), attempt())


def test_nobody_gets_one_of_another_channel(client_of: ClientOf, support: User, attempt: Attempt) -> None:
    execution = attempt()
    support.channel_grants.all().delete()
    ChannelGrant.objects.create(user=support, merchant="norce", channel="no")
    assert (
        client_of(support).get(reverse("execution-receipt", args=[execution.in_channel, execution.pk])).status_code
        == 404
    )


def test_without_a_key_that_can_be_read_it_says_so(
    desk: Client, attempt: Attempt, settings: Settings, tmp_path: Path
) -> None:
    execution = attempt()
    (tmp_path / "key.pem").write_text("nonsense")
    answer = desk.get(reverse("execution-receipt", args=[execution.in_channel, execution.pk]))
    assert answer.status_code == 503
    assert "It could not be signed" in answer.content.decode()


def test_the_key_is_the_desks_alone(desk: Client, attempt: Attempt, tmp_path: Path) -> None:
    download(desk, attempt())
    assert stat.S_IMODE((tmp_path / "key.pem").stat().st_mode) == 0o600


def test_addresses_of_people_and_what_pages_hide_are_not_in_it(attempt: Attempt) -> None:
    execution = attempt("timeout-before")
    piece = execution.evidence.get(kind=Kind.AFTER)
    data = piece.data | {"error": "Customer 19850412-1234 declined"}
    Evidence.objects.filter(pk=piece.pk).update(data_json=json.dumps(data))
    receipt = receipt_of(proof_of(fresh(execution)))
    assert "19850412-1234" not in json.dumps(receipt)
    assert {name for entry in receipt["entries"] for name in entry} & {"ip", "agent", "details"} == set()


def test_the_script_is_short() -> None:
    assert len(SCRIPT.read_text().splitlines()) <= 60
