"""The UnionRecord: records of one manifestation merged for one viewer (联合记录)."""

from __future__ import annotations

import msgspec

from indexer.problem import Problem
from indexer.records.record import Record


class SourceRecord(msgspec.Struct, frozen=True, gc=False):
    """A Record with what the union repository knows about it (仓储中的源记录)."""

    uid: str  # record_uid(repository, local id)
    library: str
    repository: str
    id: str  # local id as received
    record: Record
    problems: tuple[Problem, ...] = ()
    merged_by: tuple[str, ...] = ()  # the agreeing keys that put it here, e.g. "isbn 9787… and title"
    format: str = ""
    charset: str = ""
    first_seen: str = ""
    changed: str = ""


class UnionRecord(msgspec.Struct, frozen=True):
    """What a reader sees as one hit: a merged Record and the source records it was merged from.

    It is built only from source records that the viewer may see, so nothing hidden can leak through it.
    ``id`` is the smallest uid of all members of the cluster; every member's uid also leads here, so
    permalinks never break.
    """

    id: str
    record: Record
    sources: tuple[SourceRecord, ...]
