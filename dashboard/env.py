"""What the settings are read from: the environment, and a file `.env` beside `manage.py`. `dashboard.settings` seals
it, and says all that could not be read."""

import os
import sys
from pathlib import Path

from environs import Env

ROOT = Path(__file__).resolve().parent.parent

env = Env(eager=False)


def read(path: Path) -> None:
    """Takes in the settings of that file, if it is there; ends the program in a sentence where it cannot be read."""
    try:
        env.read_env(str(path), recurse=False)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is no text in UTF-8"
        sys.exit(f"The settings need a look. {path} cannot be read: {why}.")


if "PYTEST_VERSION" not in os.environ:
    read(ROOT / ".env")
