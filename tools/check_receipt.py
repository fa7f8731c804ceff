"""Checks a signed receipt of the order desk: with this file, Python and `pip install cryptography`, and nothing else.

    python check_receipt.py receipt.json PUBLIC_KEY

PUBLIC_KEY: 64 hex digits, which the desk's operator tells you another way (`manage.py audit_verify` prints it). Exit 0:
the desk signed just this, its evidence is whole, and the log named it. What the desk itself found wrong is printed.
"""

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode("ascii")


def flaws(signed: dict[str, Any], key: str) -> Iterator[str]:
    """What does not hold, in sentences."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(
            bytes.fromhex(signed["signature"]), canonical(signed["receipt"])
        )
    except (InvalidSignature, ValueError):
        yield "The signature does not hold: it was changed, or signed with another key."
    receipt = signed["receipt"]
    named = {digest for entry in receipt["entries"] for digest in entry["evidence"]}
    for each in receipt["evidence"]:
        parts = [receipt["execution"]["id"], each["at"], each["kind"], each["by"], each["text"]]
        if each["text"] is not None and hashlib.sha256(canonical(parts)).hexdigest() != each["digest"]:
            yield f"The evidence of {each['at']} is not what its digest says."
        if each["digest"] not in named and each["digest"] not in receipt["not named yet"]:
            yield f"No entry of the log names the evidence of {each['at']}."
    entries = {entry["sequence"]: entry for entry in receipt["entries"]}
    for sequence, entry in entries.items():
        if sequence + 1 in entries and entries[sequence + 1]["previous"] != entry["hash"]:
            yield f"Entry {sequence + 1} of the log does not follow entry {sequence}."
    yield from receipt["does not match"]


def main(path: str, key: str) -> int:
    signed = json.loads(Path(path).read_text(encoding="utf-8"))
    found = list(flaws(signed, key))
    execution = signed["receipt"]["execution"]
    print(*(f"{name}: {execution[name]}" for name in ("id", "action_type", "amount", "currency", "state")), sep="\n")
    print("sha256:", hashlib.sha256(canonical(signed["receipt"])).hexdigest())
    print("\n".join(found) or "The receipt holds: the desk signed this, and its evidence and log fit together.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]) if len(sys.argv) == 3 else __doc__)
