"""``ereader export``: a whole repository, or what a search finds, in the format of somebody else (导出)."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from ereader import exit_status
from ereader.commands.search import place_of
from ereader.exit_status import UsageError
from ereader.installation import Installation, open_home
from ereader.search.pipeline import search
from ereader.search.refusal import SearchRefused
from ereader.search.request import SearchRequest
from holdings.members.registry import ANYONE, Viewer
from holdings.members.view import View
from indexer import outgoing
from indexer.records import export
from indexer.records.export.losses import Losses
from indexer.records.record import Record

AT_ONCE = 100  # hits asked for at a time


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser("export", help="a repository, or what a search finds, in another format")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--repository", default="", metavar="R", help="all records of a repository")
    what.add_argument(
        "--query", default=None, metavar="QUERY", help='what a search finds, merged; "" is everything'
    )
    parser.add_argument("--type", default="", metavar="T", help="with --query: a resource type, or several")
    parser.add_argument(
        "--param", action="append", default=[], metavar="NAME=VALUE",
        help="with --query: any parameter of the URL, such as f.language=zho",
    )  # fmt: skip
    parser.add_argument("--to", required=True, metavar="FORMAT", help=", ".join(export.FORMATS))
    parser.add_argument("--out", type=Path, metavar="FILE", help="where to; standard output when absent")
    parser.add_argument(
        "--view", default="", metavar="V",
        help="what a visitor of this portal may see; default: for --repository what its own staff see, for "
        "--query the centre's portal",
    )  # fmt: skip


def run(args: argparse.Namespace) -> int:
    if args.to not in export.FORMATS:
        raise UsageError(f"--to {args.to}: unknown; known are {', '.join(export.FORMATS)}")
    with open_home(args.home, read_only=True) as installation:
        records = _repository(installation, args) if args.repository else _found(installation, args)
        losses = Losses(args.to)
        try:
            with contextlib.ExitStack() as stack:
                out = stack.enter_context(args.out.open("wb")) if args.out else sys.stdout.buffer
                for piece in export.write(losses.passing(records), args.to):
                    out.write(piece)
                out.flush()
        except SearchRefused as refused:
            raise UsageError(str(refused)) from refused
        except OSError as error:
            if isinstance(error, BrokenPipeError):
                raise
            raise UsageError(f"--out {args.out}: {error.strerror or error}") from error
    _tell(losses, as_json=args.json)
    return exit_status.DONE


def _repository(installation: Installation, args: argparse.Namespace) -> Iterator[Record]:
    members = installation.members
    known = members.repositories().get(args.repository)
    if known is None:
        raise UsageError(f"there is no repository {args.repository}")
    if args.view:
        view = members.view(place_of(installation, args.view), ANYONE)
    else:
        # Whoever runs the program on the machine has the files; the view of the library's own staff is all
        # that may leave it.
        view = members.view(f"L:{known.library}", Viewer("", known.library, ("cataloguer",)))
    return outgoing.records(installation.database, installation.store, members, args.repository, view)


def _found(installation: Installation, args: argparse.Namespace) -> Iterator[Record]:
    view = installation.members.view(place_of(installation, args.view or "centre"))
    pairs = [tuple(text.partition("=")[::2]) for text in args.param]
    asked = [("q", args.query), ("type", args.type), *pairs, ("size", str(AT_ONCE))]
    first = SearchRequest.from_params([*asked, ("cursor", "*")])
    if "unknown-type" in first.problems:
        raise UsageError(f"--type {args.type}: there is no such resource type")
    return _walk(installation, asked, view)


def _walk(installation: Installation, asked: list[tuple[str, str]], view: View) -> Iterator[Record]:
    """Every hit, in the fixed order of a walk."""
    cursor = "*"
    while cursor:
        request = SearchRequest.from_params([*asked, ("cursor", cursor)])
        results = search(request, view, installation.engine)
        for hit in results.hits:
            union = installation.store.union(hit.id, view)
            if union is not None:
                yield msgspec.structs.replace(union.record, id=union.id)
        cursor = results.next_cursor


def _tell(losses: Losses, *, as_json: bool) -> None:
    """What was written and what it lost; on standard error, for the records may be on standard output."""
    if as_json:
        told = {"records": losses.records, "format": losses.format, "lost": dict(losses.lost.most_common())}
        print(msgspec.json.encode(told).decode(), file=sys.stderr)
        return
    print(f"{losses.records:,} records written as {losses.format}", file=sys.stderr)
    for name, count in losses.lost.most_common():
        print(f"  not carried by {losses.format}: {name} ({count:,} records)", file=sys.stderr)
