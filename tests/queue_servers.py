"""The server of queues that tests run on: a real Redis, and the workers that they start.

One server is started for each process of the run, by its first test that needs it; it listens to nothing but a
socket in a folder of its own, keeps nothing on disk, and ends with the process. Where Redis is missing its
tests are skipped with the reason, and fail with CI=true.
"""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import redis
from search_engines import unavailable
from waiting import until

OPTIONS = ("--port", "0", "--save", "", "--appendonly", "no", "--maxmemory-policy", "noeviction",
           "--daemonize", "no", "--loglevel", "warning")  # fmt: skip
# Stops the server when the process that needs it is gone, however it ended.
WATCH = """
parent=$1; shift
"$@" >/dev/null 2>&1 &
server=$!
while kill -0 $parent 2>/dev/null && kill -0 $server 2>/dev/null; do sleep 0.5; done
kill $server 2>/dev/null
wait
"""
_numbers = itertools.count(1)


class QueueServer:
    """One server of Redis that may be stopped and started again."""

    def __init__(self, folder: Path, program: str) -> None:
        self._folder, self._program = folder, program
        self.socket = folder / "s"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [self._program, *OPTIONS, "--unixsocket", str(self.socket), "--dir", str(self._folder)]
        self._process = subprocess.Popen(
            ["/bin/sh", "-c", WATCH, "sh", str(os.getpid()), *command],
            stdin=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        until(self._answers, "Redis answers")

    def stop(self) -> None:
        """With all that it holds."""
        with suppress(redis.RedisError):
            self.client().shutdown(nosave=True)
        if self._process is not None:
            self._process.wait(60)

    def address(self) -> str:
        """A queue of its own."""
        return f"unix://{self.socket}?prefix=t{os.getpid()}-{next(_numbers)}"

    def client(self) -> redis.Redis:
        return redis.Redis(unix_socket_path=str(self.socket))

    def _answers(self) -> bool:
        with suppress(redis.RedisError, OSError):
            return bool(self.client().ping())
        return False


def make_server() -> Iterator[QueueServer]:
    program = shutil.which("redis-server")
    if program is None:
        unavailable("Redis is not installed (Debian: redis-server); scripts/test installs it")
        raise AssertionError
    # Short, as the name of a socket may have a hundred characters only.
    folder = Path(tempfile.mkdtemp(prefix="ereader-q-"))
    server = QueueServer(folder, program)
    server.start()
    yield server
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def queue_server() -> Iterator[QueueServer]:
    """The server that all tests of a process share: it may not be stopped."""
    yield from make_server()


@pytest.fixture
def mortal_queue_server() -> Iterator[QueueServer]:
    """A server that may be stopped."""
    yield from make_server()


@pytest.fixture
def queue_address(queue_server: QueueServer) -> str:
    """The address of a queue that nobody else uses."""
    return queue_server.address()


class Workers:
    """``ereader worker`` in a process of its own."""

    def __init__(self, log: Path, *words: str, **environment: str) -> None:
        self.log = log
        with log.open("ab") as told:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "ereader", "--home", str(log.with_suffix(".home")), "worker", *words],
                stdout=told, stderr=told, env={**os.environ, **environment}, start_new_session=True,
            )  # fmt: skip

    @property
    def told(self) -> str:
        return self.log.read_text("utf-8", "replace")

    def children(self) -> list[int]:
        """The processes that prepare."""
        found = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        with suppress(OSError):
            return [int(pid) for pid in found.read_text().split()]
        return []

    def end(self) -> int:
        self.process.terminate()
        return self.process.wait(120)

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(120)


@pytest.fixture
def start_workers(tmp_path: Path) -> Iterator[Callable[..., Workers]]:
    """Starts workers with these words and this environment; they are killed at the end."""
    started: list[Workers] = []

    def start(*words: str, **environment: str) -> Workers:
        started.append(Workers(tmp_path / f"worker-{len(started)}.log", *words, **environment))
        return started[-1]

    yield start
    for workers in started:
        workers.kill()
