"""Works in the index, on both engines: editions by their digests, totals of several calls, beginnings of titles."""

from __future__ import annotations

import pytest
from index_corpus import CENTRE, ask, fill, ids

from indexer.document_content import works_of
from indexer.index.engine import Engine, SearchCall, Selection
from indexer.index.keywords import same_work
from indexer.index.query import Everything, Not, Phrase, Words
from indexer.records.record import Contributor, Record, Title

CAO, AUTHOR = Contributor("曹雪芹", "author"), Contributor("Cao, Xueqin", "author")
RECORDS = {
    "jian": Record(type="book", title="红楼梦", contributors=(CAO,), languages=("zho",), year=1982),
    "fan": Record(type="book", title="紅樓夢", contributors=(CAO,), languages=("zho",), year=1972),
    "dream": Record(
        type="book",
        title="The dream of the red chamber",
        titles=(Title("The dream of the red chamber"), Title("Hong lou meng. English", "uniform")),
        contributors=(AUTHOR,),
        languages=("eng",),
    ),
    "study": Record(type="book", title="红楼梦研究", contributors=(Contributor("俞平伯", "author"),)),
    "chamber": Record(type="book", title="Red chamber dreams", contributors=(AUTHOR,)),
}


@pytest.fixture(scope="module")
def engine(search_engine: Engine) -> Engine:
    fill(search_engine, RECORDS)
    return search_engine


def editions(id: str, **more: object) -> SearchCall:
    return SearchCall(tree=Everything(), view=CENTRE, works=same_work(works_of([RECORDS[id]])), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("id", ["jian", "fan", "dream"])
def test_editions_are_found_by_the_digests_of_their_work(engine: Engine, id: str) -> None:
    assert ids(engine.search(editions(id))) == {"jian", "fan", "dream"}


def test_other_works_are_alone(engine: Engine) -> None:
    assert ids(engine.search(editions("study"))) == {"study"}


def test_a_work_narrows_like_any_other_filter(engine: Engine) -> None:
    english = editions("jian", selections=(Selection("language", ("eng",)),))
    assert ids(engine.search(english)) == {"dream"}
    words = SearchCall(tree=Words("title", "红楼梦"), view=CENTRE, works=editions("dream").works)
    assert ids(engine.search(words)) == {"jian", "fan"}


def test_totals_are_those_of_the_calls_one_by_one(engine: Engine) -> None:
    calls = [
        editions("jian"),
        editions("study", limit=0),
        SearchCall(tree=Not(Words("title", "红楼梦")), view=CENTRE, offset=50),
        SearchCall(tree=Everything(), view=CENTRE, year=(1980, 1990)),
        SearchCall(tree=Words("all", "nothing of the kind"), view=CENTRE),
    ]
    assert engine.totals(calls) == [3, 1, 2, 1, 0]
    assert engine.totals([]) == []


def test_a_title_begins_with_a_phrase(engine: Engine) -> None:
    assert ids(ask(engine, Phrase("title", "红楼", True))) == {"jian", "fan", "study"}
    assert ids(ask(engine, Phrase("title", "red chamber", True))) == {"chamber"}
    assert ids(ask(engine, Phrase("title", "red chamber"))) == {"chamber", "dream"}
