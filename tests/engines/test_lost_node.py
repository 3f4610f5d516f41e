"""A SolrCloud that loses a node in the midst of searches and of a load, and one that is gone altogether."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import pytest
from search_engines import open_solr, remove_solr
from waiting import HUNG, until

from holdings.members.view import PUBLIC, View
from indexer.document import Member, documents
from indexer.index.engine import FacetCall, SearchCall, SearchUnavailable
from indexer.index.query import Everything, Words
from indexer.records.record import Record, Subject
from indexer.records.union import SourceRecord
from scripts.solr_cloud import SolrCloud

if TYPE_CHECKING:
    from indexer.index.solr import SolrEngine

pytestmark = pytest.mark.slow

VIEW = View("C:centre", frozenset({PUBLIC}))
SUBJECTS = 7


@pytest.fixture
def engine(killable_cloud: SolrCloud, request: pytest.FixtureRequest) -> Iterator[SolrEngine]:
    """Two shards, each on both nodes."""
    opened = open_solr(killable_cloud, f"lost{abs(hash(request.node.name)) % 10_000}", shards=2, copies=2)
    opened.client.nodes.patience = 8.0  # of which a node that hangs gets half, once
    opened.writer(rebuild=True).close()
    yield opened
    remove_solr(opened)
    opened.close()


def made(n: int) -> list[bytes]:
    record = Record(title=f"同名的书 {n}", subjects=(Subject(f"主题{n % SUBJECTS}"),), year=1900 + n % 100)
    source = SourceRecord(uid=f"u{n}", library="l", repository="r", id=f"u{n}", record=record)
    return documents(f"u{n}", [Member(source, frozenset({PUBLIC}), ("L:l", "C:centre"))])


def write(engine: SolrEngine, numbers: range) -> None:
    writer = engine.writer()
    for n in numbers:
        writer.add(made(n))
    writer.close()


def whole(engine: SolrEngine) -> None:
    """Waits until all copies of the collection answer."""
    collection = engine.client.aliases()[engine.place.alias]

    def recovered() -> bool:
        with suppress(SearchUnavailable):
            status = engine.client.collections()[collection]
            return bool(status.active == status.replicas)
        return False

    until(recovered, "the copies recover", seconds=240, pause=0.2)


@contextmanager
def searching(engine: SolrEngine, expected: int) -> Iterator[list[float]]:
    """Searches without a pause meanwhile, from two threads; every answer must be there, and whole. Yields the
    seconds that each took.
    """
    stop, wrong, seconds = threading.Event(), [], []
    calls = (
        SearchCall(Everything(), VIEW, facets=(FacetCall("subject"),), histogram=True),
        SearchCall(Words("all", "同名"), VIEW, limit=10),
    )

    def search() -> None:
        while not stop.is_set():
            for call in calls:
                started = time.monotonic()
                try:
                    found = engine.search(call)
                    if found.total != expected or len(found.hits) != min(call.limit, expected):
                        wrong.append(f"{found.total} hits")
                    counted = sum(value.count for facet in found.facets for value in facet.values)
                    if call.facets and counted != expected:
                        wrong.append(f"{counted} in the facet")
                except Exception as error:
                    wrong.append(f"{type(error).__name__}: {error}")
                seconds.append(time.monotonic() - started)

    threads = [threading.Thread(target=search) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        yield seconds
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert wrong == []


def test_no_search_fails_and_no_document_is_lost_when_a_node_is_killed_during_a_load(
    killable_cloud: SolrCloud, engine: SolrEngine
) -> None:
    cloud = killable_cloud
    write(engine, range(300))
    with searching(engine, 300) as seconds:
        writer = engine.writer()
        for n in range(300, 4300):
            writer.add(made(n))
            if n == 1500:
                cloud.kill(0)
        until(lambda: len(seconds) > 20)
    writer.close()
    assert engine.search(SearchCall(Everything(), VIEW)).total == 4300
    cloud.restart(0)
    whole(engine)
    # What came while it was away is on the node that was killed, too.
    with searching(engine, 4300) as seconds:
        until(lambda: len(seconds) > 5)
        cloud.kill(1)
        before = len(seconds)
        until(lambda: len(seconds) > before + 20)


def test_no_search_waits_for_a_node_that_hangs(killable_cloud: SolrCloud, engine: SolrEngine) -> None:
    write(engine, range(50))
    with searching(engine, 50) as seconds:
        until(lambda: len(seconds) > 5)
        killable_cloud.pause(0)
        before = len(seconds)
        try:
            time.sleep(3)
            until(lambda: len(seconds) > before + 20)
        finally:
            killable_cloud.resume(0)
    assert max(seconds) < HUNG
    whole(engine)
