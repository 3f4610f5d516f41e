"""Designs that somebody is working on and nobody else sees yet (设计草稿).

One for each person and portal; it stays until it is published or dropped.
"""

from __future__ import annotations

import datetime

import msgspec
import sqlalchemy as sa

from holdings.members.design import Design

METADATA = sa.MetaData()
DRAFT = sa.Table(
    "design_draft",
    METADATA,
    sa.Column("place", sa.String(80), primary_key=True),  # L:pku, C:jalis
    sa.Column("user", sa.String(100), primary_key=True),
    sa.Column("value", sa.Text, nullable=False),  # JSON of the Design
    sa.Column("changed", sa.String(32), nullable=False),  # ISO 8601, UTC
)


def create_tables(engine: sa.Engine) -> None:
    METADATA.create_all(engine)


def find(engine: sa.Engine, place: str, user: str) -> Design | None:
    """Somebody's draft for a portal; None where there is none, or none of the present form."""
    with engine.connect() as connection:
        value = connection.execute(
            sa.select(DRAFT.c.value).where(DRAFT.c.place == place, DRAFT.c.user == user)
        ).scalar()
    try:
        return msgspec.json.decode(value, type=Design) if value else None
    except msgspec.DecodeError:
        return None


def keep(engine: sa.Engine, place: str, user: str, design: Design) -> None:
    """Puts the draft in the place of the former one."""
    changed = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    value = msgspec.json.encode(design).decode()
    with engine.begin() as connection:
        connection.execute(sa.delete(DRAFT).where(DRAFT.c.place == place, DRAFT.c.user == user))
        connection.execute(sa.insert(DRAFT).values(place=place, user=user, value=value, changed=changed))


def drop(engine: sa.Engine, place: str, user: str) -> None:
    """There is no draft any more."""
    with engine.begin() as connection:
        connection.execute(sa.delete(DRAFT).where(DRAFT.c.place == place, DRAFT.c.user == user))
