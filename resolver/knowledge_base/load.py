"""Lists of titles into the knowledge base (装入): a new list of a package is compared with the present one.

What is the same stays, what is new comes in, what is gone goes, row by row; nothing is left out without being
told. Every list is kept as it came, so the last one can be taken back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

import msgspec
import sqlalchemy as sa
import zstandard

from indexer.records.identifier import isbn13, issn
from indexer.tables import chunks
from indexer.text.fold import fold
from resolver.knowledge_base.kbart import KbartProblem, Row, stream_kbart
from resolver.knowledge_base.tables import COVERAGE, LOAD, NUMBER, PACKAGE, TITLE
from resolver.knowledge_base.terms import Terms

BATCH = 5_000
MOST_EXAMPLES = 20
Tell = Callable[[KbartProblem], None]


class ListFile(msgspec.Struct, frozen=True):
    """A file of titles as it came (清单文件)."""

    name: str
    data: bytes


class Outcome(msgspec.Struct):
    """What a list did to a package (装入结果), in rows; the titles named are the first of each kind.

    A row that is gone while another of the same title came is ``changed``. ``refused`` rows name nothing that
    could be looked for, ``repeated`` ones say again what another row says, ``untitled`` ones are kept for
    their number or id though they lack the title that KBART requires.
    """

    package: str
    rows: int = 0
    added: int = 0
    changed: int = 0
    gone: int = 0
    unchanged: int = 0
    refused: int = 0
    repeated: int = 0
    untitled: int = 0
    examples: dict[str, list[str]] = {}


class NothingToUndo(LookupError):
    """There is no such package, or no list of it that could be taken back."""


def load(
    engine: sa.Engine,
    package: str,
    files: Sequence[ListFile],
    *,
    platform: str | None = None,
    terms: Terms | None = None,
    dry_run: bool = False,
    tell: Tell | None = None,
) -> Outcome:
    """Makes the rows of a package those of these files. Platform and terms stay as they are where None.

    With ``dry_run`` nothing is changed; the outcome is what would be.
    """
    with engine.begin() as connection:
        found = connection.execute(sa.select(PACKAGE).where(PACKAGE.c.name == package)).one_or_none()
        number = found.number if found else _next(connection, PACKAGE.c.number)
        platform = platform if platform is not None else (found.platform if found else "")
        agreed = (
            msgspec.json.encode(terms).decode() if terms is not None else (found.terms if found else "{}")
        )
        outcome = _compare(connection, number, package, files, tell, write=not dry_run)
        if dry_run:
            return outcome
        _say(connection, number, package, platform, agreed)
        content = zstandard.ZstdCompressor(level=3).compress(msgspec.msgpack.encode(files))
        connection.execute(
            LOAD.insert().values(
                number=_next(connection, LOAD.c.number),
                package=number,
                files=msgspec.json.encode([file.name for file in files]).decode(),
                made=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
                undone="",
                platform=platform,
                terms=agreed,
                counts=msgspec.json.encode(outcome).decode(),
                content=content,
            )
        )
    return outcome


def undo(engine: sa.Engine, package: str) -> Outcome:
    """Takes the last list of a package back: the one before it counts again, or the package is no more.

    :raises NothingToUndo: for an unknown package.
    """
    with engine.begin() as connection:
        number = connection.scalar(sa.select(PACKAGE.c.number).where(PACKAGE.c.name == package))
        loads = connection.execute(
            sa.select(LOAD)
            .where(LOAD.c.package == number, LOAD.c.undone == "")
            .order_by(LOAD.c.number.desc())
            .limit(2)
        ).all()
        if number is None or not loads:
            raise NothingToUndo(f"there is no list of a package {package!r}")
        files: list[ListFile] = []
        if len(loads) > 1:
            unpacked = zstandard.ZstdDecompressor().decompress(loads[1].content)
            files = msgspec.msgpack.decode(unpacked, type=list[ListFile])
        outcome = _compare(connection, number, package, files, None, write=True)
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        connection.execute(LOAD.update().where(LOAD.c.number == loads[0].number).values(undone=now))
        if files:
            _say(connection, number, package, loads[1].platform, loads[1].terms)
        else:
            connection.execute(PACKAGE.delete().where(PACKAGE.c.number == number))
    return outcome


def _say(connection: sa.Connection, number: int, name: str, platform: str, terms: str) -> None:
    connection.execute(PACKAGE.delete().where(PACKAGE.c.number == number))
    connection.execute(PACKAGE.insert().values(number=number, name=name, platform=platform, terms=terms))


def _next(connection: sa.Connection, column: sa.Column[Any]) -> int:
    return int(connection.scalar(sa.select(sa.func.coalesce(sa.func.max(column), 0))) or 0) + 1


class _Batches:
    """Rows to be written, many at once."""

    def __init__(self, connection: sa.Connection, *, write: bool) -> None:
        self.connection, self.write = connection, write
        self.held: dict[sa.Table, list[dict[str, Any]]] = {TITLE: [], NUMBER: [], COVERAGE: []}

    def add(self, table: sa.Table, values: dict[str, Any]) -> None:
        if self.write:
            self.held[table].append(values)
            if len(self.held[table]) >= BATCH:
                self.flush(table)

    def flush(self, *tables: sa.Table) -> None:
        for table in tables or self.held:
            if self.held[table]:
                self.connection.execute(table.insert(), self.held[table])
                self.held[table] = []


def _compare(
    connection: sa.Connection,
    package: int,
    name: str,
    files: Sequence[ListFile],
    tell: Tell | None,
    *,
    write: bool,
) -> Outcome:
    outcome = Outcome(name)
    present = _rows_of(connection, package)
    titles = {
        row.key: (row.number, row.digest)
        for row in connection.execute(
            sa.select(TITLE.c.key, TITLE.c.number, TITLE.c.digest).where(TITLE.c.package == package)
        )
    }
    next_title, next_row = _next(connection, TITLE.c.number), _next(connection, COVERAGE.c.number)
    batches = _Batches(connection, write=write)
    kept: set[int] = set()
    met: dict[int, int] = {}  # key → number of the title, for titles of the new list
    came: dict[int, list[str]] = {}  # key → titles of rows that are new
    for row in _usable(files, outcome, tell):
        digest = _digest(*(f"{k}\t{v}" for k, v in (*sorted(row.values.items()), *sorted(row.more.items()))))
        if digest in kept:
            outcome.repeated += 1
            continue
        kept.add(digest)
        key = _key(row)
        title = met.get(key)
        if title is None:
            title, next_title = _title(batches, package, key, row, titles, next_title)
            met[key] = title
        if digest in present:
            outcome.unchanged += 1
            continue
        came.setdefault(key, []).append(row["publication_title"])
        batches.add(COVERAGE, _coverage(next_row, title, package, digest, row))
        next_row += 1
    batches.flush()
    gone = {digest: found for digest, found in present.items() if digest not in kept}
    _count(connection, outcome, gone, came, {number: key for key, (number, _) in titles.items()})
    if write:
        _remove(connection, COVERAGE.c.number, [number for number, _ in gone.values()])
        left = [number for key, (number, _) in titles.items() if key not in met]
        _remove(connection, NUMBER.c.title, left)
        _remove(connection, TITLE.c.number, left)
    return outcome


def _rows_of(connection: sa.Connection, package: int) -> dict[int, tuple[int, int]]:
    """digest → (number, title) of the rows a package has."""
    query = sa.select(COVERAGE.c.digest, COVERAGE.c.number, COVERAGE.c.title).where(
        COVERAGE.c.package == package
    )
    return {digest: (number, title) for digest, number, title in connection.execute(query)}


def _usable(files: Sequence[ListFile], outcome: Outcome, tell: Tell | None) -> Iterator[Row]:
    """The rows by which something can be found; the others are told and counted."""
    for file in files:
        for row, problems in stream_kbart(file.data):
            if tell:
                for problem in problems:
                    tell(problem)
            if row is None:
                continue
            outcome.rows += 1
            if row["publication_title"] or row["title_id"] or _numbers(row):
                outcome.untitled += not row["publication_title"]
                yield row
            else:
                outcome.refused += 1
                message = "the row names no title, no number and no id, so nothing could lead to it"
                if tell:
                    tell(KbartProblem(row.number, "error", "row-refused", "publication_title", message))


def _title(
    batches: _Batches, package: int, key: int, row: Row, known: dict[int, tuple[int, int]], next_number: int
) -> tuple[int, int]:
    """(number of the title, next free number); writes what is new of it."""
    said = {
        "title": row["publication_title"],
        "kind": row["publication_type"].lower()[:12],
        "title_id": row["title_id"],
        "publisher": row["publisher_name"],
    }
    digest = _digest(*said.values())
    if key in known:
        number, before = known[key]
        if before != digest and batches.write:
            more = {"digest": digest, "folded": folded_digest(said["title"])}
            batches.connection.execute(TITLE.update().where(TITLE.c.number == number).values(**said, **more))
        return number, next_number
    values = {"number": next_number, "package": package, "key": key, "digest": digest, **said}
    batches.add(TITLE, {**values, "folded": folded_digest(said["title"])})
    for value in _numbers(row):
        batches.add(NUMBER, {"value": value, "title": next_number})
    return next_number, next_number + 1


def _coverage(number: int, title: int, package: int, digest: int, row: Row) -> dict[str, Any]:
    return {
        "number": number,
        "title": title,
        "package": package,
        "digest": digest,
        "url": row["title_url"],
        "free": row["access_type"].upper() == "F",
        "depth": row["coverage_depth"].lower()[:20],
        "extent": msgspec.json.encode(row.coverage).decode(),
        "row": msgspec.json.encode([row.values, row.more]).decode(),
    }


def _numbers(row: Row) -> list[str]:
    """ISSN and ISBN that check, in the form in which they are looked for."""
    found: dict[str, None] = {}
    for name in ("print_identifier", "online_identifier"):
        if text := row[name]:
            serial = issn(text)
            if serial.valid:
                found[serial.value] = None
            elif book := isbn13(text):
                found[book] = None
    return list(found)


def _key(row: Row) -> int:
    """What makes it the same title in the next list: its id and numbers, or its name where it has none."""
    numbers = (row["print_identifier"], row["online_identifier"])
    if row["title_id"]:
        return _digest("id", row["title_id"], *numbers)
    return _digest(
        "title", fold(row["publication_title"]), row["first_author"], row["monograph_edition"], *numbers
    )


def folded_digest(title: str) -> int:
    """The number that stands for a title whatever its script form and case; 0 for none."""
    folded = " ".join("".join(c if c.isalnum() else " " for c in fold(title)).split())
    return _digest("folded", folded) if folded else 0


def _digest(*texts: str) -> int:
    data = "\x1f".join(texts).encode("utf-8", "replace")
    return int.from_bytes(blake2b(data, digest_size=8).digest(), "big") >> 1


def _count(
    connection: sa.Connection,
    outcome: Outcome,
    gone: dict[int, tuple[int, int]],
    came: dict[int, list[str]],
    key_of: dict[int, int],
) -> None:
    """Rows that came and went, those of one title set against each other."""
    went: dict[int, list[int]] = {}
    for _, title in gone.values():
        went.setdefault(key_of.get(title, 0), []).append(title)
    examples: dict[str, list[str]] = {"added": [], "changed": [], "gone": []}
    for key, titles in came.items():
        both = min(len(titles), len(went.get(key, ())))
        outcome.changed += both
        outcome.added += len(titles) - both
        examples["changed" if both else "added"].append(titles[0])
    left: list[int] = []
    for key, numbers in went.items():
        rest = len(numbers) - min(len(numbers), len(came.get(key, ())))
        outcome.gone += rest
        if rest:
            left.append(numbers[0])
    query = sa.select(TITLE.c.title).where(TITLE.c.number.in_(left[:MOST_EXAMPLES]))
    examples["gone"] = [row.title for row in connection.execute(query)]
    outcome.examples = {kind: titles[:MOST_EXAMPLES] for kind, titles in examples.items() if titles}


def _remove(connection: sa.Connection, column: sa.Column[Any], values: Sequence[int]) -> None:
    for some in chunks(values):
        connection.execute(sa.delete(column.table).where(column.in_(some)))
