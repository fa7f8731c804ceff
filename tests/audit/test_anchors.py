"""What is known of the log outside of its table: somebody with the database's password cannot change that, and
`audit_verify` compares."""

import datetime as dt
import json
import logging
import socket
import stat
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from django.core import mail
from django.core.management import CommandError, call_command
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from audit import anchors, claims, signing
from audit.chain import append, digest, head
from audit.models import Entry
from audit.verify import How, verify
from tests.audit.helpers import draft, drop_triggers, run

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def outside(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder and a key of this test's own; and no anchor was looked for yet."""
    settings.AUDIT_ANCHOR_DIR, settings.AUDIT_KEY_FILE = tmp_path / "anchors", tmp_path / "key.pem"
    monkeypatch.setattr(anchors, "_looked_at", -anchors.LOOKS_AGAIN)
    monkeypatch.setattr(claims, "_claims", [])
    return tmp_path


@pytest.fixture
def committed(django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> "Committed":
    return Committed(django_capture_on_commit_callbacks)


class Committed:
    """Writes entries as if each were committed."""

    def __init__(self, capture: DjangoCaptureOnCommitCallbacks) -> None:
        self.capture = capture

    def __call__(self, count: int = 1) -> list[Entry]:
        written = []
        for number in range(count):
            with self.capture(execute=True):
                written.append(append(draft(message=f"no. {number}")))
        return written


def broken() -> str:
    with pytest.raises(CommandError) as caught:
        call_command("audit_verify", stdout=StringIO())
    return str(caught.value)


def cut(entry: Entry) -> None:
    drop_triggers("default")
    run("default", "DELETE FROM audit_entry WHERE sequence >= %s", entry.sequence)


def lines(outside: Path) -> list[str]:
    return (outside / "anchors" / "anchors.jsonl").read_text().splitlines()


def write(outside: Path, *said: str) -> None:
    (outside / "anchors" / "anchors.jsonl").write_text("".join(f"{line}\n" for line in said))


# When they are written


def test_the_first_entry_is_anchored_and_then_one_an_hour(committed: Committed, outside: Path) -> None:
    with time_machine.travel(dt.datetime(2026, 11, 1, 12, tzinfo=dt.UTC), tick=False) as clock:
        first = committed(3)[0]
        assert [json.loads(line)["sequence"] for line in lines(outside)] == [first.sequence]
        clock.shift(dt.timedelta(minutes=61))
        anchors._looked_at = -anchors.LOOKS_AGAIN
        last = committed(2)[0]
    assert [json.loads(line)["hash"] for line in lines(outside)] == [first.hash, last.hash]
    out = StringIO()
    call_command("audit_verify", stdout=out)
    assert f"anchors 2, the last of 2026-11-01T13:01:00+00:00 at entry {last.sequence}" in out.getvalue()


def test_what_was_rolled_back_is_not_anchored(outside: Path) -> None:
    append(draft())
    assert not (outside / "anchors").exists()


def test_the_key_and_the_folder_are_the_desks_alone(committed: Committed, outside: Path) -> None:
    committed()
    assert stat.S_IMODE((outside / "key.pem").stat().st_mode) == 0o600
    assert stat.S_IMODE((outside / "anchors").stat().st_mode) == 0o700
    assert [path.name for path in outside.iterdir() if path.is_file()] == ["key.pem"], "no draft is left"


def test_what_cannot_be_written_outside_stops_no_entry(
    committed: Committed, settings: Settings, outside: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (outside / "file").write_text("in the way")
    settings.AUDIT_ANCHOR_DIR = outside / "file"
    (entry,) = committed()
    assert Entry.objects.filter(pk=entry.pk).exists()
    assert "could not be written down outside of it" in caplog.text


def test_a_key_that_is_none_stops_no_entry_either(
    committed: Committed, outside: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (outside / "key.pem").write_text("nonsense")
    committed()
    assert "holds no key that can be read" in caplog.text


def test_the_command_anchors_at_once_and_only_what_is_new(committed: Committed, outside: Path) -> None:
    committed(3)
    call_command("audit_anchor", "--if-due", stdout=StringIO())
    assert len(lines(outside)) == 1
    call_command("audit_anchor", stdout=StringIO())
    call_command("audit_anchor", stdout=StringIO())
    assert [json.loads(line)["why"] for line in lines(outside)] == ["due", "by hand"]


def test_a_command_that_cannot_says_why(committed: Committed, outside: Path) -> None:
    committed(2)
    (outside / "key.pem").write_text("nonsense")
    with pytest.raises(CommandError, match=r"No anchor was written: .*holds no key"):
        call_command("audit_anchor", stdout=StringIO())


# What they find


def test_a_tail_that_was_cut_off_is_seen_at_once(committed: Committed) -> None:
    entries = committed(5)
    cut(entries[3])
    assert f"and what was noted outside of it as its last entry has entry {entries[4].sequence}" in broken()


def test_a_log_that_was_emptied_is_seen(committed: Committed) -> None:
    committed(2)
    drop_triggers("default")
    run("default", "DELETE FROM audit_entry")
    verdict = verify()
    assert verdict.broken is not None and verdict.broken.how == How.MISSING


def test_going_on_after_the_cut_does_not_make_it_forgotten(committed: Committed, outside: Path) -> None:
    entries = committed(5)
    cut(entries[3])
    committed(6)
    assert [json.loads(line)["why"] for line in lines(outside)] == ["due", "lost"]
    assert f"entry {entries[4].sequence} is not the one of the anchor of" in broken()


def test_a_log_that_was_written_anew_is_seen_by_its_anchor(committed: Committed, outside: Path) -> None:
    entries = committed(3)
    call_command("audit_anchor", stdout=StringIO())
    (outside / "anchors" / "head.json").unlink()
    cut(entries[0])
    for _number in range(4):
        append(draft(message="otherwise"))
    assert f"BROKEN (anchor): entry {entries[0].sequence} is not the one of the anchor of" in broken()


def test_two_processes_that_are_told_of_their_commits_late_lose_nothing(committed: Committed, outside: Path) -> None:
    one, two, three = (append(draft()) for _number in range(3))
    for entry in (one, three, two, three, one):
        anchors.remember(entry)
    assert json.loads((outside / "anchors" / "head.json").read_text()) == [three.sequence, three.hash]
    assert not (outside / "anchors" / "anchors.jsonl").exists()


def test_an_anchor_that_was_changed_is_named(committed: Committed, outside: Path) -> None:
    entries = committed(2)
    call_command("audit_anchor", stdout=StringIO())
    said = [json.loads(line) for line in lines(outside)]
    said[1]["hash"] = entries[0].hash
    write(outside, lines(outside)[0], json.dumps(said[1]))
    says = broken()
    assert "BROKEN (anchor)" in says and f"(line 2 of anchors.jsonl, entry {entries[1].sequence}) is not signed" in says


def test_one_that_was_signed_with_another_key_is_named(committed: Committed, outside: Path, settings: Settings) -> None:
    entries = committed(2)
    settings.AUDIT_KEY_FILE = outside / "another.pem"
    with anchors._folder() as (folder, _file):
        anchors._add(folder, entries[1].sequence, entries[1].hash, anchors.BY_HAND)
    settings.AUDIT_KEY_FILE = outside / "key.pem"
    assert "line 2 of anchors.jsonl" in broken() and "is not signed with this desk's key" in broken()


@pytest.mark.parametrize(
    ("keep", "says"), [((1, 2), "line 1"), ((0, 2), "line 2")], ids=["the first is gone", "one between is gone"]
)
def test_a_line_that_was_taken_out_is_seen(
    committed: Committed, outside: Path, keep: tuple[int, ...], says: str
) -> None:
    for _number in range(3):
        committed()
        call_command("audit_anchor", stdout=StringIO())
    whole = lines(outside)
    assert len(whole) == 3
    write(outside, *(whole[number] for number in keep))
    assert f"({says} of anchors.jsonl" in broken() and "does not follow the line before it" in broken()


def test_a_line_that_is_none_and_a_key_that_is_gone_are_told(committed: Committed, outside: Path) -> None:
    committed()
    write(outside, *lines(outside), "nonsense", '{"sequence": 1}')
    assert "line 2 of anchors.jsonl is no anchor; line 3 of anchors.jsonl is no anchor" in broken()
    (outside / "key.pem").unlink()
    assert "that signed the anchors is not there" in broken()
    assert not (outside / "key.pem").exists(), "to check makes no key"


def test_whoever_checks_needs_the_public_key_alone(committed: Committed, outside: Path, settings: Settings) -> None:
    committed()
    private = load_pem_private_key((outside / "key.pem").read_bytes(), None)
    assert isinstance(private, Ed25519PrivateKey)
    public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (outside / "public.pem").write_bytes(public)
    settings.AUDIT_KEY_FILE = outside / "public.pem"
    call_command("audit_verify", stdout=StringIO())
    with pytest.raises(signing.KeyUnusableError, match="nothing can be signed with it"):
        signing.sign({})


def test_what_somebody_else_says_must_be_there_is_missed(committed: Committed, monkeypatch: pytest.MonkeyPatch) -> None:
    committed()
    claims.register(lambda using: f"something is missing in {using}")
    assert "something is missing in default" in broken()


def test_an_entry_that_was_changed_is_named_before_its_anchor(committed: Committed) -> None:
    (entry,) = committed()
    drop_triggers("default")
    run("default", "UPDATE audit_entry SET message = 'x' WHERE sequence = %s", entry.sequence)
    assert f"BROKEN (changed): entry {entry.sequence} was changed" in broken()


def test_a_whole_chain_with_new_hashes_is_seen(committed: Committed) -> None:
    """The last entry, rewritten with a hash of its own: nothing follows that could tell."""
    (entry,) = committed()
    drop_triggers("default")
    entry.message = "otherwise"
    run("default", "UPDATE audit_entry SET message = %s, hash = %s WHERE sequence = %s", entry.message, digest(entry),
        entry.sequence)  # fmt: skip
    assert "is not the one of" in broken()


# Where else they go


def test_an_anchor_goes_to_syslog_and_by_mail_where_settings_say(committed: Committed, settings: Settings) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as syslog:
        syslog.bind(("127.0.0.1", 0))
        syslog.settimeout(5)
        settings.AUDIT_ANCHOR_SYSLOG = f"127.0.0.1:{syslog.getsockname()[1]}"
        settings.AUDIT_ANCHOR_MAIL = "auditor@example.com"
        (entry,) = committed()
        said = syslog.recv(10_000).decode()
        for thread in anchors.under_way():
            thread.join()
    assert entry.hash in said and "order-desk audit anchor" in said
    (sent,) = mail.outbox
    assert (sent.to, entry.hash in str(sent.body)) == (["auditor@example.com"], True)


def test_one_that_does_not_get_there_stands_in_the_file(
    committed: Committed, settings: Settings, outside: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings.AUDIT_ANCHOR_SYSLOG = str(outside / "no-such-socket")
    with caplog.at_level(logging.ERROR):
        committed()
        for thread in anchors.under_way():
            thread.join()
    assert len(lines(outside)) == 1 and "did not get to" in caplog.text


def test_many_processes_make_one_key(outside: Path) -> None:
    code = (
        "import sys; from django.conf import settings; settings.configure(AUDIT_KEY_FILE=sys.argv[1]);"
        "from audit import signing; signing.sign({}); print(signing.public_key())"
    )
    command = [sys.executable, "-c", code, str(outside / "shared.pem")]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _number in range(4)]
    assert len({process.communicate(timeout=60)[0] for process in running}) == 1


def test_the_head_that_is_remembered_is_the_logs(committed: Committed, outside: Path) -> None:
    committed(2)
    last = head()
    assert last is not None
    assert json.loads((outside / "anchors" / "head.json").read_text()) == [last.sequence, last.hash]
