"""Copies all that is in one database into another (数据库迁移), in either direction.

The other one must have no rows yet. It gets everything in one transaction, from one moment of the first, so
whatever happens it has all of it or nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from ereader.database import migrate, schema
from indexer.rows import insert_rows

BATCH = 2000


class CannotCopy(Exception):
    """The other database has rows already, or did not get what it was given; nothing was changed there."""


def copy(
    source: sa.Engine, target: sa.Engine, tell: Callable[[str, int], None] = lambda _, __: None
) -> dict[str, int]:
    """How many rows of each table were copied. ``tell`` is called with a table and its rows so far.

    Both get the tables of today first. Raises CannotCopy.
    """
    migrate.prepare(source)
    migrate.prepare(target)
    counts: dict[str, int] = {}
    tables = schema.whole().sorted_tables
    with _moment(source) as given, target.begin() as taking:
        for table in tables:
            if taking.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first():
                raise CannotCopy(f"there are rows in {table.name} already; use an empty database")
        for table in tables:
            counts[table.name] = _copy(given, taking, table, tell)
            held = taking.execute(sa.select(sa.func.count()).select_from(table)).scalar()
            if held != counts[table.name]:
                raise CannotCopy(f"{table.name}: {counts[table.name]} rows were given, {held} arrived")
            _count_on(taking, table)
    with target.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # Else the first questions are answered in the dark.
        connection.exec_driver_sql("ANALYZE")
    return counts


@contextmanager
def _moment(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A connection that sees the database as it is now until the end."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN")
        else:
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        yield connection
        connection.rollback()


def _copy(
    given: sa.Connection, taking: sa.Connection, table: sa.Table, tell: Callable[[str, int], None]
) -> int:
    query = sa.select(table).execution_options(stream_results=True, yield_per=BATCH)
    count = 0
    with given.execute(query) as rows:
        for some in rows.partitions():
            if taking.dialect.name == "sqlite":
                taking.execute(sa.insert(table), [dict(row._mapping) for row in some])
            else:
                insert_rows(taking, table, [tuple(row) for row in some])
            count += len(some)
            tell(table.name, count)
    return count


def _count_on(connection: sa.Connection, table: sa.Table) -> None:
    """New rows get numbers after the copied ones; SQLite sees to that itself."""
    column = table.autoincrement_column
    if column is None or connection.dialect.name == "sqlite":
        return
    last = connection.execute(sa.select(sa.func.max(column))).scalar()
    if last is not None:
        sequence = sa.func.pg_get_serial_sequence(table.name, column.name)
        connection.execute(sa.select(sa.func.setval(sequence, last)))
