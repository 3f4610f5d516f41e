"""``ereader why``: why somebody sees a record, or does not (可见性追溯)."""

from __future__ import annotations

import argparse
import sys
from typing import Any

import msgspec

from ereader import exit_status, trace
from ereader.exit_status import UsageError
from ereader.installation import open_home
from holdings.members.consortium import CENTRE
from holdings.members.registry import ANYONE, Members, Viewer


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser("why", help="why somebody sees a record, or does not")
    parser.add_argument(
        "record", metavar="RECORD", help="union id, id of a source record, or REPOSITORY/LOCAL-ID"
    )
    parser.add_argument(
        "--place", default=CENTRE, metavar="P", help="portal: the id of a library or consortium (centre)"
    )
    parser.add_argument("--user", default="", metavar="U", help="who looks; without it, anybody")


def run(args: argparse.Namespace) -> int:
    with open_home(args.home, read_only=True) as installation:
        members = installation.members.now()
        place, viewer = place_of(members, args.place), _viewer(members, args.user)
        rows = trace.find(installation.database, args.record)
        if not rows:
            raise UsageError(f"{args.record}: no such record in the store")
        for told in trace.trace(installation.store, members, rows, place, viewer):
            if args.json:
                print(msgspec.json.encode(told).decode())
                continue
            print(
                f"{told.repository}/{told.local_id}\t{'seen' if told.seen else 'not seen'}\t{told.clause}"
                f"{f' until {told.until}' if told.until and not told.seen else ''}"
            )
            for step in told.steps:
                keys = (
                    f"  membership {step.membership or 'none'}, {'' if step.offered else 'not '}offered, "
                    f"{'' if step.published else 'not '}published"
                )
                print(f"\t{step.place}\t{step.clause}{keys if step.place.startswith('C:') else ''}")
            if told.pending:
                print("\tthe index is not in step yet: ereader jobs", file=sys.stderr)
    return exit_status.DONE


def place_of(members: Members, id: str) -> str:
    """The place token of a library or consortium."""
    if id in members.consortia():
        return f"C:{id}"
    if id in members.libraries():
        return f"L:{id}"
    raise UsageError(f"--place {id}: there is no such library or consortium")


def _viewer(members: Members, name: str) -> Viewer:
    if not name:
        return ANYONE
    user = members.users().get(name)
    if user is None:
        raise UsageError(f"--user {name}: there is no such user")
    return Viewer(user.name, user.library, user.roles)
