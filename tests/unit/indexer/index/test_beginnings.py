"""Beginnings of headings: what is written down beside an index says what to count, never what is shown."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
from index_corpus import CENTRE, member

from holdings.members.view import View
from indexer.document import documents
from indexer.index import tantivy_tops
from indexer.index.engine import Begun, Engine, SearchCall
from indexer.index.query import Everything
from indexer.index.suggest import suggest
from indexer.index.tantivy import TantivyEngine
from indexer.index.tantivy_folder import current
from indexer.index.tantivy_tops import NONE
from indexer.records.record import Contributor, Record
from indexer.text.nearness import begins_near

NOBODY = View("C:centre", frozenset(), denied=frozenset({"r"}))
CALL = SearchCall(Everything(), CENTRE, limit=0)
WORDS = ("history", "historian", "historic", "hills", "island", "harbour", "haven", "house")
DICTIONARIES = ("title", "author", "subject", "suggest")


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small index has many terms under a beginning, too."""
    monkeypatch.setattr(tantivy_tops, "SMALL", 0)
    monkeypatch.setattr(tantivy_tops, "MANY", 4)


def record(n: int, rng: random.Random) -> Record:
    title = f"{rng.choice(WORDS)} {rng.choice(WORDS)} {n % 40}"
    name = f"{rng.choice(('Hill', 'Hall', 'Holm'))}, {rng.choice('ABCDE')}. {n % 7}"
    chinese = "红楼梦" + "研究考论资料"[: n % 6]
    return Record(title=chinese if n % 5 == 0 else title, contributors=(Contributor(name=name),))


def put(engine: TantivyEngine, numbers: Sequence[int]) -> None:
    rng = random.Random(8)
    writer = engine.writer()
    for n in numbers:
        writer.replace(f"u{n}", documents(f"u{n}", [member(f"u{n}", record(n, rng))]))
    writer.close()


@pytest.fixture
def engine(tmp_path: Path) -> TantivyEngine:
    made = TantivyEngine(tmp_path / "index")
    put(made, range(200))
    return made


def folder_of(engine: TantivyEngine) -> Path:
    assert engine.path is not None
    folder = current(engine.path)
    assert folder is not None
    return folder


def without(engine: TantivyEngine) -> TantivyEngine:
    """The same index with nothing written down beside it."""
    (folder_of(engine) / tantivy_tops.FILE).unlink()
    return TantivyEngine(engine.path)


def counted(engine: Engine, dictionary: str, start: str, view: View = CENTRE) -> dict[str, int]:
    """What begins so, each with the view's own count."""
    call = msgspec.structs.replace(CALL, view=view)
    (found,) = engine.begun(call, [(dictionary, start)], 50)
    if found.exact:
        return dict(found.terms)
    counts = engine.carriers(call, [(dictionary, term) for term, _ in found.terms])
    assert all(told >= count for (_, told), count in zip(found.terms, counts, strict=True))
    return {term: n for (term, _), n in zip(found.terms, counts, strict=True) if n}


def test_a_list_is_written_when_an_index_has_grown(engine: TantivyEngine) -> None:
    tops = tantivy_tops.read(folder_of(engine))
    assert tops.documents == 200
    assert {"h", "hi", "his", "hist"} <= set(tops.begun["s_title"])
    assert "红" in tops.begun["suggest"]
    put(engine, [200])
    assert tantivy_tops.read(folder_of(engine)).documents == 200  # one more is no reason
    put(engine, range(201, 240))
    assert tantivy_tops.read(folder_of(engine)).documents == 240


@pytest.mark.parametrize(
    "typed", ["h", "hi", "hist", "history h", "hill", "红", "hong", "hlm", "hitsory", "红lou"]
)
def test_suggestions_are_the_same_with_and_without_a_list(engine: TantivyEngine, typed: str) -> None:
    expected = suggest(without(engine), typed, CENTRE)
    put(engine, range(200, 240))  # writes a list again
    assert (folder_of(engine) / tantivy_tops.FILE).exists()
    writer = engine.writer()
    for n in range(200, 240):
        writer.delete(f"u{n}")
    writer.commit()
    writer.close()
    assert expected
    assert suggest(engine, typed, CENTRE) == expected


