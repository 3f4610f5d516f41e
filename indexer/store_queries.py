"""What the union repository asks its database again and again (常用查询), put together once."""

from __future__ import annotations

import sqlalchemy as sa

from indexer.flags import Said
from indexer.tables import CONTENT, DELETED, LIVE, RECORD_FLAG, SOURCE, SUPPRESSED

# What staff say of a source record, beside it.
SAID = (
    RECORD_FLAG.c.uid.label("said"),
    RECORD_FLAG.c.suppressed.label("said_suppressed"),
    RECORD_FLAG.c.embargo_until.label("said_embargo"),
    RECORD_FLAG.c.deleted.label("said_deleted"),
)
BESIDE = RECORD_FLAG.c.uid == SOURCE.c.uid

# Parameter id: a source record, and the union it is in.
ONE = sa.select(SOURCE.c.uid, SOURCE.c.cluster).where(SOURCE.c.uid == sa.bindparam("id"))

# Parameter id: whose the members of a union are, and what hides them; nothing of their content.
_HELD = sa.select(SOURCE.c.uid, SOURCE.c.repository, SOURCE.c.state, SOURCE.c.embargo_until, *SAID).join(
    RECORD_FLAG, BESIDE, isouter=True
)
HELD_ALONE = _HELD.where(SOURCE.c.uid == sa.bindparam("id"))
HELD_TOGETHER = _HELD.where(SOURCE.c.cluster == sa.bindparam("id"))

# Parameter ids: source records with everything; tombstones are left out.
_WHOLE = (
    sa.select(
        SOURCE.c.uid,
        SOURCE.c.cluster,
        SOURCE.c.repository,
        SOURCE.c.first_seen,
        SOURCE.c.changed,
        CONTENT.c.format,
        CONTENT.c.charset,
        CONTENT.c.record,
        CONTENT.c.problems,
        *SAID,
    )
    .join(CONTENT, CONTENT.c.number == SOURCE.c.number)
    .join(RECORD_FLAG, BESIDE, isouter=True)
    .where(SOURCE.c.state != DELETED)
    .order_by(SOURCE.c.uid)
)
_IDS: sa.BindParameter[list[str]] = sa.bindparam("ids", expanding=True)
WHOLE_BY_UID = _WHOLE.where(SOURCE.c.uid.in_(_IDS))
WHOLE_BY_CLUSTER = _WHOLE.where(SOURCE.c.cluster.is_not(None), SOURCE.c.cluster.in_(_IDS))

# Parameter ids: source records as they are stored, for whoever makes documents of them.
_STORED = (
    sa.select(
        SOURCE.c.uid, SOURCE.c.cluster, SOURCE.c.repository, SOURCE.c.first_seen, CONTENT.c.record, *SAID
    )
    .join(CONTENT, CONTENT.c.number == SOURCE.c.number)
    .join(RECORD_FLAG, BESIDE, isouter=True)
    .where(SOURCE.c.state != DELETED)
)
STORED_BY_UID = _STORED.where(SOURCE.c.uid.in_(_IDS))
STORED_BY_CLUSTER = _STORED.where(SOURCE.c.cluster.is_not(None), SOURCE.c.cluster.in_(_IDS))


def said(uid: str | None, suppressed: bool | None, embargo: str | None, deleted: bool | None) -> Said | None:
    """The columns of `SAID` as a value; None where nothing is said."""
    return None if uid is None else (suppressed, embargo, bool(deleted))


def as_said(state: int, embargo_until: str, said: Said | None) -> tuple[int, str]:
    """State and embargo of a source record as what is said of it makes them."""
    if said is None:
        return state, embargo_until
    suppressed, embargo, deleted = said
    if deleted or state == DELETED:
        state = DELETED
    elif suppressed is not None:
        state = SUPPRESSED if suppressed else LIVE
    return state, embargo_until if embargo is None else embargo
