"""Tables of the union repository (联合仓储的表), in SQLAlchemy Core so that SQLite and PostgreSQL both serve.

``source`` is narrow and is read for every decision; the dear columns (original, record) are in ``content``
beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa

METADATA = sa.MetaData()
SCHEMA_VERSION = 1
NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")  # of a row; SQLite has only INTEGER as its own

STATE = sa.Table(  # numbers and texts the store keeps about itself: schema, index_seq, seq
    "store_state",
    METADATA,
    sa.Column("name", sa.String(32), primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)

LIVE, DELETED, SUPPRESSED = 0, 1, 2

SOURCE = sa.Table(
    "source_record",
    METADATA,
    sa.Column("number", NUMBER, primary_key=True, autoincrement=False),
    sa.Column("uid", sa.String(16), nullable=False),
    sa.Column("repository", sa.String(64), nullable=False),
    sa.Column("local_id", sa.Text, nullable=False),
    sa.Column("cluster", sa.String(16)),  # union id; absent when the record stands alone
    sa.Column("seq", sa.BigInteger, nullable=False),  # rises with every change that the index must follow
    sa.Column("state", sa.SmallInteger, nullable=False),
    sa.Column("checksum", sa.LargeBinary(16), nullable=False),  # of the original and of how it is read
    sa.Column("modified", sa.Text, nullable=False),  # the source's own date of change, as it has it
    sa.Column("embargo_until", sa.String(10), nullable=False),
    sa.Column("features", sa.LargeBinary),  # of matching; absent when the record has no key
    sa.Column("first_seen", sa.String(20), nullable=False),
    sa.Column("changed", sa.String(20), nullable=False),
    sa.Column("run", sa.Integer, nullable=False),  # the load that wrote it last
    sa.Index("source_uid", "uid", unique=True),
    sa.Index("source_checksum", "checksum"),
    sa.Index("source_seq", "seq"),
    sa.Index(
        "source_cluster",
        "cluster",
        sqlite_where=sa.text("cluster IS NOT NULL"),
        postgresql_where=sa.text("cluster IS NOT NULL"),
    ),
)

CONTENT = sa.Table(
    "source_content",
    METADATA,
    sa.Column("number", NUMBER, primary_key=True, autoincrement=False),
    sa.Column("format", sa.Text, nullable=False),
    sa.Column("charset", sa.Text, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("context", sa.Integer, nullable=False),  # 0: none
    sa.Column("original", sa.LargeBinary, nullable=False),  # bytes as received, zstd
    sa.Column("record", sa.LargeBinary, nullable=False),  # MessagePack of Record, zstd
    sa.Column("problems", sa.LargeBinary),  # MessagePack of the Problems
)

CONTEXT = sa.Table(  # what the records of one file inherit from it, once
    "source_context",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("digest", sa.LargeBinary(16), nullable=False, unique=True),
    sa.Column("value", sa.LargeBinary, nullable=False),
)

KEY = sa.Table(
    "match_key",
    METADATA,
    sa.Column("key", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

RETIRED = sa.Table(  # union ids that are no more and may still be in the index
    "retired_union",
    METADATA,
    sa.Column("id", sa.String(16), primary_key=True),
    sa.Column("seq", sa.BigInteger, nullable=False),
)

RECORD_FLAG = sa.Table(  # what staff say of records, see ``flags``
    "record_flag",
    METADATA,
    sa.Column("uid", sa.String(16), primary_key=True),
    sa.Column("repository", sa.String(64), nullable=False, index=True),
    sa.Column("local_id", sa.Text, nullable=False),
    sa.Column("suppressed", sa.Boolean),  # absent: as the record says
    sa.Column("embargo_until", sa.String(10)),  # absent: as the record says; empty: none
    sa.Column("deleted", sa.Boolean, nullable=False),
    sa.Column("pending", sa.Boolean, nullable=False, index=True),  # the index has not followed yet
    sa.Column("actor", sa.String(160), nullable=False),
    sa.Column("time", sa.String(40), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
)

REVIEW_PAIR = sa.Table(  # pairs that a person should see, see ``review``
    "review_pair",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("one", sa.String(16), nullable=False),
    sa.Column("other", sa.String(16), nullable=False),
    sa.Column("one_repository", sa.String(64), nullable=False, index=True),
    sa.Column("other_repository", sa.String(64), nullable=False, index=True),
    sa.Column("outcome", sa.String(8), nullable=False),  # ask; same: the rules are sure, loading was not
    sa.Column("rule", sa.String(64), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),  # of the rules
    sa.Column("score", sa.Float, nullable=False),
    sa.Column("why", sa.Text, nullable=False),  # JSON: lines of text with the values that decided
    sa.Column("found", sa.String(20), nullable=False),
    sa.Index("review_pair_of", "one", "other", unique=True),
    sa.Index("review_pair_other", "other"),
)

RUN = sa.Table(
    "load_run",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("repository", sa.String(64), nullable=False),
    sa.Column("files", sa.Text, nullable=False),
    sa.Column("started", sa.String(20), nullable=False),
    sa.Column("finished", sa.String(20), nullable=False),  # empty: running, or killed
    sa.Column("counts", sa.Text, nullable=False),  # JSON
)

RUN_PROBLEM = (
    sa.Table(  # what was refused or decided while loading; a kept record's own problems are with the record
        "load_problem",
        METADATA,
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("run", sa.Integer, nullable=False, index=True),
        sa.Column("uid", sa.String(16), nullable=False),
        sa.Column("problem", sa.Text, nullable=False),  # JSON
    )
)


def chunks(values: Iterable[Any], size: int = 500) -> Iterator[list[Any]]:
    """Values in lists short enough for one IN (…)."""
    held = list(values)
    for start in range(0, len(held), size):
        yield held[start : start + size]
