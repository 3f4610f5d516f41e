"""The path of an authority record (规范记录流程): a file in, forms by which others are found out.

read → parse → read in its dialect → store, then the records it touches are indexed again. What is no
authority record is refused with a problem that says what to do, and so is an authority record in a load of
bibliographic ones.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from holdings.members import Members
from indexer import follow
from indexer.authorities import checksum
from indexer.batch import Counts
from indexer.index.engine import Engine
from indexer.marc import syntax
from indexer.marc.authority import authority_dialect
from indexer.marc.marc21 import authority as marc21
from indexer.marc.unimarc import authority as unimarc
from indexer.pipeline import Files, Load, Loaded, Progress, guarded
from indexer.prepare import MAX_LOCAL_ID
from indexer.problem import Problem
from indexer.profile import Profile
from indexer.reader import Raw
from indexer.records.authority import Authority
from indexer.store import Store
from indexer.text.analyse import key

FORMATS = frozenset(("marc21", "unimarc", "cnmarc", "iso2709"))
READING_VERSION = 1  # raised when the same bytes are read differently
BATCH = 500
MAX_SEEN = 2_000_000  # headings of one file that are compared


def _silent(_: Counts, __: int) -> None: ...


def understand(raw: Raw, profile: Profile) -> tuple[Authority | None, list[Problem]]:
    """An authority record of any dialect and syntax of MARC; None with an error for anything else."""
    problems = list(raw.problems)
    if not raw.data:
        if not any(p.severity == "error" for p in problems):
            problems.append(Problem("empty-record", "error", "nothing to read here", position=raw.position))
        return None, problems
    if raw.format not in FORMATS:
        message = f"authority records are read from MARC; this is {raw.format or 'something else'}"
        return None, [*problems, Problem("not-an-authority", "error", message, position=raw.position)]
    try:
        marc = syntax.parse(raw, profile)
        problems += marc.problems
        if not marc.fields:
            if not any(p.severity == "error" for p in problems):
                message = "the record has no fields"
                problems.append(Problem("record-empty", "error", message, "", raw.position))
            return None, problems
        dialect = authority_dialect(marc)
        if not dialect:
            message = f"leader/06 is {marc.leader[6:7]!r}: no authority record; load it without --authority"
            return None, [*problems, Problem("not-an-authority", "error", message, "leader", raw.position)]
        authority, found = (marc21 if dialect == "marc21" else unimarc).read(marc, raw)
    except Exception as error:
        message = f"the record could not be read ({type(error).__name__}: {error}); please report it"
        return None, [*problems, Problem("adapter-failed", "error", message[:500], position=raw.position)]
    problems += found
    if authority is None:
        return None, problems
    problems += _doubts(authority, raw.position)
    local_id = authority.id[:MAX_LOCAL_ID]
    if not local_id:
        # The same bytes get the same id, so loading again changes nothing.
        local_id = "~" + hashlib.blake2b(raw.data, digest_size=10).hexdigest()
        message = "the record has no id of its own, so one was derived from its content"
        problems.append(Problem("id-derived", "info", message, "001", raw.position, value=local_id))
    done = msgspec.structs.replace(
        authority,
        id=local_id,
        repository=profile.repository,
        library=profile.library,
        format=dialect,
        charset=marc.charset,
    )
    return done, problems


def _doubts(authority: Authority, position: int) -> list[Problem]:
    """What is wrong with a record that is kept."""
    found = []
    own = {key(text) for text in authority.texts("authorised")}
    for text in authority.texts("variant", hidden=False):
        if key(text) in own:
            message = "a see-from form is the heading itself to a reader; leave it out"
            found.append(
                Problem("authority-variant-is-heading", "info", message, "4XX", position, value=text[:200])
            )
    for text in authority.texts("related"):
        if key(text) in own:
            message = "a see-also form is the heading itself; mend it or leave it out"
            found.append(
                Problem("authority-related-to-itself", "warning", message, "5XX", position, value=text[:200])
            )
    return found


def begins_with_authority(first: Sequence[Raw], profile: Profile) -> bool:
    """Whether the beginning of a file is an authority record."""
    for raw in first:
        if raw.data and raw.format in FORMATS:
            marc = syntax.parse(raw, profile)
            return bool(marc.fields and authority_dialect(marc))
    return False


def load(
    plan: Load,
    files: Files,
    store: Store,
    members: Members,
    engine: Engine,
    progress: Progress = _silent,
) -> Loaded:
    """Loads opened files of authority records into a repository; when it returns, they are in force."""
    started = time.monotonic()
    repository = plan.profile.repository
    counts, consumed = Counts(), 0
    run = store.start_run(repository, [name for name, _ in files])
    now = store.now()
    authorities = store.authorities
    with follow.writing(engine, store, members) as index:
        atoms, whole = index.begin(repository, members)
        for name, raws in files:
            batch: list[tuple[Authority, Raw, bytes]] = []
            told: list[Problem] = []
            for raw in guarded(raws, name):
                counts.read += 1
                consumed += len(raw.data)
                authority, problems = understand(raw, plan.profile)
                counts.problems += len(problems)
                if authority is None:
                    counts.refused += 1
                told += [msgspec.structs.replace(p, file=p.file or name) for p in problems]
                if authority is not None:
                    batch.append((authority, raw, checksum(raw.data, READING_VERSION)))
                if len(batch) + len(told) >= BATCH:
                    authorities.write(batch, run, counts, now, take_older=plan.take_older)
                    store.tell(run, told)
                    batch, told = [], []
                    progress(counts, consumed)
            authorities.write(batch, run, counts, now, take_older=plan.take_older)
            store.tell(run, told)
    if whole:
        members.note_indexed({repository: atoms})
    store.finish_run(run, counts)
    return Loaded(run, counts, time.monotonic() - started)


def checked(raws: Iterable[Raw], profile: Profile) -> Iterator[tuple[Authority | None, list[Problem]]]:
    """Every record of a file with its problems, also those that only the file as a whole shows; stores
    nothing.
    """
    seen: dict[tuple[str, str, str], int] = {}
    for raw in raws:
        authority, problems = understand(raw, profile)
        if authority is not None and authority.heading and len(seen) < MAX_SEEN:
            same = (authority.kind, key(authority.heading), authority.dates)
            first = seen.setdefault(same, raw.position)
            if first != raw.position and not authority.undifferentiated:
                message = f"record {first} has the same heading; add dates, or make them one record"
                code = "authority-heading-twice"
                found = Problem(code, "warning", message, "", raw.position, value=authority.heading[:200])
                problems.append(found)
        yield authority, problems
