"""The one right to write in an installation (写入权), where its database is a server that many hosts share.

On one host a lock on a file of the home serves; this one is held by the server and is given back when the
connection ends, however it ends. So a process may lose it without noticing: when it slept, or was cut off.
Whoever takes the right over therefore raises a number in the database, and each transaction of a writer
first looks whether the number is still its own, which holds the next one back until the transaction is over.
"""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import sqlalchemy as sa

from ereader.exit_status import ServiceUnavailable
from indexer.tables import STATE

LOCK = 0x65526561640002  # "eRead": who writes records
JOBS = 0x65526501  # "eRe": the first half of the number of a job's lock, whose second half is its id
FENCE = "writer"  # the row of ``store_state`` that says who may write
LOCK_NOT_AVAILABLE = "55P03"  # PostgreSQL's code (appendix A) for a lock that was waited for in vain
HELD_BACK = "20s"  # for which a transaction of the former writer is waited for
MOST_NAME = 63  # characters of a name that PostgreSQL keeps of a connection


class Taken(Exception):
    """Somebody else has the right to write; says who."""


class Superseded(ServiceUnavailable):
    """Another process has taken over the right to write; nothing more was written."""


@contextmanager
def writing(engine: sa.Engine) -> Iterator[None]:
    """Holds the right to write in a database; Taken when another has it. For SQLite nothing is to be done."""
    if engine.dialect.name != "postgresql":
        yield
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.execute(sa.select(sa.func.pg_try_advisory_lock(LOCK))).scalar():
            raise Taken(_holder(connection))
        name = f"ereader {socket.gethostname()[:30]} process {os.getpid()} {' '.join(sys.argv[1:2])}"
        # Nobody may cut it for being silent.
        for setting, value in (("application_name", name[:MOST_NAME]), ("idle_session_timeout", "0")):
            connection.execute(sa.select(sa.func.set_config(setting, value, False)))
        try:
            with _fenced(engine):
                yield
        finally:
            _let_go(connection, sa.func.pg_advisory_unlock(LOCK))


@contextmanager
def _fenced(engine: sa.Engine) -> Iterator[None]:
    """Lets each transaction of an engine write only while nobody has taken the right to write over."""
    number = _take_over(engine)
    asked = sa.select(STATE.c.value).where(STATE.c.name == FENCE).with_for_update(read=True)

    def check(connection: sa.Connection) -> None:
        if connection.execute(asked).scalar() != number:
            raise Superseded("another process has taken over the right to write; nothing more was written")

    sa.event.listen(engine, "begin", check)
    try:
        yield
    finally:
        sa.event.remove(engine, "begin", check)


def _take_over(engine: sa.Engine) -> str:
    """The number of a new writer. Taken when a transaction of the former one does not end."""
    own = STATE.c.name == FENCE
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{HELD_BACK}'")
            present = connection.execute(sa.select(STATE.c.value).where(own).with_for_update()).scalar()
            number = str(int(present or 0) + 1)
            if present is None:
                connection.execute(sa.insert(STATE).values(name=FENCE, value=number))
            else:
                connection.execute(sa.update(STATE).where(own).values(value=number))
    except sa.exc.OperationalError as error:
        if getattr(error.orig, "sqlstate", "") != LOCK_NOT_AVAILABLE:
            raise
        raise Taken("a transaction of the former writer, which has not ended yet") from error
    return number


@contextmanager
def job(engine: sa.Engine, id: int) -> Iterator[None]:
    """Says to all hosts that a job is being done, until the end of the process at the latest; nothing for
    SQLite, where a lock on a file says so.
    """
    if engine.dialect.name != "postgresql":
        yield
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.select(sa.func.pg_try_advisory_lock(JOBS, id)))
        try:
            yield
        finally:
            _let_go(connection, sa.func.pg_advisory_unlock(JOBS, id))


def _let_go(connection: sa.Connection, unlock: sa.Function[object]) -> None:
    """Gives a lock back and closes its connection for good rather than leave it for reuse.

    The server ends a session some time after its connection was closed, so that the lock alone would still be
    held when the next one asks. Whose connection is lost has nothing left to give back.
    """
    with suppress(sa.exc.DBAPIError):
        connection.execute(sa.select(unlock))
    with suppress(sa.exc.DBAPIError):
        connection.invalidate()


def jobs_done(engine: sa.Engine) -> set[int]:
    """Jobs that somebody is doing on any host."""
    query = sa.text(
        "SELECT objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND classid::bigint = :jobs"
        " AND granted AND objsubid = 2"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    with engine.connect() as connection:
        return set(connection.execute(query, {"jobs": JOBS}).scalars())


def _holder(connection: sa.Connection) -> str:
    query = sa.text(
        "SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE locktype = 'advisory'"
        " AND ((classid::bigint << 32) | objid::bigint) = :lock AND granted"
        " AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    name = connection.execute(query, {"lock": LOCK}).scalar()
    return str(name or "another process")
