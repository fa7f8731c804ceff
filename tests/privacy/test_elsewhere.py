"""What else writes text from outside down for good: the server's own lines, and the evidence of payments."""

import datetime as dt
import io
import logging
import logging.config
from typing import Any

from django.conf import settings

from order_api.schemas import Payment, PaymentAction, PaymentEvent, PaymentTransaction
from payments.executions.snapshot import Snapshot, TransactionMark
from tests.privacy.test_both import JWT

SAID = f"asa.lindstrom@example.se, card 4111111111111111, token={JWT}"


def test_a_line_of_the_server_has_no_secret_in_it_nor_in_its_traceback() -> None:
    configured: dict[str, Any] = settings.LOGGING
    formatter = logging.config.DictConfigurator(configured).configure_formatter(configured["formatters"]["line"])
    lines = io.StringIO()
    handler = logging.StreamHandler(lines)
    handler.setFormatter(formatter)
    logger = logging.Logger("payments")
    logger.addHandler(handler)
    try:
        int(SAID)
    except ValueError:
        logger.exception("Execution 7 could not be checked: %s", SAID)
    written = lines.getvalue()
    assert "Execution 7 could not be checked" in written and "ValueError" in written
    assert not [secret for secret in (JWT, "asa.lindstrom", "4111111111111111") if secret in written]


def test_nothing_that_somebody_sends_begins_a_line_of_its_own() -> None:
    configured: dict[str, Any] = settings.LOGGING
    formatter = logging.config.DictConfigurator(configured).configure_formatter(configured["formatters"]["line"])
    path = "/norce\n2026-11-28T10:00:00.000Z INFO requests -: GET home 200 1 ms, account 1\r\x1b[2K\u2028"
    record = logging.LogRecord("audit", logging.ERROR, __file__, 1, "Not done: %s %s", ("GET", path), None)
    written = formatter.format(record)
    assert written.isprintable() and "\\n2026" in written


def test_the_evidence_of_a_payment_keeps_no_secret_of_what_a_provider_said() -> None:
    action = PaymentAction(id="a", type="capture", url="https://psp.example/capture?token=s3cr3t-Zx81")
    line = TransactionMark.of(
        PaymentTransaction(event=PaymentEvent.read("captured"), is_success=False, error_detail=SAID)
    )
    snapshot = Snapshot.of(Payment(id="p", actions=(action,)), [line], dt.datetime(2026, 11, 28, tzinfo=dt.UTC))
    kept = str(snapshot.to_json())
    assert "https://psp.example/capture" in kept
    assert not [secret for secret in (JWT, "asa.lindstrom", "4111111111111111", "s3cr3t") if secret in kept]
    assert Snapshot.from_json(snapshot.to_json()) == snapshot
