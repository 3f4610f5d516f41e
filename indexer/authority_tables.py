"""Tables of the authority records (规范记录的表), beside those of the union repository."""

from __future__ import annotations

import sqlalchemy as sa

from indexer.tables import NUMBER

METADATA = sa.MetaData()

AUTHORITY = sa.Table(
    "authority",
    METADATA,
    sa.Column("number", NUMBER, primary_key=True, autoincrement=False),
    sa.Column("uid", sa.String(16), nullable=False, unique=True),
    sa.Column("repository", sa.String(64), nullable=False, index=True),
    sa.Column("local_id", sa.Text, nullable=False),
    sa.Column("kind", sa.String(12), nullable=False),
    sa.Column("deleted", sa.Boolean, nullable=False),
    sa.Column("checksum", sa.LargeBinary(16), nullable=False),
    sa.Column("modified", sa.Text, nullable=False),  # the source's own date of change
    sa.Column("changed", sa.String(20), nullable=False),
    sa.Column("run", sa.Integer, nullable=False),
    sa.Column("format", sa.Text, nullable=False),
    sa.Column("original", sa.LargeBinary, nullable=False),  # bytes as received, zstd
    sa.Column("record", sa.LargeBinary, nullable=False),  # MessagePack of Authority, zstd
)

FORM = sa.Table(  # by which forms a record is found: only those that stand for it in other records
    "authority_form",
    METADATA,
    sa.Column("key", sa.BigInteger, primary_key=True, autoincrement=False),  # digest of the folded form
    sa.Column("authority", sa.BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
sa.Index("authority_form_of", FORM.c.authority)

TOUCHED = sa.Table(  # headings whose records must be indexed again, since what is known of them has changed
    "authority_touched",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("heading", sa.Text, nullable=False),
    sa.Column("names", sa.Boolean, nullable=False),  # a name, else a subject
)

STATE = sa.Table(  # how often anything has changed
    "authority_state",
    METADATA,
    sa.Column("name", sa.String(16), primary_key=True),
    sa.Column("value", sa.BigInteger, nullable=False),
)
