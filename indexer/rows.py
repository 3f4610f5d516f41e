"""Many rows at once (批量读写): SQLAlchemy's statements without its work for every single row.

A statement is compiled once for the dialect and then handed to the driver with plain tuples. What cannot
matter for a few rows costs a third of a load's time for millions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from indexer.tables import STATE, chunks

IN_SIZE = 500
ANY_SIZE = 5000  # values of one array of PostgreSQL


def insert_rows(connection: sa.Connection, table: sa.Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Inserts rows whose values stand in the order of the table's columns."""
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        _copy(connection, table, rows)
    else:
        connection.exec_driver_sql(_insert(table, connection.dialect), list(rows))


def _copy(connection: sa.Connection, table: sa.Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """PostgreSQL takes rows as a stream, in the transaction of the caller, several times faster than row by
    row.
    """
    driver = connection.connection.driver_connection
    # A rest of what SQLAlchemy has not sent would come after; there is none, as it sends at once.
    try:
        with driver.cursor() as cursor, cursor.copy(_copied(table)) as copy:  # type: ignore[union-attr]
            for row in rows:
                copy.write_row(row)
    except connection.dialect.loaded_dbapi.Error as error:
        raise sa.exc.DBAPIError.instance(
            _copied(table), None, error, connection.dialect.loaded_dbapi.Error, dialect=connection.dialect
        ) from error


def add_absent(connection: sa.Connection, table: sa.Table, values: Mapping[str, Any]) -> None:
    """Inserts a row unless there is one with its key, also when another process is just at it."""
    make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    connection.execute(make(table).values(dict(values)).on_conflict_do_nothing())


def select_in(
    connection: sa.Connection,
    columns: Sequence[sa.Column[Any]],
    column: sa.Column[Any],
    values: Iterable[Any],
) -> Iterator[Sequence[Any]]:
    """Rows of ``columns`` where ``column`` has one of many values, as tuples of what the driver gives."""
    if connection.dialect.name == "postgresql":
        text = _select_any(tuple(columns), column)
        for chunk in chunks(values, ANY_SIZE):
            yield from connection.exec_driver_sql(text, (chunk,)).cursor.fetchall()
        return
    for chunk in chunks(values, IN_SIZE):
        # A few fixed lengths, so that few statements are prepared; the last value stands in for what is
        # missing.
        size = next(n for n in (1, 20, 100, IN_SIZE) if n >= len(chunk))
        padded = (*chunk, *(chunk[-1:] * (size - len(chunk))))
        text = _select(tuple(columns), column, size)
        yield from connection.exec_driver_sql(text, padded).cursor.fetchall()


def in_pages(
    engine: sa.Engine, query: sa.Select[Any], number: sa.Column[int], size: int
) -> Iterator[Sequence[Any]]:
    """The rows of a query in the order of a number that is its first column, ``size`` at a time.

    No connection is held between two pages, so whoever reads may take his time and may write.
    """
    query = query.order_by(number).limit(size)
    last = -1
    while True:
        with engine.connect() as connection:
            rows = connection.execute(query.where(number > last)).all()
        if not rows:
            return
        last = rows[-1][0]
        yield rows


@lru_cache(maxsize=32)
def _insert(table: sa.Table, dialect: sa.Dialect) -> str:
    values: dict[str, Any] = {c.name: sa.bindparam(c.name) for c in table.columns}
    return str(sa.insert(table).values(values).compile(dialect=dialect))


@lru_cache(maxsize=32)
def _copied(table: sa.Table) -> str:
    quote = postgresql.dialect().identifier_preparer.quote  # type: ignore[no-untyped-call]
    return f"COPY {quote(table.name)} ({', '.join(quote(c.name) for c in table.columns)}) FROM STDIN"


@lru_cache(maxsize=64)
def _select(columns: tuple[sa.Column[Any], ...], column: sa.Column[Any], size: int) -> str:
    names = ", ".join(c.name for c in columns)
    return f"SELECT {names} FROM {column.table.name} WHERE {column.name} IN ({', '.join('?' * size)})"


@lru_cache(maxsize=64)
def _select_any(columns: tuple[sa.Column[Any], ...], column: sa.Column[Any]) -> str:
    """One statement whatever the number of values, so that the server plans it once."""
    names = ", ".join(c.name for c in columns)
    return f"SELECT {names} FROM {column.table.name} WHERE {column.name} = ANY(%s)"


def set_state(connection: sa.Connection, name: str, value: str) -> None:
    """Notes one of the values that the store keeps about itself."""
    if connection.execute(sa.update(STATE).where(STATE.c.name == name).values(value=value)).rowcount == 0:
        connection.execute(sa.insert(STATE).values(name=name, value=value))
