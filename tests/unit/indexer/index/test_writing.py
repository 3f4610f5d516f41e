"""What is written, when it is seen, and how a new index takes the place of the old one, on both engines."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from index_corpus import CENTRE, ask, ids, member

from holdings.members.view import PUBLIC, View
from indexer.document import documents
from indexer.index.engine import Engine, SearchCall
from indexer.index.query import Everything
from indexer.index.tantivy_folder import WriterBusy
from indexer.records.record import Record

NewEngine = Callable[[], Engine]


def put(engine: Engine, *uids: str, rebuild: bool = False, swap: bool = True) -> None:
    writer = engine.writer(rebuild=rebuild)
    for uid in uids:
        writer.replace(uid, documents(uid, [member(uid, Record(title=f"title {uid}"))]))
    writer.close(swap=swap)


def test_nothing_is_seen_before_it_is_committed(new_engine: NewEngine) -> None:
    engine = new_engine()
    put(engine, "a", "b")
    writer = engine.writer()
    writer.replace("a", documents("a", [member("a", Record(title="renamed"))]))
    writer.delete("b")
    writer.add(documents("c", [member("c", Record(title="title c"))]))
    assert ids(ask(engine, "title")) == {"a", "b"}
    writer.commit()
    assert ids(ask(engine, "")) == {"a", "c"}
    assert ids(ask(engine, "title")) == {"c"}
    writer.close()


def test_all_documents_of_a_union_record_are_replaced_together(new_engine: NewEngine) -> None:
    engine = new_engine()
    open_to_all, staff = View("L:a", frozenset({PUBLIC})), View("L:a", frozenset({PUBLIC, "L:a/staff"}))
    both = [member("m1", Record(title="one")), member("m2", Record(title="two"), ["L:a/staff"])]
    for members, seen in ((both, 1), (both[:1], 1), (both[::-1], 1), ([], 0), (both, 1)):
        writer = engine.writer()
        writer.replace("u", documents("u", members) if members else [])
        writer.close()
        for view in (open_to_all, staff):
            assert engine.search(SearchCall(Everything(), view)).total == seen
        found = ask(engine, "two", view=staff).total
        assert found == (1 if len(members) == 2 else 0)
        assert ask(engine, "two", view=open_to_all).total == 0


def test_the_same_written_twice_is_there_once(new_engine: NewEngine) -> None:
    engine = new_engine()
    writer = engine.writer()
    for _ in range(2):
        for uid in ("a", "b/!c", "d,e", "f g", "红"):
            writer.replace(uid, documents(uid, [member(uid, Record(title="title"))]))
    writer.commit()
    writer.replace("b/!c", documents("b/!c", [member("b/!c", Record(title="title"))]))
    writer.delete("d,e")
    writer.delete("nosuch")
    writer.close()
    assert sorted(hit.id for hit in ask(engine, "title").hits) == sorted(["a", "b/!c", "f g", "红"])


def test_searching_goes_on_while_a_new_index_is_built_and_swapped_in(new_engine: NewEngine) -> None:
    engine = new_engine()
    put(engine, "old")
    wrong: list[object] = []
    stop = threading.Event()

    def search() -> None:
        while not stop.is_set():
            found = ids(ask(engine, ""))
            if found not in ({"old"}, {"new"}):
                wrong.append(found)

    reader = threading.Thread(target=search)
    reader.start()
    writer = engine.writer(rebuild=True)
    writer.add(documents("new", [member("new", Record(title="new"))]))
    writer.commit()
    assert ids(ask(engine, "")) == {"old"}
    writer.close()
    assert ids(ask(engine, "")) == {"new"}
    stop.set()
    reader.join()
    assert wrong == []


def test_an_abandoned_rebuild_changes_nothing(new_engine: NewEngine) -> None:
    engine = new_engine()
    put(engine, "old")
    put(engine, "new", rebuild=True, swap=False)
    assert ids(ask(engine, "")) == {"old"}
    put(engine, "more")
    assert ids(ask(engine, "")) == {"old", "more"}


def test_only_one_writes(new_engine: NewEngine) -> None:
    engine = new_engine()
    writer = engine.writer()
    with pytest.raises(WriterBusy):
        engine.writer(patience=0.1)  # type: ignore[call-arg]
    writer.close()
    engine.writer(patience=0.1).close()  # type: ignore[call-arg]


def test_what_is_empty_answers_everything_with_nothing(new_engine: NewEngine) -> None:
    engine = new_engine()
    assert engine.usable()
    assert ask(engine, "").total == 0
    assert ask(engine, "", cursor="*").next_cursor == ""
    assert engine.terms("author", "a", CENTRE, 5) == []
    assert list(engine.values("author")) == []
    assert engine.similar("a", CENTRE, 3) == []
    assert engine.counts(SearchCall(Everything(), CENTRE), "author", ["x"]) == [0]
