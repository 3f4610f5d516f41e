"""How tests wait: until something is so, and whether something hung.

No test may depend on how fast a machine is. What is waited for has two minutes, whatever it takes as a rule; what
hangs in a test does so for a minute, and whoever is not held up by it has a third of that.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

PATIENCE = 120.0  # seconds
HANGS = 60.0  # seconds for which a remote hangs that is made to hang
HUNG = 20.0  # seconds after which something has hung that waits for nothing

T = TypeVar("T")


def until(
    holds: Callable[[], T],
    what: str = "",
    *,
    seconds: float = PATIENCE,
    pause: float = 0.05,
    rest: Callable[[float], object] = time.sleep,
) -> T:
    """Asks again and again until the answer is true, and gives that answer; ``rest`` lets time pass between."""
    end = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < end, f"it never came true: {what or holds}"
        rest(pause)
    return found


@contextlib.contextmanager
def not_hung(seconds: float = HUNG) -> Iterator[None]:
    """What is done inside is over long before what hangs lets go."""
    began = time.monotonic()
    yield
    assert time.monotonic() - began < seconds, f"it hung for {time.monotonic() - began:.0f} s"
