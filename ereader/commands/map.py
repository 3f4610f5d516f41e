"""``ereader map``: a mapping proposed for a list, to be looked through and given to ``load --mapping``
(映射建议).
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import msgspec

from ereader import exit_status
from ereader.exit_status import UsageError
from indexer.formats.propose import propose
from indexer.reader import UnreadableFile
from indexer.records.resource_type import BY_CODE


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "map",
        help="propose a mapping file for a list",
        description="Proposes a TOML mapping for a list (CSV, TSV, JSON, Markdown, Org)"
        " from the names and values of its columns.",
    )
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument(
        "--format", default="", help="format of the file; recognised from its content when not given"
    )
    parser.add_argument("--type", default="", metavar="CODE", help="resource type of the records")
    parser.add_argument("--charset", default="", help="character set of the file; found when not given")
    parser.add_argument(
        "--output", type=Path, metavar="FILE.toml", help="write there instead of to standard output"
    )


def run(args: argparse.Namespace) -> int:
    if args.type and args.type not in BY_CODE:
        raise UsageError(f"--type {args.type}: unknown; the types are {', '.join(BY_CODE)}")
    try:
        proposal = propose(args.file, args.format, args.type, args.charset)
    except UnreadableFile as error:
        raise UsageError(str(error)) from error
    if args.output:
        if args.output.exists():
            raise UsageError(f"{args.output}: is there already; it is not written over")
        args.output.write_text(proposal.text, "utf-8")
    if getattr(args, "json", False):
        answer = {
            "format": proposal.format,
            "rows": proposal.rows,
            "complete": proposal.complete,
            "mapping": proposal.text,
        }
        sys.stdout.write(msgspec.json.encode(answer).decode() + "\n")
    elif not args.output:
        sys.stdout.write(proposal.text)
    if not proposal.complete:
        print("no column looks like a title; the mapping says where to write it", file=sys.stderr)
    return exit_status.DONE
