"""Progress on standard error (进度): a line that rewrites itself on a terminal, plain lines in a pipe."""

from __future__ import annotations

import sys
import time
from typing import TextIO


class Progress:
    """Says how far a long command is (进度显示); ``total`` is 0 when nobody knows it.

    On a terminal it rewrites one line five times a second; elsewhere it prints a line every ``seconds``.
    """

    def __init__(
        self, what: str, total: int = 0, stream: TextIO | None = None, seconds: float = 10.0
    ) -> None:
        self._what, self._total = what, total
        self._stream = stream or sys.stderr
        self._terminal = self._stream.isatty()
        self._every = 0.2 if self._terminal else seconds
        self._started = self._last = time.monotonic()
        self._shown = False

    def at(self, done: int, fraction: float = 0.0, note: str = "") -> None:
        """``done`` pieces are done; ``fraction`` of the whole work, from 0 to 1, when that is known
        better.
        """
        now = time.monotonic()
        if now - self._last < self._every:
            return
        self._last = now
        self._print(self.line(done, fraction, now - self._started, note), end=False)

    def end(self, done: int, note: str = "") -> None:
        self._print(self.line(done, 0.0, time.monotonic() - self._started, note), end=True)

    def line(self, done: int, fraction: float, seconds: float, note: str) -> str:
        rate = done / seconds if seconds > 0 else 0.0
        if self._total:
            fraction = min(1.0, done / self._total)
        parts = [f"{self._what}: {done:,}", f"{rate:,.0f}/s"]
        if 0.0 < fraction < 1.0:
            parts += [f"{fraction:.0%}", f"{_duration(seconds / fraction - seconds)} left"]
        else:
            parts.append(_duration(seconds))
        if note:
            parts.append(note)
        return ", ".join(parts)

    def _print(self, line: str, *, end: bool) -> None:
        if self._terminal:
            self._stream.write(f"\r\x1b[2K{line}" + ("\n" if end else ""))
        else:
            self._stream.write(line + "\n")
        self._stream.flush()


def _duration(seconds: float) -> str:
    whole = round(seconds)
    if whole < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{whole} s"
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {rest:02} s"
