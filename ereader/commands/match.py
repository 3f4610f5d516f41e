"""``ereader match``: which records of a file describe the same thing, and what a person should look at,
storing nothing (匹配).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from ereader import exit_status
from ereader.exit_status import UsageError
from indexer.adapters.record import ADAPTER
from indexer.likeness import Description, describe, match
from indexer.normalise import normalise
from indexer.profile import Profile
from indexer.reader import Raw

MAX_LINE = 16_000_000  # bytes; a longer line is no record


class _Line(msgspec.Struct):
    id: str | int
    record: msgspec.Raw = msgspec.Raw(b"null")


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser("match", help="which records of a file describe the same thing")
    parser.add_argument(
        "file", type=Path, metavar="FILE", help='lines {"id": …, "record": {…}}; - is standard input'
    )


def run(args: argparse.Namespace) -> int:
    refused: list[str] = []
    ids: dict[str, None] = {}  # in the order of the file, those of refused records too
    try:
        if str(args.file) == "-":
            descriptions = list(_described(sys.stdin.buffer, ids, refused))
        else:
            with args.file.open("rb") as stream:
                descriptions = list(_described(stream, ids, refused))
    except OSError as error:
        raise UsageError(f"{args.file}: {error.strerror or error}") from error
    if not ids and refused:
        raise UsageError(f"{args.file}: no line is a record; the first: {refused[0]}")
    for line in refused:
        print(f"refused: {line}", file=sys.stderr)
    answer = match(descriptions)
    for note in answer.notes:
        print(f"note: {note}", file=sys.stderr)
    encode = msgspec.json.Encoder().encode
    out = sys.stdout.buffer
    for id in ids:
        out.write(encode({"id": id, "cluster": answer.clusters.get(id, id)}) + b"\n")
    for question in answer.questions:
        told = {"pair": question.pair, "outcome": "review", "score": question.score, "why": question.why}
        out.write(encode(told) + b"\n")
    out.flush()
    return exit_status.REFUSED if refused else exit_status.DONE


def _described(stream: BinaryIO, ids: dict[str, None], refused: list[str]) -> Iterator[Description]:
    """The description of each good line; what is wrong with the others goes to ``refused``.

    Every id goes to ``ids``: whoever counts pairs finds each id in some cluster, alone where its record is
    none.
    """
    decode = msgspec.json.Decoder(_Line).decode
    profile = Profile()
    number = 0
    while line := stream.readline(MAX_LINE):
        number += 1
        if not line.endswith(b"\n") and len(line) == MAX_LINE:
            while (rest := stream.readline(MAX_LINE)) and not rest.endswith(b"\n"):
                pass
            refused.append(f"line {number}: longer than {MAX_LINE} bytes")
            continue
        bare = line.removeprefix(b"\xef\xbb\xbf").strip()
        if not bare:
            continue
        try:
            entry = decode(bare)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError) as error:
            refused.append(f"line {number}: {str(error)[:200]}")
            continue
        key = str(entry.id)
        if not key or key in ids:
            refused.append(f"line {number}: the id {key[:80]!r} is {'there twice' if key else 'empty'}")
            continue
        ids[key] = None
        record, problems = ADAPTER.adapt(Raw("record", _titled(bytes(entry.record)), number), profile)
        if record is None or record.deleted:
            told = "; ".join(p.message for p in problems if p.severity == "error") or "it is deleted"
            refused.append(f"line {number}: {told[:300]}")
            continue
        yield describe(key, normalise(record)[0])


def _titled(data: bytes) -> bytes:
    """A record without a title gets one from its notes, where lists of references put the whole citation.

    Else it gets one that says nothing, so that it stands alone and is not lost.
    """
    try:
        value = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError):
        return data
    if not isinstance(value, dict) or value.get("title") or value.get("titles"):
        return data
    notes = value.get("notes")
    first = notes if isinstance(notes, str) else notes[0] if isinstance(notes, list) and notes else ""
    title = first if isinstance(first, str) and first.strip() else "[untitled]"
    return msgspec.json.encode({**value, "title": title})
