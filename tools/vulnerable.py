"""Known vulnerabilities of what the locks name: `python -m tools.vulnerable` asks pip-audit, if its data can be had.

Where it cannot, or only for some, or not within some seconds, it says so and fails nothing: not asked is not clean.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
LOCK = "requirements-dev.txt"
"""Has what the others have."""
PATIENCE = 15
"""Seconds."""
TOOL = "pip-audit==2.10.1"
"""In an environment of its own, by uv: among what the tests need it would bring a pip that replaces the one at work."""
AUDIT = (
    str(Path(sys.executable).with_name("uv")), "tool", "run", "--quiet", TOOL,
    "--progress-spinner", "off", "--disable-pip", "--no-deps", "--timeout", "5",
)  # fmt: skip
NOT_ASKED = "Whether the locks have known vulnerabilities is not known here: {}."


class Found(NamedTuple):
    """A line for each vulnerability, and of how many packages something, or nothing, is known."""

    known: list[str]
    asked: int
    not_asked: int


def audited(lock: str) -> Found | str:
    """What pip-audit finds of it, or why nobody could be asked."""
    command = [*AUDIT, "--format", "json", "--requirement", lock]
    try:
        run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=PATIENCE)  # noqa: S603 - our own words
        return read(json.loads(run.stdout)["dependencies"])
    except subprocess.TimeoutExpired:
        return f"no answer within {PATIENCE} s"
    except FileNotFoundError:
        return "uv is not there"
    except (ValueError, KeyError, TypeError):
        return (run.stderr.strip().splitlines() or ["pip-audit said nothing"])[-1][:200]


def read(dependencies: list[dict[str, Any]]) -> Found:
    """pip-audit calls clean what it could not look up; this does not."""
    skipped = [each for each in dependencies if "skip_reason" in each]
    known = [
        f"{each['name']} {each['version']}: {one['id']}, mended in {', '.join(one['fix_versions']) or 'no release'}"
        for each in dependencies
        for one in each.get("vulns", ())
    ]
    return Found(known, len(dependencies) - len(skipped), len(skipped))


def main() -> int:
    found = audited(LOCK)
    if isinstance(found, str):
        print(NOT_ASKED.format(found))
        return 0
    if found.not_asked:
        print(NOT_ASKED.format(f"nobody could be asked about {found.not_asked} of {found.asked + found.not_asked}"))
    elif not found.known:
        print(f"No known vulnerability in the {found.asked} packages of the locks.")
    print("\n".join(found.known), end="\n" if found.known else "")
    return 1 if found.known else 0


if __name__ == "__main__":
    sys.exit(main())
