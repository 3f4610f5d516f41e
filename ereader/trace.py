"""Why somebody sees a record, or does not (可见性追溯), clause by clause of the decision table.

For staff: it names what is hidden, so whoever asks for it shows only what the asker may know of (the admins
of the centre everything, a library's own staff what is their own). Nothing of a record's content is told.

| clause | said of | what it says |
| --- | --- | --- |
| own | the owner's portal | its own library shows it |
| via | a consortium's portal | both keys, its library an active member, the viewer among its audience |
| beside | another library's portal | shown through a consortium that this portal shows as well |
| public | any portal | everyone may see it at the centre, so it is no secret anywhere |
| audience | any | it would be shown here, but this viewer is not among those whom it is for |
| waiting | a consortium | offered, not published |
| withdrawn | a consortium | published once, no longer offered |
| not-offered | a consortium | neither |
| suspended, left, no-member | a consortium | how its library stands to the consortium |
| elsewhere | any | nothing that this portal shows has to do with the repository |
| deleted, suppressed, embargo | anywhere | a flag of the record (the embargo also the repository's) |
| removed | anywhere | the repository is not in the registry |
"""

from __future__ import annotations

import datetime

import msgspec
import sqlalchemy as sa

from holdings.members import sharing
from holdings.members.consortium import CENTRE
from holdings.members.registry import ANYONE, Members, Viewer
from holdings.members.repository import Repository
from holdings.members.user import STAFF_ROLES
from indexer.records.record import record_uid
from indexer.store import Store
from indexer.tables import DELETED, LIVE, RECORD_FLAG, SOURCE, SUPPRESSED

MOST_SOURCES = 200  # of one union record


class Step(msgspec.Struct, frozen=True):
    """What one place says of a repository (一处的判定); ``offered`` and ``published`` are of consortia."""

    place: str
    shows: bool
    clause: str
    membership: str = ""
    offered: bool = False
    published: bool = False


class Trace(msgspec.Struct, frozen=True):
    """Why one source record is seen or not (追溯结果). ``clause`` is the one that decides; ``pending``: the
    index still shows what was before, which the deny list hides, or does not show yet what is new.
    ``said_by`` is who of the staff said something of the record, as the log names him.
    """

    uid: str
    union: str
    repository: str
    library: str
    local_id: str
    seen: bool
    clause: str
    until: str
    audience: str
    flags: tuple[str, ...]
    steps: tuple[Step, ...]
    pending: bool = False
    said_by: str = ""


class Row(msgspec.Struct, frozen=True):
    """A source record as the store holds it, whatever may be seen of it (源记录)."""

    uid: str
    union: str
    repository: str
    local_id: str
    state: int
    embargo_until: str
    said_by: str = ""


def find(database: sa.Engine, name: str) -> list[Row]:
    """The source records of a union record, named by its id, a member's uid or ``repository/local id``."""
    columns = (
        SOURCE.c.uid,
        SOURCE.c.cluster,
        SOURCE.c.repository,
        SOURCE.c.local_id,
        SOURCE.c.state,
        SOURCE.c.embargo_until,
        RECORD_FLAG.c.suppressed,
        RECORD_FLAG.c.embargo_until.label("said_embargo"),
        RECORD_FLAG.c.deleted,
        RECORD_FLAG.c.actor,
    )
    asking = sa.select(*columns).join(RECORD_FLAG, RECORD_FLAG.c.uid == SOURCE.c.uid, isouter=True)
    repository, slash, local = name.partition("/")
    with database.connect() as connection:
        asked = connection.execute(asking.where(SOURCE.c.uid == name)).all()
        if not asked and slash:
            uid = record_uid(repository, local)
            asked = connection.execute(asking.where(SOURCE.c.uid == uid)).all()
        cluster = asked[0].cluster if asked else None
        if cluster:
            query = asking.where(SOURCE.c.cluster == cluster).order_by(SOURCE.c.uid)
            asked = connection.execute(query.limit(MOST_SOURCES)).all()
    return [_row(*tuple(r)) for r in asked]


def _row(
    uid: str,
    cluster: str | None,
    repository: str,
    local_id: str,
    state: int,
    embargo: str,
    suppressed: bool | None,
    said_embargo: str | None,
    deleted: bool | None,
    actor: str | None,
) -> Row:
    """What staff say of a record goes before what came with it."""
    if deleted:
        state = DELETED
    elif suppressed is not None and state != DELETED:
        state = SUPPRESSED if suppressed else LIVE
    until = embargo if said_embargo is None else said_embargo
    return Row(uid, cluster or uid, repository, local_id, state, until, actor or "")


