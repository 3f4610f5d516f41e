"""Brings the tables of a database to the revision that this program needs (数据库升级).

Revisions are those of Alembic, in ``revisions/versions``; the table ``alembic_version`` says at which one a
database stands. An empty database gets all tables at once; one with tables that were made before there were
revisions is brought to the first one, which leaves what is there as it is. Everything happens in one
transaction that nobody else can have at the same time, so it is done once and whole, or not at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec
import sqlalchemy as sa

from ereader.database import schema, server

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0005"
LOCK = 0x65526561640001  # "eRead": who changes tables of a PostgreSQL database
_VERSION = sa.table("alembic_version", sa.column("version_num"))
_REVISIONS = Path(__file__).parent / "revisions"

Change = Literal["", "made", "adopted", "upgraded"]


class Standing(msgspec.Struct, frozen=True):
    """Where a database stands (数据库版本): ``change`` is what was done to it, ``before`` where it stood."""

    revision: str
    change: Change = ""
    before: str = ""


class TooNew(Exception):
    """A newer program has changed the tables; this one must not touch them."""


def revision(connection: sa.Connection) -> str:
    """The revision of a database; "" where it has none."""
    if not sa.inspect(connection).has_table(_VERSION.name):
        return ""
    return str(connection.execute(sa.select(_VERSION.c.version_num)).scalar() or "")


def prepare(engine: sa.Engine) -> Standing:
    """Makes or upgrades the tables where that is needed. Raises TooNew or WrongDatabase, with nothing
    changed.
    """
    with engine.connect() as connection:
        server.refuse_unfit(connection)
        if revision(connection) == HEAD:
            return Standing(HEAD)
    with alone(engine) as connection:
        before = revision(connection)
        if before == HEAD:  # Another process was first.
            return Standing(HEAD)
        if not before and not _present(connection):
            _make(connection)
            return Standing(HEAD, "made")
        upgrade(connection, before)
        return Standing(HEAD, "upgraded" if before else "adopted", before)


def upgrade(connection: sa.Connection, before: str, to: str = "head") -> None:
    """Runs the revisions that a database lacks, in the transaction of the caller."""
    # Imported here, as it is rarely needed.
    from alembic import command
    from alembic.script import ScriptDirectory

    config = _config(connection)
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if before and before not in known:
        raise TooNew(
            f"its tables have revision {before}, made by a newer program; this one knows up to {HEAD}"
        )
    command.upgrade(config, to)


def _config(connection: sa.Connection) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_REVISIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _present(connection: sa.Connection) -> bool:
    """Whether any of our tables is there."""
    names = {table.name for metadata in schema.parts() for table in metadata.tables.values()}
    return bool(names.intersection(sa.inspect(connection).get_table_names()))


def _make(connection: sa.Connection) -> None:
    for metadata in schema.parts():
        metadata.create_all(connection, checkfirst=False)
    column = sa.Column("version_num", sa.String(32), nullable=False)
    key = sa.PrimaryKeyConstraint("version_num", name="alembic_version_pkc")
    sa.Table(_VERSION.name, sa.MetaData(), column, key).create(connection)
    connection.execute(sa.insert(_VERSION).values(version_num=HEAD))


@contextmanager
def alone(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction in which tables may be changed, committed at the end; nobody else has one meanwhile."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
        yield connection
        connection.commit()
