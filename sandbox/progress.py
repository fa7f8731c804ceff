"""A line that says how far a long command is."""

import time
from typing import TextIO

EVERY = 10_000
CLEAR = "\x1b[2K"


class ProgressLine:
    """Writes `12,000 of 100,000 orders, 1,950 a second, 45 s left`: in one place on a terminal, every 10,000
    elsewhere."""

    def __init__(self, out: TextIO, whole: int | None = None) -> None:
        self.out, self.whole, self.began = out, whole, time.monotonic()
        self.terminal = out.isatty()

    def __call__(self, done: int) -> None:
        """Show that so many are done."""
        if self.terminal or done % EVERY == 0:
            self.out.write(f"{CLEAR if self.terminal else ''}{self._text(done)}{chr(13) if self.terminal else chr(10)}")
            self.out.flush()

    def _text(self, done: int) -> str:
        rate = done / max(time.monotonic() - self.began, 0.001)
        if not self.whole:
            return f"{done:,} orders, {rate:,.0f} a second"
        left = f"{(self.whole - done) / rate:,.0f} s left" if done < self.whole else "their lists are put in order"
        return f"{done:,} of {self.whole:,} orders, {rate:,.0f} a second, {left}"

    def end(self) -> None:
        """Clear the line, where there is one."""
        if self.terminal:
            self.out.write(f"{CLEAR}\r")
