"""Installs the locks as `make` does, in an environment of its own for each pip, while a newer
release of every package is on offer.

`python -m tests.installs`; it takes the oldest pip that Python 3.11 came with, and the newest that there is.
"""

import os
import re
import subprocess
import sys
import tempfile
import venv
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.locks import ROOT, pinned

PIPS = ("pip==22.3", "pip")
LOCKS = ("requirements.txt", "requirements-dev.txt")
LATER = "9999.0"


def offer_later_releases(folder: Path) -> None:
    """Writes an empty wheel, newer than any release, for each package in the locks."""
    for package in sorted({name for lock in LOCKS for name in pinned(ROOT / lock)}):
        stem = f"{package.replace('-', '_')}-{LATER}"
        metadata = f"Metadata-Version: 2.1\nName: {package}\nVersion: {LATER}\n"
        with zipfile.ZipFile(folder / f"{stem}-py3-none-any.whl", "w") as wheel:
            wheel.writestr(f"{stem}.dist-info/METADATA", metadata)
            wheel.writestr(f"{stem}.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            wheel.writestr(f"{stem}.dist-info/RECORD", "")


def run(*command: str | Path, **environ: str) -> str:
    """What the command prints; raises CalledProcessError, with what it said, where it fails."""
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))}\n{done.stdout}")
    return done.stdout


def complaints_with(pip: str, later: Path, folder: Path) -> list[str]:
    """What is wrong with an environment whose pip is this one."""
    python = folder / "bin" / "python"
    venv.create(folder, with_pip=True)
    run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--upgrade", pip)
    offers = {"PIP_FIND_LINKS": f"{os.environ.get('PIP_FIND_LINKS', '')} {later}".strip()}
    quick = (python, "-m", "pip", "install", "--disable-pip-version-check", "--dry-run", "--no-deps")
    found = []
    if f"django-{LATER}" not in run(*quick, "django", **offers).lower():
        found.append("the later releases were not on offer, so nothing is shown")
    run("make", f"VENV={folder}", f"{folder}/.run", **offers)
    if got := re.findall(rf"^\S+=={LATER}$", run(python, "-m", "pip", "freeze"), re.MULTILINE):
        found.append(f"later releases came in: {', '.join(got)}")
    run(*quick, "--quiet", "--require-hashes", "-r", "requirements-dev.txt", **offers)
    return [f"{pip}: {complaint}" for complaint in found]


def complaints() -> list[str]:
    with tempfile.TemporaryDirectory() as name, ThreadPoolExecutor() as pool:
        later = Path(name) / "later"
        later.mkdir()
        offer_later_releases(later)
        rounds = [pool.submit(complaints_with, pip, later, Path(name) / str(i)) for i, pip in enumerate(PIPS)]
        return [complaint for one in rounds for complaint in one.result()]


if __name__ == "__main__":
    sys.exit("\n".join(complaints()) or None)
