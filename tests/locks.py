"""Checks that the lock files pin everything by hash, agree with pyproject.toml, and name no address of a registry."""

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ADDRESS = re.compile(r"https?://|--(extra-)?index-url|--find-links")
NAME = re.compile(r"^([A-Za-z0-9._-]+)")


def normal(requirement: str) -> str:
    match = NAME.match(requirement)
    return re.sub(r"[-_.]+", "-", match[1]).lower() if match else ""


def pinned(lock: Path) -> dict[str, str]:
    """Package to its block (version, marker, hashes) in a lock file."""
    blocks = re.split(r"\n(?=[A-Za-z0-9])", re.sub(r"^\s*#.*\n?", "", lock.read_text(), flags=re.MULTILINE))
    return {normal(block): block for block in blocks if "==" in block}


def complaints() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    run = project["project"]["dependencies"]
    traced = run + project["project"]["optional-dependencies"]["otel"]
    wanted = {
        "requirements.txt": run,
        "requirements-otel.txt": traced,
        "requirements-dev.txt": traced + project["dependency-groups"]["dev"],
    }
    found = []
    for name, requirements in wanted.items():
        lock = ROOT / name
        found += [
            f"{name}: an address: {line.strip()}" for line in lock.read_text().splitlines() if ADDRESS.search(line)
        ]
        packages = pinned(lock)
        found += [f"{name}: {p} has no hash" for p, block in packages.items() if "--hash=sha256:" not in block]
        found += [f"{name}: {r} is not locked; run `make locks`" for r in requirements if normal(r) not in packages]
    return found


if __name__ == "__main__":
    sys.exit("\n".join(complaints()) or None)
