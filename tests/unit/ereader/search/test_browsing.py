"""Class trees, the shelf, journals and arrivals, on both engines."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from ereader.search import arrivals, class_tree, journals
from ereader.search import shelf as along
from ereader.search.request import SearchRequest
from holdings.members.view import PUBLIC, View
from indexer.document import Display, Member, documents
from indexer.headings import Headings
from indexer.index.engine import Engine, SearchCall, Selection
from indexer.index.query import Everything
from indexer.records.record import Class, Holding, Record, Relation
from indexer.records.shelf_key import parts_of
from indexer.records.union import SourceRecord

EVERYONE = View(place="C:centre", atoms=frozenset({PUBLIC}))
STAFF = View(place="L:pku", atoms=frozenset({PUBLIC, "L:pku/staff"}))


def source(id: str, record: Record, library: str) -> SourceRecord:
    return SourceRecord(id, library, f"{library}-all", id, record, first_seen="2026-11-01T00:00:00Z")


def fill(engine: Engine, found: list[tuple[str, Record, str, str]]) -> None:
    writer = engine.writer()
    for id, record, library, atom in found:
        member = Member(source(id, record, library), frozenset({atom}), (f"L:{library}",))
        writer.add(documents(id, [member]))
    writer.commit()
    writer.close()


def article(title: str, volume: str, issue: str, pages: str, year: int | None) -> Record:
    host = Relation("in", "燕京学报", volume=volume, issue=issue, pages=pages)
    return Record(type="article", title=title, year=year, relations=(host,))


@pytest.fixture(scope="module")
def engine(search_engine: Engine) -> Engine:
    found: list[tuple[str, Record, str, str]] = []
    for n in range(1, 41):
        library = "pku" if n % 2 else "fudan"
        held = Holding(library=library, call_number=f"I246.5/{n}")
        classed = (Class("I246.5", "clc"), Class("PL2478", "lcc"), Class("895.1", "ddc"))
        record = Record(type="book", title=f"书{n}", library=library, holdings=(held,), classes=classed)
        found.append((f"b{n}", record, library, "L:pku/staff" if n == 7 else PUBLIC))
    found.append(("t", Record(type="book", title="软件", classes=(Class("TP311", "clc"),)), "pku", PUBLIC))
    found += [
        ("a1", article("九页", "12", "1", "9-20", 1933), "pku", PUBLIC),
        ("a2", article("百页", "12", "1", "100-120", 1933), "pku", PUBLIC),
        ("a3", article("二期", "12", "2", "1-5", 1933), "pku", PUBLIC),
        ("a4", article("前卷", "9", "4", "3", 1931), "pku", PUBLIC),
        ("a5", article("无年", "", "", "", None), "pku", PUBLIC),
    ]
    fill(search_engine, found)
    return search_engine


@pytest.fixture(scope="module")
def shelves(engine: Engine) -> Headings:
    headings = Headings(sa.create_engine("sqlite://", poolclass=sa.pool.StaticPool))
    headings.create_tables()
    headings.refresh(engine, "made")
    return headings


def shown(page: along.ShelfPage) -> list[str]:
    return [place.number for place in page.places]


def test_the_shelf_goes_on_in_both_directions_without_gap_or_repetition(
    engine: Engine, shelves: Headings
) -> None:
    first = along.shelf(engine, shelves, EVERYONE, start="I246.5/10", size=8)
    assert shown(first) == [f"I246.5/{n}" for n in range(10, 18)]
    second = along.shelf(engine, shelves, EVERYONE, place=first.next, size=8)
    assert shown(second) == [f"I246.5/{n}" for n in range(18, 26)]
    back = along.shelf(engine, shelves, EVERYONE, place=second.previous, backwards=True, size=8)
    assert shown(back) == shown(first)
    start = along.shelf(engine, shelves, EVERYONE, place=back.previous, backwards=True, size=20)
    assert shown(start) == [f"I246.5/{n}" for n in (1, 2, 3, 4, 5, 6, 8, 9)] and start.previous == ""


def test_a_hidden_record_is_not_on_the_shelf_of_others(engine: Engine, shelves: Headings) -> None:
    assert "I246.5/7" in shown(along.shelf(engine, shelves, STAFF, start="I246.5/6", size=3))
    assert shown(along.shelf(engine, shelves, EVERYONE, start="I246.5/6", size=2)) == ["I246.5/6", "I246.5/8"]


def test_the_shelf_of_a_library_is_its_own(engine: Engine, shelves: Headings) -> None:
    page = along.shelf(engine, shelves, EVERYONE, start="I246.5/9", library="fudan", size=3, before=1)
    assert shown(page) == ["I246.5/8", "I246.5/10", "I246.5/12", "I246.5/14"]
    assert page.position == 1 and {place.library for place in page.places} == {"fudan"}


def test_a_look_that_was_cut_short_says_where_to_go_on(
    engine: Engine, shelves: Headings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(along, "STEP", 5)
    monkeypatch.setattr(along, "MAX_LOOKED", 5)
    page = along.shelf(engine, shelves, EVERYONE, library="fudan", size=9)
    seen = shown(page)
    while page.next:
        page = along.shelf(engine, shelves, EVERYONE, place=page.next, library="fudan", size=9)
        seen += shown(page)
    assert seen == [f"I246.5/{n}" for n in range(2, 41, 2)]


def test_the_tree_opens_along_the_way_and_shows_only_what_has_hits(engine: Engine) -> None:
    nodes = class_tree.tree("clc / I / I2", engine, EVERYONE)
    assert [(n.step, n.count, n.open) for n in nodes] == [
        ("I", 39, True), ("I2", 39, True), ("I24", 39, False), ("T", 1, False),
    ]  # fmt: skip
    assert [n.step for n in class_tree.tree("ddc / 800", engine, EVERYONE)] == ["800", "890"]
    assert {n.path: n.count for n in class_tree.schemes(engine, STAFF)} == {"clc": 41, "lcc": 40, "ddc": 40}


@pytest.mark.parametrize(
    ("scheme", "steps", "path"),
    [("clc", "I/I2", "clc / I / I2"), ("clc", "", "clc"), ("xyz", "", ""), ("clc", "a b", ""), ("clc", "/".join("IIIIII"), "")],
)  # fmt: skip
def test_an_address_names_a_path_or_none(scheme: str, steps: str, path: str) -> None:
    assert class_tree.path_of(scheme, steps) == path


def test_articles_stand_by_year_volume_issue_and_page(engine: Engine) -> None:
    found = journals.years_of(("燕京学报",), engine, EVERYONE)
    assert (found.total, found.years) == (5, ((1933, 3), (1931, 1), (journals.NO_YEAR, 1)))
    (volume,) = journals.issues_of(("燕京学报",), 1933, engine, EVERYONE)
    assert volume.name == "12" and volume.count == 3
    assert [(i.name, [a.display.title for a in i.articles]) for i in volume.issues] == [
        ("2", ["二期"]),
        ("1", ["九页", "百页"]),
    ]
    (undated,) = journals.issues_of(("燕京学报",), journals.NO_YEAR, engine, EVERYONE)
    assert [a.display.title for a in undated.issues[0].articles] == ["无年"]


@pytest.mark.parametrize(
    ("detail", "parts"),
    [
        ("12(3): 45-50", ("12", "3", "45-50")), ("12", ("12", "", "")), ("(4): 7", ("", "4", "7")), ("45-50", ("45-50", "", "")),
        ("", ("", "", "")), ("卷一(上): 3", ("卷一", "上", "3")), ("a(b)(c): d", ("a(b)(c): d", "", "")),
    ],
)  # fmt: skip
def test_the_detail_of_a_host_is_taken_apart(detail: str, parts: tuple[str, str, str]) -> None:
    assert journals.parts_of(detail) == parts


def test_what_has_no_number_stands_above_the_newest_volume() -> None:
    hits = [
        (str(n), Display("article", f"t{n}", host_detail=d))
        for n, d in enumerate(("2(1): 5", "10(1): 5", "增刊: 1"))
    ]
    assert [v.name for v in journals.arranged(hits)] == ["增刊", "10", "2"]


def test_arrivals_begin_with_a_day() -> None:
    now = 20_000 * 86_400 + 4_000
    assert arrivals.since(7, now) == arrivals.since(7, now + 70_000) == (20_000 - 7) * 86_400
    assert arrivals.since(0, now) == 0
    assert SearchRequest.from_params([("added", "30")]).added == 30
    assert SearchRequest.from_params([("added", "x")]).problems == ("added-not-understood",)


def test_a_value_of_the_shelf_says_whose_it_is(engine: Engine) -> None:
    values = list(engine.values("shelf"))
    assert len(values) == 41
    assert parts_of(next(v for v in values if v.startswith("I246.5/2␞"))) == ("I246.5/2", "fudan", "clc")


def test_what_came_in_since_a_second_is_found(engine: Engine) -> None:
    seen = 1_793_491_200  # 2026-11-01T00:00:00Z
    for since, total in ((0, 45), (seen, 45), (seen + 1, 0)):
        call = SearchCall(Everything(), EVERYONE, since=since)
        assert engine.search(call).total == total


def test_a_title_as_it_is_printed_can_be_chosen(engine: Engine) -> None:
    for chosen, total in ((Selection("title", ("书2",)), 1), (Selection("title", (), ("书2",)), 44)):
        assert engine.search(SearchCall(Everything(), EVERYONE, (chosen,))).total == total
