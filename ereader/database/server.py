"""Whether a PostgreSQL server fits (服务器检查): its version, and how a database keeps and orders text."""

from __future__ import annotations

import sqlalchemy as sa

from indexer.database import WrongDatabase

OLDEST = 140000  # as PostgreSQL numbers its versions
ENCODINGS = ("UTF8", "SQL_ASCII")  # the second takes text as it comes
BY_BYTES = ("C", "POSIX", "C.UTF-8", "C.utf8")


def refuse_unfit(connection: sa.Connection) -> None:
    """Raises WrongDatabase where records could not be kept. Costs no question to the server."""
    if connection.dialect.name != "postgresql":
        return
    told = connection.connection.driver_connection.info  # type: ignore[union-attr]
    if told.server_version < OLDEST:
        raise WrongDatabase(f"PostgreSQL {OLDEST // 10000} or later is needed")
    encoding = told.parameter_status("server_encoding")
    if encoding not in ENCODINGS:
        message = f"its encoding is {encoding}, which cannot keep every script"
        raise WrongDatabase(f"{message}; make it with ENCODING 'UTF8' LOCALE 'C' TEMPLATE template0")


def doubts(connection: sa.Connection) -> list[str]:
    """What works and is better otherwise."""
    if connection.dialect.name != "postgresql":
        return []
    found = []
    query = "SELECT datcollate FROM pg_database WHERE datname = current_database()"
    collation = str(connection.exec_driver_sql(query).scalar())
    if collation not in BY_BYTES:
        found.append(
            f"it orders text by {collation} rather than by C: indexes are larger and slower, and must be "
            "made again when the system's library of languages is upgraded"
        )
    if connection.connection.driver_connection.info.parameter_status("server_encoding") != "UTF8":  # type: ignore[union-attr]
        found.append("its encoding is not UTF8, so nothing checks the text it is given")
    return found


def describe(engine: sa.Engine) -> str:
    """Program and version, in a few words."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            return f"SQLite {connection.exec_driver_sql('SELECT sqlite_version()').scalar()}"
        return f"PostgreSQL {connection.exec_driver_sql('SHOW server_version').scalar()}"
