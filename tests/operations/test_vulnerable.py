"""`make check` says what is known of vulnerabilities, and takes nothing for clean that nobody was asked about."""

import subprocess
from typing import Any

import pytest

from tools import vulnerable

CLEAN = {"name": "django", "version": "5.2.19", "vulns": []}
BAD = {"name": "jinja", "version": "1.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1"]}]}
SKIPPED = {"name": "attrs", "skip_reason": "Dependency not found on PyPI and could not be audited: attrs (26.1.0)"}


@pytest.mark.parametrize(
    ("dependencies", "status", "says"),
    [
        ([CLEAN], 0, "No known vulnerability in the 1 packages of the locks."),
        ([CLEAN, BAD], 1, "jinja 1.0: PYSEC-1, mended in 1.1"),
        ([CLEAN, SKIPPED], 0, "is not known here: nobody could be asked about 1 of 2"),
        ([BAD, SKIPPED], 1, "nobody could be asked about 1 of 2.\njinja 1.0: PYSEC-1"),
    ],
)
def test_what_is_known_fails_the_check_and_what_is_not_is_said(
    dependencies: list[dict[str, Any]], status: int, says: str,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setattr(vulnerable, "audited", lambda _lock: vulnerable.read(dependencies))
    assert vulnerable.main() == status
    assert says in capsys.readouterr().out


def test_an_audit_that_takes_too_long_or_says_something_else_fails_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def late(command: list[str], **_: Any) -> Any:
        raise subprocess.TimeoutExpired(command, 1)

    monkeypatch.setattr(subprocess, "run", late)
    assert vulnerable.main() == 0
    answer = subprocess.CompletedProcess([], 1, stdout="", stderr="ConnectionError: no route")
    monkeypatch.setattr(subprocess, "run", lambda *_args, **_kwargs: answer)
    assert vulnerable.main() == 0
    said = capsys.readouterr().out
    assert f"no answer within {vulnerable.PATIENCE} s" in said and "ConnectionError: no route" in said
