"""``ereader works``: which records are editions of one work, seen and corrected by staff (作品归并)."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from ereader import exit_status
from ereader.exit_status import UsageError
from ereader.installation import Installation, open_home
from ereader.search import editions
from ereader.search.results import Hit
from holdings.members.view import View
from indexer import follow, verdicts
from indexer.records.union import SourceRecord, UnionRecord
from indexer.verdicts import Act

MAX_REASON = 500


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "works", help="which records are editions of one work, and corrections of it"
    )
    acts = parser.add_subparsers(dest="act", metavar="ACT", required=True)
    shown = acts.add_parser("show", help="the editions of a record, and what staff said of them")
    shown.add_argument("ids", nargs=1, metavar="ID", help="a record, as in its permanent link")
    for name, purpose, least in (
        ("join", "these records and all their editions are one work", "two records or more"),
        ("split", "these records are not of the work they are counted to", "one record or more"),
    ):
        act = acts.add_parser(name, help=purpose)
        act.add_argument("ids", nargs="+", metavar="ID", help=least)
        act.add_argument("--reason", default="", metavar="TEXT", help="why, for those who come after")
        act.add_argument("--undo", action="store_true", help=f"take back the last {name} of these records")
        act.add_argument(
            "--dry-run", action="store_true", help="say what would be touched and change nothing"
        )
    listed = acts.add_parser("list", help="every verdict there is")
    listed.set_defaults(ids=[])
    undone = acts.add_parser("undo", help="take a verdict back")
    undone.add_argument("number", type=int, metavar="NUMBER", help="of the verdict, as `list` shows it")
    for act in acts.choices.values():
        act.add_argument(
            "--home", metavar="DIR", default=argparse.SUPPRESS, help="folder that holds all state"
        )
        act.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print JSON lines")


def run(args: argparse.Namespace) -> int:
    with open_home(args.home, read_only=args.act in ("show", "list")) as installation:
        if args.act == "show":
            _show(installation, args.ids[0], args.json)
        elif args.act == "list":
            _print_acts(verdicts.acts(installation.database), args.json)
        elif args.act == "undo":
            _undo(installation, args.number, args.json)
        elif args.undo:
            _undo(installation, _last(installation, args.act, args.ids), args.json)
        else:
            _judge(installation, args)
    return exit_status.DONE


def _show(installation: Installation, id: str, as_json: bool) -> None:
    view = installation.members.view()
    union = _union(installation, id, view)
    found = editions.editions(union, installation.store, view, installation.engine)
    uids = [source.uid for source in union.sources]
    acts = verdicts.acts(installation.database, uids)
    if as_json:
        body = {
            "id": union.id,
            "total": found.total,
            "editions": [{"id": h.id, **_described(h)} for h in found.hits],
            "verdicts": [msgspec.to_builtins(act) for act in acts],
        }
        print(msgspec.json.encode(body).decode())
        return
    for hit in found.hits:
        print("\t".join((hit.id, *(str(v) for v in _described(hit).values()))))
    if not found.hits:
        print(f"{union.id}\tits work cannot be told: no author, or a title that says nothing")
    _print_acts(acts, as_json)


def _described(hit: Hit) -> dict[str, object]:
    shown = hit.display
    return {
        "type": shown.type,
        "title": f"{shown.title} {shown.volume}".strip(),
        "author": next(iter(shown.contributors), ""),
        "year": shown.year or "",
        "language": next(iter(shown.languages), ""),
    }


def _judge(installation: Installation, args: argparse.Namespace) -> None:
    """Writes a verdict and indexes at once what it touches."""
    if args.act == "join" and len(set(args.ids)) < 2:
        raise UsageError("join needs two records or more")
    # Staff judge what the centre's portal shows; what is hidden there keeps its own keys.
    view, store, database = installation.members.view(), installation.store, installation.database
    named = [_union(installation, id, view) for id in dict.fromkeys(args.ids)]
    touched = {union.id: union for union in named}
    if args.act == "join":
        for union in named:
            for hit in editions.editions(union, store, view, installation.engine).hits:
                if hit.id not in touched and (other := store.union(hit.id, view)) is not None:
                    touched[hit.id] = other
    if args.dry_run:
        _tell(args.json, Act(0, args.act, tuple(args.ids), args.reason, "", "", ()), len(touched))
        return
    works: dict[str, Sequence[int]] = {}
    for union in touched.values():
        digests = editions.works(union, store)
        works.update((source.uid, digests) for source in _all_sources(installation, union))
    judge = verdicts.join if args.act == "join" else verdicts.split
    with installation.writing():
        act = judge(database, works, list(touched), args.reason[:MAX_REASON], store.now())
        _index(installation, touched)
    _tell(args.json, act, len(touched))


def _last(installation: Installation, kind: str, ids: Sequence[str]) -> int:
    """The number of the last verdict of a kind in force that names these records."""
    view = installation.members.view()
    wanted = [{s.uid for s in _union(installation, id, view).sources} for id in ids]
    for act in reversed(verdicts.acts(installation.database)):
        if act.kind == kind and not act.undone and all(uids & set(act.records) for uids in wanted):
            return act.number
    raise UsageError(f"there is no {kind} of {' '.join(ids)} in force")


def _undo(installation: Installation, number: int, as_json: bool) -> None:
    with installation.writing():
        act = verdicts.undo(installation.database, number, installation.store.now())
        if act is None:
            raise UsageError(f"there is no verdict {number} in force")
        ids = installation.store.union_ids(act.records)
        _index(installation, ids)
    _tell(as_json, act, len(ids))


def _index(installation: Installation, ids: Iterable[str]) -> None:
    with follow.writing(installation.engine, installation.store, installation.members) as index:
        index.replace(ids)


def _all_sources(installation: Installation, union: UnionRecord) -> list[SourceRecord]:
    """Every source record of a union record, those hidden from the centre's portal among them."""
    return [source for _, sources in installation.store.members_of([union.id]) for source in sources]


def _union(installation: Installation, id: str, view: View) -> UnionRecord:
    found = installation.store.union(id, view) if len(id) <= 64 else None
    if found is None:
        raise UsageError(f"{id}: there is no such record")
    return found


def _tell(as_json: bool, act: Act, count: int) -> None:
    if as_json:
        print(msgspec.json.encode({**msgspec.to_builtins(act), "indexed": count}).decode())
    else:
        state = "undone" if act.undone else "made" if act.number else "would be made"
        print(f"verdict {act.number or ''}({act.kind}) {state}; {count} records".replace("  ", " "))


def _print_acts(acts: Sequence[Act], as_json: bool) -> None:
    for act in acts:
        if as_json:
            print(msgspec.json.encode(act).decode())
        else:
            state = f"undone {act.undone[:10]}" if act.undone else "in force"
            print(f"{act.number}\t{act.kind}\t{' '.join(act.named)}\t{act.made[:10]}\t{state}\t{act.reason}")
