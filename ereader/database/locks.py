"""The one right to write in an installation (写入权), where its database is a server that many hosts share.

On one host a lock on a file of the home serves; this one is held by the server and is given back when the
connection ends, however it ends.
"""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

LOCK = 0x65526561640002  # "eRead": who writes records
MOST_NAME = 63  # characters of a name that PostgreSQL keeps of a connection


class Taken(Exception):
    """Somebody else has the right to write; says who."""


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
            yield
        finally:
            # Closed for good rather than given back for reuse: with it the lock is gone.
            connection.invalidate()


def _holder(connection: sa.Connection) -> str:
    query = sa.text(
        "SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE locktype = 'advisory'"
        " AND ((classid::bigint << 32) | objid::bigint) = :lock AND granted"
        " AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    name = connection.execute(query, {"lock": LOCK}).scalar()
    return str(name or "another process")
