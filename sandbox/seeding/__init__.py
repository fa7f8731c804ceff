"""Believable orders for trying out and for tests: the same for the same seed. docs/seeding.md tells what is in them."""

from sandbox.seeding.run import AlreadyThereError, StoppedError, clear, is_empty, seed

__all__ = ["AlreadyThereError", "StoppedError", "clear", "is_empty", "seed"]
