"""Tables of the browse lists (浏览列表的表)."""

from __future__ import annotations

import sqlalchemy as sa

METADATA = sa.MetaData()
HEADING = sa.Table(
    "heading",
    METADATA,
    sa.Column("kind", sa.SmallInteger, primary_key=True, autoincrement=False),
    # Bytes are compared alike by every database, whatever its locale.
    sa.Column("pinyin", sa.LargeBinary(400), primary_key=True),
    sa.Column("stroke", sa.LargeBinary(200)),
    sa.Column("value", sa.Text, nullable=False),
    # Of a form that authority records refer from: (repository, heading to use instead) as JSON.
    sa.Column("used", sa.Text, nullable=False),
    sa.Index(
        "heading_stroke",
        "kind",
        "stroke",
        sqlite_where=sa.text("stroke IS NOT NULL"),
        postgresql_where=sa.text("stroke IS NOT NULL"),
    ),
    sqlite_with_rowid=False,
)
STATE = sa.Table(  # of which state of the index the lists are, who makes them just now, the key of places
    "heading_state",
    METADATA,
    sa.Column("name", sa.String(16), primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)
