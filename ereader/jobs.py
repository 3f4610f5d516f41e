"""Work in the background (后台任务): loads and rebuilds that outlive the page which asked for them.

A job is a row of the table ``job``. Jobs of a home are done one after the other, in the order in which they
were asked for, by one process of their own (`ereader.job_runner`), which holds the home's right to write
while it works; a job waits for whoever holds it. While a job runs, a lock of the operating system on
``jobs/ID.lock`` tells that its process lives, and on PostgreSQL a lock of the server: whoever looks at a
running job whose lock is free notes it as failed. Where several homes share a database, each does its own
jobs, as their files lie there, and those that belong to none. A job in ``arguments``:

| kind | arguments |
| --- | --- |
| load | ``repository``, ``files`` (paths); optional ``format``, ``type``, ``charset``, ``mapping`` (path), ``take_older``, ``again``, ``authority``; ``remove``: the files are removed when it is done |
| undo-load | ``run``: the number of the load |
| rebuild | none: records of which more or fewer should be seen than the index shows |
| reindex | optional ``repository`` |
| join | none: what the rules of likeness hold to be the same among records that changed is joined |
| quality | ``repository``: its quality is measured and kept |
| review | ``repository``: pairs of its records that a person should see are looked for |
"""  # noqa: E501 - a table

from __future__ import annotations

import contextlib
import datetime
import fcntl
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, Protocol, get_args
from uuid import uuid4

import msgspec
import sqlalchemy as sa

from ereader.auth import audit
from ereader.auth.door import require
from ereader.auth.roles import Actor, Target
from ereader.database import locks
from holdings.members.registry import Members

Kind = Literal["load", "undo-load", "rebuild", "reindex", "review", "quality"]
State = Literal["waiting", "running", "done", "failed", "stopped"]
KINDS: tuple[Kind, ...] = get_args(Kind)
FOLDER = "jobs"  # in the home: locks of running jobs, and what their process writes to standard error
PLACE = "place"  # file with the name of the home among those that share its database
OF_PLACE = ("files", "mapping")  # arguments that name files of a home
LOG = "log.txt"
MOST_LOG = 1_000_000  # bytes beyond which the log begins anew
AUTOMATIC = Actor("background", operator=True)  # who asks for what nobody asked for

METADATA = sa.MetaData()
JOB = sa.Table(
    "job",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("arguments", sa.Text, nullable=False),  # JSON
    sa.Column("actor", sa.String(160), nullable=False),  # as in the log of changes
    sa.Column("state", sa.String(16), nullable=False, index=True),
    sa.Column("stopping", sa.Boolean, nullable=False),
    sa.Column("done", sa.BigInteger, nullable=False),
    sa.Column("total", sa.BigInteger, nullable=False),  # 0: nobody knows
    sa.Column("text", sa.String(200), nullable=False),  # what is being done: a code, see ui/locale [jobs]
    sa.Column("asked", sa.String(32), nullable=False),  # ISO 8601, UTC, as the two below
    sa.Column("started", sa.String(32), nullable=False),
    sa.Column("finished", sa.String(32), nullable=False),
    sa.Column("result", sa.Text, nullable=False),  # JSON; {"error": …} of what failed
    sa.Column("place", sa.String(32), nullable=False, server_default=""),  # home that does it; "": any
)


class Job(msgspec.Struct, frozen=True):
    """One piece of work (任务). ``done`` of ``total`` pieces, 0 when nobody knows how many there are."""

    id: int
    kind: str
    arguments: dict[str, Any]
    actor: str
    state: State
    stopping: bool
    done: int
    total: int
    text: str
    asked: str
    started: str
    finished: str
    result: dict[str, Any]
    place: str = ""

    @property
    def over(self) -> bool:
        return self.state not in ("waiting", "running")

    @property
    def fraction(self) -> float:
        """How much is done, from 0 to 1; 0 when nobody knows."""
        return 1.0 if self.state == "done" else min(1.0, self.done / self.total) if self.total else 0.0


