"""A worker of a queue (队列工作进程): takes batches of whatever load fits it, prepares them, gives them back.

What it prepared, and that it is done with the batch, is told in one step, so a worker that is killed at any
moment leaves either a batch that is sent again or a result. A master that has gone takes its loads along; the
worker waits for the next one. Nothing but the end of its owner, a signal or new plug-ins ends it.
"""

from __future__ import annotations

import contextlib
import gc
import os
import socket
import sys
import threading
import time
from collections.abc import Callable
from typing import Any, cast

import msgspec
import redis
import sqlalchemy as sa

from ereader.queue import message, places
from ereader.queue.address import Queue, connect
from ereader.queue.layout import layout_of
from ereader.queue.message import Announced, Registered
from ereader.queue.plug_in_watch import PlugInWatch
from ereader.queue.streams import entries_of
from indexer.prepare import Prepared, Preparer, Task
from indexer.workers import COLLECT_EVERY, Batch, calm_collector, unpack

LOOK_EVERY = 0.5  # seconds between looks at which loads there are
HELD = 3  # loads whose tables are kept
AGAIN = 2.0  # seconds before a server or a database is tried again
MOST_SECONDS = 900.0  # for one batch; who takes longer hangs
HUNG = 74  # exit status of a worker that ends itself because it hangs

Say = Callable[[str], None]


