"""Documents as others write them, read from files.

`examples/`: bodies and answers in the shape, the spelling and with the gaps that Norce's own public clients and pages
have; names, ids and receivers are invented. What begins with `made-` was made from facts, to try readers with.
"""

from pathlib import Path
from typing import Any

from sandbox.codec import decode

EXAMPLES = Path(__file__).parent / "examples"


def example(name: str) -> Any:
    """The document in `examples/`, amounts exact."""
    return decode((EXAMPLES / f"{name}.json").read_bytes())