class Written(Protocol):
    """The database of a home, open for writing."""

    @property
    def engine(self) -> sa.Engine: ...


class Home(Protocol):
    """What is needed of an opened home, also of one that is served."""

    @property
    def home(self) -> Path: ...
    @property
    def accounts(self) -> Written: ...


def start(
    home: Home,
    kind: Kind,
    arguments: Mapping[str, Any],
    actor: Actor,
    *,
    reason: str = "",
    once: bool = False,
    spawn: bool = True,
) -> int:
    """Puts a job into the queue and sees to it that somebody does it; answers with its id.

    With ``once``, one of the same kind and arguments that still waits is answered instead. Raises
    ``ereader.auth.door.Denied`` unless ``actor`` may do this, before anything is written.
    """
    engine = home.accounts.engine
    target, entry = _target(engine, kind, arguments)
    _require(kind, actor, target, entry)
    with engine.begin() as connection:
        encoded = msgspec.json.encode(arguments, order="deterministic").decode()
        if once:
            same = (JOB.c.kind == kind) & (JOB.c.arguments == encoded) & (JOB.c.state == "waiting")
            found = connection.execute(sa.select(JOB.c.id).where(same)).scalar()
            if found is not None:
                return int(found)
        row = {
            "kind": kind, "arguments": encoded, "actor": audit.name_of(actor), "state": "waiting",
            "stopping": False, "done": 0, "total": 0, "text": "", "asked": now(), "started": "",
            "finished": "", "result": "{}",
            "place": place_of(home.home) if any(name in arguments for name in OF_PLACE) else "",
        }  # fmt: skip
        id: int = connection.execute(sa.insert(JOB).values(**row).returning(JOB.c.id)).scalar_one()
        if kind in ("load", "undo-load"):
            at = datetime.datetime.now(datetime.UTC)
            told = {"job": id, "kind": kind, **arguments}
            audit.note(connection, actor, "records.load", entry, None, told, reason, at)
    if spawn:
        run_apart(home.home)
    return id


def find(home: Home, id: int) -> Job | None:
    """A job; None when there is none of this id."""
    found = _read(home, sa.select(JOB).where(JOB.c.id == id))
    return found[0] if found else None


def recent(home: Home, limit: int = 20, *, kinds: Sequence[str] = ()) -> list[Job]:
    """The latest jobs, newest first."""
    query = sa.select(JOB).order_by(JOB.c.id.desc()).limit(limit)
    return _read(home, query.where(JOB.c.kind.in_(kinds)) if kinds else query)


def unfinished(home: Home) -> list[Job]:
    """What runs or waits, in order of the queue."""
    return _read(home, sa.select(JOB).where(JOB.c.state.in_(("waiting", "running"))).order_by(JOB.c.id))


def waiting(home: Home) -> list[Job]:
    """What waits and may be done by this home, in order of the queue."""
    own = ("", place_of(home.home))
    return [job for job in unfinished(home) if job.state == "waiting" and job.place in own]


def place_of(home: Path) -> str:
    """The name of a home among those that share its database, made when it is first asked for."""
    path = home / FOLDER / PLACE
    for _ in range(2):
        try:
            return path.read_text("ascii").strip()[:32]
        except FileNotFoundError:
            path.parent.mkdir(parents=True, exist_ok=True)
            # Whoever is first names it: written aside, as nobody may read half of it.
            beside = path.with_name(f"{PLACE}-{uuid4().hex}")
            beside.write_text(uuid4().hex, "ascii")
            with contextlib.suppress(FileExistsError):
                path.hardlink_to(beside)
            beside.unlink()
    return path.read_text("ascii").strip()[:32]


def stop(home: Home, id: int) -> bool:
    """Takes a waiting job out of the queue, or asks a running one to end soon; what it has done by then is
    kept. False when it is over already, or there is none.
    """
    note_dead(home)
    with home.accounts.engine.begin() as connection:
        waiting = sa.update(JOB).where(JOB.c.id == id, JOB.c.state == "waiting")
        if connection.execute(waiting.values(state="stopped", finished=now())).rowcount:
            return True
        running = sa.update(JOB).where(JOB.c.id == id, JOB.c.state == "running")
        return connection.execute(running.values(stopping=True)).rowcount > 0


