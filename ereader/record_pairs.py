"""The acts of ``ereader records`` on pairs of records (记录对命令): found, listed, judged, taken back."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from itertools import combinations
from typing import Any

import msgspec

from ereader import judging
from ereader.auth import door
from ereader.auth.operator import actor_of, operator
from ereader.auth.roles import Actor
from ereader.exit_status import UsageError
from ereader.installation import Installation
from ereader.progress import Progress
from ereader.record_flags import follow_here
from indexer import follow, pair_verdicts, review
from indexer.agreement import agreement
from indexer.pair_verdicts import Act, Pair, pair_of
from indexer.review import Suspect

ACTS = ("join", "compare", "pairs", "same", "different", "take-back", "verdicts", "agreement")


def add_acts(acts: Any) -> None:
    """Adds the acts to the parser of the command."""
    acts.add_parser(
        "join", help="join what the rules of likeness hold to be the same among records that changed"
    )
    found = acts.add_parser("compare", help="look for pairs of a repository that a person should see")
    found.add_argument("repository", metavar="REPOSITORY", help="id of the repository")
    listed = acts.add_parser("pairs", help="pairs that wait for somebody's verdict, the likeliest first")
    listed.add_argument("repository", metavar="REPOSITORY", nargs="?", default="", help="only of this one")
    listed.add_argument("--latest", type=int, default=50, metavar="N", help="how many")
    for name, purpose in (
        ("same", "these source records are the same: they become one record"),
        ("different", "these source records are not the same: they are kept apart"),
    ):
        act = acts.add_parser(name, help=purpose)
        act.add_argument("uids", nargs="+", metavar="UID", help="uids of source records, two or more")
        act.add_argument("--reason", default="", metavar="TEXT", help="why, for those who come after")
    back = acts.add_parser("take-back", help="take a verdict on pairs back")
    back.add_argument("number", type=int, metavar="NUMBER", help="of the verdict, as `verdicts` shows it")
    for act in (acts.choices["same"], acts.choices["different"], back):
        act.add_argument(
            "--as", dest="acting", default="", metavar="USER", help="with the rights of this user"
        )
    said = acts.add_parser("verdicts", help="verdicts on pairs, the oldest first")
    said.add_argument("uids", nargs="*", metavar="UID", help="only those on these source records")
    acts.add_parser("agreement", help="how far people agree, and with the rules")


def run(installation: Installation, args: argparse.Namespace) -> None:
    """Does one of the acts."""
    database = installation.database
    known = set(installation.members.repositories())
    if args.act == "join":
        _join(installation, args)
    elif args.act == "compare":
        _compare(installation, args)
    elif args.act == "pairs":
        own = {args.repository} if args.repository else known
        if not own <= known:
            raise UsageError(f"there is no repository {args.repository}")
        with database.connect() as connection:
            for found in review.listed(connection, own, known, "open", "", limit=max(1, args.latest)):
                _print_pair(found, as_json=args.json)
    elif args.act == "verdicts":
        with database.connect() as connection:
            _print_acts(pair_verdicts.acts(connection, args.uids or None), as_json=args.json)
    elif args.act == "agreement":
        with database.connect() as connection:
            told = agreement(connection, known, known)
        print(msgspec.json.encode(told).decode())
    else:
        _judge(installation, args)


def _join(installation: Installation, args: argparse.Namespace) -> None:
    members, store, engine = installation.members, installation.store, installation.engine
    with installation.writing():
        shown = Progress("records", store.likeness_pending())
        with follow.writing(engine, store, members) as index:
            count = follow.join_likely(index, store, progress=shown.at)
    if args.json:
        print(msgspec.json.encode({"compared": count}).decode())
        return
    print(f"{count:,} records that are new, or another than before, compared with all others")


def _compare(installation: Installation, args: argparse.Namespace) -> None:
    if args.repository not in installation.members.repositories():
        raise UsageError(f"there is no repository {args.repository}")
    shown = Progress("records", installation.store.statistics()["sources"])
    with installation.writing():
        now = installation.store.now()
        found = review.find(installation.database, args.repository, now, lambda n, _: shown.at(n))
    if args.json:
        print(msgspec.json.encode(found).decode())
        return
    print(f"{found.compared:,} records compared with all others: {found.pairs:,} pairs for a person to see")
    if found.large:
        print(f"{found.large:,} keys are shared by more records than were compared ({review.MOST_BLOCK})")


def _judge(installation: Installation, args: argparse.Namespace) -> None:
    actor: Actor = actor_of(installation.members, args.acting) if args.acting else operator()
    try:
        if args.act == "take-back":
            act = judging.take_back(installation, args.number, actor)
        else:
            pairs = _pairs(args.uids)
            said: pair_verdicts.Said = "same" if args.act == "same" else "different"
            act = judging.judge(installation, said, pairs, actor, args.reason)
    except door.Denied as error:
        raise UsageError(f"nothing was changed: {error}") from error
    followed = follow_here(installation)
    _print_acts([msgspec.structs.replace(act, pending=not followed)], as_json=args.json)
    if not followed:
        print("noted; the records follow when the present work is done", file=sys.stderr)


def _pairs(uids: Sequence[str]) -> list[Pair]:
    found = list(dict.fromkeys(uids))
    if len(found) < 2:
        raise UsageError("say which: the uids of two source records or more")
    return [pair_of(a, b) for a, b in combinations(found, 2)]


def _print_pair(found: Suspect, *, as_json: bool) -> None:
    if as_json:
        print(msgspec.json.encode(found).decode())
    else:
        why = "; ".join(found.why)
        print(f"{found.one}\t{found.other}\t{found.outcome}\t{found.score:.2f}\t{found.rule}\t{why}")


def _print_acts(acts: Sequence[Act], *, as_json: bool) -> None:
    for act in acts:
        if as_json:
            print(msgspec.json.encode(act).decode())
            continue
        state = f"taken back {act.undone[:10]} by {act.undone_by}" if act.undone else "in force"
        pairs = " ".join("=".join(pair) for pair in act.pairs)
        print(f"{act.number}\t{act.said}\t{pairs}\t{act.made[:10]}\t{act.actor}\t{state}\t{act.reason}")
