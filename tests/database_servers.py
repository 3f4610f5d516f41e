"""The databases that tests run on: SQLite in a file, and a real PostgreSQL.

One server of PostgreSQL is started for the whole run, by the first test that needs it, and shared by all its
processes; it ends with the process that began the run. It listens to nothing but a socket in a folder of its
own. Where PostgreSQL is missing its tests are skipped with the reason, and fail with CI=true.
``EREADER_TEST_POSTGRESQL`` names a server that runs already, as an address of SQLAlchemy whose user may make
databases.
"""

from __future__ import annotations

import fcntl
import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Literal

import pytest
import sqlalchemy as sa
from search_engines import unavailable

from ereader.database import migrate, schema
from indexer.database import open_database

Database = Literal["sqlite", "postgresql"]
DATABASES: tuple[Database, ...] = ("sqlite", "postgresql")
MODEL = "ereader_model"  # has all tables, and is copied
# Nothing here outlives the run, so nothing need reach the disk.
OPTIONS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "listen_addresses=",
           "max_connections=200", "autovacuum=off", "shared_buffers=64MB")  # fmt: skip
# Stops the server when the process that began the run is gone, however it ended.
WATCH = """
"$1/postgres" -D "$2/data" -k "$2" %s >"$2/log" 2>&1 &
server=$!
# Another user's process cannot be asked by a signal.
while [ -d "/proc/$3" ] && kill -0 $server 2>/dev/null; do sleep 0.5; done
kill -INT $server 2>/dev/null
wait
touch "$2/ended"
"""
# It outlives whoever starts it, so it is nobody's child.
ALONE = '/bin/sh -c "$0" "$@" &'
_names = (f"t{os.getpid()}_{n}" for n in itertools.count(1))


def programs() -> Path | None:
    """The folder with the programs of PostgreSQL, the newest where there are several."""
    folders = [p.parent for p in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    found = shutil.which("initdb")
    if found:
        folders.append(Path(found).resolve().parent)
    numbered = [(int(f.parent.name) if f.parent.name.isdigit() else 0, f) for f in folders]
    return max(numbered)[1] if numbered else None


class Server:
    """One server of PostgreSQL, to make empty databases on."""

    def __init__(self, address: str) -> None:
        self.address = sa.make_url(address)
        self._free: list[sa.URL] = []
        self._admin = sa.create_engine(self.address, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)

    def answers(self) -> bool:
        with suppress(sa.exc.OperationalError), self._admin.connect():
            return True
        return False

    def make(self, name: str = "", template: str = "template0") -> sa.URL:
        """A new database in which there is nothing."""
        name = name or next(_names)
        with self._admin.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template} ENCODING 'UTF8'")
        return self.address.set(database=name)

    def make_model(self) -> None:
        with self._admin.connect() as connection:
            query = sa.text("SELECT 1 FROM pg_database WHERE datname = :name")
            if connection.execute(query, {"name": MODEL}).first():
                return
        engine = open_database(self.make(MODEL))
        migrate.prepare(engine)
        engine.dispose()

    def take(self) -> sa.URL:
        """A database with all tables and no rows; to be given back."""
        return self._free.pop() if self._free else self.make(template=MODEL)

    def give_back(self, url: sa.URL) -> None:
        """To make one takes seconds, to empty it none."""
        engine = sa.create_engine(url, poolclass=sa.NullPool)
        tables = schema.whole().tables
        with engine.begin() as connection:
            for statement in (
                "SET LOCAL lock_timeout = '120s'",
                "SET LOCAL session_replication_role = replica",  # the log of changes refuses otherwise
                *(f'DELETE FROM "{name}"' for name in tables),
                "SELECT setval(oid, 1, false) FROM pg_class WHERE relkind = 'S'",
            ):
                connection.exec_driver_sql(statement)
        self._free.append(url)

    def cut(self, address: str) -> None:
        """Ends all connections with a database, as a restart of the server does."""
        query = sa.text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name")
        with self._admin.connect() as connection:
            connection.execute(query, {"name": sa.make_url(address).database})

    def remove(self, url: sa.URL) -> None:
        with self._admin.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {url.database} WITH (FORCE)")


