"""Payments to be moved, as in tests/payments."""

from tests.payments.conftest import api, make_payment

__all__ = ["api", "make_payment"]
