"""Why a record stands where it stands."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ereader.search.parser import parse
from ereader.search.ranking import standing
from holdings.members.view import PUBLIC, View
from indexer.document import Member, documents
from indexer.index.engine import Engine, SearchCall
from indexer.records.record import Contributor, Record
from indexer.records.union import SourceRecord

CENTRE = View("C:centre", frozenset({PUBLIC}))
RECORDS = {
    "dream": (Record(title="红楼梦", contributors=(Contributor("曹雪芹"),)), PUBLIC),
    "study": (Record(title="红楼梦研究"), PUBLIC),
    "hidden": (Record(title="红楼梦"), "L:secret"),
}


@pytest.fixture
def engine(new_engine: Callable[[], Engine]) -> Engine:
    return filled(new_engine(), RECORDS)


def filled(engine: Engine, records: dict[str, tuple[Record, str]]) -> Engine:
    writer = engine.writer()
    for uid, (record, atom) in records.items():
        source = SourceRecord(uid=uid, library="l", repository="r", id=uid, record=record)
        writer.add(documents(uid, [Member(source, frozenset({atom}), ("C:centre",))]))
    writer.close()
    return engine


@pytest.mark.parametrize(
    "query", ["红楼梦", "紅樓夢 曹雪芹", "hong lou meng", "红楼梦 OR 曹雪芹", "title:红楼梦"]
)
def test_the_reasons_add_up_to_the_score(engine: Engine, query: str) -> None:
    tree = parse(query).tree
    for hit in engine.search(SearchCall(tree, CENTRE)).hits:
        told = standing(tree, hit.id, CENTRE, engine)
        assert told.found
        assert told.total == pytest.approx(hit.score, rel=1e-5)
        assert sum(reason.score for reason in told.reasons) == pytest.approx(hit.score, rel=1e-4)


def test_rows_come_from_the_strongest_down_and_say_what_is_missing(engine: Engine) -> None:
    whole = standing(parse("红楼梦").tree, "dream", CENTRE, engine)
    assert [reason.step for reason in whole.reasons][:3] == ["whole", "proper", "prefix"]
    begins = standing(parse("红楼梦").tree, "study", CENTRE, engine)
    assert begins.reasons[0].step == "prefix" and begins.missing[0].step == "whole"


def test_what_a_view_does_not_see_has_no_standing(engine: Engine) -> None:
    for id in ("hidden", "nosuch"):
        told = standing(parse("红楼梦").tree, id, CENTRE, engine)
        assert (told.found, told.total, told.reasons) == (False, 0.0, ())


@pytest.mark.parametrize("query", ["crime and punishment", "Crime & Punishment", "the crime and punishment"])
def test_a_title_with_an_ampersand_is_a_whole_title_to_who_types_and(
    new_engine: Callable[[], Engine], query: str
) -> None:
    titles = {
        "novel": "Crime & punishment",
        "essays": "Essays on crime and punishment",
        "guide": "Crime and punishment in Rome",
    }
    engine = filled(new_engine(), {id: (Record(title=title), PUBLIC) for id, title in titles.items()})
    hits = engine.search(SearchCall(parse(query).tree, CENTRE)).hits
    assert [hit.id for hit in hits] == ["novel", "guide", "essays"]


@pytest.mark.parametrize(
    "query", ["jk rowling", "J.K. Rowling", "Rowling, J. K.", "author:(jk rowling)", "author:(J.K. Rowling)"]
)
def test_initials_are_found_together_and_apart(new_engine: Callable[[], Engine], query: str) -> None:
    names = {"apart": "Rowling, J. K., 1965-", "together": "Rowling, JK", "other": "Rowling, James"}
    records = {id: Record(title="Book", contributors=(Contributor(name),)) for id, name in names.items()}
    engine = filled(new_engine(), {id: (record, PUBLIC) for id, record in records.items()})
    hits = engine.search(SearchCall(parse(query).tree, CENTRE)).hits
    assert {hit.id for hit in hits} == {"apart", "together"}
