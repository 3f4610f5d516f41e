"""What a library mends and loads back (更正文件): its records that have something wrong, as it sent them, and
a list of what is wrong with each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from holdings.members.view import View
from indexer.checks import CHECKS
from indexer.records.export import json_lines
from indexer.records.export.sheet import line
from indexer.records.record import Source
from indexer.records.union import SourceRecord
from indexer.store import Store

COLUMNS = (
    "id", "title", "severity", "code", "field", "value", "corrected", "what and how to mend", "问题",
    "修改办法",
)  # fmt: skip


def faulty(sources: Iterable[SourceRecord]) -> Iterator[SourceRecord]:
    """Those with an error or a warning."""
    return (s for s in sources if any(p.severity != "info" for p in s.problems))


def listed(sources: Iterable[SourceRecord]) -> Iterator[bytes]:
    """A table of every error and warning, for a spreadsheet; ``corrected`` is for who mends (`corrected`)."""
    yield "\ufeff".encode() + line(COLUMNS)
    for source in faulty(sources):
        for problem in source.problems:
            if problem.severity != "info":
                known = CHECKS.get(problem.code)
                told = (known.zh, known.mend_zh) if known else ("", "")
                yield line(
                    (
                        source.id, source.record.title[:200], problem.severity, problem.code, problem.field,
                        problem.value, "", problem.message, *told,
                    )
                )  # fmt: skip


def as_marc(sources: Iterable[SourceRecord], store: Store, view: View) -> Iterator[bytes]:
    """The faulty ones that came in ISO 2709, as they came: mended, the file is loaded as any other."""
    for source in faulty(sources):
        raw = store.original(source.uid, view)
        if raw is not None and _is_iso2709(raw.data):
            yield raw.data


def as_lines(sources: Iterable[SourceRecord], store: Store, view: View) -> Iterator[bytes]:
    """All other faulty ones, as JSON lines in our own form (``--format record``)."""
    for source in faulty(sources):
        raw = store.original(source.uid, view)
        if raw is None or not _is_iso2709(raw.data):
            # What is the loader's business is not said again: whose record it is, and where it stood.
            own = msgspec.structs.replace(source.record, library="", repository="", source=Source())
            yield from json_lines.write([own])


def _is_iso2709(data: bytes) -> bool:
    return data[:5].isdigit() and data.endswith(b"\x1d")
