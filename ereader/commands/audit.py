"""``ereader audit``: who changed what, when and why (审计日志)."""

from __future__ import annotations

import argparse
from typing import Any

import msgspec

from ereader import exit_status
from ereader.auth import audit
from ereader.installation import open_home


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser("audit", help="who changed what, when and why")
    parser.add_argument(
        "--target", default="", metavar="KIND/ID", help="only changes of this, such as repository/pku-books"
    )
    parser.add_argument("--latest", type=int, default=0, metavar="N", help="only the latest N changes")


def run(args: argparse.Namespace) -> int:
    if args.latest < 0:
        raise exit_status.UsageError("--latest must be 1 or more")
    with open_home(args.home, read_only=True) as installation:
        for entry in audit.entries(installation.database, target=args.target, latest=args.latest):
            if args.json:
                print(msgspec.json.encode(entry).decode())
                continue
            why = f"  ({entry.reason})" if entry.reason else ""
            print(f"{entry.number}\t{entry.time}\t{entry.actor}\t{entry.action}\t{entry.target}{why}")
            for key, old, new in audit.differences(entry):
                print(f"\t{key}: {old} → {new}")
    return exit_status.DONE
