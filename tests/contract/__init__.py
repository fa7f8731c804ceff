"""The contract of the Order API, read once for all tests that hold something against it."""

from pathlib import Path
from typing import Any

import yaml

CONTRACT: dict[str, Any] = yaml.load(
    (Path(__file__).parents[2] / "sandbox" / "openapi-v0.yaml").read_text(),
    Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader),
)
