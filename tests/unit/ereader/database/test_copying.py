"""A copied database has every row as it was, goes on counting where the first one stopped, and is had whole."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from database_servers import Server

from ereader.database import copying, migrate, schema
from indexer.database import open_database

HARD = ("", "é", "紅樓夢", "𠀀", "\x00", "a\x00b", "\u2028", "\\N", "\t\n\r\\", "'\"%s%(x)s", "x" * 5000)


def value_of(column: sa.Column[Any], number: int) -> Any:
    kind = column.type
    if isinstance(kind, sa.BigInteger) or isinstance(
        kind.dialect_impl(sa.dialects.postgresql.dialect()), sa.BigInteger
    ):
        return 2**63 - 1 - number
    if isinstance(kind, sa.SmallInteger):
        return number
    if isinstance(kind, sa.Boolean):
        return bool(number % 2)
    if isinstance(kind, sa.Integer):
        return number + 1
    if isinstance(kind, sa.Float):
        return 0.1 + number
    if isinstance(kind, sa.Date):
        return datetime.date(2026, 1, 1 + number)
    if isinstance(kind, sa.LargeBinary):
        return bytes(range(256)) + bytes([number])
    text = f"{HARD[number]}{number}"
    return text[: kind.length] if isinstance(kind, sa.String) and kind.length else text


def unique(table: sa.Table) -> set[str]:
    """Columns of which no two rows may have the same."""
    rules = [c for c in table.constraints if isinstance(c, sa.PrimaryKeyConstraint | sa.UniqueConstraint)]
    return {c.name for rule in (*rules, *(i for i in table.indexes if i.unique)) for c in rule.columns}


def fill(engine: sa.Engine) -> dict[str, list[tuple[Any, ...]]]:
    """Rows of everything that is hard to keep, in every table."""
    filled = {}
    with engine.begin() as connection:
        for table in schema.whole().sorted_tables:
            rows = [{c.name: value_of(c, n) for c in table.columns} for n in range(len(HARD))]
            # What may be absent is so in the last one.
            rows.append({c.name: None if c.nullable else value_of(c, 0) for c in table.columns})
            rows[-1] |= {c.name: f"z{len(HARD)}" if isinstance(c.type, sa.String) else value_of(c, len(HARD))
                         for c in table.columns if c.name in unique(table)}  # fmt: skip
            connection.execute(sa.insert(table), rows)
            filled[table.name] = rows_of(connection, table)
    return filled


def rows_of(connection: sa.Connection, table: sa.Table) -> list[tuple[Any, ...]]:
    return sorted((tuple(row) for row in connection.execute(sa.select(table))), key=repr)


def contents(engine: sa.Engine) -> dict[str, list[tuple[Any, ...]]]:
    with engine.connect() as connection:
        return {t.name: rows_of(connection, t) for t in schema.whole().sorted_tables}


def test_every_row_arrives_there_and_back(postgresql: Server, tmp_path: Any) -> None:
    first, last = (open_database(f"sqlite:///{tmp_path / name}") for name in ("a.sqlite", "b.sqlite"))
    url = postgresql.make()
    server = open_database(url)
    migrate.prepare(first)
    filled = fill(first)
    counts = copying.copy(first, server)
    assert counts == {name: len(rows) for name, rows in filled.items()} and len(counts) > 30
    # PostgreSQL has no NUL in text: it is shown by its symbol, and nothing else is changed.
    shown = {
        name: [tuple(v.replace("\x00", "\u2400") if isinstance(v, str) else v for v in row) for row in rows]
        for name, rows in filled.items()
    }
    assert contents(server) == {name: sorted(rows, key=repr) for name, rows in shown.items()}
    copying.copy(server, last)
    assert contents(last) == contents(server)
    for engine in (first, last, server):
        engine.dispose()
    postgresql.remove(url)


def test_new_rows_are_counted_after_the_copied_ones(postgresql: Server, tmp_path: Any) -> None:
    first, url = open_database(f"sqlite:///{tmp_path / 'a.sqlite'}"), postgresql.make()
    server = open_database(url)
    migrate.prepare(first)
    audit = schema.whole().tables["audit"]
    row = {
        "time": "t",
        "actor": "a",
        "action": "b",
        "target": "c",
        "before": "null",
        "after": "{}",
        "reason": "",
    }
    with first.begin() as connection:
        connection.execute(sa.insert(audit), [row] * 3)
    copying.copy(first, server)
    with server.begin() as connection:
        connection.execute(sa.insert(audit), row)
        assert connection.execute(sa.select(sa.func.max(audit.c.number))).scalar() == 4
    first.dispose()
    server.dispose()
    postgresql.remove(url)


def test_nothing_is_mixed_into_a_database_that_is_in_use(empty_database: Any, tmp_path: Any) -> None:
    source, target = open_database(f"sqlite:///{tmp_path / 'a.sqlite'}"), open_database(empty_database())
    migrate.prepare(source)
    migrate.prepare(target)
    with target.begin() as connection:
        connection.execute(sa.insert(schema.whole().tables["link_secret"]).values(number=1, secret="s"))
    before = contents(target)
    with pytest.raises(copying.CannotCopy, match="link_secret"):
        copying.copy(source, target)
    assert contents(target) == before
    source.dispose()
    target.dispose()


def test_a_copy_that_breaks_off_leaves_nothing_and_can_be_begun_again(
    empty_database: Any, tmp_path: Any
) -> None:
    source, target = open_database(f"sqlite:///{tmp_path / 'a.sqlite'}"), open_database(empty_database())
    migrate.prepare(source)
    fill(source)

    def stop(table: str, _: int) -> None:
        if table == "source_record":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        copying.copy(source, target, stop)
    assert not any(contents(target).values())
    assert sum(copying.copy(source, target).values()) > 400
    source.dispose()
    target.dispose()
