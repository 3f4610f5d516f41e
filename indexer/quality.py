"""How good the records of a repository are (质量): what is described, what is wrong, what is there twice; in
numbers, kept after each load so that a trend can be seen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

import msgspec
import sqlalchemy as sa

from indexer.match import keys_of
from indexer.pack import unpack
from indexer.problem import Problem
from indexer.records.record import Record
from indexer.rows import in_pages
from indexer.tables import CONTENT, DELETED, METADATA, RUN, SOURCE

PAGE = 1_000
KEPT = 60  # snapshots of a repository that are kept
# What cataloguers look at, by its name in the record; each is a question of yes or no.
FIELDS: dict[str, Callable[[Record], object]] = {
    "title": lambda r: r.title,
    "contributors": lambda r: r.contributors,
    "year": lambda r: r.year is not None,
    "publisher": lambda r: r.publication.publisher,
    "language": lambda r: r.languages,
    "identifiers": lambda r: any(i.valid for i in r.identifiers),
    "subjects": lambda r: r.subjects,
    "classes": lambda r: r.classes,
    "extent": lambda r: r.extent,
    "abstract": lambda r: r.abstract,
    "links": lambda r: r.links,
    "holdings": lambda r: r.holdings,
}
DAMAGE = frozenset({"\ufffd", "\x00"})

SNAPSHOT = sa.Table(
    "quality_snapshot",
    METADATA,
    sa.Column("run", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("repository", sa.String(64), nullable=False, index=True),
    sa.Column("made", sa.String(20), nullable=False),
    sa.Column("numbers", sa.Text, nullable=False),  # JSON of Quality
)


class Quality(msgspec.Struct):
    """A repository in numbers (质量概况). ``complete``: type → field → records that have it.

    ``invalid``: scheme → identifiers that are not valid; ``twice``: records that share identifier and title
    with another of the same repository; ``damaged``: records with signs that no reading could make out;
    ``codes``: problems by code; ``faulty``: records with an error or a warning.
    """

    records: int = 0
    types: dict[str, int] = {}
    complete: dict[str, dict[str, int]] = {}
    identifiers: dict[str, int] = {}
    invalid: dict[str, int] = {}
    twice: int = 0
    damaged: int = 0
    faulty: int = 0
    codes: dict[str, int] = {}

    @property
    def completeness(self) -> float:
        """How many of the fields asked for are there, of all records, from 0 to 1."""
        asked = self.records * len(FIELDS)
        return sum(n for fields in self.complete.values() for n in fields.values()) / asked if asked else 0.0


class Snapshot(msgspec.Struct, frozen=True):
    """The quality of a repository after a load (质量快照)."""

    run: int
    repository: str
    made: str
    quality: Quality


class Stored(msgspec.Struct, frozen=True):
    """A stored record with its problems (待检记录)."""

    uid: str
    record: Record
    problems: tuple[Problem, ...]


def stored(engine: sa.Engine, repository: str) -> Iterator[Stored]:
    """The records of a repository, some at a time."""
    query = (
        sa.select(SOURCE.c.number, SOURCE.c.uid, CONTENT.c.record, CONTENT.c.problems)
        .join(CONTENT, CONTENT.c.number == SOURCE.c.number)
        .where(SOURCE.c.repository == repository, SOURCE.c.state != DELETED)
    )
    for rows in in_pages(engine, query, SOURCE.c.number, PAGE):
        for _, uid, blob, held in rows:
            yield Stored(uid, _record(unpack(blob)), _problems(held) if held else ())


def measure(found: Iterable[Stored], tell: Callable[[int], None] = lambda _: None) -> Quality:
    """The numbers of a set of records."""
    quality = Quality()
    identifiers: Counter[str] = Counter()
    invalid: Counter[str] = Counter()
    codes: Counter[str] = Counter()
    first: dict[int, str] = {}  # key of matching → who has it
    twice: set[str] = set()
    for one in found:
        record = one.record
        quality.records += 1
        quality.types[record.type] = quality.types.get(record.type, 0) + 1
        fields = quality.complete.setdefault(record.type, dict.fromkeys(FIELDS, 0))
        for name, has in FIELDS.items():
            fields[name] += bool(has(record))
        for identifier in record.identifiers:
            identifiers[identifier.scheme] += 1
            invalid[identifier.scheme] += not identifier.valid
        for key in keys_of(record):
            before = first.setdefault(key.number, one.uid)
            if before != one.uid:
                twice |= {before, one.uid}
        codes.update(p.code for p in one.problems)
        quality.faulty += any(p.severity != "info" for p in one.problems)
        quality.damaged += damaged(record)
        if quality.records % PAGE == 0:
            tell(quality.records)
    quality.twice = len(twice)
    quality.identifiers = dict(identifiers.most_common())
    quality.invalid = {scheme: n for scheme, n in invalid.most_common() if n}
    quality.codes = dict(codes.most_common(200))
    return quality


def damaged(record: Record) -> bool:
    """Whether a text of the record has signs that stand for what could not be read."""
    texts = (
        record.title,
        record.responsibility,
        record.abstract,
        record.publication.publisher,
        *(c.name for c in record.contributors),
        *(s.value for s in record.subjects),
    )
    return any(sign in text for text in texts for sign in DAMAGE)


def keep(engine: sa.Engine, repository: str, quality: Quality, now: str) -> Snapshot | None:
    """Keeps the numbers beside the repository's latest load; None where it has none."""
    latest = sa.select(sa.func.max(RUN.c.number)).where(RUN.c.repository == repository)
    with engine.begin() as connection:
        run = connection.execute(latest).scalar()
        if not run:
            return None
        connection.execute(sa.delete(SNAPSHOT).where(SNAPSHOT.c.run == run))
        row = {"run": run, "repository": repository, "made": now}
        numbers = msgspec.json.encode(quality).decode()
        connection.execute(sa.insert(SNAPSHOT).values(**row, numbers=numbers))
        of = sa.select(SNAPSHOT.c.run).where(SNAPSHOT.c.repository == repository)
        old = connection.execute(of.order_by(SNAPSHOT.c.run.desc()).offset(KEPT)).scalars().all()
        if old:
            connection.execute(sa.delete(SNAPSHOT).where(SNAPSHOT.c.run.in_(old)))
    return Snapshot(run, repository, now, quality)


def after_load(engine: sa.Engine, repository: str, now: str, most: int = 0) -> Snapshot | None:
    """Measures a repository and keeps its numbers; with ``most`` only one of so many records at the most."""
    if most:
        # No more are counted than are needed to know: a repository may be the whole store.
        some = sa.select(SOURCE.c.number).where(SOURCE.c.repository == repository).limit(most + 1)
        held = sa.select(sa.func.count()).select_from(some.subquery())
        with engine.connect() as connection:
            if int(connection.execute(held).scalar() or 0) > most:
                return None
    return keep(engine, repository, measure(stored(engine, repository)), now)


def snapshots(engine: sa.Engine, repositories: Iterable[str]) -> list[Snapshot]:
    """What is kept of these repositories, the oldest first."""
    query = sa.select(SNAPSHOT).where(SNAPSHOT.c.repository.in_(list(repositories))).order_by(SNAPSHOT.c.run)
    with engine.connect() as connection:
        rows = connection.execute(query).all()
    return [Snapshot(row.run, row.repository, row.made, _decode(row.numbers)) for row in rows]


_record = msgspec.msgpack.Decoder(Record).decode
_problems = msgspec.msgpack.Decoder(tuple[Problem, ...]).decode
_decode = msgspec.json.Decoder(Quality).decode
