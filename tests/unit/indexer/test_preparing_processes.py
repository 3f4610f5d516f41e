"""Worker processes of a load: order, deaths, and the one record under which they die."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer import workers
from indexer.prepare import Task
from indexer.profile import Profile
from indexer.workers import Batch, Rescue, Work, WorkerDied, in_workers, prepare_in_workers

RESCUE = Rescue(
    lambda request: request.split(b",") if b"," in request else [], b",".join, lambda request: b"-" + request
)


def make(started: bytes) -> Work:
    """Dies of ``die`` always, and of ``once`` when the file named by ``started`` is absent."""

    def work(request: bytes) -> bytes:
        if b"die" in request:
            os._exit(9)
        flag = Path(os.fsdecode(started))
        if b"once" in request and not flag.exists():
            flag.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(0.01 if b"slow" in request else 0)
        return request.upper()

    return work


def answers(
    tmp_path: Path, requests: list[bytes], rescue: Rescue | None = RESCUE, count: int = 2
) -> list[bytes]:
    return list(in_workers(requests, make, os.fsencode(tmp_path / "flag"), count, rescue))


def test_answers_come_in_the_order_of_the_requests(tmp_path: Path) -> None:
    requests = [b"slow %d" % n if n % 3 == 0 else b"%d" % n for n in range(40)]
    assert answers(tmp_path, requests) == [request.upper() for request in requests]


def test_what_a_dead_worker_had_is_done_by_another(tmp_path: Path) -> None:
    requests = [b"once" if n == 9 else b"a%d" % n for n in range(30)]
    assert answers(tmp_path, requests) == [request.upper() for request in requests]
    (tmp_path / "flag").unlink()
    assert answers(tmp_path, requests, None) == [request.upper() for request in requests]


def test_only_the_piece_under_which_workers_die_is_given_up(tmp_path: Path) -> None:
    requests = [b"a,b", b"c,die,d", b"e", b"f", b"die"]
    assert answers(tmp_path, requests) == [b"A,B", b"C,-die,D", b"E", b"F", b"-die"]


def test_without_pieces_a_request_under_which_workers_die_ends_the_work(tmp_path: Path) -> None:
    with pytest.raises(WorkerDied):
        answers(tmp_path, [b"a", b"die", b"b"], None, 1)


def test_workers_that_die_all_the_time_end_the_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "MOST_DEATHS", 3)
    with pytest.raises(WorkerDied, match="3 workers"):
        answers(tmp_path, [b"die"] * 9, RESCUE, 1)


def test_a_batch_is_cut_and_joined_without_loss_and_a_record_alone_is_refused_with_its_place() -> None:
    parcels = [("f", b"x", n, "", (), 0, b"") for n in range(1, 101)]
    batch = Batch("a.mrc", {}, parcels)
    cut = workers.pieces(batch)
    assert 2 <= len(cut) <= workers.PIECES
    assert [p for piece in cut for p in piece.parcels] == parcels
    (alone,) = workers.refused(Batch("a.mrc", {}, parcels[6:7]), "why")
    assert (alone.uid, alone.position, alone.problems[0].file) == ("", 7, "a.mrc")
    assert alone.problems[0].severity == "error"
    assert workers.pieces(Batch("a.mrc", {}, parcels[:1])) == []


def test_a_load_goes_on_when_one_of_its_workers_is_killed() -> None:
    def batches() -> Iterator[Batch]:
        for n in range(30):
            if n == 20:
                children = Path(f"/proc/{os.getpid()}/task")
                pids = [int(p) for t in children.iterdir() for p in (t / "children").read_text().split()]
                spawned = [
                    p for p in pids if b"multiprocessing.spawn" in Path(f"/proc/{p}/cmdline").read_bytes()
                ]
                os.kill(spawned[0], signal.SIGKILL)
            record = b'{"id": "%d", "type": "book", "title": "Harbour"}' % n
            yield Batch("a.json", {}, [("record", record, n, "", (), 0, b"")])

    prepared = list(prepare_in_workers(batches(), Task(Profile("lib", "books")), 2))
    assert [one.position for some in prepared for one in some] == list(range(30))
    assert all(one.uid for some in prepared for one in some)
