"""``ereader kb``: title lists of packages (KBART) checked, asked, loaded, taken back (知识库)."""

from __future__ import annotations

import argparse
import re
import sys
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from ereader import exit_status
from ereader.exit_status import UsageError
from ereader.installation import Installation, open_home
from ereader.link_sources import outside_of, prober
from resolver.knowledge_base.coverage import Asked, covers
from resolver.knowledge_base.export import write_kbart
from resolver.knowledge_base.holdings import KnowledgeBase
from resolver.knowledge_base.kbart import KbartProblem, Row, read_kbart
from resolver.knowledge_base.kbart_rows import rows_of_title, summary
from resolver.knowledge_base.load import ListFile, NothingToUndo, Outcome, load, undo
from resolver.knowledge_base.terms import Terms, read_terms
from resolver.link_log import LinkLog
from resolver.probe import probe

_DATED = re.compile(r"[_-]\d{4}-\d{2}-\d{2}$")


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
    loads = actions.add_parser("load", help="make a package what these files say")
    loads.add_argument("files", nargs="+", type=Path, metavar="FILE")
    loads.add_argument(
        "--package", default="", help="its name; the name of the file without its date otherwise"
    )
    loads.add_argument("--platform", default=None, help="where its titles are read")
    loads.add_argument(
        "--library",
        action="append",
        default=[],
        metavar="L",
        help="a library that licensed it; may be repeated",
    )
    loads.add_argument("--terms", type=Path, metavar="TOML", help="the licence terms")
    loads.add_argument("--dry-run", action="store_true", help="say what would change and change nothing")
    undone = actions.add_parser("undo", help="take the last list of a package back")
    undone.add_argument("package", metavar="PACKAGE")
    actions.add_parser("list", help="every package with its numbers and terms")
    exports = actions.add_parser("export", help="a package as KBART of phase II on standard output")
    exports.add_argument("package", metavar="PACKAGE")
    probes = actions.add_parser("probe", help="ask some addresses of every package whether they answer")
    probes.add_argument("--package", default="", help="only this package")
    probes.add_argument("--each", type=int, default=5, metavar="N", help="addresses of each package")
    for action in actions.choices.values():
        action.add_argument(
            "--home", metavar="DIR", default=argparse.SUPPRESS, help="folder that holds all state"
        )
        action.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print JSON lines")


def run(args: argparse.Namespace) -> int:
    if args.action == "check":
        return _check(args)
    if args.action == "covers":
        return _covers(args)
    reads = args.action in ("list", "export") or (args.action == "load" and args.dry_run)
    with open_home(args.home, read_only=reads) as installation:
        if args.action == "load":
            return _load(installation, args)
        if args.action == "undo":
            return _undo(installation, args)
        if args.action == "probe":
            return _probe(installation, args)
        return _list(installation, args) if args.action == "list" else _export(installation, args.package)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}") from None


def _read(path: Path) -> tuple[list[Row], list[KbartProblem]]:
    return read_kbart(_bytes(path))


def _print(value: object) -> None:
    print(msgspec.json.encode(value).decode())


def _check(args: argparse.Namespace) -> int:
    failed = False
    for path in args.files:
        rows, problems = _read(path)
        for problem in sorted(problems, key=lambda p: p.row):
            _print(problem)
        _print({"summary": {"file": path.name, **summary(rows, problems)}})
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
            "why": "; ".join(dict.fromkeys([why, *others])),
            "code": verdict.code,
            "row": row.number,
            "title": row["publication_title"],
        }
    _print(answer)
    if not found:
        print(f"ereader kb covers: {answer['why']}", file=sys.stderr)
    return exit_status.DONE


def _load(installation: Installation, args: argparse.Namespace) -> int:
    packages: dict[str, list[ListFile]] = {}
    for path in args.files:
        name = args.package or _DATED.sub("", path.stem)
        packages.setdefault(name.strip()[:200], []).append(ListFile(path.name, _bytes(path)))
    unknown = [library for library in args.library if library not in installation.members.libraries()]
    if unknown:
        raise UsageError(f"there is no library {unknown[0]!r}; `ereader apply` makes one")
    refused = 0
    if args.dry_run:
        for name, files in packages.items():
            refused += _load_one(installation, args, name, files)
    else:
        with installation.writing():
            for name, files in packages.items():
                refused += _load_one(installation, args, name, files)
    return exit_status.REFUSED if refused else exit_status.DONE


