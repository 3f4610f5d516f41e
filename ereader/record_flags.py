"""Staff say something of single records (记录标志设置): rights first, then flags, log and index."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence

import msgspec

from ereader import jobs
from ereader.auth import audit
from ereader.auth.door import require
from ereader.auth.roles import Actor, Target
from ereader.exit_status import UsageError
from ereader.installation import Installation
from holdings.members.registry import Members
from indexer import follow
from indexer.flags import ISO_DATE, Change, Flag, flags_of, set_flags
from indexer.index.engine import SearchUnavailable
from indexer.records.record import record_uid
from indexer.tables import chunks

AT_ONCE = (
    1000  # records withheld at one moment: each is a clause of every search until the index has followed
)
NEVER = "9999-12-31"


def embargo_of(text: str) -> str:
    """The day an embargo ends: an ISO date, ``forever``, or ``none``. Raises ValueError for anything else."""
    word = text.strip().casefold()
    if word in ("none", ""):
        return ""
    if word == "forever":
        return NEVER
    if not ISO_DATE.fullmatch(word):
        raise ValueError("a day is written as 2030-01-31, or none, or forever")
    return datetime.date.fromisoformat(word).isoformat()


def say(
    home: jobs.Home, repository: str, ids: Sequence[str], change: Change, actor: Actor, reason: str = ""
) -> list[Flag]:
    """Sets flags of records, named by their local ids; answers with those that there are, as they are now.

    What is hidden by it is hidden from the next request on; the index follows when somebody writes to it
    (`follow_here`, or a job). Raises ``Denied`` before anything is written.
    """
    engine = home.accounts.engine
    members = Members(engine)
    known = members.repositories().get(repository)
    entry = f"repository/{repository}"
    require(actor, "records.flag", Target(library=known.library if known else ""), entry)
    now = datetime.datetime.now(datetime.UTC)
    by_uid = {record_uid(repository, id): id for id in ids}
    with engine.begin() as connection:
        before = {flag.uid: flag for flag in flags_of(connection, by_uid)}
        time = now.isoformat(timespec="microseconds")
        changed = set_flags(connection, members, list(by_uid), change, audit.name_of(actor), time, reason)
        for flag in changed:
            old = before.get(flag.uid)
            audit.note(
                connection, actor, "records.flag", f"record/{repository}/{flag.id}"[:200],
                _told(old) if old else None, _told(flag), reason, now,
            )  # fmt: skip
    return changed


def _told(flag: Flag) -> dict[str, object]:
    return {
        "suppressed": flag.suppressed,
        "embargo_until": flag.embargo_until,
        "deleted": flag.deleted,
    }


def follow_here(installation: Installation) -> bool:
    """Brings the index in step now; False where another process writes just now: then a job does it, or that
    process at its end.
    """
    try:
        with (
            installation.writing(),
            follow.writing(installation.engine, installation.store, installation.members),
        ):
            return True
    except (UsageError, SearchUnavailable):
        jobs.start(installation, "rebuild", {}, jobs.AUTOMATIC, once=True)
        return False


def say_of_many(
    installation: Installation,
    repository: str,
    ids: Sequence[str],
    change: Change,
    actor: Actor,
    reason: str = "",
    progress: Callable[[int], None] = lambda _: None,
) -> tuple[list[Flag], bool]:
    """As `say`, of any number of records, some after the other; and whether the index has followed. Where
    another process writes, at most `AT_ONCE`: a UsageError, with nothing changed.
    """
    changed: list[Flag] = []
    followed = True
    for some in chunks(dict.fromkeys(ids), AT_ONCE):
        if not followed:
            raise UsageError(
                f"the index is being written to; {len(changed):,} records are done, say the rest later"
            )
        changed += say(installation, repository, some, change, actor, reason)
        followed = follow_here(installation)
        progress(len(changed))
    return changed, followed


def said_of(home: jobs.Home, repository: str) -> list[Flag]:
    """What is said of records of a repository."""
    with home.accounts.engine.connect() as connection:
        return flags_of(connection, repository=repository)


def as_json(flag: Flag) -> dict[str, object]:
    return dict(msgspec.to_builtins(flag))
