"""Tables of the registry (成员登记的表): entries of all kinds as JSON, and how often it was changed."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

METADATA = sa.MetaData()
ENTRY = sa.Table(
    "member_entry",
    METADATA,
    sa.Column(
        "kind", sa.String(16), primary_key=True
    ),  # those of KINDS; indexed, written: see note_writing; former: see former_owner; withheld: see withhold
    sa.Column("id", sa.String(160), primary_key=True),
    sa.Column("value", sa.Text, nullable=False),  # JSON of the structure
)
REVISION = sa.Table(
    "member_revision",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("revision", sa.BigInteger, nullable=False),
)


def put(connection: sa.Connection, rows: Iterable[tuple[str, str, str | None]]) -> None:
    """Writes entries (kind, id, JSON), in the transaction of the caller; without JSON an entry is removed."""
    for kind, id, value in rows:
        connection.execute(sa.delete(ENTRY).where(ENTRY.c.kind == kind, ENTRY.c.id == id))
        if value is not None:
            connection.execute(sa.insert(ENTRY).values(kind=kind, id=id, value=value))
