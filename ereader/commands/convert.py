"""``ereader convert``: a file in any known format out as JSON lines or in another format, storing nothing
(转换).
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import sys
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec

from ereader import exit_status, sources
from ereader.exit_status import UsageError
from indexer import pipeline, plugins, recognise
from indexer.prepare import understand
from indexer.problem import Problem
from indexer.profile import Profile
from indexer.reader import Raw, UnreadableFile
from indexer.records.record import Record


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser("convert", help="convert a file of records, storing nothing")
    parser.add_argument("file", type=Path, metavar="FILE", help="the file; - is standard input")
    sources.add_arguments(parser)
    parser.add_argument("--to", default="", metavar="FORMAT", help="format to write instead of JSON lines")


def run(args: argparse.Namespace) -> int:
    profile = sources.profile_of(args, {})
    write = _writer(args.to) if args.to else None
    out = sys.stdout.buffer
    refused = 0
    pairs = understood(args.file, profile)
    try:
        if write is None:
            encode = msgspec.json.Encoder().encode
            for record, problems in pairs:
                refused += record is None
                out.write(encode({"record": record, "problems": problems}))
                out.write(b"\n")
        else:
            told: list[Problem] = []
            for chunk in write(_kept(pairs, told), args.to):
                out.write(chunk)
            refused = len({p.position for p in told})
            for problem in told:
                print(
                    f"refused: record {problem.position}: {problem.message} [{problem.code}]", file=sys.stderr
                )
    except UnreadableFile as error:
        raise UsageError(str(error)) from error
    out.flush()
    return exit_status.REFUSED if refused else exit_status.DONE


def understood(path: Path, profile: Profile) -> Iterator[tuple[Record | None, list[Problem]]]:
    """Every record of a file with its problems, in order; a refused one is None."""
    name, raws = opened(path, profile)
    yield from understood_of(chain(pipeline.beginning(raws, name), raws), profile, name)


def opened(path: Path, profile: Profile) -> tuple[str, Iterator[Raw]]:
    """The name of a file, or of standard input for ``-``, and its raw records."""
    source: Any = sys.stdin.buffer if str(path) == "-" else path
    name = path.name if source is path else "standard input"
    return name, recognise.open_file(source, "" if source is path else name, profile.format, profile)


def understood_of(
    raws: Iterable[Raw], profile: Profile, name: str = ""
) -> Iterator[tuple[Record | None, list[Problem]]]:
    """Raw records with their problems, which name the file; a refused one is None."""
    adapters = plugins.adapters()
    for raw in raws:
        record, problems = understand(raw, profile, adapters)
        yield record, [p if p.file or not name else msgspec.structs.replace(p, file=name) for p in problems]


def _kept(pairs: Iterator[tuple[Record | None, list[Problem]]], told: list[Problem]) -> Iterator[Record]:
    for record, problems in pairs:
        if record is None:
            told += [p for p in problems if p.severity == "error"]
        else:
            yield record


def _writer(format: str) -> Any:
    if importlib.util.find_spec("indexer.records.export") is None:
        raise UsageError(f"--to {format}: this installation has no export formats")
    export = importlib.import_module("indexer.records.export")
    formats = getattr(export, "FORMATS", None)
    if formats is not None and format not in formats:
        raise UsageError(f"--to {format}: unknown; known are {', '.join(formats)}")
    return export.write
