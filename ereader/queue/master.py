"""The master's side of a queue (主节点): batches out, prepared batches back in their order.

At most a window of batches is out at a time, so a slow writer holds the reader back, and neither the server
nor this process holds more. Every batch stays here until its result is: one whose worker died, whose server
forgot it or whose worker failed is sent again, and of several results the first counts. A batch under which
workers keep dying is cut into pieces, until the record that does it stands alone and is refused.
"""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any, cast
from uuid import uuid4

import msgspec
import redis

from ereader.exit_status import ServiceUnavailable
from ereader.queue import message, places
from ereader.queue.address import Queue, away, connect
from ereader.queue.layout import Layout, layout_of
from ereader.queue.message import Announced, Registered
from ereader.queue.streams import entries_of
from indexer.prepare import Prepared, Task
from indexer.workers import PIECES, Batch, pieces, refused

MOST_OUT = 96  # batches
MOST_BYTES = 96_000_000  # of batches that are out
AT_LEAST_OUT = 12  # a few more than the writer takes for one transaction
OUT_FOR_EACH = 4  # more for each worker
LOOK_EVERY = 1.0  # seconds between looks at who died
SAY_AFTER = 5.0  # seconds without a worker after which that is told
DEATHS = 2  # of workers, after which a batch is cut into pieces
MOST_REFUSED = 50  # records, after which the workers are at fault and not the records
DEATHS_ALONE = 3  # after which a single record is refused


class _Out:
    """A batch, or a piece of one, that is out (未完成批次)."""

    def __init__(self, slot: _Slot, number: int, request: bytes, records: int) -> None:
        self.slot, self.number, self.request, self.records = slot, number, request, records
        self.entry = b""
        self.deaths = 0


class _Slot:
    """The place of a batch among the others; its pieces in their order (批次位置)."""

    def __init__(self) -> None:
        self.pieces: list[int] = []
        self.results: dict[int, list[Prepared]] = {}

    @property
    def complete(self) -> bool:
        return len(self.results) == len(self.pieces)

    def joined(self) -> list[Prepared]:
        return [one for number in self.pieces for one in self.results[number]]


def prepare_over_queue(
    batches: Iterable[Batch],
    task: Task,
    queue: Queue,
    *,
    patience: float = 60.0,
    say: Callable[[str], None] | None = None,
) -> Iterator[list[Prepared]]:
    """Prepares batches by the workers of a queue and gives their results in order.

    Raises ServiceUnavailable when the server does not answer, or no worker that fits is there for
    ``patience`` seconds.
    """
    with Master(queue, task, patience=patience, say=say) as master:
        for batch in batches:
            master.send(batch)
            while master.full():
                yield master.receive()
        while master.waiting():
            yield master.receive()


