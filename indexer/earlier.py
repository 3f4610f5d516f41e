"""What records were before a load changed them (装载前版本), so that a load can be undone.

The writer keeps a row as it was when a load touches it first. The latest `KEPT` loads of each repository can
be undone, the last one first; what earlier ones kept is given up. Removing what a load brought needs nothing
but the number of the last row before it.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

import msgspec
import sqlalchemy as sa

from indexer.rows import in_pages
from indexer.tables import CONTENT, METADATA, NUMBER, RUN, SOURCE, chunks

KEPT = 3  # loads of a repository that can be undone

BEFORE = sa.Table(
    "source_before",
    METADATA,
    sa.Column("run", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("number", NUMBER, primary_key=True, autoincrement=False),
    sa.Column("last_run", sa.Integer, nullable=False),  # the load that had written it
    *(
        sa.Column(c.name, c.type, nullable=c.nullable)
        for c in (
            *(SOURCE.c[n] for n in ("state", "checksum", "modified", "embargo_until", "features")),
            *(c for c in CONTENT.columns if c.name != "number"),
        )
    ),
)

UNDOABLE = sa.Table(
    "load_undo",
    METADATA,
    sa.Column("run", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("repository", sa.String(64), nullable=False, index=True),
    sa.Column("last_number", NUMBER, nullable=False),  # rows beyond it are new with this load
    sa.Column("state", sa.String(8), nullable=False),  # kept, begun, undone, given-up
    sa.Column("undone", sa.String(20), nullable=False),
    sa.Column("actor", sa.String(160), nullable=False),
    sa.Column("counts", sa.Text, nullable=False),  # JSON of what undoing did
)

Standing = Literal["possible", "begun", "undone", "later-first", "given-up", "never-kept", "nothing"]


class Undoable(msgspec.Struct, frozen=True):
    """Whether a load can be undone (可否撤销).

    ``later-first``: loads after it must be undone before it, ``later`` being the last of them; ``given-up``:
    earlier versions are no longer kept; ``never-kept``: a load of authority records, or of an older program;
    ``nothing``: it changed nothing. ``undone`` and ``actor`` say when and by whom it was undone.
    """

    standing: Standing
    later: int = 0
    undone: str = ""
    actor: str = ""
    removed: int = 0
    restored: int = 0


class Row(NamedTuple):
    """A row to be put back (待恢复记录): where it stands, and, where it was there before, as what."""

    number: int
    uid: str
    local_id: str
    before: sa.Row[tuple[object, ...]] | None


class Earlier:
    """Earlier versions of the records of one store (装载前版本库)."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def begin(self, run: int, repository: str) -> None:
        """A load begins: what it changes is kept from now on, and of old loads no more."""
        with self._engine.begin() as connection:
            last = connection.execute(sa.select(sa.func.max(SOURCE.c.number))).scalar() or 0
            row = {"run": run, "repository": repository, "last_number": last, "state": "kept"}
            connection.execute(sa.insert(UNDOABLE).values(**row, undone="", actor="", counts=""))
            query = (
                sa.select(UNDOABLE.c.run)
                .where(UNDOABLE.c.repository == repository, UNDOABLE.c.state == "kept")
                .order_by(UNDOABLE.c.run.desc())
                .offset(KEPT)
            )
            for chunk in chunks(connection.execute(query).scalars()):
                connection.execute(sa.delete(BEFORE).where(BEFORE.c.run.in_(chunk)))
                held = UNDOABLE.c.run.in_(chunk)
                connection.execute(sa.update(UNDOABLE).where(held).values(state="given-up"))

    def standing(self, run: int) -> Undoable:
        """Whether a load can be undone now, and if not, why."""
        with self._engine.connect() as connection:
            row = connection.execute(sa.select(UNDOABLE).where(UNDOABLE.c.run == run)).first()
            if row is None:
                return Undoable("never-kept")
            if row.state == "undone":
                counts = msgspec.json.decode(row.counts or "{}", type=dict[str, int])
                return Undoable("undone", 0, row.undone, row.actor, **counts)
            if row.state == "given-up":
                return Undoable("given-up")
            later = self._later(connection, run, row.repository)
            if later:
                return Undoable("later-first", later)
            if row.state == "begun":
                return Undoable("begun")
            removed, restored = _counts(connection, run)
            if not removed and not restored:
                return Undoable("nothing")
            return Undoable("possible", removed=removed, restored=restored)

    def start(self, run: int, actor: str) -> None:
        """Undoing begins; a run that stopped in the middle of it can only be undone to its end."""
        self._set(run, state="begun", actor=actor)

    def finish(self, run: int, removed: int, restored: int) -> None:
        """Undoing is done."""
        now = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        counts = msgspec.json.encode({"removed": removed, "restored": restored}).decode()
        self._set(run, state="undone", undone=now, counts=counts)

    def states(self, runs: Iterable[int]) -> dict[int, str]:
        """Of some loads, without counting anything: kept, begun, undone or given-up."""
        found: dict[int, str] = {}
        with self._engine.connect() as connection:
            for chunk in chunks(runs):
                query = sa.select(UNDOABLE.c.run, UNDOABLE.c.state).where(UNDOABLE.c.run.in_(chunk))
                found.update((row.run, row.state) for row in connection.execute(query))
        return found

    def changed(self, run: int, count: int) -> list[Row]:
        """Some of the rows that a load changed and that are not yet as before."""
        query = (
            sa.select(BEFORE, SOURCE.c.uid, SOURCE.c.local_id)
            .join(SOURCE, SOURCE.c.number == BEFORE.c.number)
            .where(BEFORE.c.run == run)
            .order_by(BEFORE.c.number)
            .limit(count)
        )
        with self._engine.connect() as connection:
            return [Row(row.number, row.uid, row.local_id, row) for row in connection.execute(query)]

    def added(self, run: int, count: int) -> list[Row]:
        """Some of the rows that a load brought and that are not yet taken away."""
        with self._engine.connect() as connection:
            query = (
                sa.select(SOURCE.c.number, SOURCE.c.uid, SOURCE.c.local_id)
                .where(_brought(connection, run))
                .order_by(SOURCE.c.number)
                .limit(count)
            )
            return [Row(*row, None) for row in connection.execute(query)]

    def written(self, run: int, page: int = 500) -> Iterator[tuple[bytes, bytes | None]]:
        """(packed record, its problems) of everything that a load wrote last, in order of the rows."""
        c = SOURCE.c
        with self._engine.connect() as connection:
            beyond = _brought(connection, run)
        changed = c.number.in_(sa.select(BEFORE.c.number).where(BEFORE.c.run == run))
        for some in (changed, beyond):
            query = (
                sa.select(c.number, CONTENT.c.record, CONTENT.c.problems)
                .join(CONTENT, CONTENT.c.number == c.number)
                .where(some, c.run == run)
            )
            for rows in in_pages(self._engine, query, c.number, page):
                yield from ((row.record, row.problems) for row in rows)

    def _later(self, connection: sa.Connection, run: int, repository: str) -> int:
        """The last load after ``run`` that has something in the repository, 0 for none."""
        query = (
            sa.select(RUN.c.number)
            .join(UNDOABLE, UNDOABLE.c.run == RUN.c.number, isouter=True)
            .where(
                RUN.c.repository == repository,
                RUN.c.number > run,
                sa.or_(UNDOABLE.c.state.is_(None), UNDOABLE.c.state != "undone"),
            )
            .order_by(RUN.c.number.desc())
        )
        for number in connection.execute(query).scalars():
            held = connection.execute(sa.select(UNDOABLE).where(UNDOABLE.c.run == number)).first()
            if held is None or held.state == "begun" or any(_counts(connection, number)):
                return int(number)
        return 0

    def _set(self, run: int, **values: object) -> None:
        with self._engine.begin() as connection:
            connection.execute(sa.update(UNDOABLE).where(UNDOABLE.c.run == run).values(**values))


