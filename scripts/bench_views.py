"""``scripts/bench views``: what views and changes of rules cost (视图开销).

Two thousand libraries in forty consortia, a few records held by two or three of them, five in a hundred not
shared with everybody: the same records are indexed once as they are and once all public, and both indexes
are asked the same, alternately, in one process. Then a large repository is withdrawn from a served home and
published again, while somebody searches all the time.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import msgspec

from ereader import jobs
from ereader.auth import door
from ereader.auth.operator import operator
from ereader.installation import Installation, open_home
from ereader.search import pipeline as searching
from ereader.search.facet_list import SHOWN
from ereader.search.request import SearchRequest
from holdings.members import (
    CENTRE,
    Configuration,
    Consortium,
    Library,
    Membership,
    Portal,
    Repository,
    View,
    Viewer,
)
from indexer import follow, pipeline
from indexer.batch import Counts
from indexer.index import open_engine
from indexer.index.engine import Engine
from indexer.prepare import Task
from indexer.profile import Profile
from indexer.reader import Raw
from indexer.workers import prepare_here
from scripts.bench_query import mixed
from scripts.served import served

SEED = 20261121
UNSHARED = 0.05
KINDS = ("own", "consortium", "own-members", "consortium-members", "staff")


def add_parser(commands: Any) -> None:
    parser = commands.add_parser("views", help="what views cost, and withdrawing a large repository")
    parser.add_argument("--file", type=Path, required=True, help="records in ISO 2709")
    parser.add_argument("--records", type=int, default=50_000, help="only the first N records")
    parser.add_argument("--libraries", type=int, default=2000)
    parser.add_argument("--consortia", type=int, default=40)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5, help="how often each query is asked")
    parser.add_argument("--only", choices=("cost", "withdrawal"), default="", help="one of the two parts")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    work = Path(tempfile.mkdtemp(prefix="ereader-views-"))
    result: dict[str, Any] = {"bench": "views", "cores": len(os.sched_getaffinity(0))}
    try:
        if args.only != "withdrawal":
            result["cost"] = cost(args, work / "many")
        if args.only != "cost":
            result["withdrawal"] = withdrawal(args, work / "large")
    finally:
        shutil.rmtree(work, ignore_errors=True)
    print(json.dumps(result, ensure_ascii=False))
    return 0


# Cost


def cost(args: argparse.Namespace, home: Path) -> dict[str, Any]:
    """Index and queries beside the same records all public."""
    with open_home(home) as installation:
        r = random.Random(SEED)
        shared = registry(args, r)
        installation.members.save(shared)
        count = fill(installation, args, r)
        say(f"{count:,} records loaded into {len(shared.repositories):,} repositories")
        seconds: dict[str, float] = {}
        folders: dict[str, Path] = {}
        everywhere = msgspec.structs.replace(
            shared, repositories=tuple(public(one) for one in shared.repositories)
        )
        for name, rules in (("public", everywhere), ("views", shared)):
            installation.members.save(rules)
            began = time.monotonic()
            follow.rebuild(installation.engine, installation.store, installation.members, workers=2)
            seconds[name] = time.monotonic() - began
            folders[name] = home.parent / f"index-{name}"
            shutil.copytree(home / "index", folders[name])
            say(f"{name}: {size(folders[name]) / 2**20:,.1f} MiB in {seconds[name]:.0f} s")
        engines = {name: open_engine("tantivy", folder) for name, folder in folders.items()}
        made = [request for _, request in mixed(installation, installation.members.view(), args.queries)]
        asked = timed(engines, viewers(installation, shared), made, args.rounds)
        for engine in engines.values():
            engine.close()
    return {
        "records": count,
        "libraries": args.libraries,
        "consortia": args.consortia,
        "unshared": UNSHARED,
        "size_mib": {name: round(size(folder) / 2**20, 1) for name, folder in folders.items()},
        "size_ratio": round(size(folders["views"]) / size(folders["public"]), 3),
        "rebuild_seconds": {name: round(s, 1) for name, s in seconds.items()},
        "queries": asked,
    }


def registry(args: argparse.Namespace, r: random.Random) -> Configuration:
    """Each library has a repository for everybody and one for a few; it is in one to three consortia, one of
    them in all.
    """
    consortia = [f"c{n}" for n in range(args.consortia)]
    libraries, memberships, repositories = [], [], []
    for n in range(args.libraries):
        id = f"l{n}"
        mine = consortia if n == 0 else r.sample(consortia, min(len(consortia), r.randint(1, 3)))
        libraries.append(Library(id, portal=Portal((*mine, CENTRE))))
        memberships += [Membership(id, c) for c in (*mine, CENTRE)]
        everywhere = (*mine, CENTRE)
        repositories.append(Repository(f"{id}-all", id, offered_to=everywhere, published_by=everywhere))
        kind = KINDS[n % len(KINDS)]
        offered = () if kind == "own" else tuple(mine)
        audience = "everyone" if kind in ("own", "consortium") else kind
        repositories.append(
            Repository(f"{id}-few", id, audience=audience, offered_to=offered, published_by=offered)  # type: ignore[arg-type]
        )
    return Configuration(
        libraries=tuple(libraries),
        consortia=tuple(Consortium(c) for c in consortia),
        memberships=tuple(memberships),
        repositories=tuple(repositories),
    )


def public(one: Repository) -> Repository:
    both = tuple({**dict.fromkeys(one.offered_to), CENTRE: None})
    return msgspec.structs.replace(one, audience="everyone", offered_to=both, published_by=both)


def fill(installation: Installation, args: argparse.Namespace, r: random.Random) -> int:
    """Records shared out to the repositories; one in five is held by two libraries, one in twenty by three."""
    store, members = installation.store, installation.members
    held: dict[str, list[Raw]] = {}
    for raw in records_of(args.file, args.records):
        chance = r.random()
        for _ in range(3 if chance < 0.05 else 2 if chance < 0.25 else 1):
            library = r.randrange(args.libraries)
            kind = "few" if r.random() < UNSHARED else "all"
            held.setdefault(f"l{library}-{kind}", []).append(raw)
    counts, count = Counts(), 0
    with follow.writing(installation.engine, store, members) as index:
        for repository, raws in held.items():
            index.begin(repository, members)
            profile = Profile(library=repository.partition("-")[0], repository=repository, format="marc21")
            task = Task(
                profile,
                tuple(sorted(index.members.atoms(repository))),
                index.members.places(repository),
                store.now(),
                store.authorities.origin(),
            )
            run = store.start_run(repository, ["bench"])
            flow = pipeline._Flow()
            batches = pipeline.cut([("bench", iter(raws))], profile, store, flow, None)
            for batch in prepare_here(batches, task, None):
                index.follow(store.write(repository, run, batch, counts))
                count += len(batch)
    return count


def records_of(file: Path, most: int) -> Iterator[Raw]:
    left = most
    for _, raws in pipeline.read([file], Profile(library="x", repository="x", format="marc21")):
        for raw in raws:
            if raw.data and left > 0:
                left -= 1
                yield raw


def viewers(installation: Installation, shared: Configuration) -> dict[str, View]:
    """Who asks: anybody, readers in portals of libraries and consortia, staff at home."""
    members = installation.members
    joined = next(m.consortium for m in shared.memberships if m.library == "l7" and m.consortium != CENTRE)
    return {
        "anyone at the centre": members.view(),
        "anyone in a library's portal": members.view("L:l7", Viewer()),
        "reader at home": members.view("L:l7", Viewer("x", "l7", ("reader",))),
        "staff at home": members.view("L:l7", Viewer("x", "l7", ("librarian",))),
        "anyone in a consortium's portal": members.view(f"C:{joined}", Viewer()),
        "reader in his consortium's portal": members.view(f"C:{joined}", Viewer("x", "l7", ("reader",))),
        f"reader in a portal of {len(shared.consortia)} consortia": members.view(
            "L:l0", Viewer("x", "l0", ("reader",))
        ),
    }


def timed(
    engines: dict[str, Engine], views: dict[str, View], requests: list[SearchRequest], rounds: int
) -> dict[str, Any]:
    """Milliseconds of processor time of a query with eight facets, of each view beside that of anybody in the
    public index.
    """
    seen: dict[str, list[float]] = {name: [] for name in views}
    beside: dict[str, list[float]] = {name: [] for name in views}
    anyone = next(iter(views.values()))
    found: dict[str, int] = {}
    for name, view in views.items():
        found[name] = engines["views"].search(searching.plan(SearchRequest(), _understood(), view)).total
        for request in requests:
            pairs: tuple[list[float], list[float]] = ([], [])
            for number in range(rounds * 2):
                engine, asking = (engines["public"], anyone) if number % 2 else (engines["views"], view)
                engine.forget()  # type: ignore[attr-defined]
                call = searching.plan(request, searching.understand(request), asking, SHOWN[:8])
                # Other processes may have the processor meanwhile.
                began = time.thread_time()
                engine.search(call)
                pairs[number % 2].append((time.thread_time() - began) * 1000)
            seen[name].append(min(pairs[0]))
            beside[name].append(min(pairs[1]))
    told = {}
    for name in views:
        ratios = [a / b for a, b in zip(seen[name], beside[name], strict=True)]
        told[name] = {
            "sees": found[name],
            "atoms": len(views[name].atoms),
            "p50_ms": round(statistics.median(seen[name]), 2),
            "public_p50_ms": round(statistics.median(beside[name]), 2),
            "ratio": round(sum(seen[name]) / sum(beside[name]), 3),
            "ratio_p50": round(statistics.median(ratios), 3),
        }
        say(f"{name}: {told[name]}")
    return told


def _understood() -> Any:
    return searching.understand(SearchRequest())


# Withdrawal


def withdrawal(args: argparse.Namespace, home: Path) -> dict[str, Any]:
    """A large repository is withdrawn and published again while the home is served."""
    with open_home(home) as installation:
        few = max(1000, args.records // 10)
        # Some are held by both, so that there are merged records of which one member is withdrawn.
        load(installation, args.file, "large", 0, args.records)
        load(installation, args.file, "small", args.records - few // 10, few)
        store = installation.store
        live = store.statistics()["repositories"]["large"]["live"]
        kept = store.statistics()["repositories"]["small"]["live"]
        uid = next(iter(next(store.unions("large"))))
        requests = [request for _, request in mixed(installation, installation.members.view(), 120)]
        with served(home) as (base, _), httpx.Client(base_url=base, timeout=30) as client:
            words = [r.q for r in requests if r.q]
            for word in words:
                client.get(f"/search?{urlencode({'q': word})}")
            calm = asked(client, words)
            before = total(client)
            told: dict[str, Any] = {"records": live, "before": before, "p50_ms": median(calm)}
            told["withdrawn"] = changed(installation, client, words, uid, kept, offered=False)
            told["published"] = changed(installation, client, words, uid, before, offered=True)
            told["after"], told["after_seconds"] = grown(client, before)
    for name in ("withdrawn", "published"):
        told[name]["search_ratio"] = round(told[name]["search_p50_ms"] / told["p50_ms"], 2)
    say(json.dumps(told))
    return told


def grown(client: httpx.Client, wanted: int) -> tuple[int, float]:
    """Hits of everything when they are as many as wanted, or no more are coming, and seconds until then."""
    began = time.monotonic()
    while (found := total(client)) < wanted and time.monotonic() - began < 20:
        time.sleep(0.1)
    return found, round(time.monotonic() - began, 1)


def load(installation: Installation, file: Path, repository: str, first: int, most: int) -> None:
    known = Repository(repository, "lib", offered_to=(CENTRE,), published_by=(CENTRE,))
    installation.members.save(
        Configuration(
            libraries=(Library("lib"),), memberships=(Membership("lib", CENTRE),), repositories=(known,)
        )
    )
    profile = Profile(library="lib", repository=repository, format="marc21")
    pipeline.load(
        pipeline.Load(profile, 2),
        [("bench", islice(records_of(file, first + most), first, None))],
        installation.store,
        installation.members,
        installation.engine,
    )


def changed(
    installation: Installation, client: httpx.Client, words: list[str], uid: str, kept: int, *, offered: bool
) -> dict[str, Any]:
    """Changes the rule as a console does; what the next requests say, and how long until all is done."""
    rule = Repository("large", "lib", offered_to=(CENTRE,) if offered else (), published_by=(CENTRE,))
    last = jobs.recent(installation, 1)
    began = time.monotonic()
    door.save(installation.members, Configuration(repositories=(rule,)), operator())
    saved = time.monotonic()
    first = total(client)
    page = client.get(f"/record/{uid}").status_code
    back = 0.0  # when what another library holds too was there again
    shown: list[tuple[float, int, int]] = []
    times: list[float] = []
    done: jobs.Job | None = None
    while time.monotonic() - began < 900:
        times += asked(client, words[len(times) % len(words) :][:20])
        if not back and total(client) >= kept:
            back = round(time.monotonic() - began, 1)
        latest = jobs.recent(installation, 1)
        if latest and (not last or latest[0].id != last[0].id):
            shown.append((round(time.monotonic() - began, 1), latest[0].done, latest[0].total))
            if latest[0].over:
                done = latest[0]
                break
    return {
        "saved_ms": round((saved - began) * 1000, 1),
        "total_next_request": first,
        "record_page_next_request": page,
        "merged_back_seconds": back,
        "seconds": round(time.monotonic() - began, 1),
        "job": done.state if done else "not done",
        "indexed": done.result.get("indexed") if done else 0,
        "progress": shown[:: max(1, len(shown) // 8)],
        "search_p50_ms": median(times),
        "searches": len(times),
    }


def asked(client: httpx.Client, words: list[str]) -> list[float]:
    """Milliseconds of pages of results; every one is another question, as answers are remembered."""
    found = []
    for word in words:
        year = random.randrange(1700, 1800)
        began = time.perf_counter()
        client.get(f"/search?{urlencode({'q': word, 'year': f'{year}-2025'})}")
        found.append((time.perf_counter() - began) * 1000)
    return found


def total(client: httpx.Client) -> int:
    return int(client.get("/api/v1/search?size=1").json()["total"])


def median(values: list[float]) -> float:
    return round(statistics.median(values), 1)


def size(folder: Path) -> int:
    return sum(f.stat().st_size for f in folder.rglob("*") if f.is_file())


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
