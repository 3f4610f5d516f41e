"""Writing, rebuilding and swapping on a real SolrCloud."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from index_corpus import CENTRE, ask, ids, member
from search_engines import open_solr, remove_solr

from holdings.members.view import View
from indexer.document import documents
from indexer.index import fields
from indexer.index.clause import Value
from indexer.index.engine import SearchCall
from indexer.index.query import Everything
from indexer.index.solr import SolrEngine
from indexer.index.solr_place import SolrPlace
from indexer.index.tantivy_folder import WriterBusy
from indexer.records.record import Record
from scripts.solr_cloud import SolrCloud

NUMBERS = count()
MEMBERS = View("L:l", CENTRE.atoms | {"L:l/members"})


@pytest.fixture
def absent(solr_cloud: SolrCloud) -> Iterator[SolrEngine]:
    """An engine without any collection."""
    engine = open_solr(solr_cloud, f"w{os.getpid()}-{next(NUMBERS)}")
    yield engine
    for name in engine.client.collections():
        if engine.is_own(name) and name != engine.client.aliases().get(engine.place.alias):
            engine.client.drop(name)
    remove_solr(engine)
    engine.close()


def put(engine: SolrEngine, *uids: str, rebuild: bool = False, swap: bool = True) -> None:
    writer = engine.writer(rebuild=rebuild)
    for uid in uids:
        writer.replace(uid, documents(uid, [member(uid, Record(title=f"title {uid}"))]))
    writer.close(swap=swap)


def own(engine: SolrEngine) -> list[str]:
    return [name for name in engine.client.collections() if engine.is_own(name)]


def test_an_absent_index_is_not_usable_finds_nothing_and_is_made_by_the_first_writer(
    absent: SolrEngine,
) -> None:
    assert not absent.usable()
    assert ask(absent, "").total == 0
    assert list(absent.values("author")) == []
    assert absent.near_terms("all", "nature", CENTRE) == []
    put(absent, "a")
    assert absent.usable()
    assert ids(ask(absent, "")) == {"a"}


def test_a_record_is_replaced_and_deleted_with_all_its_documents(absent: SolrEngine) -> None:
    put(absent, "a/1!x", "b")
    writer = absent.writer()
    writer.replace("a/1!x", documents("a/1!x", [member("a/1!x", Record(title="renamed"))]))
    writer.delete("b")
    assert ids(ask(absent, "")) == {"a/1!x", "b"}  # not before the commit
    writer.commit()
    assert ids(ask(absent, "renamed")) == {"a/1!x"}
    assert ask(absent, "title").total == 0
    writer.close()


def test_no_document_of_a_former_set_of_members_is_left(absent: SolrEngine) -> None:
    """A union record with hidden members has several documents; with fewer of them the others must go."""
    public = member("p", Record(title="open"))
    hidden = member("h", Record(title="hidden"), atoms=("L:l/members",))
    for _ in range(2):
        writer = absent.writer()
        writer.add(documents("u", [public, hidden]))
        writer.close()
        assert ask(absent, "hidden", view=MEMBERS).total == 1
        assert ask(absent, "hidden").total == 0
        writer = absent.writer()
        writer.replace("u", documents("u", [public]))
        writer.close()
        assert list(absent.union_ids(Value("id", "u"))) == ["u"]
        assert ask(absent, "hidden", view=MEMBERS).total == 0
        assert ask(absent, "open").total == 1


def test_what_the_same_writer_wrote_before_its_commit_is_replaced_too(absent: SolrEngine) -> None:
    hidden = [member("p", Record(title="open")), member("h", Record(title="x"), atoms=("L:l/members",))]
    writer = absent.writer()
    writer.add(documents("u", hidden))
    writer.replace("u", documents("u", hidden[:1]))
    writer.replace("v", documents("v", hidden))
    writer.delete("v")
    writer.close()
    assert list(absent.union_ids(Value("id", "u"))) == ["u"]
    assert list(absent.union_ids(Value("id", "v"))) == []


def test_searching_goes_on_while_a_new_collection_is_filled_and_the_old_one_goes(absent: SolrEngine) -> None:
    put(absent, "old")
    writer = absent.writer(rebuild=True)
    writer.add(documents("new", [member("new", Record(title="new"))]))
    writer.commit()
    assert ids(ask(absent, "")) == {"old"}
    writer.close()
    assert ids(ask(absent, "")) == {"new"}
    assert own(absent) == [absent.client.aliases()[absent.place.alias]]


def test_an_abandoned_rebuild_changes_and_leaves_nothing(absent: SolrEngine) -> None:
    put(absent, "old")
    put(absent, "new", rebuild=True, swap=False)
    assert ids(ask(absent, "")) == {"old"}
    assert len(own(absent)) == 1


def test_another_list_of_fields_makes_a_collection_unusable_until_it_is_rebuilt(
    absent: SolrEngine, solr_cloud: SolrCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(absent, "a")
    monkeypatch.setattr(fields, "LAYOUT", fields.LAYOUT + 1)
    again = open_solr(solr_cloud, absent.place.alias)
    assert not again.usable()
    assert ask(again, "").total == 0
    with pytest.raises(ValueError, match="rebuild"):
        again.writer()
    put(again, "a", rebuild=True)
    assert again.usable()
    assert len(own(absent)) == 1
    again.close()


def test_changes_and_swaps_of_another_process_are_seen(absent: SolrEngine, solr_cloud: SolrCloud) -> None:
    put(absent, "a")
    other = open_solr(solr_cloud, absent.place.alias)
    assert ids(ask(other, "")) == {"a"}
    put(absent, "b")
    assert ids(ask(other, "")) == {"a", "b"}
    put(absent, "c", rebuild=True)
    assert ids(ask(other, "")) == {"c"}
    other.close()


def test_only_one_writes(absent: SolrEngine, tmp_path: Path) -> None:
    place = absent.place
    first = SolrEngine(place, tmp_path / "index")
    writer = first.writer()
    second = SolrEngine(place, tmp_path / "index")
    for engine in (first, second):
        with pytest.raises(WriterBusy):
            engine.writer(patience=0.1)
    writer.close()
    second.writer(patience=0.1).close()
    first.close()
    second.close()


def test_a_killed_writer_leaves_the_last_commit_no_lock_and_no_collection_for_good(
    absent: SolrEngine, tmp_path: Path
) -> None:
    put(absent, "a")
    script = (
        "import os, pathlib, sys\n"
        "from indexer.index import SolrPlace, open_engine\n"
        "place = SolrPlace((sys.argv[1],), sys.argv[2], replicas=1, patience=30.0)\n"
        "w = open_engine('solr', pathlib.Path(sys.argv[3]), place).writer(rebuild=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    place: SolrPlace = absent.place
    words = [sys.executable, "-c", script, place.nodes[0], place.alias, str(tmp_path / "index")]
    assert subprocess.run(words, check=False, timeout=120).returncode == -9
    assert len(own(absent)) == 2
    assert ids(ask(absent, "")) == {"a"}
    writer = SolrEngine(place, tmp_path / "index")
    put(writer, "b")
    assert ids(ask(absent, "")) == {"a", "b"}
    assert len(own(absent)) == 1
    writer.close()


def test_many_documents_are_all_there_whatever_the_size_of_a_batch(absent: SolrEngine) -> None:
    put(absent, "first")
    writer = absent.writer()
    for n in range(0, 1300, 130):
        made = [
            d for k in range(n, n + 130) for d in documents(f"u{k}", [member(f"u{k}", Record(title="x"))])
        ]
        writer.add(made)
    writer.close()
    found = absent.search(SearchCall(Everything(), CENTRE, limit=2000))
    assert (found.total, len({hit.id for hit in found.hits})) == (1301, 1301)
    assert len(set(absent.union_ids(Value("sight", "+C:centre/everyone")))) == 1301
