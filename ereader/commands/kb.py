"""``ereader kb``: title lists of packages (KBART) checked, and asked what they cover (知识库)."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from ereader import exit_status
from resolver.knowledge_base.coverage import Asked, covers
from resolver.knowledge_base.kbart import KbartProblem, Row, read_kbart, rows_of_title, summary


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser("kb", help="title lists of packages (KBART)")
    actions = parser.add_subparsers(dest="action", required=True)
    check = actions.add_parser("check", help="what is wrong with KBART files, row by row")
    check.add_argument("files", nargs="+", type=Path, metavar="FILE")
    asks = actions.add_parser("covers", help="whether a file covers a date, volume and issue, and why")
    asks.add_argument("--file", required=True, type=Path)
    asks.add_argument("--title-id", default="", help="title_id, ISSN or ISBN; all rows without it")
    asks.add_argument("--date", required=True, help="YYYY, YYYY-MM or YYYY-MM-DD")
    asks.add_argument("--volume", default="")
    asks.add_argument("--issue", default="")
    asks.add_argument("--today", type=date.fromisoformat, default=None, help="the day embargoes count from")


def run(args: argparse.Namespace) -> int:
    return _check(args) if args.action == "check" else _covers(args)


def _read(path: Path) -> tuple[list[Row], list[KbartProblem]]:
    try:
        return read_kbart(path.read_bytes())
    except OSError as error:
        raise exit_status.UsageError(f"{path}: {error.strerror or error}") from None


def _check(args: argparse.Namespace) -> int:
    failed = False
    for path in args.files:
        rows, problems = _read(path)
        for problem in sorted(problems, key=lambda p: p.row):
            print(msgspec.json.encode(problem).decode())
        print(msgspec.json.encode({"summary": {"file": path.name, **summary(rows, problems)}}).decode())
        failed = failed or any(p.severity == "error" for p in problems)
    return exit_status.REFUSED if failed else exit_status.DONE


def _covers(args: argparse.Namespace) -> int:
    rows, _ = _read(args.file)
    found = rows_of_title(rows, args.title_id)
    asked = Asked(args.date, args.volume, args.issue)
    today = args.today or date.today()
    verdicts = [(row, covers(row.coverage, asked, today)) for row in found]
    row, verdict = next(((r, v) for r, v in verdicts if v.covered), verdicts[0] if verdicts else (None, None))
    if verdict is None or row is None:
        answer: dict[str, object] = {"covered": False, "why": f"no row has the id {args.title_id}"}
    else:
        why = verdict.why
        others = [v.why for _, v in verdicts[1:]] if not verdict.covered else []
        answer = {
            "covered": verdict.covered,
            "why": "; ".join([why, *others]),
            "code": verdict.code,
            "row": row.number,
            "title": row["publication_title"],
        }
    print(msgspec.json.encode(answer).decode())
    if not found:
        print(f"ereader kb covers: {answer['why']}", file=sys.stderr)
    return exit_status.DONE
