"""Answers of sources elsewhere, held for a while (记住的答复)."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")
MOST_HELD = 5_000


class Remembered(Generic[T]):
    """Values by key, each for its own time, the oldest given up first. Safe from several threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, most: int = MOST_HELD) -> None:
        self._clock, self._most = clock, most
        self._held: OrderedDict[str, tuple[float, T]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: str) -> T | None:
        """The value, None where there is none or its time is over."""
        now = self._clock()
        with self._lock:
            held = self._held.get(key)
        return held[1] if held and held[0] > now else None

    def put(self, key: str, value: T, seconds: float) -> None:
        now = self._clock()
        with self._lock:
            self._held[key] = (now + seconds, value)
            self._held.move_to_end(key)
            while len(self._held) > self._most:
                self._held.popitem(last=False)
