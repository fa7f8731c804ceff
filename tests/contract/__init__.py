"""The contracts of the Order API, read once for all tests that hold something against them."""

from pathlib import Path
from typing import Any

import yaml

VERSIONS = ("v0", "v1")
CONTRACTS: dict[str, dict[str, Any]] = {
    version: yaml.load(
        (Path(__file__).parents[2] / "sandbox" / f"openapi-{version}.yaml").read_text(),
        Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader),
    )
    for version in VERSIONS
}
CONTRACT = CONTRACTS["v0"]
"""The one that the desk speaks."""