def note_dead(home: Home) -> int:
    """Notes running jobs whose process is gone as failed; how many there were."""
    engine = home.accounts.engine
    with engine.connect() as connection:
        running = list(connection.execute(sa.select(JOB.c.id).where(JOB.c.state == "running")).scalars())
    dead = []
    if running and engine.dialect.name == "postgresql":
        dead = sorted(set(running) - locks.jobs_done(engine))
    elif running:
        for id in running:
            with lock(home.home, id) as free:
                if free:
                    dead.append(id)
    if dead:
        told = msgspec.json.encode({"error": "its process ended unexpectedly"}).decode()
        gone = sa.update(JOB).where(JOB.c.id.in_(dead), JOB.c.state == "running")
        with engine.begin() as connection:
            connection.execute(gone.values(state="failed", finished=now(), result=told))
    return len(dead)


@contextmanager
def lock(home: Path, name: int | str) -> Iterator[bool]:
    """Holds the lock of a job, or of whoever does jobs (``queue``); False when somebody else does. Nobody
    removes its file but `forget`: a lock on a file that is gone would hold nobody back.
    """
    path = home / FOLDER / f"{name}.lock"
    path.parent.mkdir(exist_ok=True)
    # The operating system gives it back when the process ends, however it ends.
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
            return
        yield True


def forget(home: Path, id: int) -> None:
    """Removes the lock of a job that is over; for whoever does jobs."""
    (home / FOLDER / f"{id}.lock").unlink(missing_ok=True)


def run_apart(home: Path) -> None:
    """Starts a process of its own that does what waits, unless one is at it (which it finds out itself)."""
    folder = home / FOLDER
    folder.mkdir(exist_ok=True)
    log = folder / LOG
    mode = "ab" if not log.exists() or log.stat().st_size < MOST_LOG else "wb"
    command = [sys.executable, "-m", "ereader", "--home", str(home), "jobs", "run"]
    with log.open(mode) as told:
        process = subprocess.Popen(  # noqa: S603 - our own command
            command, stdin=subprocess.DEVNULL, stdout=told, stderr=told, start_new_session=True
        )
    # Somebody has to take note of its end, or the system keeps it as a dead one.
    threading.Thread(target=process.wait, name="job-process", daemon=True).start()


def now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


def _read(home: Home, query: sa.Select[Any]) -> list[Job]:
    note_dead(home)
    with home.accounts.engine.connect() as connection:
        rows = connection.execute(query).all()
    return [job_of(row) for row in rows]


def job_of(row: Any) -> Job:
    """A row of the table as a value."""
    values = dict(row._mapping)
    values |= {name: msgspec.json.decode(values[name]) for name in ("arguments", "result")}
    return Job(**values)


def _target(engine: sa.Engine, kind: str, arguments: Mapping[str, Any]) -> tuple[Target, str]:
    """Whose records a job changes; of what is unknown, nobody's."""
    repository = str(arguments.get("repository", ""))
    if kind == "undo-load":
        run = sa.table("load_run", sa.column("number"), sa.column("repository"))
        with engine.connect() as connection:
            asked = sa.select(run.c.repository).where(run.c.number == arguments.get("run"))
            repository = connection.execute(asked).scalar() or ""
    known = Members(engine).repositories().get(repository)
    return Target(library=known.library if known else ""), f"repository/{repository}"


def _require(kind: str, actor: Actor, target: Target, entry: str) -> None:
    if kind in ("load", "undo-load"):
        require(actor, "records.load", target, entry)
    elif kind == "review":
        require(actor, "records.judge", target, entry)
    elif kind == "quality":
        require(actor, "records.load", target, entry)
    elif not actor.operator:
        require(actor, "consortium.create", Target(), kind)  # what the admin of the centre may do
