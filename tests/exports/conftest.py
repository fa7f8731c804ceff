"""An export commits after each page here, as it does where the Order API takes its time."""

import pytest

from jobs import exports


@pytest.fixture(autouse=True)
def a_page_a_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "PIECE_TAKES", -1.0)
