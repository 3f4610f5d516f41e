"""One installation (安装实例): the home folder and everything opened from it, for the command line and the
web alike.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from ereader.exit_status import ServiceUnavailable, UsageError
from ereader.settings import Settings, read_settings
from holdings.members import Members
from indexer.index import open_engine
from indexer.index.engine import Engine
from indexer.store import Store, StoreError

DATABASE_FILE = "ereader.sqlite"
INDEX_FOLDER = "index"
LOCK_FILE = "writer.lock"


class Installation:
    """What an opened home gives (安装实例). Close it at the end; `writing` is for whoever changes
    something.
    """

    def __init__(
        self,
        home: Path,
        settings: Settings,
        database: sa.Engine,
        members: Members,
        store: Store,
        engine: Engine,
    ) -> None:
        self.home, self.settings = home, settings
        self.database, self.members, self.store, self.engine = database, members, store, engine

    def __enter__(self) -> Installation:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.engine.close()
        self.store.close()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Holds the one right to write in this home; a UsageError says who holds it when it is taken."""
        path = self.home / LOCK_FILE
        # The operating system gives the lock back when the process ends, however it ends.
        with path.open("a+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                file.seek(0)
                holder = file.read(300).strip() or "another process"
                raise UsageError(
                    f"{self.home} is being written to by {holder}; wait, or use another --home"
                ) from error
            file.truncate(0)
            file.write(f"process {os.getpid()} ({' '.join(['ereader', *sys.argv[1:]])[:200]})")
            file.flush()
            yield


def open_home(home: Path, *, read_only: bool = False) -> Installation:
    """Opens a home, making it when it is absent; with ``read_only`` the database refuses every change.

    Raises UsageError for a home that cannot be used, ServiceUnavailable for a database server that does not
    answer.
    """
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{home}: cannot be made: {error.strerror or error}") from error
    settings = read_settings(home)
    address = settings.database or f"sqlite:///{home / DATABASE_FILE}"
    writable = _database(address, read_only=False)
    members = Members(writable)
    store = Store(writable, members)
    try:
        members.create_tables()
        store.create_tables()
    except StoreError as error:
        raise UsageError(f"{home}: {error}") from error
    except sa.exc.DatabaseError as error:
        if settings.database and not address.startswith("sqlite"):
            raise ServiceUnavailable(f"the database does not answer: {error.orig}") from error
        raise UsageError(f"{home / DATABASE_FILE}: {error.orig}") from error
    database = writable
    if read_only:
        writable.dispose()
        database = _database(address, read_only=True)
        members = Members(database)
        store = Store(database, members)
    engine = open_engine(settings.engine, home / INDEX_FOLDER)
    return Installation(home, settings, database, members, store, engine)


def _database(address: str, *, read_only: bool) -> sa.Engine:
    engine = sa.create_engine(address)
    if engine.dialect.name == "sqlite":

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
