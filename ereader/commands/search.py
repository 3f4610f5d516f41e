"""``ereader search``: the search of the portal on the command line (检索)."""

from __future__ import annotations

import argparse
from typing import Any

import msgspec

from ereader import exit_status
from ereader.installation import Installation, open_home
from ereader.search.answer import answer
from ereader.search.explain import in_words
from ereader.search.highlight import END, START
from ereader.search.parser import NOTES
from ereader.search.pipeline import search
from ereader.search.refusal import SearchRefused
from ereader.search.request import MAX_SIZE, SearchRequest
from ereader.search.results import Hit, SearchResults
from ereader.web.names import Names
from ui.language import catalogue


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser("search", help="search from the command line")
    parser.add_argument("query", metavar="QUERY", help='as in the box of the portal; "" finds everything')
    parser.add_argument("--type", default="", metavar="T", help="a resource type, or several with commas")
    parser.add_argument("--size", type=int, default=20, metavar="N", help=f"hits to show, at most {MAX_SIZE}")
    parser.add_argument(
        "--view", default="centre", metavar="V", help="the portal asked: centre, a library or a consortium"
    )
    parser.add_argument(
        "--param",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="any parameter of the URL, such as f.language=zho",
    )
    parser.add_argument("--lang", default="zh", choices=("zh", "en"), help="language of labels")


def run(args: argparse.Namespace) -> int:
    if args.size < 1:
        raise exit_status.UsageError("--size must be 1 or more")
    pairs = [tuple(text.partition("=")[::2]) for text in args.param]
    asked = [("q", args.query), ("type", args.type), ("size", str(args.size)), ("lang", args.lang), *pairs]
    request = SearchRequest.from_params(asked)
    if "unknown-type" in request.problems:
        raise exit_status.UsageError(f"--type {args.type}: there is no such resource type")
    with open_home(args.home, read_only=True) as installation:
        view = installation.members.view(place_of(installation, args.view))
        try:
            results = search(request, view, installation.engine)
        except SearchRefused as refused:
            raise exit_status.UsageError(str(refused)) from refused
        lang = "en" if args.lang == "en" else "zh-CN"
        names = Names(lang, catalogue(lang), installation.members)
        if args.json:
            print(msgspec.json.encode(answer(results, request, names.value)).decode())
        else:
            _print(results, args.lang, names)
    return exit_status.DONE


def place_of(installation: Installation, name: str) -> str:
    """The place token of a portal named by id or token."""
    libraries, consortia = installation.members.libraries(), installation.members.consortia()
    kind, _, id = name.partition(":") if name[:2] in ("L:", "C:") else ("", "", name)
    if kind != "L" and (id in consortia or id == "centre"):
        return f"C:{id}"
    if kind != "C" and id in libraries:
        return f"L:{id}"
    raise exit_status.UsageError(f"--view {name}: there is no such library or consortium")


def _print(results: SearchResults, lang: str, names: Names) -> None:
    """A list to read: how the query was understood, channels with counts, then the hits."""
    english = lang == "en"
    print(f"{results.query.text}  ({in_words(results.query.tree, lang)})")
    for note in results.query.notes:
        print(f"  · {NOTES[note][1 if english else 0]}")
    shown = "  ".join(f"{names.value('type', c.value)} {c.count:,}" for c in results.channels)
    print(f"{results.total:,} " + ("found" if english else "条结果") + (f"  |  {shown}" if shown else ""))
    for number, hit in enumerate(results.hits, 1):
        print(_line(number, hit, names))
    for text in results.suggestions:
        print(("did you mean: " if english else "您是不是要找：") + text)
    for rescue in results.rescues:
        print(f"  {rescue.code}: {rescue.total:,}  {rescue.request.to_url()}")


def _line(number: int, hit: Hit, names: Names) -> str:
    shown = hit.display
    title = hit.highlights.get("title", shown.title).replace(START, "").replace(END, "")
    people = "; ".join(shown.contributors[:3])
    rest = " / ".join(part for part in (people, shown.publisher or shown.host, str(shown.year or "")) if part)
    return (
        f"{number:>3}. [{names.value('type', shown.type)}] {title}"
        + (f"  {rest}" if rest else "")
        + f"  ({hit.id})"
    )
