"""What the settings are read from: the environment, and a file `.env` beside `manage.py`. `dashboard.settings` seals
it, and says all that could not be read."""

import os
from pathlib import Path

from environs import Env

ROOT = Path(__file__).resolve().parent.parent

env = Env(eager=False)
if "PYTEST_VERSION" not in os.environ:
    env.read_env(str(ROOT / ".env"), recurse=False)