class Worker:
    """One working process (工作进程). ``database`` is where authority records are, "" for nowhere."""

    def __init__(
        self,
        queue: Queue,
        name: str,
        *,
        database: str = "",
        say: Say | None = None,
        most_seconds: float = MOST_SECONDS,
        watch: PlugInWatch | None = None,
    ) -> None:
        self._queue, self._key, self._name, self._database = queue, queue.key, name, database
        self._say = say or (lambda text: print(f"ereader worker: {text}", file=sys.stderr, flush=True))
        self._layout = layout_of()
        self._watch = watch or PlugInWatch(self._layout)
        self._most_seconds = most_seconds
        self._client = connect(queue)
        self._stopping = threading.Event()
        self._gone = threading.Event()
        self._busy_since = 0.0
        self._done = 0
        self._loads: dict[str, Announced] = {}
        self._looked = 0.0
        self._refused: set[str] = set()
        self._preparers: dict[str, Preparer] = {}
        self._interrupted = False  # whether a batch may have been left half done

    def stop(self) -> None:
        """Ends it after the batch that it is at."""
        self._stopping.set()

    @property
    def outdated(self) -> bool:
        """Whether it ended because other plug-ins are installed than those it runs."""
        return self._watch.changed

    def run(self) -> None:
        """Works until `stop`, or until plug-ins have changed."""
        heart = threading.Thread(target=self._beat, name="queue-worker", daemon=True)
        self._register()
        heart.start()
        try:
            with calm_collector():
                gc.disable()
                while not self._stopping.is_set() and not self._watch.look():
                    self._turn()
        finally:
            gc.enable()
            self._gone.set()
            heart.join()
            self._deregister()

    def _turn(self) -> None:
        try:
            self._look()
            if not self._loads:
                self._stopping.wait(LOOK_EVERY)
                return
            self._take()
        except redis.ResponseError:
            # A load has ended just now, and its stream with it.
            self._looked = 0.0
            self._stopping.wait(0.05)
        except (redis.RedisError, OSError) as error:
            self._interrupted = True
            self._say(f"the queue at {self._queue.shown} does not answer: {error}; trying again")
            self._stopping.wait(AGAIN)

    def _take(self) -> None:
        """Waits a little for a batch, and does it; first what it had in hand when the server went away."""
        names = {places.Load(self._queue, load).batches: load for load in self._loads}
        streams: Any = dict.fromkeys(names, "0" if self._interrupted else ">")
        found: Any = self._client.xreadgroup(
            places.GROUP, self._name, streams, count=1, block=int(LOOK_EVERY * 1000)
        )
        done = 0
        for stream, entries in entries_of(found):
            for id, fields in entries:
                self._do(names[stream.decode()], id, fields or {})
                done += 1
        self._interrupted = self._interrupted and done > 0

    def _do(self, load: str, id: bytes, fields: dict[bytes, bytes]) -> None:
        self._busy_since = time.monotonic()
        answer: dict[bytes, Any] = {places.NUMBER: fields.get(places.NUMBER, b"")}
        try:
            number = int(answer[places.NUMBER])
            batch = message.read_batch(self._key, f"batch {load} {number}", fields[places.CONTENT])
            prepared = self._prepared(load, batch)
            if prepared is None:
                return
            answer[places.CONTENT] = message.pack(self._key, f"done {load} {number}", prepared)
        except (redis.RedisError, OSError):
            raise
        except message.Forged as error:
            self._say(f"{error}: wrong seal; has the master another queue_key?")
            answer[places.FAILED] = b"a worker could not read the seal of this batch"
        except Exception as error:
            answer[places.FAILED] = f"{type(error).__name__}: {error}"[:300].encode()
        finally:
            self._busy_since = 0.0
        names = places.Load(self._queue, load)
        with self._client.pipeline() as pipe:
            pipe.xadd(names.done, cast(Any, answer))
            pipe.xack(names.batches, places.GROUP, id)
            pipe.xdel(names.batches, id)
            # Of a load whose master has gone nothing stays.
            pipe.expire(names.done, places.MASTER_LIVES)
            pipe.execute()
        self._done += 1
        if self._done % COLLECT_EVERY == 0:
            gc.collect(1)

    def _prepared(self, load: str, batch: Batch) -> list[Prepared] | None:
        """None when the load has gone meanwhile. A database that does not answer is waited for."""
        while True:
            try:
                return self._preparer(load).batch(unpack(batch), batch.file)
            except _NoLoad:
                return None
            except sa.exc.OperationalError as error:
                self._preparers.pop(load, None)
                self._say(f"the database does not answer: {error.orig}; trying again")
                # A worker that waits does not hang.
                self._busy_since = time.monotonic()
                if self._stopping.wait(AGAIN):
                    return None

    def _preparer(self, load: str) -> Preparer:
        found = self._preparers.get(load)
        if found is None:
            told: Any = self._client.get(places.Load(self._queue, load).task)
            if told is None:
                raise _NoLoad
            task = message.read(self._key, f"task {load}", told, Task)
            if task.authorities.repositories:
                origin = msgspec.structs.replace(task.authorities, address=self._database)
                task = msgspec.structs.replace(task, authorities=origin)
            while len(self._preparers) >= HELD:
                del self._preparers[next(iter(self._preparers))]
            found = self._preparers[load] = Preparer(task)
        return found

    def _look(self) -> None:
        """Which loads there are that fit this worker."""
        if time.monotonic() - self._looked < LOOK_EVERY:
            return
        self._looked = time.monotonic()
        held: Any = self._client.hgetall(places.loads(self._queue))
        names = [name.decode("ascii", "replace") for name in held]
        there = [self._client.exists(places.Load(self._queue, load).task) for load in names]
        self._loads = {}
        for load, told, exists in zip(names, held.values(), there, strict=True):
            if not exists:
                self._client.hdel(places.loads(self._queue), load)
                self._preparers.pop(load, None)
                continue
            try:
                announced = message.read(self._key, f"load {load}", told, Announced)
            except message.Forged:
                self._refuse(load, "its announcement has a wrong seal: has its master another queue_key?")
                continue
            if announced.digest != self._layout.digest and load not in self._refused:
                # It may be installed by now, and this process just be older.
                self._watch.changed |= layout_of(on_disk=True).digest == announced.digest
            if announced.digest != self._layout.digest:
                self._refuse(
                    load,
                    f"{announced.master} has version {announced.version} ({announced.digest[:8]}), this "
                    f"worker {self._layout.version} ({self._layout.digest[:8]}): both need the same "
                    "program and the same plug-ins",
                )
            elif announced.database and not self._database:
                self._refuse(
                    load, "it needs authority records: give this worker the database (docs/workers.md)"
                )
            else:
                self._loads[load] = announced

    def _refuse(self, load: str, why: str) -> None:
        if load not in self._refused:
            self._refused.add(load)
            self._say(f"takes no part in load {load}: {why}")

    # Life of the worker in the server

    def _register(self) -> None:
        own = Registered(
            self._name,
            self._layout.digest,
            self._layout.version,
            socket.gethostname(),
            os.getpid(),
            bool(self._database),
            self._done,
        )
        told = message.pack(self._key, f"worker {self._name}", own)
        try:
            with self._client.pipeline() as pipe:
                pipe.set(places.life(self._queue, self._name), b"1", ex=places.WORKER_LIVES)
                pipe.hset(places.workers(self._queue), self._name, cast(Any, told))
                pipe.execute()
        except (redis.RedisError, OSError):
            return  # Said where batches are taken.

    def _deregister(self) -> None:
        with contextlib.suppress(redis.RedisError, OSError):
            forget(self._client, self._queue, self._name)
        self._client.close()

    def _beat(self) -> None:
        """Says that the worker lives, whatever it prepares; ends it when it prepares for ever."""
        while not self._gone.wait(places.WORKER_SPEAKS):
            since = self._busy_since
            if since and time.monotonic() - since > self._most_seconds:
                self._say(f"one batch took more than {self._most_seconds:.0f} seconds; ending")
                os._exit(HUNG)
            self._register()


class _NoLoad(Exception):
    """The load has gone."""


def forget(client: redis.Redis, queue: Queue, name: str) -> None:
    """Notes that a worker is no more, so that what it had is sent again at once."""
    with client.pipeline() as pipe:
        pipe.delete(places.life(queue, name))
        pipe.hdel(places.workers(queue), name)
        pipe.execute()
