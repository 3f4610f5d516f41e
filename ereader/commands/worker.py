"""``ereader worker``: prepares records for loads on other hosts (工作进程)."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path
from typing import Any

import msgspec

from ereader import exit_status
from ereader.exit_status import UsageError
from ereader.queue import places
from ereader.queue.address import Queue, away, connect, queue_of
from ereader.settings import Settings, read_settings

MOST_PROCESSES = 256


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser("worker", help="prepare records for loads on other hosts")
    parser.add_argument(
        "--queue", default="", metavar="URL", help="redis://host:6379/0 (or the setting queue)"
    )
    parser.add_argument(
        "--processes", type=int, default=0, metavar="N", help="how many at once (0: one for each processor)"
    )
    parser.add_argument(
        "--status", action="store_true", help="say which loads and workers there are, and end"
    )
    parser.add_argument("--alone", default="", metavar="NAME", help=argparse.SUPPRESS)


def run(args: argparse.Namespace) -> int:
    """Works until SIGTERM; without a queue there is nothing to do."""
    settings = read_settings(args.home)
    address = args.queue or settings.queue
    if not address:
        print(
            "There is no queue in this installation: ereader load starts its own worker processes and waits "
            "for them (setting load_workers). Nothing was done. docs/workers.md tells how many hosts share "
            "the work.",
            file=sys.stderr,
        )
        return exit_status.DONE
    queue = queue_of(address, settings.queue_key)
    if args.status:
        return _status(queue)
    if args.alone:
        return _work(queue, args.alone, _database(args.home, settings))
    processes = args.processes or os.cpu_count() or 1
    if not 1 <= processes <= MOST_PROCESSES:
        raise UsageError(f"--processes: from 1 to {MOST_PROCESSES}")
    return _supervise(queue, address, args.home, processes)


def _supervise(queue: Queue, address: str, home: Path, processes: int) -> int:
    from ereader.queue.supervisor import Supervisor

    client = connect(queue)
    # By the environment: what stands in a command line is seen by everybody on the host.
    os.environ["EREADER_QUEUE"] = address
    command = [sys.executable, "-m", "ereader", "--home", str(home), "worker", "--alone"]
    print(f"working for {queue.shown} with {processes} processes", flush=True)
    return Supervisor(queue, client, command, processes, _say).run()


def _work(queue: Queue, name: str, database: str) -> int:
    from ereader.queue.supervisor import RENEW, until_input_closes
    from ereader.queue.worker import Worker

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    worker = Worker(queue, name, database=database)
    signal.signal(signal.SIGTERM, lambda *_: worker.stop())
    until_input_closes(worker.stop)
    worker.run()
    return RENEW if worker.outdated else exit_status.DONE


def _status(queue: Queue) -> int:
    """One JSON line for each load and each worker."""
    import redis

    from ereader.queue.message import Announced, Forged, Registered, read

    client = connect(queue)
    kinds: tuple[tuple[str, str, Any], ...] = (
        ("load", places.loads(queue), Announced),
        ("worker", places.workers(queue), Registered),
    )
    try:
        for about, name, kind in kinds:
            held: Any = client.hgetall(name)
            for key, told in sorted(held.items()):
                who = key.decode("utf-8", "replace")
                life = places.life(queue, who) if kind is Registered else places.Load(queue, who).task
                if not client.exists(life):
                    continue
                try:
                    value = msgspec.to_builtins(read(queue.key, f"{about} {who}", told, kind))
                except Forged:
                    value = {about: who, "error": "wrong seal: written with another queue_key"}
                print(msgspec.json.encode(value).decode())
    except redis.RedisError as error:
        raise away(queue, error) from error
    return exit_status.DONE


def _database(home: Path, settings: Settings) -> str:
    """Where authority records are for the workers of a home; "" for nowhere."""
    from ereader.installation import DATABASE_FILE

    if settings.database:
        return settings.database
    path = home / DATABASE_FILE
    return f"sqlite:///{path}" if path.exists() else ""


def _say(text: str) -> None:
    print(f"ereader worker: {text}", file=sys.stderr, flush=True)