class Master:
    """One load that goes through a queue (主节点)."""

    def __init__(
        self,
        queue: Queue,
        task: Task,
        *,
        patience: float = 60.0,
        say: Callable[[str], None] | None = None,
        layout: Layout | None = None,
    ) -> None:
        self._queue, self._key, self._patience = queue, queue.key, patience
        self._say = say or (lambda text: print(f"ereader: {text}", file=sys.stderr, flush=True))
        self._layout = layout or layout_of()
        # Where authority records are, each worker knows by itself: addresses may hold passwords.
        self._task = msgspec.structs.replace(
            task, authorities=msgspec.structs.replace(task.authorities, address="")
        )
        self._database = bool(task.authorities)
        self.load = uuid4().hex[:12]
        self._names = places.Load(queue, self.load)
        self._client = connect(queue)
        self._slots: deque[_Slot] = deque()
        self._out: dict[int, _Out] = {}
        self._bytes = 0
        self._number = 0
        self._read = "0-0"
        self._looked = 0.0
        self._workers = 0
        self._alone_since = time.monotonic()
        self._told_alone = False
        self._refused = 0
        self._lost = threading.Event()
        self._ended = threading.Event()
        self._heart = threading.Thread(target=self._beat, name="queue-master", daemon=True)

    def __enter__(self) -> Master:
        try:
            self._announce()
        except redis.RedisError as error:
            raise away(self._queue, error) from error
        self._heart.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._heart.join()
        with suppress(redis.RedisError, OSError):
            self._client.hdel(places.loads(self._queue), self.load)
            self._client.unlink(*self._names.all())
        self._client.close()

    # For the pipeline

    def send(self, batch: Batch) -> None:
        slot = _Slot()
        self._slots.append(slot)
        self._put(slot, batch)

    def full(self) -> bool:
        """Whether something has to be received before more is sent."""
        most = min(MOST_OUT, AT_LEAST_OUT + OUT_FOR_EACH * self._workers)
        return len(self._slots) >= most or self._bytes >= MOST_BYTES

    def waiting(self) -> bool:
        return bool(self._slots)

    def receive(self) -> list[Prepared]:
        """The next prepared batch, waited for. Raises ServiceUnavailable."""
        try:
            self._look()
            while not self._slots[0].complete:
                self._take()
                self._look()
        except (redis.RedisError, OSError) as error:
            raise away(self._queue, error) from error
        return self._slots.popleft().joined()

    # Inside

    def _put(self, slot: _Slot, batch: Batch, deaths: int = 0) -> None:
        """Sends a batch, or a piece of one."""
        self._number += 1
        out = _Out(slot, self._number, _encode(batch), len(batch.parcels))
        out.deaths = deaths
        slot.pieces.append(out.number)
        self._out[out.number] = out
        self._bytes += len(out.request)
        try:
            self._send(out)
        except redis.RedisError as error:
            raise away(self._queue, error) from error

    def _send(self, out: _Out) -> None:
        about = f"batch {self.load} {out.number}"
        fields: Any = {
            places.NUMBER: out.number,
            places.CONTENT: message.seal(self._key, about, out.request),
        }
        out.entry = cast(bytes, self._client.xadd(self._names.batches, fields))

    def _take(self) -> None:
        """Reads what came, waiting a little for it."""
        block = int(LOOK_EVERY * 500)
        found: Any = self._client.xread({self._names.done: self._read}, count=8, block=block)
        for _, entries in entries_of(found):
            for id, fields in entries:
                self._read = id.decode()
                self._note(fields)
            self._client.xdel(self._names.done, *(id for id, _ in entries))

    def _note(self, fields: dict[bytes, bytes]) -> None:
        try:
            number = int(fields[places.NUMBER])
        except (KeyError, ValueError):
            return
        out = self._out.get(number)
        if out is None:  # Done already by another, or cut into pieces.
            return
        if places.FAILED in fields:
            self._failed(out, fields[places.FAILED].decode("utf-8", "replace")[:300])
            return
        try:
            about = f"done {self.load} {number}"
            prepared = message.read_prepared(self._key, about, fields.get(places.CONTENT, b""))
        except message.Forged:
            self._failed(out, "an answer with a wrong seal")
            return
        if len(prepared) != out.records:
            self._failed(out, "an answer of another length")
            return
        self._finish(out, prepared)

    def _finish(self, out: _Out, prepared: list[Prepared]) -> None:
        del self._out[out.number]
        self._bytes -= len(out.request)
        out.slot.results[out.number] = prepared

    def _failed(self, out: _Out, why: str) -> None:
        """Sends a batch again, in pieces or not at all."""
        out.deaths += 1
        if out.deaths < (DEATHS if out.records > 1 else DEATHS_ALONE):
            self._send(out)
            return
        batch = message.decode_batch(out.request)
        if out.records == 1:
            self._refused += 1
            if self._refused > MOST_REFUSED:
                raise ServiceUnavailable(f"workers die under one record after the other: {why}")
            self._say(f"{batch.file}: record {batch.parcels[0][2]} is refused: {why}")
            self._finish(out, refused(batch, why))
            return
        at = out.slot.pieces.index(out.number)
        before, after = out.slot.pieces[:at], out.slot.pieces[at + 1 :]
        del self._out[out.number]
        self._bytes -= len(out.request)
        out.slot.pieces = before
        for piece in pieces(batch):
            # A piece is suspected already; a single record gets all its chances, as who kills may be another.
            self._put(out.slot, piece, 0 if len(piece.parcels) == 1 else DEATHS - 1)
        out.slot.pieces += after

    def _look(self) -> None:
        """Notices workers that died or came, and a server that forgot the load."""
        now = time.monotonic()
        if now - self._looked < LOOK_EVERY:
            return
        self._looked = now
        if self._lost.is_set():
            self._begin_again()
        try:
            pending: Any = self._client.xpending_range(
                self._names.batches, places.GROUP, min="-", max="+", count=MOST_OUT * PIECES
            )
        except redis.ResponseError:  # There is no such stream, or no such group.
            self._begin_again()
            return
        living = self._living()
        dead = [p["message_id"] for p in pending if p["consumer"].decode() not in living]
        if dead:
            entries = {out.entry: out for out in self._out.values()}
            self._client.xack(self._names.batches, places.GROUP, *dead)
            self._client.xdel(self._names.batches, *dead)
            for entry in dead:
                if entry in entries:
                    self._failed(entries[entry], "every worker that was given it died")
        self._notice(living, now)

    def _living(self) -> dict[str, Registered]:
        """The workers that are there, of whatever version."""
        held: Any = self._client.hgetall(places.workers(self._queue))
        found = {}
        for name, told in held.items():
            with suppress(message.Forged, UnicodeDecodeError):
                worker = name.decode()
                found[worker] = message.read(self._key, f"worker {worker}", told, Registered)
        if not found:
            return {}
        alive: Any = self._client.mget([places.life(self._queue, worker) for worker in found])
        gone = [worker for worker, life in zip(found, alive, strict=True) if life is None]
        if gone:
            self._client.hdel(places.workers(self._queue), *gone)
        return {worker: one for worker, one in found.items() if worker not in gone}

    def _notice(self, living: dict[str, Registered], now: float) -> None:
        fitting = [w for w in living.values() if self._fits(w)]
        self._workers = len(fitting)
        if fitting:
            if self._told_alone:
                self._say(f"{len(fitting)} worker(s) at {self._queue.shown}, going on")
            self._alone_since, self._told_alone = now, False
            return
        lacking = self._lacking(living)
        alone = now - self._alone_since
        if alone > self._patience:
            raise ServiceUnavailable(f"{lacking}; start one with `ereader worker --queue …`")
        if alone > SAY_AFTER and not self._told_alone:
            self._told_alone = True
            self._say(f"{lacking}; waiting for one")

    def _fits(self, worker: Registered) -> bool:
        return worker.digest == self._layout.digest and (worker.database or not self._database)

    def _lacking(self, living: dict[str, Registered]) -> str:
        text = (
            f"no worker of version {self._layout.version} ({self._layout.digest[:8]}) at {self._queue.shown}"
        )
        others = sorted({
            f"{w.host} has {w.version} ({w.digest[:8]})"
            + (" without the database" if w.digest == self._layout.digest else "")
            for w in living.values()
        })  # fmt: skip
        return f"{text}; " + "; ".join(others) if others else text

    # Life of the load in the server

    def _announce(self) -> None:
        about = f"load {self.load}"
        announced = Announced(
            self.load,
            self._layout.digest,
            self._layout.version,
            f"{socket.gethostname()} process {os.getpid()}",
            self._task.profile.repository,
            self._database,
        )
        with suppress(redis.ResponseError):  # It is there already.
            self._client.xgroup_create(self._names.batches, places.GROUP, id="0", mkstream=True)
        task = message.pack(self._key, f"task {self.load}", self._task)
        with self._client.pipeline() as pipe:
            pipe.set(self._names.task, task, ex=places.MASTER_LIVES)
            pipe.expire(self._names.batches, places.MASTER_LIVES)
            pipe.hset(
                places.loads(self._queue), self.load, cast(Any, message.pack(self._key, about, announced))
            )
            pipe.execute()

    def _begin_again(self) -> None:
        """The server has lost what it had: what is out is sent again."""
        self._lost.clear()
        self._client.unlink(*self._names.all())
        self._read = "0-0"
        self._announce()
        for out in list(self._out.values()):
            self._send(out)

    def _beat(self) -> None:
        """Says that the load lives, whatever the main thread waits for."""
        while not self._ended.wait(places.MASTER_SPEAKS):
            try:
                with self._client.pipeline() as pipe:
                    for name in self._names.all():
                        pipe.expire(name, places.MASTER_LIVES)
                    there = pipe.execute()
            except (redis.RedisError, OSError):
                continue  # The main thread notices, too, and knows what to do.
            if not there[0] or not there[1]:
                self._lost.set()


_encode = msgspec.msgpack.Encoder().encode