def _load_one(installation: Installation, args: argparse.Namespace, name: str, files: list[ListFile]) -> int:
    def tell(problem: KbartProblem) -> None:
        if args.json:
            _print({"package": name, **msgspec.to_builtins(problem)})
        elif problem.severity == "error" or not problem.row:
            print(f"row {problem.row}: {problem.field}: {problem.message}", file=sys.stderr)

    outcome = load(
        installation.database,
        name,
        files,
        platform=args.platform,
        terms=_terms(installation, args, name),
        dry_run=args.dry_run,
        tell=tell,
    )
    _say(outcome, "would be" if args.dry_run else "are", as_json=args.json)
    return outcome.refused + outcome.untitled


def _terms(installation: Installation, args: argparse.Namespace, package: str) -> Terms | None:
    """The terms that the command line gives; None leaves what was agreed before."""
    if args.terms is None and not args.library:
        return None
    if args.terms is not None:
        try:
            terms = read_terms(tomllib.loads(_bytes(args.terms).decode("utf-8", "replace")))
        except ValueError as error:
            raise UsageError(f"{args.terms}: {error}") from None
    else:
        known = KnowledgeBase(installation.database).packages().values()
        terms = next((p.terms for p in known if p.name == package), Terms())
    return msgspec.structs.replace(terms, libraries=tuple(args.library)) if args.library else terms


def _undo(installation: Installation, args: argparse.Namespace) -> int:
    with installation.writing():
        try:
            outcome = undo(installation.database, args.package)
        except NothingToUndo as error:
            raise UsageError(str(error)) from None
    _say(outcome, "are", as_json=args.json)
    return exit_status.DONE


def _say(outcome: Outcome, verb: str, *, as_json: bool) -> None:
    if as_json:
        _print({"summary": msgspec.to_builtins(outcome)})
        return
    counts = {
        name: getattr(outcome, name)
        for name in ("added", "changed", "gone", "unchanged", "refused", "repeated", "untitled")
    }
    told = ", ".join(f"{count} {name}" for name, count in counts.items() if count) or "none"
    print(f"{outcome.package}: {outcome.rows} rows read; {verb} {told}")
    for kind, titles in outcome.examples.items():
        print(f"  {kind}: {'; '.join(title[:80] for title in titles)}")


def _probe(installation: Installation, args: argparse.Namespace) -> int:
    """Each address is written down as it is asked, so that a probe that is stopped was not in vain."""
    ask = prober(outside_of(installation.settings))
    log, failed, asked = LinkLog(installation.database), 0, 0
    for found in probe(installation.database, ask, max(1, min(args.each, 1_000)), args.package):
        asked += 1
        failed += found.verdict == "failed"
        if found.verdict == "failed":
            log.failed("", found.package)
        elif found.verdict == "reached":
            log.reached("", found.package)
        log.probed(found.package, found.url, found.status, found.said)
        if args.json:
            _print(found)
        elif found.verdict != "reached":
            print(f"{found.package}: {found.status or found.said}: {found.url}")
    log.write()
    if args.json:
        _print({"summary": {"asked": asked, "failed": failed}})
    else:
        print(f"{asked} addresses asked, {failed} failed")
    return exit_status.REFUSED if failed else exit_status.DONE


def _list(installation: Installation, args: argparse.Namespace) -> int:
    for found in KnowledgeBase(installation.database).counts():
        if args.json:
            _print(found)
        else:
            print("{package}: {titles} titles, {rows} rows, {platform}".format(**found))
    return exit_status.DONE


def _export(installation: Installation, package: str) -> int:
    knowledge = KnowledgeBase(installation.database)
    if all(found.name != package for found in knowledge.packages().values()):
        raise UsageError(f"there is no package {package!r}; `ereader kb list` names those there are")
    sys.stdout.writelines(write_kbart(knowledge.rows(package)))
    return exit_status.DONE
