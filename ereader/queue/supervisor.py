"""Keeps workers of a queue running on one host (工作进程看护).

Each worker is a process of its own. One that dies is started again, and its death is told at once; one that
ends because of new plug-ins is started again with them. SIGTERM lets each finish its batch. When this process
is killed, its workers notice that their input has closed and end after their batch.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import FrameType
from uuid import uuid4

import redis

from ereader.exit_status import DONE, USAGE
from ereader.queue.address import Queue
from ereader.queue.worker import forget

RENEW = 75  # exit status of a worker that wants to be started again with other plug-ins
QUICK = 5.0  # seconds; who ends sooner again and again is started more and more slowly
SLOWEST = 10.0
LOOK_EVERY = 0.1
LAST_WORD = 30.0  # seconds that workers have to finish their batch


class Supervisor:
    """The workers of one host (进程看护). ``command`` starts one that calls itself as its last word says."""

    def __init__(
        self,
        queue: Queue,
        client: redis.Redis,
        command: Sequence[str],
        processes: int,
        say: Callable[[str], None],
    ) -> None:
        self._queue, self._client, self._command, self._say = queue, client, command, say
        self._places: list[_Place] = [_Place(n) for n in range(processes)]
        self._stopping = threading.Event()
        # Hosts that were made from one image may have one name, and their first process one number.
        self._base = f"{socket.gethostname()}-{os.getpid()}-{uuid4().hex[:6]}"

    def run(self) -> int:
        """Works until SIGTERM or Ctrl-C."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        status = DONE
        while not self._stopping.is_set():
            for place in self._places:
                if self._look(place) == USAGE:
                    status = USAGE
                    self._stopping.set()
            self._stopping.wait(LOOK_EVERY)
        self._end()
        return status

    def _stop(self, _: int, __: FrameType | None) -> None:
        self._stopping.set()

    def _look(self, place: _Place) -> int | None:
        """Sees to it that somebody works in a place; the status of who has ended."""
        status = None
        if place.process is not None:
            status = place.process.poll()
            if status is None:
                return None
            self._ended(place, status)
        if time.monotonic() >= place.not_before and status != USAGE:
            place.begin(self._command, f"{self._base}-{place.number}.{place.begun}")
        return status

    def _ended(self, place: _Place, status: int) -> None:
        lived = time.monotonic() - place.since
        place.close()
        if status == RENEW:
            self._say("plug-ins have changed; a worker begins anew with them")
            place.delay = 0.0
        elif status not in (DONE, USAGE):
            # What it had in hand is sent again as soon as it is known to be dead.
            with suppress(redis.RedisError, OSError):
                forget(self._client, self._queue, place.name)
            how = f"by signal {-status}" if status < 0 else f"with status {status}"
            self._say(f"a worker ended {how}; another begins in its place")
            place.delay = min(SLOWEST, max(0.2, place.delay * 2)) if lived < QUICK else 0.0
        place.not_before = time.monotonic() + place.delay

    def _end(self) -> None:
        running = [p for p in self._places if p.process is not None]
        for place in running:
            place.close_input()
        deadline = time.monotonic() + LAST_WORD
        for place in running:
            assert place.process is not None
            try:
                place.process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                place.process.kill()
                place.process.wait()
                with suppress(redis.RedisError, OSError):
                    forget(self._client, self._queue, place.name)


class _Place:
    """Where one worker works (工作位)."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.begun = 0
        self.name = ""
        self.process: subprocess.Popen[bytes] | None = None
        self.since = self.not_before = self.delay = 0.0

    def begin(self, command: Sequence[str], name: str) -> None:
        self.begun += 1
        self.name, self.since = name, time.monotonic()
        # Groups of their own: Ctrl-C is for the supervisor, which tells them.
        self.process = subprocess.Popen(  # noqa: S603 - our own command
            [*command, name], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True
        )

    def close_input(self) -> None:
        if self.process is not None and self.process.stdin is not None:
            with suppress(OSError):
                self.process.stdin.close()

    def close(self) -> None:
        self.close_input()
        self.process = None


def until_input_closes(stop: Callable[[], None]) -> None:
    """Calls ``stop`` when whoever started this process closes its input or dies."""

    def watch() -> None:
        with suppress(OSError, ValueError):
            # Not through a buffer: its lock would be held when this process ends.
            while os.read(sys.stdin.fileno(), 1):
                pass
        stop()

    threading.Thread(target=watch, name="owner", daemon=True).start()
