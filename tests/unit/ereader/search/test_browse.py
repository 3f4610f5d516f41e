"""Pages of headings as one View sees them: nothing hidden shows, nothing seen is missing."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from ereader.search.browse import MAX_LOOKED_FEW, BrowsePage, browse
from holdings.members import CENTRE, Configuration, Library, Members, Membership, Repository, View
from holdings.members.registry import Viewer
from indexer.authorities import Authorities, checksum
from indexer.batch import Counts
from indexer.document import Member, documents
from indexer.headings import Headings
from indexer.index.engine import Engine
from indexer.index.query import Words
from indexer.reader import Raw
from indexer.records.authority import Authority, Form
from indexer.records.record import Contributor, Record, Subject
from indexer.records.union import SourceRecord

SECRET = "机密作者"


class Catalogue:
    """Books of an open and of a closed repository, with their lists."""

    def __init__(self, path: Path, engine: Engine) -> None:
        self.database = sa.create_engine(f"sqlite:///{path / 'test.sqlite'}")
        self.engine = engine
        self.members = Members(self.database)
        self.members.create_tables()
        self.members.save(
            Configuration(
                libraries=(Library("a"),),
                memberships=(Membership("a", CENTRE),),
                repositories=(
                    Repository("books", "a", offered_to=(CENTRE,), published_by=(CENTRE,)),
                    Repository("names", "a", offered_to=(CENTRE,), published_by=(CENTRE,)),
                    Repository("closed", "a", audience="staff"),
                ),
            )
        )
        self.headings = Headings(self.database)
        self.headings.create_tables()
        self.authorities = Authorities(self.database, self.members)
        self.authorities.create_tables()
        self.number = 0

    def fill(self, *books: tuple[str, tuple[str, ...]]) -> None:
        """(repository, authors) of each book."""
        writer = self.engine.writer()
        for repository, authors in books:
            self.number += 1
            uid = f"u{self.number}"
            record = Record(
                "book", f"T{uid}", contributors=tuple(map(Contributor, authors)), subjects=(Subject("S"),)
            )
            source = SourceRecord(uid, "a", repository, uid, record)
            atoms, places = self.members.atoms(repository), self.members.places(repository)
            writer.add(documents(uid, [Member(source, atoms, places)]))
        writer.commit()
        writer.close()
        self.engine.usable()
        self.lists()

    def lists(self) -> None:
        self.headings.refresh(self.engine, str(self.number), authorities=self.authorities)

    def know(self, repository: str, heading: str, *forms: Form) -> None:
        one = Authority("person", heading, repository, forms=(Form(heading, "authorised"), *forms))
        data = repr(one).encode()
        self.authorities.write([(one, Raw("marc21", data, 1), checksum(data, 1))], 1, Counts(), "now")
        self.lists()

    def browse(self, kind: str = "author", view: View | None = None, **more: object) -> BrowsePage:
        seen = view or self.members.view()
        return browse(kind, self.engine, self.headings, seen, authorities=self.authorities, **more)  # type: ignore[arg-type]

    def staff(self) -> View:
        return self.members.view("L:a", Viewer("s", "a", ("librarian",)))


@pytest.fixture
def catalogue(tmp_path: Path, new_engine: Callable[[], Engine]) -> Iterator[Catalogue]:
    made = Catalogue(tmp_path, new_engine())
    yield made
    made.database.dispose()


def values(page: BrowsePage) -> list[tuple[str, int]]:
    return [(e.value, e.count) for e in page.entries]


def test_headings_have_the_hits_of_the_view(catalogue: Catalogue) -> None:
    catalogue.fill(("books", ("鲁迅",)), ("books", ("鲁迅", "老舍")), ("closed", ("鲁迅", SECRET)))
    assert values(catalogue.browse()) == [("老舍", 1), ("鲁迅", 2)]
    assert values(catalogue.browse(view=catalogue.staff())) == [(SECRET, 1), ("老舍", 1), ("鲁迅", 3)]


def test_a_hidden_heading_shows_nowhere(catalogue: Catalogue) -> None:
    catalogue.fill(("books", ("巴金",)), ("closed", (SECRET,)))
    catalogue.know("names", SECRET, Form("化名"), Form("巴金", "related"))
    for more in (
        {},
        {"start": SECRET},
        {"start": "化名"},
        {"start": "jimizuozhe"},
        {"letter": "J"},
        {"order": "stroke"},
    ):
        page = catalogue.browse(**more)
        assert {e.value for e in page.entries} <= {"巴金"}, more
        assert not any(e.use or e.see_also or e.known_as for e in page.entries) and not page.exact, more
    assert "化名" in [e.value for e in catalogue.browse(view=catalogue.staff()).entries]


def test_a_form_not_to_be_used_leads_to_what_is(catalogue: Catalogue) -> None:
    catalogue.fill(("books", ("鲁迅",)), ("books", ("魯迅",)), ("books", ("周作人",)))
    catalogue.know("names", "鲁迅", Form("周树人"), Form("周作人", "related"), Form("没有此人", "related"))
    page = catalogue.browse(start="周树人")
    entry = page.entries[page.position]
    assert page.exact and entry.value == "周树人" and entry.count == 0
    assert set(entry.use) == {("鲁迅", 1), ("魯迅", 1)}
    heading = next(e for e in catalogue.browse().entries if e.value == "鲁迅")
    assert heading.known_as == ("周树人",) and heading.see_also == (("周作人", 1),)


def test_what_closed_authority_records_say_is_said_to_nobody(catalogue: Catalogue) -> None:
    catalogue.fill(("books", ("鲁迅",)))
    catalogue.know("closed", "鲁迅", Form("周树人"))
    assert values(catalogue.browse()) == [("鲁迅", 1)]
    assert catalogue.browse().entries[0].known_as == ()


def test_a_repository_taken_back_is_silent_before_the_lists_are_made_again(catalogue: Catalogue) -> None:
    catalogue.fill(("books", ("鲁迅",)))
    catalogue.know("names", "鲁迅", Form("周树人"))
    assert len(catalogue.browse().entries) == 2
    catalogue.members.save(Configuration(repositories=(Repository("names", "a", audience="staff"),)))
    assert values(catalogue.browse()) == [("鲁迅", 1)] and catalogue.browse().entries[0].known_as == ()


@pytest.mark.parametrize("size", [1, 3, 7])
@pytest.mark.parametrize("order", ["pinyin", "stroke"])
def test_pages_in_both_directions_hold_every_visible_heading_once(
    catalogue: Catalogue, size: int, order: str
) -> None:
    r = random.Random(5)
    names = [f"{a}{b}" for a in "王李张刘陈" for b in "一二三四五"]
    catalogue.fill(*((r.choice(("books", "closed")), (name,)) for name in names))
    whole = catalogue.browse(size=200, order=order)
    there: list[tuple[str, int]] = []
    page = catalogue.browse(size=size, order=order)
    while True:
        there += values(page)
        assert len(page.entries) <= size
        if not page.next:
            break
        page = catalogue.browse(size=size, order=order, place=page.next)
    assert there == values(whole)
    back = values(page)
    while page.previous:
        page = catalogue.browse(size=size, order=order, place=page.previous, backwards=True)
        back = values(page) + back
    assert back == values(whole)


def test_a_start_shows_where_it_would_stand(catalogue: Catalogue) -> None:
    catalogue.fill(*(("books", (name,)) for name in ("艾青", "巴金", "曹禺", "丁玲", "冯至")))
    page = catalogue.browse(start="曹雪芹")
    assert [e.value for e in page.entries][: page.position] == ["巴金", "曹禺"] or page.position == 2
    assert not page.exact
    assert catalogue.browse(start="caoyu").exact and catalogue.browse(start="曹").exact
    assert catalogue.browse(start="zzz").entries[-1].value == "冯至"


def test_a_list_within_a_search_counts_that_search(catalogue: Catalogue) -> None:
    catalogue.fill(("books", ("鲁迅", "老舍")), ("books", ("鲁迅",)))
    assert values(catalogue.browse(tree=Words("author", "老舍"))) == [("老舍", 1), ("鲁迅", 1)]


def test_what_is_looked_through_for_one_page_is_bounded(catalogue: Catalogue) -> None:
    names = [f"Name {n:05d}" for n in range(MAX_LOOKED_FEW + 900)]
    catalogue.fill(("closed", tuple(names[:150])), ("books", ("Zoe",)))

    class Long:
        def values(self, dictionary: str) -> Iterator[str]:
            yield from (*names, "Zoe") if dictionary == "author" else ()

    catalogue.headings.refresh(Long(), "long")
    page = catalogue.browse()
    assert page.entries == () and page.cut and page.next
    page = catalogue.browse(place=page.next)
    assert values(page) == [("Zoe", 1)] and not page.cut


def test_there_is_no_list_before_it_is_made(catalogue: Catalogue) -> None:
    assert catalogue.browse().state == "making"
    catalogue.fill(("books", ("鲁迅",)))
    assert catalogue.browse().state == "ready"


def test_unknown_kinds_orders_and_places_give_an_empty_or_the_first_page(catalogue: Catalogue) -> None:
    catalogue.fill(("books", ("鲁迅",)))
    assert catalogue.browse("nothing").entries == () and catalogue.browse(order="colour").entries == ()
    assert values(catalogue.browse(place="nonsense")) == [("鲁迅", 1)]
    assert values(catalogue.browse(letter="?")) == [("鲁迅", 1)]
