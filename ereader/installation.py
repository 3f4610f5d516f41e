"""One installation (安装实例): the home folder and everything opened from it, for the command line and the
web alike.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from ereader import design_drafts, jobs
from ereader.auth.accounts import Accounts
from ereader.exit_status import ServiceUnavailable, UsageError
from ereader.settings import FILE, Settings, read_settings
from holdings.members import Members
from indexer.index import SolrPlace, open_engine
from indexer.index.engine import Engine
from indexer.store import Store, StoreError
from resolver.knowledge_base.holdings import KnowledgeBase
from resolver.link_log import LinkLog

DATABASE_FILE = "ereader.sqlite"
INDEX_FOLDER = "index"
LOCK_FILE = "writer.lock"
LOOK_EVERY = 1.0  # seconds between looks at whether another engine was chosen


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
        accounts: Accounts,
    ) -> None:
        self.home, self.settings = home, settings
        self.database, self.members, self.store = database, members, store
        self.accounts = accounts
        self._engine = engine
        self._choosing = threading.Lock()
        self._looked = time.monotonic()
        self._chosen = _stamp(home)

    @property
    def engine(self) -> Engine:
        """The search engine that the settings name, also when ``ereader reindex --engine`` has changed them
        since.
        """
        if time.monotonic() - self._looked > LOOK_EVERY:
            self._look()
        return self._engine

    def _look(self) -> None:
        with self._choosing:
            self._looked = time.monotonic()
            stamp = _stamp(self.home)
            if stamp == self._chosen:
                return
            self._chosen = stamp
            try:
                settings = read_settings(self.home)
            except UsageError:  # Somebody is writing in it; the present engine goes on.
                return
            if _engine_settings(settings) != _engine_settings(self.settings):
                # The former engine is not closed: answers may just be made from it.
                self._engine = engine_of(self.home, settings)
            self.settings = settings

    def __enter__(self) -> Installation:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._engine.close()
        self.accounts.engine.dispose()
        self.store.close()

    @contextmanager
    def writing(self, again: Callable[[], None] | None = None) -> Iterator[None]:
        """Holds the one right to write in this home; a UsageError says who holds it when it is taken.

        ``again`` is called before each further try: it waits a little, or raises what ends the waiting.
        """
        path = self.home / LOCK_FILE
        # The operating system gives the lock back when the process ends, however it ends.
        with path.open("a+") as file:
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except OSError as error:
                    if again is None:
                        file.seek(0)
                        holder = file.read(300).strip() or "another process"
                        raise UsageError(
                            f"{self.home} is being written to by {holder}; wait, or use another --home"
                        ) from error
                again()
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
    # Signing in writes, also where the server may change nothing else.
    accounts = Accounts(writable)
    try:
        members.create_tables()
        store.create_tables()
        accounts.create_tables()
        design_drafts.create_tables(writable)
        jobs.METADATA.create_all(writable)
        KnowledgeBase(writable).create_tables()
        LinkLog(writable).create_tables()
    except StoreError as error:
        raise UsageError(f"{home}: {error}") from error
    except sa.exc.DatabaseError as error:
        if settings.database and not address.startswith("sqlite"):
            raise ServiceUnavailable(f"the database does not answer: {error.orig}") from error
        raise UsageError(f"{home / DATABASE_FILE}: {error.orig}") from error
    database = writable
    if read_only:
        database = _database(address, read_only=True)
        members = Members(database)
        store = Store(database, members)
    engine = engine_of(home, settings)
    return Installation(home, settings, database, members, store, engine, accounts)


def engine_of(home: Path, settings: Settings, kind: str = "") -> Engine:
    """The search engine of a home, the one set or another; UsageError when it cannot be opened."""
    nodes = tuple(settings.solr.replace(",", " ").split())
    alias = (
        settings.solr_alias or f"ereader-{hashlib.blake2b(bytes(home.resolve()), digest_size=5).hexdigest()}"
    )
    place = SolrPlace(
        nodes, alias, settings.solr_shards, settings.solr_replicas, patience=settings.solr_patience
    )
    try:
        return open_engine(kind or settings.engine, home / INDEX_FOLDER, place)
    except ValueError as error:
        raise UsageError(f"{home}: {error}") from error


def _engine_settings(settings: Settings) -> tuple[object, ...]:
    return (
        settings.engine,
        settings.solr,
        settings.solr_alias,
        settings.solr_shards,
        settings.solr_replicas,
        settings.solr_patience,
    )


def _stamp(home: Path) -> tuple[int, int]:
    """Changes whenever the file of settings does."""
    try:
        found = (home / FILE).stat()
    except OSError:
        return (0, 0)
    return (found.st_mtime_ns, found.st_ino)


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
