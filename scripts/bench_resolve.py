"""``scripts/bench resolve``: how fast a link is read, repaired and resolved against a large knowledge base (解析测速).

A package of so many rows is made up and loaded into an empty home; then links to titles of it are resolved by the functions, from
the text of the link to the ranked ways, without remote services. Reading alone is measured beside the standard library's parser of
query strings, which does a part of the same work.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from threading import Event
from typing import Any
from urllib.parse import parse_qs

from ereader.installation import open_home
from resolver.knowledge_base.holdings import KnowledgeBase
from resolver.knowledge_base.kbart import column_names
from resolver.knowledge_base.load import ListFile, load
from resolver.knowledge_base.terms import Asker, Terms
from resolver.parse import parse
from resolver.plugins import services
from resolver.repair import repair
from resolver.resolve import Resolver
from resolver.service import Place, Said, Wanted
from scripts import bench_first_section

SEED = 20261121
TODAY = date(2026, 11, 21)
LINK = (
    "url_ver=Z39.88-2004&url_ctx_fmt=info:ofi/fmt:kev:mtx:ctx&ctx_ver=Z39.88-2004&rft_val_fmt=info:ofi/fmt:kev:mtx:journal"
    "&rft.genre=article&rft.atitle=On+soils&rft.jtitle=Journal+of+things&rft.aulast=Moss&rft.aufirst=Ada&rft.issn={issn}"
    "&rft.volume=12&rft.issue=3&rft.spage=45&rft.epage=50&rft.date={year}&rfr_id=info:sid/example.org:index"
)


def add_parser(commands: Any) -> None:
    parser = commands.add_parser("resolve", help="links against a knowledge base of many rows")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--links", type=int, default=5_000)
    parser.add_argument("--home", type=Path, help="a home that such a run has left; nothing is loaded then")
    parser.add_argument("--keep", type=Path, help="leave the home here")
    parser.add_argument(
        "--http", action="store_true", help="also the first section over HTTP; puts a library in the home"
    )
    parser.set_defaults(run=run)


def issn_of(number: int) -> str:
    digits = f"{number:07d}"
    rest = (11 - sum(int(d) * (8 - n) for n, d in enumerate(digits)) % 11) % 11
    return f"{digits[:4]}-{digits[4:]}{'X' if rest == 10 else rest}"


def made_up(rows: int) -> Iterator[str]:
    """A list of titles with two rows each, a third of them under an embargo."""
    names = column_names()
    yield "\t".join(names)
    for n in range(rows):
        title, later = divmod(n, 2)
        row = {
            "publication_title": f"Journal of things {title}", "print_identifier": issn_of(title), "title_id": f"t{title}",
            "date_first_issue_online": "1990" if later else "1950", "date_last_issue_online": "" if later else "1980",
            "num_first_vol_online": "1", "title_url": f"https://p.example/{title}", "publication_type": "serial",
            "coverage_depth": "fulltext", "access_type": "P", "embargo_info": "P1Y" if n % 3 == 0 else "",
        }  # fmt: skip
        yield "\t".join(row.get(name, "") for name in names)


def rate(work: Callable[[Any], object], values: list[Any]) -> float:
    """How many a second of one core: the time of this process, which does all of it in one thread."""
    began = time.process_time()
    for value in values:
        work(value)
    return len(values) / (time.process_time() - began)


def run(args: argparse.Namespace) -> int:
    folder = Path(tempfile.mkdtemp(prefix="ereader-bench-"))
    home = args.home or args.keep or folder / "home"
    try:
        with open_home(home) as installation:
            knowledge, loaded = KnowledgeBase(installation.database), 0.0
            if not args.home:
                data = "\n".join(made_up(args.rows)).encode()
                began = time.perf_counter()
                with installation.writing():
                    load(
                        installation.database,
                        "Bench",
                        [ListFile("bench.txt", data)],
                        terms=Terms(libraries=("l",)),
                    )
                loaded = args.rows / (time.perf_counter() - began)
                del data
            result = measured(knowledge, args.rows, args.links) | {
                "bench": "resolve",
                "loaded_rows_per_second": round(loaded),
            }
        if args.http:
            result |= bench_first_section.measured(home, issn_of(7))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    for name in ("query_string", "parse", "repair", "knowledge_base", "resolve"):
        print(f"{name:20}{result[name + '_per_second']:>12,}/s", file=sys.stderr)
    print(
        f"{'first ways, 99 of 100':22}{result['first_ways_of_99_ms']:>10} ms, three services hanging",
        file=sys.stderr,
    )
    if args.http:
        print(
            f"{'first section, HTTP':22}{result['http_first_section_median_ms']:>10} ms, the slowest of "
            f"{result['http_questions']}: {result['http_first_section_most_ms']} ms; "
            f"processor time of a whole question {result['http_processor_ms']} ms",
            file=sys.stderr,
        )
    print(json.dumps(result))
    return 0


class Hanging:
    """A service elsewhere that never answers."""

    types: tuple[str, ...] = ()
    wave, remote, seconds = 0, True, 5.0
    preempted_by: frozenset[str] = frozenset()

    def __init__(self, name: str, over: Event) -> None:
        self.name, self._over = name, over

    def ask(self, wanted: Wanted) -> Said:  # noqa: ARG002 - whatever is wanted
        self._over.wait(60)
        return Said()


def first_ways(knowledge: KnowledgeBase, links: list[str], asker: Asker, place: Place) -> list[float]:
    """Milliseconds, by the clock on the wall, from a link to the first ways while three services hang."""
    over, taken = Event(), []
    try:
        for link in links:
            # New ones each time, as those that hang are soon left alone.
            resolver = Resolver([*services(), *(Hanging(f"hanging{n}", over) for n in range(3))])
            began = time.perf_counter()
            context = parse(link).context
            citation, _ = repair(context)
            wanted = Wanted(citation, context, asker, place, offers=tuple(knowledge.offers(citation)))
            course = resolver.begin(wanted, 5.0)
            course.advance()
            assert course.so_far().answers
            taken.append((time.perf_counter() - began) * 1000)
    finally:
        over.set()
    return sorted(taken)


def measured(knowledge: KnowledgeBase, rows: int, count: int) -> dict[str, Any]:
    chance = random.Random(SEED)
    links = [
        LINK.format(issn=issn_of(chance.randrange(rows // 2)), year=chance.randrange(1940, 2027))
        for _ in range(count)
    ]
    resolver = Resolver(services())
    asker, place = (
        Asker("l", address="203.0.113.9", today=TODAY),
        Place("l", proxy="https://proxy.example/?url="),
    )
    reached = 0

    def resolve(link: str) -> None:
        nonlocal reached
        context = parse(link).context
        citation, _ = repair(context)
        wanted = Wanted(citation, context, asker, place, offers=tuple(knowledge.offers(citation)))
        reached += any(answer.type == "fulltext" for answer in resolver.resolve(wanted).answers)

    first = first_ways(knowledge, links[:300], asker, place)
    contexts = [parse(link).context for link in links]
    citations = [repair(context)[0] for context in contexts]
    rates = {
        "query_string": rate(parse_qs, links),
        "parse": rate(parse, links),
        "repair": rate(repair, contexts),
        "knowledge_base": rate(knowledge.offers, citations),
        "resolve": rate(resolve, links),
    }
    return {
        "rows": rows,
        "links": count,
        "reached": reached,
        "first_ways_median_ms": round(first[len(first) // 2], 2),
        "first_ways_of_99_ms": round(first[len(first) * 99 // 100], 2),
        **{f"{name}_per_second": round(value) for name, value in rates.items()},
    }
