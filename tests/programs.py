"""Programs of their own that tests start; to start one takes a second and a half, so several questions share one."""

import shutil
from pathlib import Path

from django.conf import settings

MIGRATE = 'from django.core.management import call_command; call_command("migrate", verbosity=0)\n'
"""Begins what `manage.py shell` is told where there is no database yet."""


def with_catalogues(folder: Path) -> Path:
    """That folder, as the data folder of a program, with the catalogues that this one has compiled in it: compiling
    them takes half as long again as starting."""
    if folder.is_dir() and not (folder / "locale").exists():
        shutil.copytree(settings.LOCALE_PATHS[0], folder / "locale")
    return folder
