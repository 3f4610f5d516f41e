"""The names of things in the server of a queue (队列键名).

| name | what |
| --- | --- |
| ``P:loads`` | hash: load → Announced; who finds one without a task removes it |
| ``P:load:L:task`` | the Task; lives while its master says so, and with it the load |
| ``P:load:L:batches`` | stream of batches, read by the group ``workers`` |
| ``P:load:L:done`` | stream of what became of them, read by the master |
| ``P:workers`` | hash: worker → Registered, of workers that are or were there |
| ``P:worker:W`` | is there while worker W lives |
"""

from __future__ import annotations

from ereader.queue.address import Queue

GROUP = "workers"
NUMBER, CONTENT, FAILED = b"n", b"d", b"f"  # fields of entries of streams

MASTER_LIVES = 60  # seconds for which a load is there without a word of its master
MASTER_SPEAKS = 10.0
WORKER_LIVES = 15  # seconds after which a worker that says nothing is taken for dead
WORKER_SPEAKS = 3.0


class Load:
    """The names of one load (一次装载的键名)."""

    def __init__(self, queue: Queue, load: str) -> None:
        self.load = load
        self.task = queue.name("load", load, "task")
        self.batches = queue.name("load", load, "batches")
        self.done = queue.name("load", load, "done")

    def all(self) -> tuple[str, str, str]:
        return self.task, self.batches, self.done


def loads(queue: Queue) -> str:
    return queue.name("loads")


def workers(queue: Queue) -> str:
    return queue.name("workers")


def life(queue: Queue, worker: str) -> str:
    return queue.name("worker", worker)
