"""``ereader check``: a report on the quality of a file that a cataloguer can act on (质量检查)."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec

from ereader import exit_status, sources
from ereader.commands.convert import opened, understood_of
from ereader.exit_status import UsageError
from indexer import authority_load, pipeline
from indexer.checks import CHECKS
from indexer.problem import Problem
from indexer.profile import Profile
from indexer.reader import UnreadableFile
from indexer.records.authority import Authority
from indexer.records.record import Record
from indexer.records.resource_type import BY_CODE
from indexer.report import CSV_NAME, PAGE_NAME, Report, Summary


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser("check", help="report on the quality of a file of records")
    parser.add_argument("file", type=Path, metavar="FILE", help="the file; - is standard input")
    parser.add_argument("--report", type=Path, metavar="DIR", help=f"folder for {PAGE_NAME} and {CSV_NAME}")
    sources.add_arguments(parser)


def run(args: argparse.Namespace) -> int:
    profile = sources.profile_of(args, {})
    encode = msgspec.json.Encoder().encode
    out = sys.stdout.buffer
    name = "standard input" if str(args.file) == "-" else args.file.name
    pairs = _understood(args.file, profile)
    try:
        # The first record is read before the report's folder is made: an unreadable file changes nothing.
        first = next(pairs, None)
    except UnreadableFile as error:
        raise UsageError(str(error)) from error
    try:
        report = Report(name, args.report)
    except OSError as error:
        raise UsageError(f"--report {args.report}: {error.strerror or error}") from error
    with report:
        try:
            if first is not None:
                report.add(*first)
                if args.json:
                    _problems(out, encode, first[1])
            for record, problems in pairs:
                report.add(record, problems)
                if args.json:
                    _problems(out, encode, problems)
        except UnreadableFile as error:
            raise UsageError(str(error)) from error
        summary = report.finish()
    if args.json:
        out.write(encode(summary) + b"\n")
        out.flush()
    else:
        _print(summary, args.report)
    return exit_status.REFUSED if summary.refused else exit_status.DONE


def _understood(path: Path, profile: Profile) -> Iterator[tuple[Record | Authority | None, list[Problem]]]:
    """Every record of a file with its problems; a file that begins with an authority record is read as such a
    file.
    """
    name, raws = opened(path, profile)
    first = pipeline.beginning(raws, name)
    rest = chain(first, raws)
    if authority_load.begins_with_authority(first, profile):
        yield from authority_load.checked(rest, profile)
    else:
        yield from understood_of(rest, profile, name)


def _problems(out: Any, encode: Any, problems: list[Any]) -> None:
    for problem in problems:
        out.write(encode(problem) + b"\n")


def _print(summary: Summary, directory: Path | None) -> None:
    print(
        f"{summary.file}: {summary.read} records read, {summary.refused} refused, {summary.clean} without "
        f"error or warning"
    )
    for code, count in summary.types.items():
        kind = BY_CODE.get(code)
        print(f"  {count:>9}  {code}{f' {kind.zh}' if kind else ''}")
    if summary.codes:
        print("problems:")
        for code, count in summary.codes.items():
            known = CHECKS.get(code)
            severity, text = (known.severity, known.en) if known else ("", "")
            print(f"  {count:>9}  {severity:<8} {code:<28} {text}".rstrip())
    else:
        print("nothing was found")
    if directory is not None:
        print(f"report: {directory / PAGE_NAME}, {directory / CSV_NAME}", file=sys.stderr)
