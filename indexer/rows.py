"""Many rows at once (批量读写): SQLAlchemy's statements without its work for every single row.

A statement is compiled once for the dialect and then handed to the driver with plain tuples. What cannot
matter for a few rows costs a third of a load's time for millions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from indexer.tables import chunks

IN_SIZE = 500


def insert_rows(connection: sa.Connection, table: sa.Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Inserts rows whose values stand in the order of the table's columns."""
    if not rows:
        return
    text, names = _insert(table, connection.dialect)
    if names is None:
        connection.exec_driver_sql(text, list(rows))
    else:
        connection.exec_driver_sql(text, [dict(zip(names, row, strict=True)) for row in rows])


def select_in(
    connection: sa.Connection,
    columns: Sequence[sa.Column[Any]],
    column: sa.Column[Any],
    values: Iterable[Any],
) -> Iterator[Sequence[Any]]:
    """Rows of ``columns`` where ``column`` has one of many values, as tuples of what the driver gives."""
    for chunk in chunks(values, IN_SIZE):
        # A few fixed lengths, so that few statements are prepared; the last value stands in for what is
        # missing.
        size = next(n for n in (1, 20, 100, IN_SIZE) if n >= len(chunk))
        padded = (*chunk, *(chunk[-1:] * (size - len(chunk))))
        text = _select(tuple(columns), column, size, _mark(connection.dialect))
        yield from connection.exec_driver_sql(text, padded).cursor.fetchall()


@lru_cache(maxsize=32)
def _insert(table: sa.Table, dialect: sa.Dialect) -> tuple[str, tuple[str, ...] | None]:
    compiled = (
        sa.insert(table)
        .values({c.name: sa.bindparam(c.name) for c in table.columns})
        .compile(dialect=dialect)
    )
    text = str(compiled)
    return text, None if compiled.positional else tuple(c.name for c in table.columns)


@lru_cache(maxsize=64)
def _select(columns: tuple[sa.Column[Any], ...], column: sa.Column[Any], size: int, mark: str) -> str:
    names = ", ".join(c.name for c in columns)
    return f"SELECT {names} FROM {column.table.name} WHERE {column.name} IN ({', '.join([mark] * size)})"


def _mark(dialect: sa.Dialect) -> str:
    return "?" if dialect.paramstyle == "qmark" else "%s"
