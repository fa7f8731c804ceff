"""Which release of the desk this is."""

import tomllib
from functools import cache

from django.conf import settings


@cache
def version() -> str:
    """As pyproject.toml says it, like 1.4.0."""
    project = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["version"])
