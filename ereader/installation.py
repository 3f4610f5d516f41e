"""One installation (安装实例): the home folder and everything opened from it, for the command line and the
web alike.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from ereader.auth.accounts import Accounts
from ereader.database import locks, migrate
from ereader.exit_status import ServiceUnavailable, UsageError
from ereader.settings import FILE, Settings, read_settings
from holdings.members import Members
from indexer.database import WrongDatabase, open_database
from indexer.index import SolrPlace, open_engine
from indexer.index.engine import Engine
from indexer.store import Store, StoreError

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
            # Other hosts have other homes and the same database.
            with self._alone_in_database(again):
                yield

    @contextmanager
    def _alone_in_database(self, again: Callable[[], None] | None) -> Iterator[None]:
        while True:
            try:
                with locks.writing(self.accounts.engine):
                    yield
                    return
            except locks.Taken as taken:
                if again is None:
                    raise UsageError(f"the database is being written to by {taken}; wait for it") from taken
            again()


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
    writable = database_of(home, settings)
    # Signing in writes, also where the server may change nothing else.
    accounts = Accounts(writable)
    members = Members(writable)
    store = Store(writable, members)
    try:
        standing = migrate.prepare(writable)
        store.prepare()
    except (StoreError, migrate.TooNew, WrongDatabase) as error:
        raise UsageError(f"{home}: {error}") from error
    except sa.exc.DatabaseError as error:
        if writable.dialect.name != "sqlite":
            raise ServiceUnavailable(f"the database does not answer: {error.orig}") from error
        raise UsageError(f"{home / DATABASE_FILE}: {error.orig}") from error
    if standing.change == "upgraded":
        was = f"from revision {standing.before} to {standing.revision}"
        print(f"ereader: the tables of the database were brought {was}", file=sys.stderr)
    database = writable
    if read_only:
        database = database_of(home, settings, read_only=True)
        members = Members(database)
        store = Store(database, members)
    engine = engine_of(home, settings)
    return Installation(home, settings, database, members, store, engine, accounts)


def database_of(home: Path, settings: Settings, *, read_only: bool = False) -> sa.Engine:
    """The database of a home; UsageError when the settings name none that can be used."""
    address = settings.database or f"sqlite:///{home / DATABASE_FILE}"
    try:
        return open_database(address, read_only=read_only, connections=settings.database_connections)
    except WrongDatabase as error:
        raise UsageError(f"database: {error}") from error


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
