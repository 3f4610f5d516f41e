"""The Solr half of ``scripts/bench query --solr``: both engines answer the same calls alternately, in one process (双引擎测速)."""

from __future__ import annotations

import json
import threading
import time
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from ereader.installation import Installation, engine_of
from holdings.members.view import View
from indexer import follow
from indexer.index.engine import Engine, SearchCall
from indexer.index.query import Everything
from indexer.index.solr import SolrEngine
from indexer.index.suggest import suggest
from indexer.index.tantivy import TantivyEngine

Spread = Callable[[list[float]], dict[str, float]]


def beside_solr(
    installation: Installation,
    addresses: str,
    view: View,
    calls: Sequence[SearchCall],
    texts: Sequence[str],
    clients: int,
    spread: Spread,
) -> dict[str, Any]:
    """Milliseconds of calls and of suggestions, calls a second of several clients, and bytes a record, of each engine.

    The collection is filled first where it is absent; what a search remembers is cleared in Tantivy and kept in Solr,
    whose caches are its own.
    """
    settings = msgspec.structs.replace(installation.settings, solr=addresses, solr_patience=60.0)
    solr = engine_of(installation.home, settings, "solr")
    tantivy = installation.engine
    assert isinstance(solr, SolrEngine)
    assert isinstance(tantivy, TantivyEngine)
    result: dict[str, Any] = {}
    if not solr.usable():
        began = time.perf_counter()
        count = follow.rebuild(solr, installation.store, installation.members, workers=2)
        result["solr_load_per_second"] = round(count / (time.perf_counter() - began))
    engines: dict[str, Engine] = {"tantivy": tantivy, "solr": solr}
    times: dict[str, list[float]] = {name: [] for name in engines}
    typed: dict[str, list[float]] = {name: [] for name in engines}
    different = 0
    for number, call in enumerate(calls):
        order = list(engines) if number % 2 else list(reversed(engines))
        totals = set()
        for name in order:
            tantivy._memory.clear()
            began = time.perf_counter()
            totals.add(engines[name].search(call).total)
            times[name].append((time.perf_counter() - began) * 1000)
        different += len(totals) > 1
    for text in texts:
        for name, engine in engines.items():
            began = time.perf_counter()
            suggest(engine, text[:3], view)
            typed[name].append((time.perf_counter() - began) * 1000)
    records = max(1, tantivy.search(SearchCall(Everything(), view, limit=0)).total)
    for name, engine in engines.items():
        result[name] = {
            "call_ms": spread(times[name]),
            "suggest_ms": spread(typed[name]),
            "clients": clients,
            "calls_per_second": _throughput(engine, calls, clients),
        }
    assert tantivy.path is not None
    result["tantivy"]["bytes_per_record"] = _folder(tantivy.path) // records
    result["solr"]["bytes_per_record"] = _cores(solr) // records // solr.place.replicas
    result["different_totals"] = different
    solr.close()
    return result


def _throughput(engine: Engine, calls: Sequence[SearchCall], clients: int) -> float:
    def walk(offset: int) -> None:
        for call in calls[offset::clients]:
            # Another page size makes the search another one, so nothing is answered from memory.
            engine.search(msgspec.structs.replace(call, limit=10))

    threads = [threading.Thread(target=walk, args=(n,)) for n in range(clients)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return round(len(calls) / (time.perf_counter() - began), 1)


def _folder(path: Path) -> int:
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())


def _cores(engine: SolrEngine) -> int:
    """Bytes of all copies of the collection that the alias points to."""
    collection = engine.client.aliases()[engine.place.alias]
    total = 0
    for node in engine.client.live_nodes():
        with urllib.request.urlopen(f"{node}/admin/cores?action=STATUS&wt=json", timeout=30) as answer:
            cores = json.load(answer)["status"]
        total += sum(c["index"]["sizeInBytes"] for n, c in cores.items() if n.startswith(f"{collection}_"))
    return total