def test_counts_are_those_of_the_view_whatever_is_written_down(engine: TantivyEngine) -> None:
    writer = engine.writer()
    for n in range(0, 200, 3):
        writer.delete(f"u{n}")
    writer.commit()
    for dictionary in DICTIONARIES:
        for start in ("h", "hi", "hill", "hong", "红"):
            found = counted(engine, dictionary, start)
            exact = dict(engine.terms(dictionary, start, CENTRE, 500))
            assert found.items() <= exact.items(), (dictionary, start)
            assert counted(engine, dictionary, start, NOBODY) == {}
    writer.close()


def test_what_is_newer_than_a_list_is_offered_by_a_longer_beginning(engine: TantivyEngine) -> None:
    writer = engine.writer()
    writer.add(documents("new", [member("new", Record(title="Hydrology"))]))
    writer.close()
    assert [offer.text for offer in suggest(engine, "hydro", CENTRE)] == ["Hydrology"]


@pytest.mark.parametrize("content", [b"", b"\xff\x00", b"\x93\x01\x02\x03"])
def test_a_damaged_list_is_as_good_as_none(engine: TantivyEngine, content: bytes) -> None:
    expected = suggest(engine, "hist", CENTRE)
    (folder_of(engine) / tantivy_tops.FILE).write_bytes(content)
    again = TantivyEngine(engine.path)
    assert tantivy_tops.read(folder_of(engine)) is NONE
    assert suggest(again, "hist", CENTRE) == expected


def near(engine: TantivyEngine, word: str) -> set[str]:
    found = engine.near_begun("all", word, 500)
    assert found is not None
    return {term for term, _ in found.terms}


def test_words_are_near_by_one_error_anywhere_in_them(engine: TantivyEngine) -> None:
    words = {term for term, _ in engine._present().searcher.terms_with_prefix("all", "", None, None)}  # type: ignore[union-attr]
    rng = random.Random(3)
    for _ in range(300):
        word = rng.choice(WORDS)
        at = rng.randrange(len(word))
        letter = rng.choice("aehirstz")
        typed = rng.choice(
            [word[:at] + letter + word[at:], word[:at] + letter + word[at + 1 :], word[:at] + word[at + 1 :]]
        )
        expected = {w for w in words if begins_near(typed, w) and not w.startswith(typed)}
        if len(typed) > 4:  # of a shorter one too much is left that is like it
            assert near(engine, typed) == expected, typed


def test_a_list_does_not_keep_a_near_word_from_being_found(engine: TantivyEngine) -> None:
    typed = ["hisotry", "xistory", "hsitory", "histry", "hillls", "isalnd", "harbor", "hixtor"]
    found = [near(engine, word) for word in typed]
    assert any(found)
    assert [near(without(engine), word) for word in typed[:1]] == found[:1]
    again = TantivyEngine(engine.path)
    assert [near(again, word) for word in typed] == found


def test_beginnings_asked_for_together_are_as_asked_for_alone(search_engine: Engine) -> None:
    rng = random.Random(8)
    writer = search_engine.writer()
    for n in range(60):
        writer.replace(f"u{n}", documents(f"u{n}", [member(f"u{n}", record(n, rng))]))
    writer.close()
    walks = [(dictionary, start) for dictionary in DICTIONARIES for start in ("h", "hill", "红", "zz")]
    together = search_engine.begun(CALL, [*walks, ("nothing", "h")], 20)
    assert together[-1] == Begun()
    for (dictionary, start), found in zip(walks, together, strict=False):
        alone = search_engine.terms(dictionary, start, CENTRE, 20)
        counts = search_engine.carriers(CALL, [(dictionary, term) for term, _ in found.terms])
        assert list(zip((t for t, _ in found.terms), counts, strict=True)) == alone, (dictionary, start)
    assert search_engine.begun(CALL, [], 20) == []
    assert search_engine.carriers(CALL, []) == []