def keep(connection: sa.Connection, run: int, numbers: Sequence[int]) -> None:
    """Keeps rows as they are before a load changes them; those that it has touched already are kept."""
    source = [SOURCE.c[n] for n in ("state", "checksum", "modified", "embargo_until", "features")]
    content = [c for c in CONTENT.columns if c.name != "number"]
    for chunk in chunks(numbers):
        rows = (
            sa.select(sa.literal(run), SOURCE.c.number, SOURCE.c.run, *source, *content)
            .join(CONTENT, CONTENT.c.number == SOURCE.c.number)
            .where(SOURCE.c.number.in_(chunk), SOURCE.c.run != run)
        )
        connection.execute(sa.insert(BEFORE).from_select([c.name for c in BEFORE.columns], rows))


def put_back(connection: sa.Connection, run: int, rows: Sequence[Row]) -> None:
    """Rows are as before: each is again of the load that had written it, of none where there was none."""
    known = [{"of": r.number, "last": r.before.last_run if r.before else 0} for r in rows]
    update = sa.update(SOURCE).where(SOURCE.c.number == sa.bindparam("of"))
    connection.execute(update.values(run=sa.bindparam("last")), known)
    for chunk in chunks([r.number for r in rows if r.before]):
        connection.execute(sa.delete(BEFORE).where(BEFORE.c.run == run, BEFORE.c.number.in_(chunk)))


def _counts(connection: sa.Connection, run: int) -> tuple[int, int]:
    """How many records a load brought, and how many it changed."""
    added = sa.select(sa.func.count()).select_from(SOURCE).where(_brought(connection, run))
    changed = sa.select(sa.func.count()).select_from(BEFORE).where(BEFORE.c.run == run)
    return int(connection.execute(added).scalar() or 0), int(connection.execute(changed).scalar() or 0)


def _brought(connection: sa.Connection, run: int) -> sa.ColumnElement[bool]:
    """The rows that a load brought. One process writes at a time, so they lie between the last row before it
    and the last one before the next load, and no others are looked at.
    """
    before = sa.select(UNDOABLE.c.last_number).where(UNDOABLE.c.run == run)
    after = sa.select(sa.func.min(UNDOABLE.c.last_number)).where(UNDOABLE.c.run > run)
    first, last = (connection.execute(query).scalar() for query in (before, after))
    found = sa.and_(SOURCE.c.run == run, SOURCE.c.number > (first or 0))
    return found if last is None else sa.and_(found, SOURCE.c.number <= last)
