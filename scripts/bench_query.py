"""``scripts/bench query``: how fast a loaded home answers (检索测速).

Pages over HTTP from a server of its own, and the engine's call beside a raw Tantivy call of the same compiled query with the
same facets, alternately in one process. Queries are drawn from the records of the home, so the mix fits whatever is loaded.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import msgspec
import sqlalchemy as sa
from tantivy import Query

from ereader.installation import Installation, open_home
from ereader.search import pipeline
from ereader.search.facet_list import SHOWN
from ereader.search.request import SearchRequest
from holdings.members.view import View
from indexer.index.engine import Engine, SearchCall
from indexer.index.narrow import narrowing
from indexer.index.suggest import suggest
from indexer.index.tantivy import TantivyEngine
from indexer.index.tantivy_facets import _YEARS, SPARE, _aggregations
from indexer.index.tantivy_queries import Queries
from indexer.index.tantivy_render import Renderer
from indexer.records.record import Record
from indexer.tables import SOURCE
from indexer.text.pinyin import pinyin_keys
from scripts.bench_solr import beside_solr
from scripts.served import served

FACETS = 8
SEED = 20261121


def add_parser(commands: Any) -> None:
    parser = commands.add_parser("query", help="pages over HTTP, and the engine beside raw Tantivy")
    parser.add_argument("home", type=Path, help="a loaded home (bench load FILE --keep HOME)")
    parser.add_argument("--queries", type=int, default=500)
    parser.add_argument("--clients", type=int, default=2)
    parser.add_argument("--solr", default="", metavar="ADDRESSES", help="measure a SolrCloud beside Tantivy")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    with open_home(args.home, read_only=not args.solr) as installation:
        view = installation.members.view()
        requests = mixed(installation, view, args.queries)
        result: dict[str, Any] = {
            "bench": "query",
            "cores": len(os.sched_getaffinity(0)),
            "records": installation.engine.search(pipeline.plan(*_all(), view)).total,
            "queries": len(requests),
        }
        result["engine"] = beside_raw(installation, view, [r for _, r in requests])
        texts = [r.q for _, r in requests if r.q]
        result["suggest_ms"] = suggestions(installation, view, texts)
        if args.solr:
            calls = [pipeline.plan(r, pipeline.understand(r), view, SHOWN[:FACETS]) for _, r in requests]
            result["engines"] = beside_solr(
                installation, args.solr, view, calls, texts, args.clients, _spread
            )
    result["http"] = over_http(args.home, requests, args.clients)
    print(json.dumps(result))
    _table(result)
    return 0


def _all() -> tuple[SearchRequest, Any]:
    request = SearchRequest()
    return request, pipeline.understand(request)


def mixed(installation: Installation, view: View, count: int) -> list[tuple[str, SearchRequest]]:
    """(kind, request): known items, single words, broad words, Chinese, Boolean, filters, in equal parts."""
    rng = random.Random(SEED)
    with installation.database.connect() as connection:
        highest = connection.execute(sa.select(sa.func.max(SOURCE.c.number))).scalar() or 0
        numbers = [rng.randint(1, highest) for _ in range(count)]
        uids = list(connection.execute(sa.select(SOURCE.c.uid).where(SOURCE.c.number.in_(numbers))).scalars())
    records = [u.record for uid in uids if (u := installation.store.union(uid, view)) is not None]
    rng.shuffle(records)
    broad = [
        "history",
        "china",
        "law",
        "politics",
        "women",
        "science",
        "art",
        "literature",
        "history of china",
        "world war",
    ]
    chinese = [
        "中国",
        "历史",
        "中国历史",
        "文学",
        "妇女婚姻",
        "经济 研究",
        "鲁迅",
        "政治",
        "红楼梦",
        "社会主义",
    ]
    made: list[tuple[str, SearchRequest]] = []
    for n, record in enumerate(records):
        words = re.findall(r"[^\W\d_]{4,}", record.title) or ["history"]
        kind = ("known item", "one word", "broad", "chinese", "boolean", "filters")[n % 6]
        made.append((kind, _request(kind, record, words, rng, broad, chinese)))
    return made


def _request(
    kind: str, record: Record, words: list[str], rng: random.Random, broad: list[str], chinese: list[str]
) -> SearchRequest:
    author = record.contributors[0].name.split(",")[0] if record.contributors else "smith"
    if kind == "known item":
        return SearchRequest(q=f"{record.title} {author}"[:200])
    if kind == "one word":
        return SearchRequest(q=rng.choice(words))
    if kind == "broad":
        return SearchRequest(q=f"{rng.choice(broad)} {rng.choice(('', rng.choice(words)))}".strip())
    if kind == "chinese":
        return SearchRequest(q=rng.choice(chinese), page=rng.randint(1, 5))
    if kind == "boolean":
        return SearchRequest(q=f"title:{rng.choice(words)} OR (author:{author} NOT {rng.choice(words)})")
    year = rng.randint(1900, 2010)
    return SearchRequest(
        q=rng.choice(broad),
        year=(year, year + 15),
        filters=(("language", rng.choice(["eng", "fra", "zho"])),),
    )


def raw_call(engine: TantivyEngine, call: SearchCall) -> Callable[[], None]:
    """The same compiled query and facets, given to Tantivy with nothing of ours around the call."""
    state = engine._present()
    if state is None:
        raise SystemExit("the home has no index")
    render, marks = engine._render, state.marks
    counted = engine._queries.plain(call.tree)

    def narrowed(query: Query, **others: Any) -> Query:
        return render.narrowed(query, narrowing(call, marks=marks, **others))

    query = narrowed(engine._queries.scored(call.tree, call.view.place))
    passes = _passes(call, lambda name: narrowed(counted, **({"leave_out": name} if name else {})))
    if call.year is not None:
        passes.append((narrowed(counted, year=False), {"years": _YEARS}))

    def ask() -> None:
        found = state.searcher.search(query, call.limit, offset=call.offset)
        for _, address in found.hits:
            state.searcher.doc(address)
        for counting, aggregations in passes:
            state.searcher.aggregate(counting, aggregations)

    return ask


def _passes(
    call: SearchCall, query: Callable[[str], Any], column: Callable[[str], str] = str
) -> list[tuple[Any, dict[str, Any]]]:
    """The countings an answer needs: one for all open facets, one for each facet in which something is chosen."""
    chosen = {s.facet: s.any_of for s in call.selections}
    together: dict[str, Any] = {} if call.year is not None else {"years": _YEARS}
    found = [(query(""), together)]
    for facet in call.facets:
        asked = {
            f"{facet.facet}{depth}": {"terms": {**a["terms"], "field": column(a["terms"]["field"])}}
            for depth, a in _aggregations(facet.facet, facet, chosen.get(facet.facet, ()), 150, SPARE).items()
        }
        if facet.facet in chosen:
            found.append((query(facet.facet), asked))
        else:
            together |= asked
    return found


def plain_index(installation: Installation, folder: Path) -> Any:
    """The same documents in an index as Tantivy's manual would have it: facets are columns of text."""
    import tantivy

    from indexer.index.fields import BY_NAME
    from indexer.index.tantivy_schema import columns, prepare
    from indexer.reindex import made_again

    builder = tantivy.SchemaBuilder()
    add: dict[str, Any] = {
        "text": builder.add_text_field,
        "bytes": builder.add_bytes_field,
        "integer": builder.add_integer_field,
    }
    for name, holds, options in columns():
        field = BY_NAME.get(name.removeprefix("f_"))
        if name.startswith("f_") and field is not None and field.hashed:
            options = {**options, "fast": True}
        if not name.startswith("h_"):
            add[holds](name, **options)
    index = prepare(tantivy.Index(builder.build(), str(folder)))
    writer = index.writer(300_000_000, 1)
    ids = installation.store.unions()
    for _, made in made_again(
        ids, installation.store, installation.members, installation.settings.load_workers
    ):
        for document in made:
            writer.add_json(document.decode())
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    return index


