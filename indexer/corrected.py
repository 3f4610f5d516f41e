"""The list of faults with a column filled in, made records again (更正表装回).

``corrections.csv`` names each faulty value of a repository; what somebody writes into its column
``corrected`` replaces that value. A record that came as ISO 2709 is corrected in its own bytes, so that
nothing else of it changes; any other comes again in our own form. Nothing is guessed: a value that does not
stand in the record as the list has it is refused, with a reason.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from indexer.corrections import COLUMNS
from indexer.marc.byte_fields import END, STOP, record_bytes
from indexer.problem import Problem
from indexer.reader import Raw, UnreadableFile
from indexer.records.record import Source, record_uid
from indexer.records.union import SourceRecord

MOST_ROWS = 1_000_000
_BEGIN = ",".join(COLUMNS[:7])
Change = tuple[str, str, str]  # field, value, corrected


def is_list(path: Path) -> bool:
    """Whether a file is such a list, with the column to be filled in."""
    try:
        with path.open("rb") as stream:
            head = stream.read(400)
    except OSError:
        return False
    return head.decode("utf-8-sig", "replace").replace('"', "").replace(";", ",").startswith(_BEGIN)


def read(
    path: Path,
    repository: str,
    sources: Callable[[Iterable[str]], Iterable[SourceRecord]],
    original: Callable[[str], Raw | None],
) -> Iterator[Raw]:
    """The records that a list corrects, as they shall be; a Raw with an error for what cannot be done.

    ``sources`` gives stored records by uid, ``original`` one as it was received. Raises UnreadableFile where
    nothing is filled in.
    """
    filled = _changes(path)
    if not filled:
        raise UnreadableFile(f"{path.name}: nothing is filled in in the column 'corrected'")
    for position, (id, changes) in enumerate(filled.items(), 1):
        uid = record_uid(repository, id)
        source = next(iter(list(sources([uid]))), None)
        if source is None or source.record.deleted:
            yield _refused(position, "correction-unknown", f"there is no record {id} in this repository")
            continue
        raw = original(uid)
        missing: list[Change] = []
        if raw is not None and raw.data[:5].isdigit() and raw.data.endswith(STOP):
            data = raw.data
            for change in changes:
                after = in_marc(data, change, raw.charset or "utf-8")
                if after is None:
                    missing.append(change)
                data = after or data
            made = msgspec.structs.replace(raw, data=data, position=position, problems=())
        else:
            value = msgspec.to_builtins(
                msgspec.structs.replace(source.record, library="", repository="", source=Source())
            )
            for change in changes:
                value, found = _in_json(value, change[1], change[2])
                if not found:
                    missing.append(change)
            made = Raw("record", msgspec.json.encode(value), position)
        if missing:
            told = "; ".join(f"{field}: {value}" for field, value, _ in missing)
            yield _refused(
                position,
                "correction-not-found",
                f"record {id} has no such value ({told[:300]}); load the list of its present faults, or mend "
                "the file of records",
            )
        else:
            yield made


def _changes(path: Path) -> dict[str, list[Change]]:
    """Record id → what is filled in for it, in the order of the list."""
    found: dict[str, list[Change]] = {}
    with path.open("r", encoding="utf-8-sig", errors="replace", newline="") as stream:
        first = stream.readline()
        stream.seek(0)
        delimiter = ";" if first.count(";") > first.count(",") else ","
        for n, row in enumerate(csv.DictReader(stream, delimiter=delimiter)):
            if n >= MOST_ROWS:
                break
            id, value, corrected = (_cell(row.get(name)) for name in ("id", "value", "corrected"))
            if id and value and corrected and corrected != value:
                found.setdefault(id, []).append((_cell(row.get("field")), value, corrected))
    return found


def _cell(text: str | None) -> str:
    """A cell without the apostrophe that keeps spreadsheet programs from reckoning."""
    plain = " ".join((text or "").split())
    return plain[1:] if plain[:1] == "'" and plain[1:2] in ("=", "+", "-", "@") else plain


def in_marc(data: bytes, change: Change, charset: str) -> bytes | None:
    """An ISO 2709 record with one value replaced in the fields of its tag; None where it does not stand."""
    tag = change[0][:3].encode("ascii", "replace")
    try:
        old, new = (text.encode(charset) for text in change[1:])
        base = int(data[12:17])
    except (LookupError, UnicodeError, ValueError):
        return None
    entries = [data[at : at + 12] for at in range(24, base - 1, 12)]
    fields = data[base:].rstrip(STOP).split(END)[:-1]
    if not old or len(fields) != len(entries) or any(sign in new for sign in (END, STOP, b"\x1f")):
        return None
    changed = False
    for n, (entry, field) in enumerate(zip(entries, fields, strict=True)):
        if old in field and (entry[:3] == tag or not tag.isdigit()):
            fields[n] = field.replace(old, new)
            changed = True
    whole = base + sum(len(field) + 1 for field in fields) + 1
    if not changed or whole > 99_999 or max(len(field) for field in fields) > 9_998:
        return None
    return record_bytes(data, zip((entry[:3] for entry in entries), fields, strict=True))


def _in_json(value: Any, old: str, new: str) -> tuple[Any, bool]:
    """A JSON value with a text in it replaced, and whether it was there."""
    if isinstance(value, str):
        same = " ".join(value.split()) == old
        return (new, True) if same else (value, False)
    if isinstance(value, (list, tuple)):
        pairs = [_in_json(one, old, new) for one in value]
        return [one for one, _ in pairs], any(found for _, found in pairs)
    if isinstance(value, dict):
        told = {key: _in_json(one, old, new) for key, one in value.items()}
        made = {key: one for key, (one, _) in told.items()}
        found = any(there for _, there in told.values())
        if found and "valid" in made:
            del made["valid"]  # Whether the new number is right is found anew.
        return made, found
    return value, False


def _refused(position: int, code: str, message: str) -> Raw:
    return Raw("", b"", position, problems=(Problem(code, "error", message, position=position),))
