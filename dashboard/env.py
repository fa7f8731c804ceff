"""What the settings are read from: the environment, and a file `.env` beside `manage.py`. `dashboard.settings` seals
it, and says all that could not be read."""

import os
from pathlib import Path

from environs import Env, EnvError

ROOT = Path(__file__).resolve().parent.parent

env = Env(eager=False)


def read(path: Path) -> None:
    """Takes in the settings of that file, if it is there. Raises EnvError where it cannot be read."""
    try:
        env.read_env(str(path), recurse=False)
    except (OSError, ValueError) as error:
        raise EnvError(
            f"{path} cannot be read: {getattr(error, 'strerror', None) or 'it is no text in UTF-8'}."
        ) from None


if "PYTEST_VERSION" not in os.environ:
    read(ROOT / ".env")