def plain_call(index: Any, engine: TantivyEngine, call: SearchCall) -> Callable[[], None]:
    """The same query and facets for the plain index."""
    state = engine._present()
    assert state is not None
    narrowed, render = narrowing(call, marks=state.marks), Renderer(index.schema)
    searcher = index.searcher()
    queries = Queries(render)
    query = render.narrowed(queries.scored(call.tree, call.view.place), narrowed)
    plain = render.narrowed(queries.plain(call.tree), narrowed)
    asked = _passes(call, lambda _: plain, lambda name: name.replace("h_", "f_", 1))

    def ask() -> None:
        for _, address in searcher.search(query, call.limit, offset=call.offset).hits:
            searcher.doc(address)
        for counting, aggregations in asked:
            searcher.aggregate(counting, aggregations)

    return ask


def beside_raw(installation: Installation, view: View, requests: list[SearchRequest]) -> dict[str, Any]:
    """Milliseconds of all four, and the medians of the ratios query by query.

    ``raw`` is the same index asked with the same query objects and nothing of ours around it, ``ours`` the engine
    that has made them already, ``first`` the engine that must make them; ``plain`` is an index without digests.
    """
    engine = installation.engine
    if not isinstance(engine, TantivyEngine):
        raise SystemExit("query compares with Tantivy; the home uses another engine")
    ours: list[float] = []
    raw: list[float] = []
    first: list[float] = []
    plain: list[float] = []
    folder = Path(tempfile.mkdtemp(prefix="ereader-bench-"))
    index = plain_index(installation, folder)
    for number, request in enumerate(requests):
        parsed = pipeline.understand(request)
        call = pipeline.plan(request, parsed, view, SHOWN[:FACETS])
        asked_raw = raw_call(engine, call)

        def asked_ours(call: SearchCall = call) -> None:
            engine._memory.clear()  # what a search remembers would make the second of equal queries free
            engine.search(call)

        def asked_first(call: SearchCall = call) -> None:
            engine._queries.forget()
            asked_ours(call)

        three = [(raw, asked_raw), (ours, asked_ours), (plain, plain_call(index, engine, call))]
        start = number % 3
        for times, ask in [*three[start:], *three[:start], (first, asked_first)]:
            began = time.perf_counter()
            ask()
            times.append((time.perf_counter() - began) * 1000)
    shutil.rmtree(folder, ignore_errors=True)
    return {
        "ours_ms": _spread(ours),
        "raw_ms": _spread(raw),
        "first_ms": _spread(first),
        "plain_ms": _spread(plain),
        "ratio_plain_median": round(statistics.median(a / b for a, b in zip(ours, plain, strict=True)), 2),
        "ratio_plain_total": round(sum(ours) / sum(plain), 2),
        "ratio_median": round(statistics.median(a / b for a, b in zip(ours, raw, strict=True)), 2),
        "ratio_total": round(sum(ours) / sum(raw), 2),
        "ratio_first_median": round(statistics.median(a / b for a, b in zip(first, raw, strict=True)), 2),
    }


