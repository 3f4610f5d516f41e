"""Kills loads and their workers again and again, and compares where they end with an undisturbed load.

    scripts/kill-loads --kills 200 [--postgresql ADDRESS] [--queue redis://…] [--seed N]

Two files are loaded, one after the other, the second with changes of the first. While they are, the master or
one of its workers is killed (kill -9) at a random moment; a load that ended is begun again until it is done.
Then every record, every cluster and the answers of the search index must be those of a home in which nobody
killed anybody. With ``--queue`` the workers are those of a queue, else processes of the load itself; with
``--postgresql`` the store is a database made on that server, else SQLite.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import importlib
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

import sqlalchemy as sa  # noqa: E402

from ereader import cli  # noqa: E402
from indexer.database import open_database  # noqa: E402
from indexer.pack import unpack  # noqa: E402
from indexer.tables import CONTENT, SOURCE  # noqa: E402

for name in (
    "ereader.commands.load",
    "ereader.commands.search",
    "ereader.commands.worker",
    "ereader.queue.master",
    "ereader.queue.worker",
    "ereader.queue.supervisor",
    "pypinyin",
    "psycopg",
    "indexer.index.tantivy",
):
    importlib.import_module(name)

RECORDS = 1800  # three batches
MOST_KILLS = 10  # in one history, then it is left alone
WAIT = 600.0  # seconds after which something hangs
ENTRY = "@book{{r{n},\n  title = {{{title}}},\n  author = {{Test, Author}},\n  year = {{{year}}},\n  abstract = {{{words}}}\n}}\n"

State = tuple[dict[str, Any], dict[str, Any]]


class Place(NamedTuple):
    """Where one history happens: its home, its database ("" for SQLite), its queue ("" for none)."""

    home: Path
    database: str
    queue: str


class Tally(NamedTuple):
    """What was done: kills of masters, of workers, histories, and loads that were begun."""

    masters: int
    workers: int
    histories: int
    begun: int


def write_files(folder: Path, records: int = RECORDS) -> list[Path]:
    """Two files; every third title comes twice, so that records are merged, and a few change their title."""
    files = [folder / "first.bib", folder / "second.bib"]
    for number, file in enumerate(files):
        with file.open("w", encoding="utf-8") as out:
            for n in range(records):
                title = f"Title {n - n % 3 if n % 7 else n}" + (" revised" if number and n % 11 == 0 else "")
                out.write(ENTRY.format(n=n, title=title, year=1900 + n % 3, words="word " * 30))
    return files


class Forked:
    """``ereader`` in a process of its own that need not import anything, as this process has (派生进程)."""

    def __init__(self, place: Place, words: Sequence[str]) -> None:
        place.home.mkdir(parents=True, exist_ok=True)
        Forked.made += 1
        self.out = place.home / f"out-{Forked.made}"
        self.returncode: int | None = None
        self.pid = os.fork()
        if not self.pid:
            status = 70
            try:
                os.setsid()
                told = os.open(self.out, os.O_WRONLY | os.O_CREAT)
                os.dup2(told, 1)
                os.dup2(os.open(self.out.with_suffix(".err"), os.O_WRONLY | os.O_CREAT), 2)
                os.environ |= {"EREADER_DATABASE": place.database}
                status = cli.main(["--home", str(place.home), *words])
                sys.stdout.flush()
            except BaseException:
                traceback.print_exc()
                sys.stderr.flush()
            os._exit(status)

    made = 0

    def poll(self) -> int | None:
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self.returncode = os.waitstatus_to_exitcode(status) if pid else None
        return self.returncode

    def wait(self, seconds: float = WAIT) -> bool:
        """Whether it ended within this time."""
        end = time.monotonic() + seconds
        while self.poll() is None and time.monotonic() < end:
            time.sleep(0.005)
        return self.returncode is not None

    def ended(self) -> int:
        assert self.wait(), f"it hangs: {self.out}"
        assert self.returncode is not None
        return self.returncode


def begin(place: Place, file: Path) -> Forked:
    words = ["load", str(file), "--library", "lib", "--repository", "books", "--create", "--json"]
    return Forked(place, [*words, *(["--queue", place.queue] if place.queue else ["--workers", "2"])])


def state(place: Place) -> State:
    """Every record with its cluster, and what the index answers."""
    engine = open_database(place.database or f"sqlite:///{place.home / 'ereader.sqlite'}", read_only=True)
    query = sa.select(SOURCE, CONTENT.c.record).join(CONTENT, CONTENT.c.number == SOURCE.c.number)
    with engine.connect() as connection:
        records = {
            row.uid: (row.cluster, row.state, row.checksum, hashlib.sha256(unpack(row.record)).hexdigest())
            for row in connection.execute(query)
        }
    engine.dispose()
    asked = Forked(place, ["search", "", "--json", "--size", "100"])
    assert asked.ended() == 0
    found = json.loads(asked.out.read_text())
    return records, {
        "total": found["total"], "facets": found["facets"], "hits": sorted(hit["id"] for hit in found["hits"])
    }  # fmt: skip


def children(pid: int) -> list[int]:
    """Processes that a process has started."""
    with contextlib.suppress(OSError):
        return [int(p) for p in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def history(
    place: Place,
    files: list[Path],
    kills: int,
    chance: random.Random,
    span: float,
    workers: Callable[[], list[int]],
) -> tuple[int, int, int]:
    """Loads the files while killing; (masters killed, workers killed, loads begun)."""
    masters = others = begun = 0
    for file in files:
        while True:
            process = begin(place, file)
            begun += 1
            while process.poll() is None:
                if masters + others >= kills:
                    process.ended()
                    break
                if process.wait(chance.uniform(0, span)):
                    break
                found = workers() if place.queue else children(process.pid)
                victim = chance.choice([process.pid, *found])
                with contextlib.suppress(ProcessLookupError):
                    os.kill(victim, signal.SIGKILL)
                    masters, others = masters + (victim == process.pid), others + (victim != process.pid)
                if victim == process.pid:
                    break
            status = process.ended()
            if status == 0:
                break
            assert status in (2, -signal.SIGKILL), (
                f"status {status}: {process.out.with_suffix('.err').read_text()}"
            )
    return masters, others, begun


@contextlib.contextmanager
def queue_workers(place: Place) -> Iterator[Callable[[], list[int]]]:
    """Workers of the queue of a place; gives what tells their processes."""
    if not place.queue:
        yield list
        return
    process = Forked(place, ["worker", "--queue", place.queue, "--processes", "2"])
    try:
        yield lambda: children(process.pid)
    finally:
        os.kill(process.pid, signal.SIGTERM)
        process.ended()


def run(
    kills: int,
    seed: int,
    make_place: Callable[[str], Place],
    forget: Callable[[Place], None] = lambda _: None,
    *,
    records: int = RECORDS,
    say: Callable[[str], None] = lambda _: None,
) -> Tally:
    """Histories with this many kills altogether. An AssertionError says which of them ended elsewhere."""
    chance = random.Random(seed)
    masters = workers = histories = begun = 0
    with tempfile.TemporaryDirectory(prefix="ereader-kill-") as name:
        files = write_files(Path(name), records)
        undisturbed = make_place("undisturbed")
        with queue_workers(undisturbed) as working:
            began = time.monotonic()
            history(undisturbed, files, 0, chance, 1.0, working)
            span = (time.monotonic() - began) / len(files)
            expected = state(undisturbed)
            forget(undisturbed)
        while masters + workers < kills:
            histories += 1
            place = make_place(f"history-{histories}")
            with queue_workers(place) as working:
                most = min(MOST_KILLS, kills - masters - workers)
                one = history(place, files, most, chance, span, working)
            found = state(place)
            masters, workers, begun = masters + one[0], workers + one[1], begun + one[2]
            say(
                f"{masters + workers} kills, {histories} histories: {'same' if found == expected else 'OTHER'}"
            )
            assert found[0] == expected[0], f"seed {seed}, history {histories}: other records or clusters"
            assert found[1] == expected[1], f"seed {seed}, history {histories}: the index answers otherwise"
            forget(place)
    return Tally(masters, workers, histories, begun)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--records", type=int, default=RECORDS)
    parser.add_argument(
        "--postgresql", default="", metavar="ADDRESS", help="a server whose user may make databases"
    )
    parser.add_argument("--queue", default="", metavar="URL", help="a queue; the prefix of names is added")
    args = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="ereader-kill-homes-"))
    admin = (
        sa.create_engine(sa.make_url(args.postgresql), isolation_level="AUTOCOMMIT")
        if args.postgresql
        else None
    )

    def make(name: str) -> Place:
        database = ""
        if admin is not None:
            of = f"kill_{os.getpid()}_{name.replace('-', '_')}"
            with admin.connect() as connection:
                connection.exec_driver_sql(f"CREATE DATABASE {of} TEMPLATE template0 ENCODING 'UTF8'")
            database = admin.url.set(database=of).render_as_string(hide_password=False)
        queue = f"{args.queue}?prefix=kill-{os.getpid()}-{name}" if args.queue else ""
        return Place(folder / name, database, queue)

    def forget(place: Place) -> None:
        shutil.rmtree(place.home, ignore_errors=True)
        if admin is not None:
            with admin.connect() as connection:
                of = sa.make_url(place.database).database
                connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {of} WITH (FORCE)")

    began = time.monotonic()
    try:
        done = run(
            args.kills, args.seed, make, forget, records=args.records, say=lambda t: print(t, flush=True)
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(json.dumps({**done._asdict(), "seed": args.seed, "seconds": round(time.monotonic() - began)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
