"""``ereader undo``: a load taken back (撤销装载)."""

from __future__ import annotations

import argparse
import datetime
from typing import Any

import msgspec

from ereader import exit_status, undo_load
from ereader.auth import audit
from ereader.auth.operator import operator
from ereader.installation import open_home
from ereader.progress import Progress


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "undo", help="take a load back: its repository is what it was before", description=__doc__
    )
    parser.add_argument(
        "run",
        type=int,
        metavar="RUN",
        help="number of the load, as ereader load --json and ereader stats say it",
    )
    parser.add_argument("--reason", default="", metavar="TEXT", help="why, for the log")


def run(args: argparse.Namespace) -> int:
    shown = Progress(f"undoing load {args.run}")
    with open_home(args.home) as installation, installation.writing():
        actor = operator()
        given = {"run": args.run, "actor": audit.name_of(actor)}
        done = undo_load.work(installation, given, lambda n, _total, _text: shown.at(n))
        found = installation.store.run(args.run)
        with installation.accounts.engine.begin() as connection:
            target, now = (
                f"repository/{found['repository'] if found else ''}",
                datetime.datetime.now(datetime.UTC),
            )
            audit.note(
                connection, actor, "records.load", target, None, {"undone": args.run}, args.reason, now
            )
    shown.end(done["removed"] + done["restored"])
    if args.json:
        print(msgspec.json.encode(done).decode())
    return exit_status.DONE