def suggestions(installation: Installation, view: View, texts: list[str]) -> dict[str, float]:
    """Milliseconds of suggestions over keystrokes: titles and names typed letter by letter from the first one,
    a fifth of them with a typing error, of Han texts also the pinyin and the initials.

    What an engine remembers of the first letters stays, as in a portal that is in use.
    """
    rng = random.Random(SEED)
    times = []
    for text in typed_texts(installation.engine, rng, max(60, len(texts) // 5)):
        for end in range(1, len(text) + 1):
            began = time.perf_counter()
            suggest(installation.engine, text[:end], view)
            times.append((time.perf_counter() - began) * 1000)
    return _spread(times)


def typed_texts(engine: Engine, rng: random.Random, count: int) -> list[str]:
    """What readers type until they choose: the first letters of random titles and names."""
    drawn = []
    for dictionary in ("title", "title", "author"):
        # Reservoir sampling: a dictionary may have millions of values.
        kept: list[str] = []
        for n, value in enumerate(engine.values(dictionary)):
            if n < count // 3:
                kept.append(value)
            elif (place := rng.randrange(n + 1)) < len(kept):
                kept[place] = value
        drawn += kept
    typed = []
    for n, text in enumerate(drawn):
        spelt = pinyin_keys(text)
        forms = [text[:6], spelt[0][:14], spelt[1][:6]] if spelt else [text[:16]]
        typed += [with_error(form, rng) if n % 5 == 0 and len(form) > 4 else form for form in forms]
    rng.shuffle(typed)
    return typed


def with_error(text: str, rng: random.Random) -> str:
    """The text with two letters behind the first swapped, one left out, or another in its place."""
    n = rng.randrange(1, len(text) - 1)
    changed = (text[n + 1] + text[n], text[n + 1], rng.choice("aeinrst") + text[n + 1])
    return text[:n] + rng.choice(changed) + text[n + 2 :]


def over_http(home: Path, requests: list[tuple[str, SearchRequest]], clients: int) -> dict[str, Any]:
    """Pages as a reader gets them: p50 and p95 of one client, pages a second of several."""
    kinds: dict[str, list[float]] = {}
    with served(home) as (address, _):
        with httpx.Client(base_url=address, timeout=60) as client:
            client.get("/search?q=warm")
            for kind, request in requests:
                began = time.perf_counter()
                answer = client.get("/search?" + urlencode(request.to_params()))
                kinds.setdefault(kind, []).append((time.perf_counter() - began) * 1000)
                if answer.status_code != 200:
                    raise SystemExit(f"{answer.status_code} for {request.to_query()}")
        together = throughput(address, requests, clients)
    every = [t for times in kinds.values() for t in times]
    return {"page_ms": _spread(every), "by_kind_ms": {k: _spread(t) for k, t in kinds.items()}, **together}


def throughput(address: str, requests: list[tuple[str, SearchRequest]], clients: int) -> dict[str, float]:
    def walk(offset: int) -> None:
        with httpx.Client(base_url=address, timeout=60) as client:
            for _, request in requests[offset::clients]:
                # Another page size makes the search another one, so nothing is answered from memory.
                client.get("/search?" + urlencode([*msgspec.structs.replace(request, size=10).to_params()]))

    threads = [threading.Thread(target=walk, args=(n,)) for n in range(clients)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    return {"clients": clients, "pages_per_second": round(len(requests) / seconds, 1)}


def _spread(times: list[float]) -> dict[str, float]:
    ordered = sorted(times) or [0.0]
    return {"p50": round(ordered[len(ordered) // 2], 2), "p95": round(ordered[int(len(ordered) * 0.95)], 2)}


def _table(result: dict[str, Any]) -> None:
    engine, http = result["engine"], result["http"]
    rows = [
        ("engine call, our side", engine["ours_ms"]),
        ("the same, its query made anew", engine["first_ms"]),
        ("raw Tantivy, same query and index", engine["raw_ms"]),
        ("raw Tantivy, facets as text columns", engine["plain_ms"]),
        ("suggestions", result["suggest_ms"]),
        ("page over HTTP", http["page_ms"]),
        *((f"  {kind}", spread) for kind, spread in http["by_kind_ms"].items()),
    ]
    print(f"{'':38}{'p50 ms':>10}{'p95 ms':>10}", file=sys.stderr)
    for name, spread in rows:
        print(f"{name:38}{spread['p50']:>10}{spread['p95']:>10}", file=sys.stderr)
    said = f"median {engine['ratio_median']}, total {engine['ratio_total']}, query made anew {engine['ratio_first_median']}"
    print(f"engine / raw: {said}", file=sys.stderr)
    said = f"median {engine['ratio_plain_median']}, total {engine['ratio_plain_total']}"
    print(f"engine / raw with text columns: {said}", file=sys.stderr)
    print(
        f"{http['clients']} clients: {http['pages_per_second']} pages/s; {result['records']:,} records",
        file=sys.stderr,
    )
    for name in ("tantivy", "solr") if "engines" in result else ():
        found = result["engines"][name]
        said = ", ".join(
            f"{what} {found[key]['p50']}/{found[key]['p95']} ms"
            for what, key in (("call", "call_ms"), ("suggestions", "suggest_ms"))
        )
        rate = f"{found['clients']} clients {found['calls_per_second']} calls/s"
        print(
            f"{name}: {said} (p50/p95); {rate}; {found['bytes_per_record']:,} bytes a record", file=sys.stderr
        )
