"""Worker processes that prepare records in the order of the file (工作进程).

Every worker has a pipe of its own and at most a few batches in hand, so memory stays constant and a slow
writer holds the reader back. Threads send and receive at both ends of a pipe: neither a worker nor the main
process ever waits for the other to read. Results come in the order of the batches. When the main process
dies, however it dies, the pipes close and the workers end by themselves.

When a worker dies, another takes its place and gets what it had. A batch under which two died is cut into
pieces, until the record that does it stands alone and is refused.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import queue
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Any, NamedTuple

import msgspec

from indexer.known_forms import KnownForms
from indexer.prepare import Prepared, Preparer, Task
from indexer.problem import Problem
from indexer.reader import Raw

# Batches on their way to a worker, in it and on their way back: more than the writer takes for one
# transaction, and so many that no worker is idle for long while the index writes a segment.
IN_HAND = 16
PIECES = 8  # that a batch is cut into, and a piece again
MOST_DEATHS = 100  # of workers of one pool, after which nothing here is as it should be
COLLECT_EVERY = 8  # batches between two looks for cycles: there are hardly any

Work = Callable[[bytes], bytes]  # what a worker does with a request

# A raw record on its way to a worker: the Raw without its context, then number of context, checksum.
Parcel = tuple[str, bytes, int, str, tuple[Problem, ...], int, bytes]


class Batch(msgspec.Struct, frozen=True, array_like=True):
    """Raw records on their way to a worker (批次), with the contexts they refer to by number."""

    file: str
    contexts: dict[int, dict[str, Any]]
    parcels: list[Parcel]


class WorkerDied(Exception):
    """A worker process ended without an answer: killed, or out of memory."""


def unpack(batch: Batch) -> Iterator[tuple[Raw, int, bytes]]:
    """The raw records of a batch, each with the number of its context and its checksum."""
    for format, data, position, charset, problems, context, checksum in batch.parcels:
        yield (
            Raw(format, data, position, 0, charset, batch.contexts.get(context, {}), problems),
            context,
            checksum,
        )


def prepare_here(
    batches: Iterable[Batch], task: Task, known: KnownForms | None = None
) -> Iterator[list[Prepared]]:
    """Prepares batches in this process, which may have looked at the authority file already."""
    preparer = Preparer(task, known)
    for batch in batches:
        yield preparer.batch(unpack(batch), batch.file)


def prepare_in_workers(batches: Iterable[Batch], task: Task, workers: int) -> Iterator[list[Prepared]]:
    """Prepares batches in worker processes and gives their results in order. Raises WorkerDied."""
    answers = in_workers(map(_encode, batches), _preparer, _encode(task), workers, RESCUE)
    yield from map(_decode_prepared, answers)


def _preparer(started: bytes) -> Work:
    preparer = Preparer(msgspec.msgpack.decode(started, type=Task))

    def prepare(request: bytes) -> bytes:
        batch = _decode_batch(request)
        return _encode(preparer.batch(unpack(batch), batch.file))

    return prepare


class Rescue(NamedTuple):
    """What is done with a request under which workers die (救援): cut into pieces, none where that cannot be,
    whose answers are joined; or given up.
    """

    cut: Callable[[bytes], list[bytes]]
    join: Callable[[list[bytes]], bytes]
    give_up: Callable[[bytes], bytes]


def pieces(batch: Batch) -> list[Batch]:
    """A batch as smaller ones, in order; none when it has a single record."""
    records = len(batch.parcels)
    if records < 2:
        return []
    size = -(-records // PIECES)
    cuts = range(0, records, size)
    return [msgspec.structs.replace(batch, parcels=batch.parcels[n : n + size]) for n in cuts]


def refused(batch: Batch, why: str) -> list[Prepared]:
    """What stands for the records of a batch that no worker survives."""
    message = f"the record could not be prepared: {why}; please report it"
    told = [
        Problem("worker-died", "error", message, position=parcel[2], file=batch.file)
        for parcel in batch.parcels
    ]
    return [Prepared(position=problem.position, problems=(problem,)) for problem in told]


def in_workers(
    requests: Iterable[bytes],
    make: Callable[[bytes], Work],
    started: bytes,
    workers: int,
    rescue: Rescue | None = None,
) -> Iterator[bytes]:
    """Answers to requests in their order, from worker processes that each work with ``make(started)``.

    ``make`` is a function of a module. Raises WorkerDied when workers die under a request again and again and
    there is no ``rescue``.
    """
    with Pool(make, started, workers) as pool:
        waiting: deque[tuple[int, bytes]] = deque()
        turn = 0
        for request in requests:
            pool.send(turn, request)
            waiting.append((turn, request))
            turn = (turn + 1) % workers
            if len(waiting) >= workers * IN_HAND:
                yield _first(pool, waiting, rescue)
        while waiting:
            yield _first(pool, waiting, rescue)


def _first(pool: Pool, waiting: deque[tuple[int, bytes]], rescue: Rescue | None) -> bytes:
    """The answer to the request that waits longest."""
    worker, request = waiting[0]
    answer = pool.receive(worker)
    if answer is None:
        answer = _surely(pool, worker, request, rescue)
        for other, later in islice(waiting, 1, None):
            if other == worker:
                pool.send(worker, later)
    waiting.popleft()
    return answer


def _surely(pool: Pool, worker: int, request: bytes, rescue: Rescue | None) -> bytes:
    """The answer to a request whose worker died: by another one, else by pieces of it."""
    pool.replace(worker)
    pool.send(worker, request)
    answer = pool.receive(worker)
    if answer is not None:
        return answer
    if rescue is None:
        raise WorkerDied(f"worker {worker} ended unexpectedly (out of memory?)")
    pool.replace(worker)
    parts = rescue.cut(request)
    if not parts:
        return rescue.give_up(request)
    answers = []
    for part in parts:
        pool.send(worker, part)
        answer = pool.receive(worker)
        answers.append(_surely(pool, worker, part, rescue) if answer is None else answer)
    return rescue.join(answers)


class Line:
    """One end of a pipe, where threads send and receive while the owner works (管道)."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._out: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._in: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._threads = [
            threading.Thread(target=run, daemon=True) for run in (self._sending, self._receiving)
        ]
        for thread in self._threads:
            thread.start()

    def send(self, message: bytes) -> None:
        """Takes a message to be sent; where the other end is gone, it is lost, and ``receive`` says so."""
        self._out.put(message)

    def receive(self) -> bytes | None:
        """The next message; None when the other end is closed."""
        return self._in.get()

    def finish(self) -> None:
        """Sends what is still to be sent, and no more."""
        self._out.put(None)
        self._threads[0].join()

    def close(self) -> None:
        """Gives the pipe back when the other end has closed."""
        self._out.put(None)
        for thread in self._threads:
            thread.join(timeout=5)
        self._pipe.close()

    def _sending(self) -> None:
        try:
            while (message := self._out.get()) is not None:
                self._pipe.send_bytes(message)
        except OSError:
            return

    def _receiving(self) -> None:
        try:
            while True:
                self._in.put(self._pipe.recv_bytes())
        except (EOFError, OSError):
            self._in.put(None)


