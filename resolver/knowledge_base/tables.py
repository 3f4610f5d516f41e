"""Tables of the knowledge base (知识库的表), in SQLAlchemy Core so that SQLite and PostgreSQL both serve.

A package is what a library subscribes to; a title stands once in each package it belongs to, on the platform
of that package; its coverage is one row for each row of the provider's list.
"""

from __future__ import annotations

import sqlalchemy as sa

METADATA = sa.MetaData()
BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")

PACKAGE = sa.Table(
    "kb_package",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("platform", sa.Text, nullable=False),
    sa.Column("terms", sa.Text, nullable=False),  # JSON of Terms
)

TITLE = sa.Table(
    "kb_title",
    METADATA,
    sa.Column("number", BIG, primary_key=True, autoincrement=False),
    sa.Column("package", sa.Integer, nullable=False),
    sa.Column("key", sa.BigInteger, nullable=False),  # what makes it the same title in the next list
    sa.Column("digest", sa.BigInteger, nullable=False),  # of what is said of it, to see a change
    sa.Column("folded", sa.BigInteger, nullable=False),  # digest of the folded title
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("kind", sa.String(12), nullable=False),  # serial, monograph, or as the list has it
    sa.Column("title_id", sa.Text, nullable=False),
    sa.Column("publisher", sa.Text, nullable=False),
    sa.Index("kb_title_key", "package", "key"),
    sa.Index("kb_title_folded", "folded"),
    # By hash, as PostgreSQL orders no text of more than 2,700 bytes, and ids of lists have any length.
    sa.Index("kb_title_id", "title_id", postgresql_using="hash"),
)

NUMBER = sa.Table(  # ISSN and ISBN, and title ids, by which a title is found
    "kb_number",
    METADATA,
    sa.Column("value", sa.String(80), primary_key=True),
    sa.Column("title", BIG, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
sa.Index("kb_number_title", NUMBER.c.title)

COVERAGE = sa.Table(
    "kb_coverage",
    METADATA,
    sa.Column("number", BIG, primary_key=True, autoincrement=False),
    sa.Column("title", BIG, nullable=False),
    sa.Column("package", sa.Integer, nullable=False),
    sa.Column("digest", sa.BigInteger, nullable=False),  # of the whole row
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("free", sa.Boolean, nullable=False),
    sa.Column("depth", sa.String(20), nullable=False),
    sa.Column("extent", sa.Text, nullable=False),  # JSON of Coverage
    sa.Column("row", sa.Text, nullable=False),  # JSON: the row as it was read, with columns nobody knows
    sa.Index("kb_coverage_title", "title"),
    sa.Index("kb_coverage_package", "package", "digest"),
)

LOAD = sa.Table(  # every list as it came, so that an update can be taken back
    "kb_load",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("package", sa.Integer, nullable=False, index=True),
    sa.Column("files", sa.Text, nullable=False),  # JSON: their names
    sa.Column("made", sa.String(20), nullable=False),
    sa.Column("undone", sa.String(20), nullable=False),  # empty while it holds
    sa.Column("platform", sa.Text, nullable=False),
    sa.Column("terms", sa.Text, nullable=False),
    sa.Column("counts", sa.Text, nullable=False),  # JSON
    sa.Column("content", sa.LargeBinary, nullable=False),  # MessagePack of the files, zstd
)