def start(folder: Path, parent: int) -> str:
    """Starts a server in a folder and answers with its address, also when it runs already."""
    address = f"postgresql+psycopg://postgres@/postgres?host={folder}"
    if (folder / "data" / "postmaster.pid").exists():
        return address
    found = programs()
    if found is None:
        unavailable("PostgreSQL is not installed (Debian: postgresql); scripts/test installs it")
        raise AssertionError
    folder.mkdir(parents=True, exist_ok=True)
    runner: dict[str, str] = {}
    if os.getuid() == 0:  # It does not run as root.
        user = next((n for n in ("postgres", "nobody") if n in {u.pw_name for u in pwd.getpwall()}), "")
        runner = {"user": user, "group": str(pwd.getpwnam(user).pw_gid)} if user else {}
        shutil.chown(folder, user)
    options = {"user": runner["user"], "group": int(runner["group"])} if runner else {}
    made = subprocess.run(
        [str(found / "pg_controldata"), "-D", str(folder / "data")] if (folder / "data").exists() else
        [str(found / "initdb"), "-D", str(folder / "data"), "-U", "postgres", "-A", "trust", "--no-sync",
         "-E", "UTF8", "--locale=C"],
        capture_output=True, text=True, cwd=folder, **options,
    )  # fmt: skip
    if made.returncode:
        unavailable(f"PostgreSQL could not be set up: {made.stderr.strip()[-300:]}")
    watch = WATCH % " ".join(f'-c "{o}"' for o in OPTIONS)
    subprocess.run(
        ["/bin/sh", "-c", ALONE, watch, "sh", str(found), str(folder), str(parent)],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        cwd=folder, start_new_session=True, check=True, **options,
    )  # fmt: skip
    return address


def folder_of(parent: int) -> Path:
    """Where the server of a run is; short, as the name of a socket may have a hundred characters only."""
    return Path(tempfile.gettempdir()) / f"ereader-pg-{parent}"


@pytest.fixture(scope="session")
def postgresql(request: pytest.FixtureRequest) -> Server:
    """The server that all tests of a run share: it may not be stopped."""
    running = os.environ.get("EREADER_TEST_POSTGRESQL")
    if running:
        server = Server(running)
        if not server.answers():
            unavailable(f"no PostgreSQL answers at {running}")
    given = getattr(request.config, "workerinput", None)
    parent = given["solr_parent"] if given else os.getpid()
    folder = folder_of(parent)
    with (folder.parent / f"{folder.name}.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        if not running:
            server = Server(start(folder, parent))
            deadline = time.monotonic() + 240
            while not server.answers():
                if time.monotonic() > deadline or (folder / "ended").exists():
                    unavailable(f"PostgreSQL did not start: {(folder / 'log').read_text()[-500:]}")
                time.sleep(0.05)
        server.make_model()
    return server


def end(config: pytest.Config) -> None:
    """Stops the server of a run and removes what it has; nothing when there is none."""
    folder = folder_of(os.getpid())
    if hasattr(config, "workerinput") or not folder.exists():
        return
    pid = folder / "data" / "postmaster.pid"
    with suppress(OSError, ValueError, IndexError):
        os.kill(int(pid.read_text().splitlines()[0]), 2)
        deadline = time.monotonic() + 60
        while not (folder / "ended").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.joinpath(f"{folder.name}.lock").unlink(missing_ok=True)


@pytest.fixture(params=DATABASES)
def new_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], sa.Engine]]:
    """Makes databases of each kind in turn, without rows; tests make what tables they need where there are
    none.
    """
    engines: list[sa.Engine] = []
    server: Server | None = request.getfixturevalue("postgresql") if request.param == "postgresql" else None

    def make() -> sa.Engine:
        url = server.take() if server else sa.make_url(f"sqlite:///{tmp_path / next(_names)}.sqlite")
        engines.append(open_database(url))
        return engines[-1]

    yield make
    for engine in engines:
        engine.dispose()
        if server:
            server.give_back(engine.url)


@pytest.fixture
def database(new_database: Callable[[], sa.Engine]) -> sa.Engine:
    """One such database."""
    return new_database()


@pytest.fixture(params=DATABASES)
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], sa.URL]]:
    """Makes databases of each kind in turn in which there is nothing."""
    if request.param == "sqlite":
        yield lambda: sa.make_url(f"sqlite:///{tmp_path / next(_names)}.sqlite")
        return
    server: Server = request.getfixturevalue("postgresql")
    made: list[sa.URL] = []

    def make() -> sa.URL:
        made.append(server.make())
        return made[-1]

    yield make
    for url in made:
        server.remove(url)


def dumped(engine: sa.Engine) -> str:
    """All there is in a database, as text."""
    found = sa.MetaData()
    found.reflect(engine)
    with engine.connect() as connection:
        rows = [(name, connection.execute(sa.select(table)).all()) for name, table in found.tables.items()]
    return "\n".join(sorted(f"{name} {row}" for name, some in rows for row in some))
