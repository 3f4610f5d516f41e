"""The pure part of loading: one raw record in, everything the store and the index need out (预处理).

Nothing here reads a clock, a database or the network, so batches are prepared in worker processes.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec
import zstandard

from indexer import plugins
from indexer.adapter import Adapter
from indexer.check import check
from indexer.document import Member, documents
from indexer.match import Features, features
from indexer.normalise import normalise
from indexer.problem import Problem
from indexer.profile import Profile
from indexer.reader import Raw
from indexer.records.record import Holding, Record, record_uid
from indexer.records.union import SourceRecord

# Raised when readers, adapters or normalisation change what they make of the same bytes: a file loaded again
# is then read again although not one of its bytes has changed.
READING_VERSION = 1
MAX_LOCAL_ID = 500
_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")


class Task(msgspec.Struct, frozen=True):
    """What is the same for all records of one load (任务): the source, who may see it, and the date."""

    profile: Profile
    atoms: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    first_seen: str = ""


class Prepared(msgspec.Struct, frozen=True, array_like=True):
    """One raw record ready to be stored (预处理结果); ``uid`` is empty when it was refused.

    ``problems`` are told in the run's report when ``uid`` is empty or a problem is about loading itself;
    ``documents`` are those of a record that is new and stands alone, which nearly all are.
    """

    uid: str = ""
    local_id: str = ""
    checksum: bytes = b""
    position: int = 0
    context: int = -1
    format: str = ""
    charset: str = ""
    deleted: bool = False
    suppressed: bool = False
    modified: str = ""
    embargo_until: str = ""
    keys: tuple[int, ...] = ()
    features: bytes = b""
    original: bytes = b""
    record: bytes = b""
    problems: tuple[Problem, ...] = ()
    documents: tuple[bytes, ...] = ()


def adapt(raw: Raw, profile: Profile, adapters: dict[str, Adapter]) -> tuple[Record | None, list[Problem]]:
    """Raw → Record by the adapter of its format; an adapter that fails is a problem of this record, not of
    the load.
    """
    problems = list(raw.problems)
    if not raw.data:
        if not any(p.severity == "error" for p in problems):
            problems.append(Problem("empty-record", "error", "nothing to read here", position=raw.position))
        return None, problems
    adapter = adapters.get(raw.format)
    if adapter is None:
        message = f"no adapter for records of format {raw.format!r}"
        return None, [*problems, Problem("no-adapter", "error", message, position=raw.position)]
    try:
        record, found = adapter.adapt(raw, profile)
    except Exception as error:
        message = (
            f"the adapter of {raw.format} failed ({type(error).__name__}: {error}); please report this record"
        )
        return None, [*problems, Problem("adapter-failed", "error", message[:500], position=raw.position)]
    return record, problems + found


def understand(
    raw: Raw, profile: Profile, adapters: dict[str, Adapter]
) -> tuple[Record | None, list[Problem]]:
    """Adapt, normalise and check: the steps ``load`` and ``convert`` share."""
    record, problems = adapt(raw, profile, adapters)
    if record is not None:
        try:
            record, found = normalise(record)
            problems += found
            problems += check(record, problems)
        except Exception as error:
            message = (
                f"the record could not be normalised ({type(error).__name__}: {error}); please report it"
            )
            problems.append(Problem("normalise-failed", "error", message[:500], position=raw.position))
            record = None
    return record, [p if p.position else msgspec.structs.replace(p, position=raw.position) for p in problems]


def checksum_of(profile: Profile, context: dict[str, Any]) -> Callable[[bytes], bytes]:
    """Makes the function that gives the checksum of an original, together with how it is read and by whom."""
    how = msgspec.msgpack.encode((READING_VERSION, profile, context), order="deterministic")
    start = hashlib.blake2b(how, digest_size=16)

    def checksum(data: bytes) -> bytes:
        digest = start.copy()
        digest.update(data)
        return digest.digest()

    return checksum


class Preparer:
    """Prepares batches of raw records for one load (预处理器); keeps only tables and buffers between
    records.
    """

    def __init__(self, task: Task) -> None:
        self.task = task
        self.adapters = plugins.adapters()
        self._compress = zstandard.ZstdCompressor(level=3).compress
        self._encode = msgspec.msgpack.Encoder().encode
        self._atoms = frozenset(task.atoms)

    def batch(self, raws: Iterable[tuple[Raw, int, bytes]], file: str = "") -> list[Prepared]:
        """(raw, number of its context, checksum) → Prepared, in the same order."""
        return [self.one(raw, context, checksum, file) for raw, context, checksum in raws]

    def one(self, raw: Raw, context: int, checksum: bytes, file: str = "") -> Prepared:
        """Prepares one record; whatever goes wrong with it refuses this record only."""
        try:
            return self._one(raw, context, checksum, file)
        except Exception as error:
            message = f"the record could not be prepared ({type(error).__name__}: {error}); please report it"
            problem = Problem("prepare-failed", "error", message[:500], position=raw.position, file=file)
            return Prepared(position=raw.position, problems=(problem,))

    def _one(self, raw: Raw, context: int, checksum: bytes, file: str) -> Prepared:
        profile = self.task.profile
        record, problems = understand(raw, profile, self.adapters)
        if record is None:
            told = tuple(p if p.file else msgspec.structs.replace(p, file=file) for p in problems)
            return Prepared(position=raw.position, problems=told)
        local_id = record.id[:MAX_LOCAL_ID]
        if not local_id:
            # The same bytes get the same id, so loading again changes nothing; a mended record becomes
            # another one.
            local_id = "~" + hashlib.blake2b(raw.data, digest_size=10).hexdigest()
            message = "the record has no id of its own, so one was derived from its content"
            problems.append(Problem("id-derived", "info", message, position=raw.position, value=local_id))
        uid = record_uid(profile.repository, local_id)
        record = msgspec.structs.replace(
            record,
            id=local_id,
            repository=profile.repository,
            library=profile.library,
            holdings=_own_holdings(record.holdings, profile.library),
        )
        matching = Features(uid) if record.deleted else features(uid, record)
        documents: Sequence[bytes] = ()
        if not record.deleted:
            source = SourceRecord(
                uid, profile.library, profile.repository, local_id, record, first_seen=self.task.first_seen
            )
            hidden = record.suppressed or bool(record.embargo_until)
            documents = self._documents(source, frozenset() if hidden else self._atoms)
        return Prepared(
            uid,
            local_id,
            checksum,
            raw.position,
            context,
            raw.format,
            raw.charset or record.source.charset,
            record.deleted,
            record.suppressed,
            record.modified,
            record.embargo_until if _ISO_DATE.fullmatch(record.embargo_until) else "",
            matching.keys,
            self._encode(matching) if matching.keys else b"",
            self._compress(raw.data),
            self._compress(self._encode(record)),
            tuple(problems),
            tuple(documents),
        )

    def _documents(self, source: SourceRecord, atoms: frozenset[str]) -> Sequence[bytes]:
        return documents(source.uid, [Member(source, atoms, self.task.places)]) if atoms else ()


def _own_holdings(holdings: tuple[Holding, ...], library: str) -> tuple[Holding, ...]:
    """Holdings that name no library are the loading library's own."""
    if not holdings or not library or all(h.library for h in holdings):
        return holdings
    return tuple(h if h.library else msgspec.structs.replace(h, library=library) for h in holdings)
