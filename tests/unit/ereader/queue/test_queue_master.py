"""The two sides of a queue on a real server: order, windows, retries, pieces, a server that forgets."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import msgspec
import pytest
import redis
from queue_servers import QueueServer
from waiting import until

from ereader.exit_status import ServiceUnavailable
from ereader.queue import master as masters
from ereader.queue import message, places
from ereader.queue import worker as workers
from ereader.queue.address import Queue, connect, queue_of
from ereader.queue.layout import layout_of
from ereader.queue.master import Master, prepare_over_queue
from ereader.queue.message import Registered
from ereader.queue.plug_in_watch import PlugInWatch
from ereader.queue.streams import entries_of
from ereader.queue.worker import Worker, forget
from indexer.prepare import Prepared, Task
from indexer.profile import Profile
from indexer.workers import Batch

TASK = Task(Profile("lib", "books"))
Do = Callable[[Batch], "list[Prepared] | str | None"]


@pytest.fixture
def queue(queue_address: str) -> Queue:
    return queue_of(queue_address)


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(masters, "LOOK_EVERY", 0.05)


def batch(first: int, count: int = 4) -> Batch:
    """Records whose data are their numbers."""
    parcels = [("f", str(n).encode(), n, "", (), 0, b"") for n in range(first, first + count)]
    return Batch("a.txt", {}, parcels)


def same(given: Batch) -> list[Prepared]:
    return [Prepared(p[1].decode(), position=p[2]) for p in given.parcels]


class Puppet:
    """A worker that does what a test says: gives results, a reason (str), or dies (None)."""

    def __init__(self, queue: Queue, do: Do, name: str = "puppet", digest: str = "") -> None:
        self.queue, self.do, self.name = queue, do, name
        self.seen: list[list[int]] = []
        self.done = 0
        self._digest = digest or layout_of().digest
        self._client = connect(queue)
        self._ended = threading.Event()
        self.register()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def register(self) -> None:
        own = Registered(self.name, self._digest, "2.0", "host", 1, False)
        told: Any = message.pack(self.queue.key, f"worker {self.name}", own)
        self._client.set(places.life(self.queue, self.name), b"1", ex=600)
        self._client.hset(places.workers(self.queue), self.name, told)

    def _run(self) -> None:
        while not self._ended.is_set():
            held: Any = self._client.hgetall(places.loads(self.queue))
            for load in held:
                with suppress(redis.ResponseError):
                    self._take(places.Load(self.queue, load.decode()))
            time.sleep(0.002)

    def _take(self, load: places.Load) -> None:
        found: Any = self._client.xreadgroup(places.GROUP, self.name, {load.batches: ">"}, count=1)
        for _, entries in entries_of(found):
            for id, fields in entries:
                number = int(fields[places.NUMBER])
                given = message.read_batch(
                    self.queue.key, f"batch {load.load} {number}", fields[places.CONTENT]
                )
                self.seen.append([p[2] for p in given.parcels])
                made = self.do(given)
                if made is None:
                    # As one that is killed: nothing is told, and soon nothing is heard of it.
                    forget(self._client, self.queue, self.name)
                    self.name += "'"
                    self.register()
                    return
                answer: Any = {places.NUMBER: number}
                if isinstance(made, str):
                    answer[places.FAILED] = made
                else:
                    about = f"done {load.load} {number}"
                    answer[places.CONTENT] = message.pack(self.queue.key, about, made)
                self._client.xadd(load.done, answer)
                self._client.xack(load.batches, places.GROUP, id)
                self._client.xdel(load.batches, id)
                self.done += 1

    def end(self) -> None:
        self._ended.set()
        self.thread.join(60)


@contextmanager
def puppet(queue: Queue, do: Do, **more: Any) -> Iterator[Puppet]:
    made = Puppet(queue, do, **more)
    yield made
    made.end()


def results(queue: Queue, batches: list[Batch], **more: Any) -> list[list[int]]:
    made = prepare_over_queue(batches, TASK, queue, patience=100, **more)
    return [[one.position for one in some] for some in made]


def test_results_come_in_the_order_of_the_batches_whoever_is_slow(queue: Queue) -> None:
    def slow(given: Batch) -> list[Prepared]:
        time.sleep(0.05 if given.parcels[0][2] % 8 == 0 else 0)
        return same(given)

    batches = [batch(n) for n in range(0, 120, 4)]
    with puppet(queue, slow, name="a"), puppet(queue, slow, name="b"):
        assert results(queue, batches) == [list(range(n, n + 4)) for n in range(0, 120, 4)]


def test_no_more_is_out_than_the_window(queue: Queue) -> None:
    taken = 0

    def batches() -> Iterator[Batch]:
        nonlocal taken
        while taken < 100:
            taken += 1
            yield batch(taken * 4)

    with puppet(queue, same) as one:
        made = prepare_over_queue(batches(), TASK, queue, patience=100)
        next(made)
        until(lambda: one.done == taken, "everything that is out is done")
        most = masters.AT_LEAST_OUT + masters.OUT_FOR_EACH
        assert taken <= most
        assert len(list(made)) == 99
        assert taken == 100


def test_large_batches_count_by_their_size(queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(masters, "MOST_BYTES", 1000)
    with Master(queue, TASK) as master:
        master.send(msgspec.structs.replace(batch(1), file="x" * 600))
        assert not master.full()
        master.send(msgspec.structs.replace(batch(1), file="x" * 600))
        assert master.full()


def test_a_batch_whose_worker_died_is_done_by_the_next(queue: Queue) -> None:
    left = [2]

    def dies(given: Batch) -> list[Prepared] | None:
        if left[0] and given.parcels[0][2] == 4:
            left[0] -= 1
            return None
        return same(given)

    with puppet(queue, dies):
        assert results(queue, [batch(0), batch(4), batch(8)]) == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]]
    assert left == [0]


@pytest.mark.parametrize("how", [None, "ValueError: no"])
def test_the_one_record_under_which_workers_die_is_refused(queue: Queue, how: str | None) -> None:
    def dies(given: Batch) -> list[Prepared] | str | None:
        return how if any(p[2] == 77 for p in given.parcels) else same(given)

    told: list[str] = []
    with puppet(queue, dies):
        made = list(
            prepare_over_queue([batch(0, 100), batch(100, 10)], TASK, queue, patience=100, say=told.append)
        )
    assert [one.position for some in made for one in some] == list(range(110))
    refused = [one for some in made for one in some if not one.uid]
    assert [one.position for one in refused] == [77]
    (problem,) = refused[0].problems
    assert (problem.code, problem.severity, problem.file, problem.position) == (
        "worker-died",
        "error",
        "a.txt",
        77,
    )
    assert any("a.txt: record 77" in line for line in told)


@pytest.mark.parametrize("answer", [[], [Prepared(position=1)] * 9])
def test_an_answer_of_another_length_is_never_taken(queue: Queue, answer: list[Prepared]) -> None:
    wrong = [1]

    def sometimes(given: Batch) -> list[Prepared]:
        return answer if wrong and wrong.pop() else same(given)

    with puppet(queue, sometimes):
        assert results(queue, [batch(0)]) == [[0, 1, 2, 3]]


def test_a_forged_answer_is_never_taken(queue: Queue) -> None:
    with Master(queue, TASK) as master, puppet(queue, lambda _: same(batch(0))):
        client = connect(queue)
        forged = message.pack(
            b"somebody", f"done {master.load} 1", [Prepared("evil", position=n) for n in range(4)]
        )
        fields: Any = {places.NUMBER: 1, places.CONTENT: forged}
        client.xadd(places.Load(queue, master.load).done, fields)
        client.xadd(places.Load(queue, master.load).done, {b"odd": b"entry"})
        client.xadd(places.Load(queue, master.load).done, {places.NUMBER: b"x"})
        master.send(batch(0))
        assert [one.uid for one in master.receive()] == ["0", "1", "2", "3"]


def test_the_first_of_two_results_counts(queue: Queue) -> None:
    with Master(queue, TASK) as master:
        master.send(batch(0))
        client = connect(queue)
        for name in ("first", "second"):
            made = [Prepared(name, position=n) for n in range(4)]
            fields: Any = {
                places.NUMBER: 1, places.CONTENT: message.pack(b"", f"done {master.load} 1", made)
            }  # fmt: skip
            client.xadd(places.Load(queue, master.load).done, fields)
        assert {one.uid for one in master.receive()} == {"first"}
        assert not master.waiting()


def test_workers_of_another_program_get_nothing_and_are_named(queue: Queue) -> None:
    with puppet(queue, same, digest="0123456789") as other:
        # It would take what it is given; real ones look before.
        other.end()
        with pytest.raises(ServiceUnavailable, match=r"no worker of version .*; host has 2\.0 \(01234567\)"):
            list(prepare_over_queue([batch(0)], TASK, queue, patience=0.3, say=lambda _: None))
    assert not connect(queue).hgetall(places.loads(queue))


def test_a_server_that_lost_everything_is_told_it_again(
    queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = connect(queue)
    with Master(queue, TASK, patience=100) as master:
        for n in range(3):
            master.send(batch(n * 4))
        for name in client.scan_iter(f"{queue.prefix}:*"):
            client.unlink(name)
        with puppet(queue, same):
            assert [master.receive()[0].position for _ in range(3)] == [0, 4, 8]


def test_a_server_that_goes_away_for_long_ends_the_load(
    mortal_queue_server: QueueServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue = queue_of(mortal_queue_server.address())
    with Master(queue, TASK, patience=100) as master:
        master.send(batch(0))
        mortal_queue_server.stop()
        with pytest.raises(ServiceUnavailable, match="does not answer"):
            master.receive()


@contextmanager
def running(queue: Queue, **more: Any) -> Iterator[Worker]:
    """A real worker, in a thread."""
    worker = Worker(queue, f"w{time.monotonic_ns()}", **more)
    thread = threading.Thread(target=worker.run, daemon=True)
    thread.start()
    yield worker
    worker.stop()
    thread.join(60)
    assert not thread.is_alive()


def test_a_worker_prepares_what_a_master_sends_and_leaves_nothing(queue: Queue) -> None:
    record = b'{"id": "1", "type": "book", "title": "Harbour"}'
    given = Batch("a.json", {}, [("record", record, 1, "", (), 0, b"sum"), ("none", b"x", 2, "", (), 0, b"")])
    with running(queue):
        ((one, other),) = prepare_over_queue([given], TASK, queue, patience=100)
    assert (one.uid != "", one.checksum, one.position) == (True, b"sum", 1)
    assert other.uid == "" and other.problems[0].code == "no-adapter"
    assert not list(connect(queue).scan_iter(f"{queue.prefix}:*"))


def test_a_worker_takes_no_part_in_loads_of_other_programs(queue: Queue) -> None:
    told: list[str] = []
    other = msgspec.structs.replace(layout_of(), digest="other", version="9.9")
    with running(queue, say=told.append), Master(queue, TASK, layout=other) as master:
        master.send(batch(0))
        until(lambda: told, "it says so")
        assert connect(queue).xlen(places.Load(queue, master.load).batches) == 1
        pending: Any = connect(queue).xpending(places.Load(queue, master.load).batches, places.GROUP)
        assert pending["pending"] == 0
    assert len(told) == 1 and "9.9 (other)" in told[0]


def test_a_worker_forgets_loads_whose_master_has_gone(queue: Queue) -> None:
    client = connect(queue)
    client.hset(places.loads(queue), "gone", b"whatever")
    with running(queue):
        until(lambda: not client.hlen(places.loads(queue)), "it is removed")


def test_a_worker_that_hangs_in_a_batch_ends_itself(queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[int] = []
    monkeypatch.setattr(places, "WORKER_SPEAKS", 0.02)
    monkeypatch.setattr(workers.os, "_exit", ended.append)
    with running(queue, most_seconds=0.1, say=lambda _: None) as worker:
        worker._busy_since = time.monotonic()
        until(lambda: ended, "it ends")
    assert set(ended) == {workers.HUNG}


def test_plug_ins_are_noticed_when_they_lie_there_in_full(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    monkeypatch.syspath_prepend(str(tmp_path))
    watch = PlugInWatch(layout_of(), lambda: now[0])

    def later() -> bool:
        now[0] += 2
        return watch.look()

    assert not later()
    told = tmp_path / "tiny-1.0.dist-info"
    told.mkdir()
    assert not later() and not later(), "nothing is declared yet"
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n")
    (told / "entry_points.txt").write_text("[ereader.adapters]\ntiny = tiny:PLUG_IN\n")
    assert not watch.look(), "not asked for so soon again"
    assert not later(), "it may still be written"
    assert later()
    assert watch.changed
