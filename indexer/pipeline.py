"""The path of a record (记录流程): a file in, searchable records out.

read → adapt → normalise → check → match → document (``prepare``, in worker processes), then store → index
here, in the one process that writes. The store is ahead of the index by at most one commit, and what it is
ahead by is indexed first by the next load, so a load killed at any moment and started again ends where an
undisturbed one does.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec

from holdings.members import Members
from indexer import follow, recognise
from indexer.batch import Counts
from indexer.index.engine import Engine
from indexer.prepare import Prepared, Task, checksum_of
from indexer.problem import Problem
from indexer.profile import Profile
from indexer.reader import Raw, UnreadableFile
from indexer.store import Store
from indexer.workers import Batch, Parcel, calm_collector, prepare_here, prepare_in_workers

BATCH_RECORDS = 800
BATCH_BYTES = 2_000_000  # large records make small batches, so that memory stays constant
WRITE_RECORDS = 6400  # in one transaction
MAX_OPEN = 64
LOOK_AHEAD = 100  # pieces without a record after which a file counts as damaged, not as unreadable
COMMIT_SECONDS = 60.0  # between two commits of the index; a killed load repeats at most this much indexing


class Load(msgspec.Struct, frozen=True):
    """One load (装载任务): from which source, and how."""

    profile: Profile
    workers: int = 2
    take_older: bool = False
    again: bool = False  # read even what is known, e.g. after the rules of reading have changed
    join_most: int = 0  # changed records that are compared by all their fields at once; 0: none


class Loaded(msgspec.Struct, frozen=True):
    """What became of a load (装载结果)."""

    run: int
    counts: Counts
    seconds: float


Progress = Callable[[Counts, int], None]  # counts so far, bytes of originals read so far
Files = Sequence[tuple[str, Iterator[Raw]]]
Checksum = Callable[[bytes], bytes]
# What prepares batches elsewhere than on this host, and gives the results in their order.
Elsewhere = Callable[[Iterator[Batch], Task], Iterator[list[Prepared]]]


def _silent(_: Counts, __: int) -> None: ...


class _Flow(msgspec.Struct):
    consumed: int = 0


def load(
    plan: Load,
    files: Files,
    store: Store,
    members: Members,
    engine: Engine,
    progress: Progress = _silent,
    elsewhere: Elsewhere | None = None,
) -> Loaded:
    """Loads opened files (see ``read``) into a repository. Raises WorkerDied, and what ``elsewhere`` raises;
    what was stored by then is kept.
    """
    started = time.monotonic()
    repository = plan.profile.repository
    counts, flow = Counts(), _Flow()
    run = store.start_run(repository, [name for name, _ in files])
    store.earlier.begin(run, repository)
    now = store.now()
    skip = not plan.again and not store.is_empty(repository)
    with calm_collector(), follow.writing(engine, store, members) as index:
        marks, whole = index.begin(repository, members)
        task = Task(
            plan.profile,
            tuple(sorted(index.members.atoms(repository))),
            index.members.places(repository),
            now,
            store.authorities.origin(),
            tuple(sorted(index.members.private(repository))),
        )
        batches = cut(files, plan.profile, store, flow, counts if skip else None)
        if elsewhere is not None:
            prepared = elsewhere(batches, task)
        elif plan.workers:
            prepared = prepare_in_workers(batches, task, plan.workers)
        else:
            prepared = prepare_here(batches, task, store.authorities.known())
        for batch in _joined(prepared):
            written = store.write(repository, run, batch, counts, take_older=plan.take_older, now=now)
            index.follow(written)
            progress(counts, flow.consumed)
            if index.seconds_since_commit() > COMMIT_SECONDS:
                index.commit()
        if plan.join_most:
            follow.join_likely(index, store, plan.join_most)
    if whole:
        members.note_indexed({repository: marks})
    store.finish_run(run, counts)
    return Loaded(run, counts, time.monotonic() - started)


def read(paths: Sequence[Path], profile: Profile) -> list[tuple[str, Iterator[Raw]]]:
    """(name, raw records) of each file. Each file's first record has been read, so an unreadable one raises
    here.
    """
    opened: list[tuple[str, Iterator[Raw]]] = []
    for path in paths:
        raws = recognise.open_file(path, format=profile.format, profile=profile)
        first = beginning(raws, path.name)
        if len(opened) < MAX_OPEN:
            opened.append((path.name, chain(first, raws)))
        else:
            # So many files at once would use up the handles of the process: this one is opened again in its
            # turn.
            del raws, first
            opened.append((path.name, _later(path, profile)))
    return opened


def beginning(raws: Iterator[Raw], name: str) -> list[Raw]:
    """The beginning of a file up to its first record. A file that ends without one is an UnreadableFile."""
    held: list[Raw] = []
    try:
        for raw in raws:
            held.append(raw)
            if raw.data or len(held) >= LOOK_AHEAD:
                return held
    except UnreadableFile:
        raise
    except Exception as error:
        raise UnreadableFile(f"{name}: its reader failed ({type(error).__name__}: {error})") from error
    if held:
        told = "; ".join(dict.fromkeys(p.message for raw in held[:3] for p in raw.problems))
        raise UnreadableFile(f"{name}: there is no record in it: {told}")
    return held


def _later(path: Path, profile: Profile) -> Iterator[Raw]:
    yield from recognise.open_file(path, format=profile.format, profile=profile)


def cut(files: Files, profile: Profile, store: Store, flow: _Flow, counts: Counts | None) -> Iterator[Batch]:
    """Batches of raw records. With ``counts``, those that the store holds exactly so are counted and left
    out.
    """
    for name, raws in files:
        contexts: dict[int, tuple[dict[str, Any], int, Checksum]] = {}
        for batch in _by_size(guarded(raws, name)):
            parcels: list[Parcel] = []
            used: dict[int, dict[str, Any]] = {}
            for raw in batch:
                held = contexts.get(id(raw.context)) if raw.context else contexts.get(0)
                if held is None or held[0] is not raw.context:
                    held = (raw.context, store.context(raw.context), checksum_of(profile, raw.context))
                    contexts[id(raw.context) if raw.context else 0] = held
                _, number, checksum = held
                used[number] = raw.context
                digest = checksum(raw.data)
                flow.consumed += len(raw.data)
                parcels.append(
                    (raw.format, raw.data, raw.position, raw.charset, raw.problems, number, digest)
                )
            if counts is not None:
                parcels = _unknown(parcels, store, counts)
            if parcels:
                yield Batch(name, used, parcels)


def _joined(batches: Iterable[list[Prepared]]) -> Iterator[list[Prepared]]:
    """Batches put together for one transaction: the keys of records fall all over the database's indexes, and
    each page of these is written once for a transaction, however many keys it takes up.
    """
    together: list[Prepared] = []
    for batch in batches:
        together += batch
        if len(together) >= WRITE_RECORDS:
            yield together
            together = []
    if together:
        yield together


def _unknown(parcels: list[Parcel], store: Store, counts: Counts) -> list[Parcel]:
    known = store.known([p[6] for p in parcels if p[1]])
    fresh = [p for p in parcels if p[6] not in known or not p[1]] if known else parcels
    skipped = len(parcels) - len(fresh)
    counts.read += skipped
    counts.unchanged += skipped
    return fresh


def _by_size(raws: Iterable[Raw]) -> Iterator[list[Raw]]:
    batch: list[Raw] = []
    size = 0
    for raw in raws:
        batch.append(raw)
        size += len(raw.data)
        if len(batch) >= BATCH_RECORDS or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def guarded(raws: Iterator[Raw], name: str) -> Iterator[Raw]:
    """A reader that fails in the middle of a file ends that file with a problem; what came before is kept."""
    position = 0
    try:
        for raw in raws:
            position = raw.position
            yield raw
    except Exception as error:
        message = f"{name}: reading stopped here ({type(error).__name__}: {error})"
        yield Raw(
            "",
            b"",
            position + 1,
            problems=(Problem("reading-stopped", "error", message[:500], position=position + 1),),
        )
