"""Whether a service is asked at all (熔断): one that failed again and again is left alone for a while.

After `BREAKS_AFTER` failures in a row nobody waits for it for `BROKEN_FOR` seconds; then one question tries
it, and its answer decides. Coming too late is a failure like any other.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock
from typing import Literal

import msgspec

BREAKS_AFTER = 5  # failures in a row
BROKEN_FOR = 30.0  # seconds
MOST_OF_ONE = 4  # questions of one service at work: one that hangs must not take the threads of the others
State = Literal["closed", "open", "trying"]


class CircuitState(msgspec.Struct, frozen=True):
    """What staff see of a service (熔断状态); ``seconds`` is how long its last answer took."""

    service: str
    state: State
    asked: int = 0
    failed: int = 0
    late: int = 0
    in_a_row: int = 0
    at_work: int = 0
    seconds: float = 0.0
    latest_failure: str = ""


class Circuit:
    """The circuit of one service (熔断器). Safe from several threads."""

    def __init__(self, service: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._held = CircuitState(service, "closed")
        self._until = 0.0

    def allow(self) -> bool:
        """Whether a question may begin now; whoever is allowed must tell how it ended."""
        with self._lock:
            held = self._held
            if held.at_work >= MOST_OF_ONE:
                return False
            now = self._clock()
            if held.state != "closed" and now < self._until:
                return False
            state: State = "closed"
            if held.state != "closed":
                # Should nobody tell how this one question ends, another may try after as long a while.
                state, self._until = "trying", now + BROKEN_FOR
            self._change(state=state, at_work=held.at_work + 1, asked=held.asked + 1)
            return True

    def ended(self, seconds: float, failure: str = "", *, in_time: bool = True) -> None:
        """A question has come to its end; one that came too late has been told already."""
        with self._lock:
            self._change(at_work=self._held.at_work - 1, seconds=round(seconds, 3))
            if failure:
                self._fail(failure)
            elif in_time:
                self._change(state="closed", in_a_row=0)

    def late(self) -> None:
        """Nobody waits any longer for a question that is still at work."""
        with self._lock:
            self._change(late=self._held.late + 1)
            self._fail("late")

    def state(self) -> CircuitState:
        with self._lock:
            return self._held

    def _fail(self, why: str) -> None:
        row = self._held.in_a_row + 1
        opened = row >= BREAKS_AFTER or self._held.state != "closed"
        if opened:
            self._until = self._clock() + BROKEN_FOR
        self._change(
            state="open" if opened else "closed",
            in_a_row=row,
            failed=self._held.failed + 1,
            latest_failure=why[:200],
        )

    def _change(self, **values: object) -> None:
        self._held = msgspec.structs.replace(self._held, **values)
