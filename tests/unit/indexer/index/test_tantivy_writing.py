"""Writing, rebuilding and following the changes of other processes."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from index_corpus import CENTRE, ask, ids, member

from indexer.document import documents
from indexer.index import fields
from indexer.index import tantivy as engine_module
from indexer.index.engine import SearchCall
from indexer.index.query import Everything
from indexer.index.suggest import suggest
from indexer.index.tantivy_folder import WriterBusy, current
from indexer.records.record import Record


def put(engine: engine_module.TantivyEngine, *uids: str, rebuild: bool = False, swap: bool = True) -> None:
    writer = engine.writer(rebuild=rebuild)
    for uid in uids:
        writer.replace(uid, documents(uid, [member(uid, Record(title=f"title {uid}"))]))
    writer.close(swap=swap)


@pytest.fixture
def engine(tmp_path: Path) -> engine_module.TantivyEngine:
    return engine_module.TantivyEngine(tmp_path / "index")


def test_an_absent_index_is_not_usable_and_finds_nothing(engine: engine_module.TantivyEngine) -> None:
    assert not engine.usable()
    assert ask(engine, "").total == 0
    assert suggest(engine, "a", CENTRE, (), 5) == []
    put(engine, "a")
    assert engine.usable()


def test_a_record_is_replaced_and_deleted_with_all_its_documents(engine: engine_module.TantivyEngine) -> None:
    put(engine, "a", "b")
    writer = engine.writer()
    writer.replace("a", documents("a", [member("a", Record(title="renamed"))]))
    writer.delete("b")
    assert ids(ask(engine, "")) == {"a", "b"}  # not before the commit
    writer.commit()
    assert ids(ask(engine, "renamed")) == {"a"}
    assert ask(engine, "title").total == 0
    writer.close()


def test_what_is_added_meanwhile_is_there_when_it_is_replaced_or_deleted(
    engine: engine_module.TantivyEngine,
) -> None:
    writer = engine.writer()
    for some in range(6):
        uids = [f"u{some}.{n}" for n in range(300)]
        writer.add(d for uid in uids for d in documents(uid, [member(uid, Record(title=f"title {uid}"))]))
    writer.replace("u5.299", documents("u5.299", [member("u5.299", Record(title="renamed"))]))
    writer.delete("u4.0")
    writer.commit()
    assert ask(engine, "title").total == 1798
    assert ids(ask(engine, "renamed")) == {"u5.299"}
    writer.close()


@pytest.mark.parametrize("then", ["replace", "delete", "commit", "close"])
def test_a_document_that_the_engine_refuses_is_told_by_a_later_call(
    engine: engine_module.TantivyEngine, then: str
) -> None:
    writer = engine.writer()
    writer.add([b"no document"])
    given: dict[str, tuple[object, ...]] = {"replace": ("a", []), "delete": ("a",)}
    with pytest.raises(ValueError, match=r"."):
        getattr(writer, then)(*given.get(then, ()))
    writer.close()
    put(engine, "a")
    assert ids(ask(engine, "")) == {"a"}


def test_searching_goes_on_while_a_new_index_is_built_and_swapped_in(
    engine: engine_module.TantivyEngine,
) -> None:
    put(engine, "old")
    writer = engine.writer(rebuild=True)
    writer.add(documents("new", [member("new", Record(title="new"))]))
    writer.commit()
    assert ids(ask(engine, "")) == {"old"}
    writer.close()
    assert ids(ask(engine, "")) == {"new"}
    assert engine.path is not None
    assert len(list(engine.path.glob("i-*"))) == 1


def test_an_abandoned_rebuild_changes_nothing(engine: engine_module.TantivyEngine) -> None:
    put(engine, "old")
    put(engine, "new", rebuild=True, swap=False)
    assert ids(ask(engine, "")) == {"old"}


def test_a_rebuild_in_memory_swaps_too() -> None:
    engine = engine_module.TantivyEngine(None)
    put(engine, "old")
    put(engine, "new", rebuild=True)
    assert ids(ask(engine, "")) == {"new"}


def test_another_list_of_fields_makes_an_index_unusable_until_it_is_rebuilt(
    engine: engine_module.TantivyEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(engine, "a")
    monkeypatch.setattr(fields, "LAYOUT", fields.LAYOUT + 1)
    again = engine_module.TantivyEngine(engine.path)
    assert not again.usable()
    assert ask(again, "").total == 0
    with pytest.raises(ValueError, match="rebuild"):
        again.writer()
    put(again, "a", rebuild=True)
    assert again.usable()


def test_a_damaged_index_is_unusable_and_can_be_rebuilt(engine: engine_module.TantivyEngine) -> None:
    put(engine, "a")
    assert engine.path is not None
    folder = current(engine.path)
    assert folder is not None
    (folder / "meta.json").write_text("{")
    again = engine_module.TantivyEngine(engine.path)
    assert not again.usable()
    put(again, "b", rebuild=True)
    assert ids(ask(again, "")) == {"b"}


def test_changes_of_another_process_are_seen(
    engine: engine_module.TantivyEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "LOOK_EVERY", 0.0)
    other = engine_module.TantivyEngine(engine.path)
    put(engine, "a")
    assert ids(ask(other, "")) == {"a"}
    put(engine, "b")
    assert ids(ask(other, "")) == {"a", "b"}
    put(engine, "c", rebuild=True)
    assert ids(ask(other, "")) == {"c"}


def test_only_one_writes(engine: engine_module.TantivyEngine) -> None:
    writer = engine.writer()
    other = engine_module.TantivyEngine(engine.path)
    with pytest.raises(WriterBusy):
        other.writer(patience=0.1)
    with pytest.raises(WriterBusy):
        engine.writer(patience=0.1)
    writer.close()
    other.writer(patience=0.1).close()


def test_a_killed_writer_leaves_the_last_commit_and_no_lock(engine: engine_module.TantivyEngine) -> None:
    put(engine, "a")
    script = (
        "import os, pathlib, sys\n"
        "from indexer.index import open_engine\n"
        "for rebuild in (False, True):\n"
        "    if os.fork() == 0:\n"
        "        w = open_engine('tantivy', pathlib.Path(sys.argv[1])).writer(rebuild=rebuild)\n"
        '        w.add([b\'{"id":"lost","all":["lost"],"sight":["+C:centre/everyone"],"display":"e30="}\'])\n'
        "        os.kill(os.getpid(), 9)\n"
        "    os.wait()\n"
    )
    subprocess.run([sys.executable, "-c", script, str(engine.path)], check=True, timeout=300)
    assert ids(ask(engine, "")) == {"a"}
    put(engine, "b")
    assert ids(ask(engine, "")) == {"a", "b"}
    assert engine.path is not None
    assert len(list(engine.path.glob("i-*"))) == 1


def test_reading_from_many_threads_while_writing_gives_whole_answers(
    engine: engine_module.TantivyEngine,
) -> None:
    put(engine, *(f"a{n}" for n in range(50)))
    stop = threading.Event()
    wrong: list[object] = []

    def read() -> None:
        while not stop.is_set():
            results = engine.search(SearchCall(Everything(), CENTRE, limit=500))
            if results.total != len(results.hits) or results.total % 50:
                wrong.append(results.total)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for batch in "bcdef":
        put(engine, *(f"{batch}{n}" for n in range(50)), rebuild=batch == "d")
    stop.set()
    for reader in readers:
        reader.join()
    assert wrong == []
    assert ask(engine, "").total == 150
