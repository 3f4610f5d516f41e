"""Opening the database of an installation (打开数据库): SQLite in the home, or a PostgreSQL server.

Both serve the same tables and the same statements. What differs is settled here once: text that PostgreSQL
cannot hold, the encoding, and what a connection may do.
"""

from __future__ import annotations

import sqlite3
from typing import Any

import sqlalchemy as sa

CONNECTIONS = 20  # of one process with a server at the same time
CONNECT_SECONDS = 10
_SYMBOL_OF_NUL = "\u2400".encode()


class WrongDatabase(Exception):
    """An address of no database that this program can use, with what to write instead."""


def address_of(text: str) -> sa.URL:
    """An address as a URL; ``postgres://`` and ``postgresql://`` mean the driver that is installed.

    Raises WrongDatabase for what is no address, and for other databases.
    """
    try:
        url = sa.make_url(text)
        backend = url.get_backend_name()
    except (sa.exc.ArgumentError, ValueError) as error:
        raise WrongDatabase("a database is named like postgresql+psycopg://user@host/name") from error
    if url.drivername in ("postgres", "postgresql"):
        return url.set(drivername="postgresql+psycopg")
    if url.drivername not in ("postgresql+psycopg", "sqlite", "sqlite+pysqlite"):
        message = f"{backend} is not supported; use postgresql+psycopg://user@host/name or sqlite:///file"
        raise WrongDatabase(message)
    return url


def open_database(
    address: str | sa.URL, *, read_only: bool = False, connections: int = CONNECTIONS
) -> sa.Engine:
    """The engine of an address; with ``read_only`` the database refuses every change.

    Nothing is asked yet: a server that does not answer is noticed by the first question.
    """
    url = address if isinstance(address, sa.URL) else address_of(address)
    if url.get_backend_name() == "sqlite":
        return _sqlite(url, read_only)
    return _postgresql(url, read_only, connections)


def _sqlite(url: sa.URL, read_only: bool) -> sa.Engine:
    engine = sa.create_engine(url)

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _: Any) -> None:
        # WAL lets many read while one writes. NORMAL may lose the last commits when the power fails,
        # never the database; a killed process loses nothing.
        for pragma in (
            "journal_mode = WAL",
            "synchronous = NORMAL",
            "wal_autocheckpoint = 8000",
            "busy_timeout = 30000",
            "cache_size = -65536",
            "mmap_size = 268435456",
            "temp_store = MEMORY",
            f"query_only = {int(read_only)}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    return engine


def _postgresql(url: sa.URL, read_only: bool, connections: int) -> sa.Engine:
    # Some are kept, the others come and go with the need; a connection that a restart of the server or a
    # firewall has cut is noticed before it is used.
    kept = max(1, connections // 2)
    given = {"client_encoding": "utf8", "application_name": "ereader", "connect_timeout": CONNECT_SECONDS}
    engine = sa.create_engine(
        url,
        pool_size=kept,
        max_overflow=max(0, connections - kept),
        pool_pre_ping=True,
        connect_args={name: value for name, value in given.items() if name not in url.query},
    )

    dumper = _text_dumper()

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: Any, _: Any) -> None:
        connection.adapters.register_dumper(str, dumper)
        # Said with every transaction, so that it holds through a pooler that gives each one to another server
        # process.
        connection.read_only = read_only

    return engine


def storable(text: str) -> bytes:
    """A text as PostgreSQL can hold it: NUL as the symbol for it, halves of surrogate pairs as U+FFFD.

    What is stored as text is for finding and showing only; what was received is kept as bytes, so nothing
    is lost. The same is done to what is asked for, so it is found.
    """
    try:
        data = text.encode()
    except UnicodeEncodeError:
        data = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()
    return data.replace(b"\0", _SYMBOL_OF_NUL) if b"\0" in data else data


def _text_dumper() -> Any:
    """What hands text to the driver; made here, as who uses SQLite need not load the driver."""
    from psycopg.adapt import Dumper

    class TextDumper(Dumper):
        def dump(self, text: str) -> bytes:
            return storable(text)

    return TextDumper