class Pool:
    """Started workers of one job (进程池)."""

    def __init__(self, make: Callable[[bytes], Work], started: bytes, workers: int) -> None:
        # A fresh interpreter, not a fork: no copied locks, no inherited lock file, no threads of the search
        # engine.
        self._context = multiprocessing.get_context("spawn")
        self._make, self._started = make, started
        self._deaths = 0
        begun = [self._begin(number) for number in range(workers)]
        self._lines = [line for line, _ in begun]
        self._processes = [process for _, process in begun]

    def _begin(self, number: int) -> tuple[Line, SpawnProcess]:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(
            target=_work, args=(theirs, self._make, self._started), name=f"prepare-{number}", daemon=True
        )
        process.start()
        theirs.close()
        return Line(ours), process

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        for line, process in zip(self._lines, self._processes, strict=True):
            if kind is None:
                line.send(_END)
            else:
                process.terminate()  # nobody waits for what it still has in hand
        for line, process in zip(self._lines, self._processes, strict=True):
            process.join(timeout=5)
            if process.is_alive():
                process.terminate()
                process.join()
            line.close()

    def send(self, worker: int, request: bytes) -> None:
        self._lines[worker].send(request)

    def receive(self, worker: int) -> bytes | None:
        """The next answer of a worker; None when it is dead."""
        return self._lines[worker].receive()

    def replace(self, worker: int) -> None:
        """Puts another worker, with nothing in hand, in the place of a dead one. Raises WorkerDied when that
        happens all the time.
        """
        self._deaths += 1
        if self._deaths > MOST_DEATHS:
            raise WorkerDied(f"{MOST_DEATHS} workers ended unexpectedly (out of memory?)")
        self._processes[worker].join(timeout=5)
        self._processes[worker].kill()
        self._processes[worker].join()
        self._lines[worker].close()
        self._lines[worker], self._processes[worker] = self._begin(worker)


_END = b""  # what is sent to a worker that may go; no request is empty


def _work(pipe: Connection, make: Callable[[bytes], Work], started: bytes) -> None:
    """Life of a worker: takes requests until it may go or the pipe closes."""
    # Ctrl-C reaches the whole group; the main process ends in order and closes our pipe.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    line = Line(pipe)  # at once, so that requests come while the tables are read
    work = make(started)
    with calm_collector():
        gc.disable()
        done = 0
        while request := line.receive():
            line.send(work(request))
            done += 1
            if done % COLLECT_EVERY == 0:
                gc.collect(1)  # between two batches hardly anything is alive that is not kept for good
        line.finish()
        # To give back one by one all that is kept takes half a second; with the process it is gone at once.
        os._exit(0)


@contextmanager
def calm_collector() -> Iterator[None]:
    """Makes Python look for cycles rarely meanwhile: loading makes millions of values and hardly any cycle
    among them.
    """
    gc.collect()
    gc.freeze()
    before = gc.get_threshold()
    gc.set_threshold(100_000, 20, 50)
    try:
        yield
    finally:
        # What was alive before may end one day, in a process that lives on.
        gc.set_threshold(*before)
        gc.unfreeze()


_encode = msgspec.msgpack.Encoder().encode
_decode_batch = msgspec.msgpack.Decoder(Batch).decode
_decode_prepared = msgspec.msgpack.Decoder(list[Prepared]).decode


def _cut(request: bytes) -> list[bytes]:
    return [_encode(piece) for piece in pieces(_decode_batch(request))]


def _join(answers: list[bytes]) -> bytes:
    return _encode([one for answer in answers for one in _decode_prepared(answer)])


def _give_up(request: bytes) -> bytes:
    return _encode(refused(_decode_batch(request), "every worker that was given it died"))


RESCUE = Rescue(_cut, _join, _give_up)