def trace(
    store: Store,
    members: Members,
    rows: list[Row],
    place: str,
    viewer: Viewer = ANYONE,
    day: datetime.date | None = None,
) -> list[Trace]:
    """The decision on each source record for ``viewer`` in the portal of ``place`` (``L:…``, ``C:…``)."""
    today = day or datetime.datetime.now(datetime.UTC).date()
    stale = set(members.stale())
    unreadable = _unreadable(store, rows, today)
    return [_of(members, r, place, viewer, today, r.uid in unreadable, r.repository in stale) for r in rows]


def _of(
    members: Members,
    row: Row,
    place: str,
    viewer: Viewer,
    day: datetime.date,
    unreadable: bool,
    pending: bool,
) -> Trace:
    repository = members.repositories().get(row.repository)
    flags, until = [], ""
    if row.state == DELETED:
        flags.append("deleted")
    if row.state == SUPPRESSED:
        flags.append("suppressed")
    if unreadable or row.embargo_until > day.isoformat():
        flags.append("embargo")
        until = row.embargo_until
    if repository is None:
        flags.append("removed")
    elif sharing.embargoed(repository, day):
        flags.append("embargo")
        until = max(until, str(repository.embargo_until))
    steps = steps_of(members, repository, place, viewer) if repository else ()
    shown = next((step for step in steps if step.shows), None)
    if flags:
        clause = flags[-1] if "removed" in flags else flags[0]
    elif shown:
        clause = shown.clause
    else:
        clause = min((step.clause for step in steps), key=_ORDER.index, default="elsewhere")
    return Trace(
        row.uid,
        row.union,
        row.repository,
        repository.library if repository else members.former_owner(row.repository),
        row.local_id,
        shown is not None and not flags,
        clause,
        until,
        repository.audience if repository else "",
        tuple(dict.fromkeys(flags)),
        steps,
        pending,
        row.said_by,
    )


# Of several places that do not show it, the one that is nearest to showing it says why.
_ORDER = (
    "audience",
    "waiting",
    "withdrawn",
    "suspended",
    "left",
    "not-offered",
    "no-member",
    "elsewhere",
)


def steps_of(members: Members, repository: Repository, place: str, viewer: Viewer) -> tuple[Step, ...]:
    """What each place says that the portal of ``place`` shows, flags and embargo aside."""
    kind, _, id = place.partition(":")
    found: list[Step] = []
    consortia: list[str] = []
    if kind == "L" and id in members.libraries():
        if id == repository.library:
            fits = _fits(members, repository, viewer)
            found.append(Step(place, fits, "own" if fits else "audience"))
        else:
            found.append(Step(place, False, "elsewhere"))
        stands = members.statuses(id)
        consortia = [c for c in members.libraries()[id].portal.includes if stands.get(c) == "active"]
    elif kind == "C" and id in members.consortia():
        consortia = [id]
    found += [
        _consortium(members, repository, c, viewer, "via" if kind == "C" else "beside") for c in consortia
    ]
    if CENTRE not in consortia:
        centre = _consortium(members, repository, CENTRE, viewer, "public")
        if centre.shows and repository.audience == "everyone":
            found.append(centre)
    return tuple(found) or (Step(place, False, "elsewhere"),)


def _consortium(members: Members, repository: Repository, id: str, viewer: Viewer, clause: str) -> Step:
    status = members.statuses(repository.library).get(id, "")
    offered, published = id in repository.offered_to, id in repository.published_by
    outcome = members.decision(repository.id, id).outcome
    shows = False
    if status != "active":
        clause = status or "no-member"
    elif outcome in ("waiting", "withdrawn", "not-offered"):
        clause = outcome
    elif _fits(members, repository, viewer, id):
        shows = True
    else:
        clause = "audience"
    return Step(f"C:{id}", shows, clause, status, offered, published)


def _fits(members: Members, repository: Repository, viewer: Viewer, consortium: str = "") -> bool:
    """Whether a viewer is among those whom a repository is for, in a consortium or in its own portal."""
    if repository.audience == "everyone":
        return True
    home = viewer.library if viewer.library in members.libraries() else ""
    if consortium and members.statuses(home).get(consortium) != "active":
        return False
    own = home == repository.library
    if repository.audience == "consortium-members":
        return bool(consortium) or own
    return own and (repository.audience != "staff" or bool(STAFF_ROLES.intersection(viewer.roles)))


def _unreadable(store: Store, rows: list[Row], day: datetime.date) -> set[str]:
    """Records whose own embargo stands in the record alone: a date that nobody can read hides it."""
    found = set()
    for _, sources in store.members_of({row.union for row in rows}):
        found |= {s.uid for s in sources if s.record.embargo_until > day.isoformat()}
    return found
