"""A look at files before they are loaded (装载预检): what is recognised, the first records, what is wrong.

Only the beginning of each file is read, so this answers at once whatever their size. Nothing is stored.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

import msgspec

from ereader.commands.convert import understood_of
from indexer import authority_load, pipeline
from indexer.formats.propose import propose
from indexer.problem import Problem
from indexer.profile import Profile
from indexer.reader import UnreadableFile
from indexer.records.authority import Authority
from indexer.records.record import Record

MOST_RECORDS = 300  # of each file
MOST_SECONDS = 6.0  # for all files
SHOWN = 8  # records of each file
EXAMPLES = 3  # places of each problem


class FirstRecord(msgspec.Struct, frozen=True):
    """One of the first records (样例记录), as it would be understood; one that is refused has no title."""

    position: int
    type: str
    title: str
    names: tuple[str, ...]
    publication: str
    identifiers: tuple[str, ...]
    refused: str = ""


class Finding(msgspec.Struct, frozen=True):
    """A kind of problem with its number and some places (问题类别)."""

    code: str
    severity: str
    count: int
    examples: tuple[Problem, ...]


class Looked(msgspec.Struct, frozen=True):
    """What the beginning of a file shows (预检结果). ``unreadable`` says why there is nothing else,
    ``kind`` which kind of reason that is (``UnreadableFile``).

    ``whole``: the file has no more than the ``read`` records. ``mapping`` is one proposed for a list.
    """

    file: str
    size: int
    unreadable: str = ""
    kind: str = ""
    read: int = 0
    whole: bool = False
    refused: int = 0
    authority: bool = False
    formats: tuple[str, ...] = ()
    charsets: tuple[str, ...] = ()
    types: tuple[tuple[str, int], ...] = ()
    records: tuple[FirstRecord, ...] = ()
    findings: tuple[Finding, ...] = ()
    mapping: str = ""


def look(files: Sequence[Path], profile: Profile) -> list[Looked]:
    """Looks at the beginning of each file."""
    until = time.monotonic() + MOST_SECONDS
    return [_look(file, profile, until) for file in files]


def _look(file: Path, profile: Profile, until: float) -> Looked:
    size = file.stat().st_size if file.exists() else 0
    try:
        return _read(file, profile, until, size)
    except UnreadableFile as error:
        return Looked(file.name, size, str(error), error.kind, mapping=_proposed(file, profile))


def _read(file: Path, profile: Profile, until: float, size: int) -> Looked:
    name, raws = pipeline.read([file], profile)[0]
    first = pipeline.beginning(raws, name)
    rest = chain(first, raws)
    authority = authority_load.begins_with_authority(first, profile)
    pairs = authority_load.checked(rest, profile) if authority else understood_of(rest, profile)
    types, formats, charsets = Counter[str](), Counter[str](), Counter[str]()
    codes: dict[str, list[Problem]] = {}
    counts, severities = Counter[str](), dict[str, str]()
    records: list[FirstRecord] = []
    read = refused = 0
    whole = False
    while True:
        pair = next(pairs, None)
        if pair is None:
            whole = True
            break
        record, problems = pair
        read += 1
        refused += record is None
        for problem in problems:
            counts[problem.code] += 1
            severities.setdefault(problem.code, problem.severity)
            if len(codes.setdefault(problem.code, [])) < EXAMPLES:
                codes[problem.code].append(problem)
        if isinstance(record, Authority):
            types[f"authority-{record.kind}"] += 1
            formats[record.format] += 1
            charsets[record.charset] += 1
        elif record is not None:
            types[record.type] += 1
            formats[record.source.format] += 1
            charsets[record.source.charset] += 1
        if len(records) < SHOWN:
            records.append(_shown(read, record, problems))
        if read >= MOST_RECORDS or (time.monotonic() > until and read >= 1):
            break
    order = {"error": 0, "warning": 1, "info": 2}
    return Looked(
        file.name,
        size,
        read=read,
        whole=whole,
        refused=refused,
        authority=authority,
        formats=tuple(f for f, _ in formats.most_common() if f),
        charsets=tuple(c for c, _ in charsets.most_common() if c),
        types=tuple(types.most_common()),
        records=tuple(records),
        findings=tuple(
            Finding(code, severities[code], counts[code], tuple(codes[code]))
            for code in sorted(codes, key=lambda c: (order.get(severities[c], 3), -counts[c], c))
        ),
    )


def _shown(position: int, record: Record | Authority | None, problems: Sequence[Problem]) -> FirstRecord:
    if record is None:
        told = "; ".join(p.message for p in problems if p.severity == "error")
        return FirstRecord(position, "", "", (), "", (), told[:300] or "–")
    if isinstance(record, Authority):
        return FirstRecord(position, f"authority-{record.kind}", record.heading[:300], (), record.dates, ())
    made = record.publication
    published = " : ".join(p for p in (made.place, made.publisher) if p) if made else ""
    dated = ", ".join(p for p in (published, made.date if made else "") if p)
    return FirstRecord(
        position,
        record.type,
        record.title[:300],
        tuple(c.name[:100] for c in record.contributors[:4]),
        dated[:200],
        tuple(f"{i.scheme} {i.value}"[:80] for i in record.identifiers[:3]),
    )


def _proposed(file: Path, profile: Profile) -> str:
    """A mapping for a list that cannot be read without one."""
    if profile.mapping:
        return ""
    try:
        return propose(file, profile.format, profile.type, profile.charset).text
    except (UnreadableFile, OSError, ValueError):
        return ""
