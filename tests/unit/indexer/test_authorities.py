"""The authority file: what records are found by, what is kept, and who sees it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from holdings.members import CENTRE, Configuration, Library, Members, Membership, Repository
from indexer import follow
from indexer.authorities import checksum
from indexer.batch import Counts
from indexer.document import Member, documents
from indexer.index import open_engine
from indexer.index.engine import Engine, SearchCall
from indexer.index.query import Node, Phrase, Words
from indexer.known_forms import KnownForms
from indexer.reader import Raw
from indexer.records.authority import Authority, AuthorityKind, Form
from indexer.records.record import Contributor, Identifier, Record, Subject
from indexer.records.union import SourceRecord
from indexer.store import Store


class Home:
    """A store with one open and one closed repository of authority records, and an index in memory."""

    def __init__(self, database: sa.Engine) -> None:
        self.database = database
        self.members = Members(self.database)
        self.members.create_tables()
        self.store = Store(self.database, self.members, lambda: "2026-05-01T10:00:00Z")
        self.store.create_tables()
        self.authorities = self.store.authorities
        self.engine: Engine = open_engine("tantivy", None)
        self.members.save(
            Configuration(
                libraries=(Library("a"),),
                memberships=(Membership("a", CENTRE),),
                repositories=(
                    *(
                        Repository(r, "a", offered_to=(CENTRE,), published_by=(CENTRE,))
                        for r in ("books", "open")
                    ),
                    Repository("staff", "a", audience="staff"),
                ),
            )
        )

    def know(self, *authorities: Authority, take_older: bool = False) -> Counts:
        counts = Counts()
        batch = []
        for one in authorities:
            data = repr(one).encode()
            batch.append((one, Raw("marc21", data, 1), checksum(data, 1)))
        self.authorities.write(batch, 1, counts, "now", take_older=take_older)
        return counts

    def hits(self, tree: Node) -> int:
        return self.engine.search(SearchCall(tree, self.members.view())).total


@pytest.fixture
def home(database: sa.Engine) -> Iterator[Home]:
    made = Home(database)
    yield made
    made.engine.close()


def authority(
    id: str, heading: str, *variants: str, dates: str = "", kind: AuthorityKind = "person",
    repository: str = "open", linked: tuple[str, ...] = (), related: tuple[str, ...] = (), **more: object,
) -> Authority:  # fmt: skip
    forms = [Form(heading, "authorised", dates)]
    forms += [Form(v, "variant", dates) for v in variants]
    forms += [Form(v, "linked", dates) for v in linked]
    forms += [Form(v, "related") for v in related]
    return Authority(kind, id, repository, forms=tuple(forms), dates=dates, **more)  # type: ignore[arg-type]


def book(*names: Contributor, subjects: tuple[str, ...] = ()) -> Record:
    return Record("book", "T", contributors=names, subjects=tuple(Subject(s) for s in subjects))


LU = authority("1", "鲁迅", "周树人", "豫才", dates="1881-1936", linked=("Lu, Xun",), related=("周作人",))


def names(home: Home, *people: Contributor, subjects: tuple[str, ...] = ()) -> set[str]:
    known = home.authorities.known()
    assert known is not None
    record = book(*people, subjects=subjects)
    known.prepare([record])
    return {*known.names(record), *known.subjects(record)}


def test_a_name_is_known_in_either_script_and_by_its_linked_form(home: Home) -> None:
    home.know(LU)
    for name in ("鲁迅", "魯迅", "Lu, Xun", "lu xun"):
        assert {"周树人", "豫才"} <= names(home, Contributor(name)), name
    assert names(home, Contributor("鲁迅达")) == set()


def test_a_variant_in_a_record_says_nothing_about_whose_it_is(home: Home) -> None:
    home.know(authority("1", "Smith, John, Captain", "Smith, John", dates="1580-1631"))
    assert names(home, Contributor("Smith, John")) == set()


def test_dates_decide_and_contradiction_excludes(home: Home) -> None:
    home.know(authority("1", "王伟", "甲", dates="1900-1970"), authority("2", "王伟", "乙", dates="1950-"))
    assert names(home, Contributor("王伟", dates="1950-")) == {"乙"}
    assert names(home, Contributor("王伟", dates="1900-")) == {"甲"}
    assert names(home, Contributor("王伟", dates="1800-1850")) == set()
    assert names(home, Contributor("王伟")) == set()


def test_one_candidate_is_taken_unless_a_date_contradicts(home: Home) -> None:
    home.know(authority("1", "王伟", "甲", dates="1900-1970"))
    assert names(home, Contributor("王伟")) == {"甲"}
    assert names(home, Contributor("王伟", dates="1901-")) == set()


def test_a_body_is_no_person_and_a_person_no_subject_term(home: Home) -> None:
    home.know(authority("1", "Macmillan", "Person variant"), authority("2", "Dogs", "Canis", kind="topic"))
    assert names(home, Contributor("Macmillan", kind="corporate")) == set()
    assert names(home, Contributor("Dogs")) == set()
    assert names(home, subjects=("Dogs--Fiction",)) == {"Canis"}
    assert names(home, subjects=("Macmillan",)) == {"Person variant"}


@pytest.mark.parametrize("mark", ["reference", "undifferentiated"])
def test_records_that_stand_for_nobody_say_nothing(home: Home, mark: str) -> None:
    home.know(authority("1", "王伟", "甲", **{mark: True}))
    assert names(home, Contributor("王伟")) == set()


def test_agencies_that_link_their_headings_are_joined_when_dates_agree(home: Home) -> None:
    home.know(
        LU, authority("2", "Lu, Xun", "Lusin", dates="1881-1936", identifiers=(Identifier("viaf", "1"),))
    )
    assert {"周树人", "Lusin"} <= names(home, Contributor("鲁迅"))
    home.know(authority("3", "Lu, Xun", "Another", dates="1990-"))
    assert "Another" not in names(home, Contributor("鲁迅"))


def test_records_in_a_closed_repository_act_on_nothing(home: Home) -> None:
    home.know(authority("9", "老舍", "舒庆春", repository="staff"))
    assert home.authorities.statistics()["records"] == 1
    assert home.authorities.known() is None and not home.authorities.origin()
    home.know(LU)
    assert names(home, Contributor("老舍")) == set()
    assert home.authorities.of("author", ["老舍"]) == {}
    assert home.authorities.uses("author", ["老舍", "鲁迅"]).keys() == {"周树人", "豫才"}


def test_taking_a_repository_back_is_in_force_at_once_where_it_is_shown(home: Home) -> None:
    home.know(LU)
    assert home.authorities.of("author", ["鲁迅"])["鲁迅"].known_as == ("周树人", "豫才", "Lu, Xun")
    home.members.save(Configuration(repositories=(Repository("open", "a", audience="staff"),)))
    assert home.authorities.of("author", ["鲁迅"]) == {} and not home.authorities.open("open")


def test_loading_again_changes_nothing_and_a_newer_version_wins(home: Home) -> None:
    old = authority("1", "鲁迅", "甲", modified="2020-01-01T00:00:00")
    new = authority("1", "鲁迅", "乙", modified="2021-01-01T00:00:00")
    assert home.know(old).new == 1
    stamp = home.authorities.stamp()
    assert home.know(old).unchanged == 1 and home.authorities.stamp() == stamp
    assert home.know(new).changed == 1 and names(home, Contributor("鲁迅")) == {"乙"}
    assert home.know(old).unchanged == 1 and names(home, Contributor("鲁迅")) == {"乙"}
    assert home.know(old, take_older=True).changed == 1 and names(home, Contributor("鲁迅")) == {"甲"}


def test_a_deleted_record_is_forgotten_and_may_come_again(home: Home) -> None:
    home.know(LU)
    gone = Authority("person", "1", "open", deleted=True)
    assert home.know(gone).deleted == 1
    assert home.know(gone).deleted == 0
    assert names(home, Contributor("鲁迅")) == set()
    assert home.authorities.get("open", "1") is None
    assert home.authorities.statistics() == {"records": 0, "deleted": 1, "kinds": {}, "repositories": {}}
    assert home.know(LU).new == 1 and "周树人" in names(home, Contributor("鲁迅"))


def test_two_repositories_may_have_the_same_id(home: Home) -> None:
    home.know(LU, authority("1", "老舍", "舒庆春", repository="staff"))
    assert home.authorities.statistics()["repositories"] == {"open": 1, "staff": 1}


def _index(home: Home, known: KnownForms | None) -> None:
    writer = home.engine.writer(rebuild=True)
    for n, record in enumerate(
        (book(Contributor("鲁迅")), book(Contributor("老舍"), subjects=("鲁迅--人物研究",)))
    ):
        source = SourceRecord(f"u{n}", "a", "books", str(n), record)
        made = documents(f"u{n}", [Member(source, home.members.atoms("books"))], known=known)
        writer.add(made)
    writer.commit()
    writer.close()


def test_what_is_known_finds_with_and_without_field_and_where_it_belongs(home: Home) -> None:
    home.know(LU)
    _index(home, home.authorities.known())
    assert home.hits(Words("all", "周树人")) == 2
    assert home.hits(Words("author", "周樹人")) == 1 and home.hits(Phrase("author", "周树人")) == 1
    assert home.hits(Words("subject", "周树人")) == 1
    assert home.hits(Words("all", "周作人")) == 0, "see-also is another person"
    assert home.hits(Words("title", "周树人")) == 0


def test_who_bears_the_name_comes_before_who_is_known_by_it(home: Home) -> None:
    home.know(LU)
    known = home.authorities.known()
    writer = home.engine.writer(rebuild=True)
    for n, name in enumerate(("鲁迅", "周树人", "魯迅")):
        source = SourceRecord(f"u{n}", "a", "books", str(n), book(Contributor(name)))
        writer.add(documents(f"u{n}", [Member(source, home.members.atoms("books"))], known=known))
    writer.commit()
    writer.close()
    for field in ("all", "author"):
        hits = home.engine.search(SearchCall(Words(field, "周树人"), home.members.view())).hits
        assert hits[0].id == "u1" and len(hits) == 3, field


def test_adding_a_character_to_a_known_form_never_adds_hits(home: Home) -> None:
    home.know(LU)
    _index(home, home.authorities.known())
    for field in ("all", "author"):
        counts = [home.hits(Words(field, "周树人"[:n])) for n in (1, 2, 3)]
        assert counts == sorted(counts, reverse=True)


def test_without_authority_records_documents_are_the_same_as_ever(home: Home) -> None:
    assert home.authorities.known() is None and home.authorities.stamp() == 0
    source = SourceRecord("u", "a", "books", "1", book(Contributor("鲁迅")))
    member = Member(source, home.members.atoms("books"))
    assert documents("u", [member], known=home.authorities.known()) == documents("u", [member])


def test_what_is_touched_is_indexed_again_once(home: Home) -> None:
    with follow.writing(home.engine, home.store, home.members):
        home.know(LU)
        assert home.authorities.touched_count() == 2
    assert home.authorities.touched_count() == 0


def test_references_lead_from_variants_to_headings_that_are_there(home: Home) -> None:
    home.know(LU, authority("2", "Dogs", "Canis", kind="topic"))
    assert home.authorities.uses("author", ["鲁迅", "别人"]) == {
        "周树人": (("open", "鲁迅"),), "豫才": (("open", "鲁迅"),),
    }  # fmt: skip
    assert home.authorities.uses("author", ["别人"]) == {}
    assert home.authorities.uses("subject", ["Dogs"]) == {"Canis": (("open", "Dogs"),)}
    assert home.authorities.uses("journal", ["Dogs"]) == {}
