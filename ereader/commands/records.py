"""``ereader records``: what staff say of single records, and of pairs of them (记录标志与裁定)."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import msgspec

from ereader import exit_status, record_flags, record_pairs
from ereader.auth import door
from ereader.auth.operator import actor_of, operator
from ereader.exit_status import UsageError
from ereader.installation import Installation, open_home
from ereader.progress import Progress
from indexer.flags import Change, Flag


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser("records", help="what staff say of single records")
    acts = parser.add_subparsers(dest="act", metavar="ACT", required=True)
    flag = acts.add_parser(
        "flag", help="hide records, show them again, or set a day from which they are shown"
    )
    flag.add_argument("repository", metavar="REPOSITORY", help="id of the repository")
    flag.add_argument("ids", nargs="*", metavar="ID", help="ids of records, as the library delivers them")
    flag.add_argument("--ids-from", type=Path, metavar="FILE", help="a file with an id on each line")
    seen = flag.add_mutually_exclusive_group()
    seen.add_argument("--suppress", action="store_true", help="hide the records from everybody")
    seen.add_argument(
        "--show", action="store_true", help="show them, also where they say of themselves not to"
    )
    flag.add_argument(
        "--embargo", metavar="DATE", help="show them from this day on; none takes an embargo off"
    )
    gone = flag.add_mutually_exclusive_group()
    gone.add_argument("--delete", action="store_true", help="they are no more, although they are delivered")
    gone.add_argument("--restore", action="store_true", help="take --delete back")
    flag.add_argument(
        "--as-received", action="store_true", help="take back all that was said: the records' own word counts"
    )
    flag.add_argument("--reason", default="", metavar="TEXT", help="why, for the audit log")
    flag.add_argument("--as", dest="acting", default="", metavar="USER", help="with the rights of this user")
    shown = acts.add_parser("flags", help="what is said of records of a repository")
    shown.add_argument("repository", metavar="REPOSITORY", help="id of the repository")
    record_pairs.add_acts(acts)
    for act in acts.choices.values():
        act.add_argument(
            "--home", metavar="DIR", default=argparse.SUPPRESS, help="folder that holds all state"
        )
        act.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print JSON lines")


def run(args: argparse.Namespace) -> int:
    with open_home(args.home) as installation:
        if args.act in record_pairs.ACTS:
            record_pairs.run(installation, args)
            return exit_status.DONE
        if args.repository not in installation.members.repositories():
            raise UsageError(f"there is no repository {args.repository}")
        if args.act == "flags":
            _print(record_flags.said_of(installation, args.repository), as_json=args.json)
            return exit_status.DONE
        return _flag(installation, args)


def _flag(installation: Installation, args: argparse.Namespace) -> int:
    change = _change(args)
    ids = [*args.ids, *(_lines(args.ids_from) if args.ids_from else ())]
    if not ids:
        raise UsageError("say which records: their ids, or --ids-from FILE")
    actor = actor_of(installation.members, args.acting) if args.acting else operator()
    shown = Progress("records", len(ids))
    try:
        changed, followed = record_flags.say_of_many(
            installation, args.repository, ids, change, actor, args.reason, shown.at
        )
    except door.Denied as error:
        raise UsageError(f"nothing was changed: {error}") from error
    _print(changed, as_json=args.json)
    if not followed:
        print("hidden from now on; the index follows when the present work is done", file=sys.stderr)
    unknown = set(ids) - {flag.id for flag in changed}
    for id in sorted(unknown)[:20]:
        print(f"there is no record {id} in {args.repository}", file=sys.stderr)
    return exit_status.REFUSED if unknown else exit_status.DONE


def _change(args: argparse.Namespace) -> Change:
    try:
        embargo = None if args.embargo is None else record_flags.embargo_of(args.embargo)
    except ValueError as error:
        raise UsageError(f"--embargo {args.embargo}: {error}") from error
    change = Change(
        True if args.suppress else False if args.show else None,
        embargo,
        True if args.delete else False if args.restore else None,
        args.as_received,
    )
    if change == Change():
        raise UsageError("say what: --suppress, --show, --embargo, --delete, --restore or --as-received")
    if args.as_received and change != Change(as_received=True):
        raise UsageError("--as-received takes everything back; say it alone")
    return change


def _lines(file: Path) -> list[str]:
    try:
        return [line.strip() for line in file.read_text("utf-8-sig").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: cannot be read: {error}") from error


def _print(flags: list[Flag], *, as_json: bool) -> None:
    for flag in flags:
        if as_json:
            print(msgspec.json.encode(flag).decode())
            continue
        said = {None: "", True: "suppressed", False: "shown"}[flag.suppressed]
        embargo = {None: "", "": "no embargo"}.get(flag.embargo_until, f"from {flag.embargo_until}")
        parts = [part for part in (said, embargo, "deleted" if flag.deleted else "") if part]
        print(
            "\t".join((flag.id, ", ".join(parts) or "as received", flag.time[:19], flag.actor, flag.reason))
        )
