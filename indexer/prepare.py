"""The pure part of loading: one raw record in, everything the store and the index need out (预处理).

Nothing here reads a clock or the network, and of databases only the authority file where there is one, so
batches are prepared in worker processes.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec

from indexer import plugins
from indexer.adapter import Adapter
from indexer.check import check
from indexer.document import Member, documents
from indexer.known_forms import KnownForms, Origin, opened
from indexer.match import Features, features
from indexer.normalise import normalise
from indexer.pack import packer
from indexer.problem import Problem
from indexer.profile import Profile
from indexer.reader import Raw
from indexer.records.private import without
from indexer.records.record import Holding, Record, record_uid
from indexer.records.union import SourceRecord

# Raised when readers, adapters or normalisation change what they make of the same bytes: a file loaded again
# is then read again although not one of its bytes has changed.
READING_VERSION = 1
MAX_LOCAL_ID = 500
TOGETHER = 100  # records that go through a step before the next step begins
_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")


class Task(msgspec.Struct, frozen=True):
    """What is the same for all records of one load (任务): the source, who may see it, and the date."""

    profile: Profile
    atoms: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    first_seen: str = ""
    authorities: Origin = Origin()
    private: tuple[str, ...] = ()


class Prepared(msgspec.Struct, frozen=True, array_like=True, gc=False):
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
    return understand_all([raw], profile, adapters)[0]


def understand_all(
    raws: Sequence[Raw], profile: Profile, adapters: dict[str, Adapter]
) -> list[tuple[Record | None, list[Problem]]]:
    """Each step for all records before the next step: the code of one step stays in the processor's cache,
    which makes loading a third faster than taking each record through all steps.
    """
    adapted = [adapt(raw, profile, adapters) for raw in raws]
    normalised = [_normalised(raw, *pair) for raw, pair in zip(raws, adapted, strict=True)]
    return [_checked(raw, *pair) for raw, pair in zip(raws, normalised, strict=True)]


def _normalised(
    raw: Raw, record: Record | None, problems: list[Problem]
) -> tuple[Record | None, list[Problem]]:
    if record is None:
        return None, problems
    try:
        record, found = normalise(record)
    except Exception as error:
        return None, [*problems, _failed("normalise-failed", "normalised", raw, error)]
    return record, problems + found


def _checked(raw: Raw, record: Record | None, problems: list[Problem]) -> tuple[Record | None, list[Problem]]:
    if record is not None:
        try:
            problems = problems + check(record, problems)
        except Exception as error:
            record, problems = None, [*problems, _failed("check-failed", "checked", raw, error)]
    return record, [p if p.position else msgspec.structs.replace(p, position=raw.position) for p in problems]


def _failed(code: str, what: str, raw: Raw, error: Exception) -> Problem:
    message = f"the record could not be {what} ({type(error).__name__}: {error}); please report it"
    return Problem(code, "error", message[:500], position=raw.position)


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

    def __init__(self, task: Task, known: KnownForms | None = None) -> None:
        self.task = task
        self._known = known or opened(task.authorities)
        self.adapters = plugins.adapters()
        self._compress = packer()
        self._encode = msgspec.msgpack.Encoder().encode
        self._atoms = frozenset(task.atoms)

    def batch(self, raws: Iterable[tuple[Raw, int, bytes]], file: str = "") -> list[Prepared]:
        """(raw, number of its context, checksum) → Prepared, in the same order. Whatever goes wrong with a
        record refuses this record only.
        """
        held = list(raws)
        result: list[Prepared] = []
        for start in range(0, len(held), TOGETHER):
            result += self._together(held[start : start + TOGETHER], file)
        return result

    def _together(self, held: list[tuple[Raw, int, bytes]], file: str) -> list[Prepared]:
        understood = understand_all([raw for raw, _, _ in held], self.task.profile, self.adapters)
        named = [self._name(raw, *pair) for (raw, _, _), pair in zip(held, understood, strict=True)]
        matched = [_match(draft) for draft in named]
        if self._known is not None:
            self._known.prepare([draft.record for draft in matched if draft.record is not None])
        documented = [self._document(draft) for draft in matched]
        return [
            self._prepared(raw, context, checksum, draft, file)
            for (raw, context, checksum), draft in zip(held, documented, strict=True)
        ]

    def _name(self, raw: Raw, record: Record | None, problems: list[Problem]) -> _Draft:
        """The record with its permanent id and its owner."""
        if record is None:
            return _Draft(problems)
        local_id = record.id[:MAX_LOCAL_ID]
        if not local_id:
            # The same bytes get the same id, so loading again changes nothing; a mended record becomes
            # another one.
            local_id = "~" + hashlib.blake2b(raw.data, digest_size=10).hexdigest()
            message = "the record has no id of its own, so one was derived from its content"
            problems.append(Problem("id-derived", "info", message, position=raw.position, value=local_id))
        profile = self.task.profile
        record = msgspec.structs.replace(
            record,
            id=local_id,
            repository=profile.repository,
            library=profile.library,
            holdings=_own_holdings(record.holdings, profile.library),
        )
        return _Draft(problems, record, record_uid(profile.repository, local_id))

    def _document(self, draft: _Draft) -> _Draft:
        record = draft.record
        if record is None or record.deleted or record.suppressed or record.embargo_until or not self._atoms:
            return draft
        shown = without(record, self.task.private)
        source = SourceRecord(
            draft.uid, record.library, record.repository, record.id, shown, first_seen=self.task.first_seen
        )
        try:
            member = Member(source, self._atoms, self.task.places)
            made = documents(draft.uid, [member], known=self._known)
            draft.documents = tuple(made)
        except Exception as error:
            draft.refuse("document-failed", "made into a document of the index", error)
        return draft

    def _prepared(self, raw: Raw, context: int, checksum: bytes, draft: _Draft, file: str) -> Prepared:
        record, matching = draft.record, draft.features
        if record is not None:
            try:
                encoded = self._encode(record)
            except Exception as error:
                draft.refuse("encoding-failed", "encoded", error)
                record = None
        if record is None:
            told = tuple(
                msgspec.structs.replace(p, file=p.file or file, position=p.position or raw.position)
                for p in draft.problems
            )
            return Prepared(position=raw.position, problems=told)
        return Prepared(
            draft.uid,
            record.id,
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
            self._compress(encoded),
            tuple(draft.problems),
            draft.documents,
        )


class _Draft(msgspec.Struct, gc=False):
    """A record between two steps; without a record it is refused."""

    problems: list[Problem]
    record: Record | None = None
    uid: str = ""
    features: Features = Features("")
    documents: tuple[bytes, ...] = ()

    def refuse(self, code: str, what: str, error: Exception) -> None:
        message = f"the record could not be {what} ({type(error).__name__}: {error}); please report it"
        self.problems = [*self.problems, Problem(code, "error", message[:500])]
        self.record = None


def _match(draft: _Draft) -> _Draft:
    if draft.record is not None and not draft.record.deleted:
        try:
            draft.features = features(draft.uid, draft.record)
        except Exception as error:
            draft.refuse("match-failed", "matched", error)
    return draft


def _own_holdings(holdings: tuple[Holding, ...], library: str) -> tuple[Holding, ...]:
    """Holdings that name no library are the loading library's own."""
    if not holdings or not library or all(h.library for h in holdings):
        return holdings
    return tuple(h if h.library else msgspec.structs.replace(h, library=library) for h in holdings)
