"""What of the database a commit had: `python -m tools.released NAME COMMIT` writes its last migrations under that name
into tests/upgrades/states.json, from each of which tests/upgrades brings a database up to today's. To be run for each
release, and for whatever else landed where somebody runs it.
"""

import argparse
import json
import os
import re
import subprocess
from collections import defaultdict
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parent.parent
STATES = ROOT / "tests" / "upgrades" / "states.json"


def migrations_of(commit: str) -> dict[str, set[str]]:
    """The names of its migrations, by app. Raises CalledProcessError where there is no such commit."""
    listed = subprocess.run(  # noqa: S603 - a developer's own words
        ["git", "ls-tree", "-r", "--name-only", commit],  # noqa: S607 - as above
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    found = defaultdict(set)
    for app, name in re.findall(r"^(\w+)/migrations/(\d{4}\w+)\.py$", listed.stdout, re.MULTILINE):
        found[app].add(name)
    return found


def leaves_of(had: dict[str, set[str]]) -> dict[str, str]:
    """Of each app the migration that no other of these depends on. Raises SystemExit where this release has not all of
    them: a database of that commit cannot be brought here."""
    from django.db.migrations.loader import MigrationLoader  # noqa: PLC0415 - once Django is set up

    graph = MigrationLoader(None).graph
    if missing := [f"{app}.{name}" for app in had for name in had[app] if (app, name) not in graph.nodes]:
        raise SystemExit(f"This release does not know {', '.join(sorted(missing))}.")
    found = {}
    for app, names in sorted(had.items()):
        needed = {
            parent.key[1] for name in names for parent in graph.node_map[app, name].parents if parent.key[0] == app
        }
        (found[app],) = names - needed
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name")
    parser.add_argument("commit")
    given = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dashboard.settings")
    django.setup()
    states = json.loads(STATES.read_text()) if STATES.exists() else {}
    states[given.name] = leaves_of(migrations_of(given.commit))
    STATES.write_text(json.dumps(states, indent=2) + "\n")
    print(f"{given.name}: {', '.join(f'{app} {name}' for app, name in states[given.name].items())}")


if __name__ == "__main__":
    main()
