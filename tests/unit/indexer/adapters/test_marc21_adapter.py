"""MARC 21 to Record."""

from __future__ import annotations

import pytest

from indexer import marc
from indexer.adapters.marc21 import ADAPTER
from indexer.marc import Marc, field
from indexer.problem import Problem
from indexer.profile import Profile
from indexer.reader import Raw
from indexer.records.record import Class, Contributor, Link, Publication, Record, Subject, Title

F008 = "000906s1998    ch a     b    000 0 chi  "


def adapt(
    fields: list[tuple[str, str]], leader: str = "00000nam a2200000 a 4500", profile: Profile | None = None
) -> tuple[Record | None, list[Problem]]:
    data = marc.encode(Marc(leader, fields))[0]
    return ADAPTER.adapt(Raw("marc21", data, 7, context={"syntax": "iso2709"}), profile or Profile())


def record(*fields: tuple[str, str], leader: str = "00000nam a2200000 a 4500", **profile: object) -> Record:
    found, _ = adapt([("001", "42 "), ("008", F008), *fields], leader, Profile(**profile))  # type: ignore[arg-type]
    assert found is not None
    return found


TITLE = field("245", "10", [("a", "Title /"), ("c", "by X.")])


def test_control_fields() -> None:
    found = record(("005", "20150527073224.0"), TITLE)
    assert (found.id, found.modified) == ("42", "2015-05-27T07:32:24")
    assert (found.year, found.languages, found.countries) == (1998, ("chi",), ("ch",))
    assert (found.source.format, found.source.charset, found.source.position) == ("marc21", "utf-8", 7)


def test_title_proper_and_what_follows_it() -> None:
    text = [
        ("a", "Culture shock! :"), ("h", "[electronic resource] :"), ("b", "a guide = Ein Führer /"), ("n", "Part 1,"),
        ("p", "Malaysia /"), ("c", "Heidi Munan ; edited by Yang."),
    ]  # fmt: skip
    found = record(field("245", "10", text))
    assert found.title == "Culture shock!"
    assert found.title_remainder == "a guide"
    assert found.volume == "Part 1, Malaysia"
    assert found.responsibility == "Heidi Munan ; edited by Yang"
    assert Title("Ein Führer", "parallel") in found.titles


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Title /", "Title"),
        ("Title.", "Title"),
        ("Wait ...", "Wait ..."),
        ("The U.S. :", "The U.S."),
        ("Acme Inc.", "Acme Inc."),
        ("书名／", "书名"),
        ("標題 =", "標題"),
    ],
)
def test_marks_of_isbd_are_trimmed_and_abbreviations_stay(written: str, read: str) -> None:
    assert record(field("245", "00", [("a", written)])).title == read


LINKED = [
    field("100", "1 ", [("6", "880-01"), ("a", "Zhou, Jinsheng.")]),
    field("245", "10", [("6", "880-02"), ("a", "Taiwan dian zi bao /"), ("c", "Zhou Jinsheng zhu.")]),
    field("260", "  ", [("6", "880-03"), ("a", "Taibei Shi :"), ("b", "Feng yun,"), ("c", "1998.")]),
    field("490", "0 ", [("6", "880-04"), ("a", "Xin wen xi lie ;"), ("v", "20")]),
    field("650", " 0", [("6", "880-05"), ("a", "Dian zi bao"), ("z", "Taiwan.")]),
    field("880", "1 ", [("6", "100-01/$1"), ("a", "周晉生.")]),
    field("880", "10", [("6", "245-02/$1"), ("a", "台灣電子報 /"), ("c", "周晉生著.")]),
    field("880", "  ", [("6", "260-03/$1"), ("a", "台北市 :"), ("b", "風雲論壇,"), ("c", "1998.")]),
    field("880", "0 ", [("6", "490-04/$1"), ("a", "新聞系列 ;"), ("v", "20")]),
    field("880", " 0", [("6", "650-05/$1"), ("a", "電子報"), ("z", "台灣.")]),
]


def test_the_original_script_is_the_value_and_the_romanised_form_beside_it() -> None:
    found = record(*LINKED)
    assert found.title == "台灣電子報"
    assert found.titles[0] == Title("台灣電子報", "main", "", "Taiwan dian zi bao")
    assert found.contributors == (Contributor("周晉生", "author", romanised="Zhou, Jinsheng"),)
    assert found.responsibility == "周晉生著"
    assert found.publication == Publication("台北市", "風雲論壇", "1998", "Taibei Shi", "Feng yun")
    assert found.series == ("新聞系列 ; 20",)
    assert Title("新聞系列", "series", "", "Xin wen xi lie") in found.titles
    assert found.subjects == (Subject("電子報--台灣", "lcsh", "", "Dian zi bao--Taiwan"),)


def test_where_880_holds_the_romanised_form_the_original_is_still_the_value() -> None:
    found = record(
        field("245", "10", [("6", "880-01"), ("a", "翁問答 /")]),
        field("880", "10", [("6", "245-01"), ("a", "Okina mondō /")]),
    )
    assert found.titles[0] == Title("翁問答", "main", "", "Okina mondō")


@pytest.mark.parametrize("link", ["246-00/$1", "246-09/$1"])
def test_an_880_without_partner_is_a_field_of_its_tag(link: str) -> None:
    found = record(TITLE, field("880", "1 ", [("6", link), ("a", "别名")]))
    assert Title("别名", "variant") in found.titles


def test_names_roles_and_bodies() -> None:
    found = record(
        field("100", "1 ", [("a", "Twain, Mark,"), ("d", "1835-1910,"), ("e", "author.")]),
        field("245", "10", [("a", "T /"), ("c", "Twain ; translated by Anna Müller ; edited by Bo Li.")]),
        field("700", "1 ", [("a", "Müller, Anna.")]),
        field("700", "1 ", [("a", "Li, Bo,"), ("4", "http://id.loc.gov/vocabulary/relators/ill")]),
        field("700", "0 ", [("a", "John Paul"), ("b", "II,"), ("c", "Pope,"), ("d", "1920-2005.")]),
        field("710", "1 ", [("a", "China."), ("b", "专利局."), ("b", "条法部.")]),
        field("711", "2 ", [("a", "Congress"), ("n", "(3rd :"), ("d", "2001 :"), ("c", "Beijing)")]),
        field("700", "12", [("a", "Lu, Xun."), ("t", "Na han.")]),
        field("700", "1 ", [("a", "Spiller, Henry."), ("t", "Gamelan.")]),
    )
    people = {c.name: (c.role, c.kind, c.dates, c.note) for c in found.contributors}
    assert people == {
        "Twain, Mark": ("author", "person", "1835-1910", ""),
        "Müller, Anna": ("translator", "person", "", ""),
        "Li, Bo": ("ill", "person", "", ""),
        "John Paul II": ("", "person", "1920-2005", "Pope"),
        "China. 专利局. 条法部": ("", "corporate", "", ""),
        "Congress": ("", "meeting", "2001", "3rd Beijing"),
        "Lu, Xun": ("", "person", "", ""),
    }
    relations = {(r.kind, r.title, r.note) for r in found.relations}
    assert relations == {("has_part", "Na han", "Lu, Xun"), ("related", "Gamelan", "Spiller, Henry")}


def test_rda_publication_comes_before_distribution_and_copyright() -> None:
    found = record(
        TITLE,
        field("264", " 4", [("c", "©2008")]),
        field("264", " 2", [("a", "Distributed :"), ("b", "D,"), ("c", "2009.")]),
        field(
            "264",
            " 1",
            [("a", "Athens ;"), ("a", "London :"), ("b", "Ohio University Press,"), ("c", "[2008]")],
        ),
    )
    assert found.publication == Publication("Athens ; London", "Ohio University Press", "[2008]")


def test_identifiers_keep_their_qualifiers_and_wrong_ones_are_told() -> None:
    found = record(
        ("010", "  \x1fa   00049920 "),
        field("020", "  ", [("a", "9789814408950 (e-book) :"), ("c", "NT$180.00")]),
        field("020", "  ", [("z", "0-7614-5491-5"), ("q", "(hardback)")]),
        field("022", "  ", [("a", "1476-4687"), ("y", "0000-0000")]),
        field("024", "7 ", [("a", "10.1000/182"), ("2", "doi")]),
        field("035", "  ", [("a", "(OCoLC)ocm47076528")]),
        TITLE,
    )
    assert [(i.scheme, i.value, i.note) for i in found.identifiers] == [
        ("lccn", "00049920", ""),
        ("isbn", "9789814408950", "e-book"),
        ("isbn", "0-7614-5491-5", "cancelled or of another form; hardback"),
        ("issn", "1476-4687", ""),
        ("issn", "0000-0000", "cancelled or incorrect"),
        ("doi", "10.1000/182", ""),
        ("oclc", "ocm47076528", ""),
    ]
    assert found.price == "NT$180.00"


def test_subjects_classes_and_places() -> None:
    found = record(
        field("050", "00", [("a", "PN4784.E53"), ("b", "Z474")]),
        field("082", "00", [("a", "338.9/45"), ("2", "22")]),
        field("084", "  ", [("a", "I247.5"), ("2", "clc")]),
        TITLE,
        field("600", "10", [("a", "Ōe, Kenzaburō,"), ("d", "1935-"), ("x", "Criticism.")]),
        field("650", " 7", [("a", "Ethnology."), ("2", "fast"), ("0", "(OCoLC)fst1")]),
        field("650", " 0", [("a", "Etiquette"), ("z", "Malaysia"), ("z", "Penang.")]),
        field("651", " 0", [("a", "Maluku (Indonesia)"), ("x", "History.")]),
        field("655", " 7", [("a", "Periodicals."), ("2", "lcgft")]),
    )
    assert found.classes == (Class("PN4784.E53", "lcc"), Class("338.945", "ddc"), Class("I247.5", "clc"))
    assert [(s.value, s.scheme, s.kind) for s in found.subjects] == [
        ("Ōe, Kenzaburō, 1935---Criticism", "lcsh", "person"),
        ("Ethnology", "fast", ""),
        ("Etiquette--Malaysia--Penang", "lcsh", ""),
        ("Maluku (Indonesia)--History", "lcsh", "place"),
        ("Periodicals", "lcgft", "genre"),
    ]
    assert found.places == ("Malaysia / Penang", "Maluku (Indonesia)")


def test_an_article_in_a_journal() -> None:
    host = [
        ("7", "nnas"),
        ("t", "Nature."),
        ("x", "0028-0836"),
        ("g", "Vol. 24, no. 9 (Sept. 1993), p. 235-48"),
        ("w", "(DLC) 12345"),
    ]
    found = record(TITLE, field("773", "0 ", host), leader="00000nab a2200000 a 4500")
    relation = found.relations[0]
    assert (relation.kind, relation.title) == ("in", "Nature")
    assert (relation.volume, relation.issue, relation.pages, relation.date) == ("24", "9", "235-48", "1993")
    assert [(i.scheme, i.value) for i in relation.identifiers] == [("issn", "0028-0836"), ("lccn", "12345")]
    assert found.type == "article"


def test_coded_enumeration_of_the_host() -> None:
    found = record(TITLE, field("773", "0 ", [("t", "J"), ("q", "24:9<235")]))
    assert (found.relations[0].volume, found.relations[0].issue, found.relations[0].pages) == (
        "24",
        "9",
        "235",
    )


def test_links_are_sorted_by_what_they_lead_to() -> None:
    found = record(
        TITLE,
        field("856", "41", [("3", "Table of contents"), ("u", "http://example.org/toc")]),
        field("856", "40", [("u", "https://example.org/full"), ("y", "Read")]),
        field("856", "42", [("u", "http://example.org/about")]),
        field("856", "42", [("3", "Cover image"), ("u", "http://example.org/c.jpg")]),
        field("856", "40", [("u", "javascript:alert(1)")]),
        field("856", "40", [("u", "file:///etc/passwd")]),
    )
    assert found.links == (
        Link("http://example.org/toc", "contents", "Table of contents"),
        Link("https://example.org/full", "fulltext", "Read"),
        Link("http://example.org/about", "related"),
        Link("http://example.org/c.jpg", "cover", "Cover image"),
    )


def test_notes_contents_abstract_and_thesis() -> None:
    found = record(
        TITLE,
        field("502", "  ", [("b", "Ph. D."), ("c", "Peking University"), ("d", "1998.")]),
        field("504", "  ", [("a", "Includes index.")]),
        field("505", "0 ", [("a", "One -- Two / A. B. -- Three.")]),
        field("520", "  ", [("a", "About."), ("b", "More.")]),
        field("250", "  ", [("a", "2nd ed. /"), ("b", "rev. by Chen.")]),
        field("300", "  ", [("a", "ii, 220 p. :"), ("b", "ill. ;"), ("c", "22 cm. +"), ("e", "1 CD")]),
    )
    assert found.notes == ("Ph. D. Peking University 1998.", "Includes index.")
    assert (found.extra["degree"], found.extra["institution"]) == ("Ph. D.", "Peking University")
    assert found.contents == ("One", "Two / A. B.", "Three.")
    assert found.abstract == "About. More."
    assert found.edition == "2nd ed. / rev. by Chen"
    assert found.extent == "ii, 220 p. : ill. ; 22 cm. + 1 CD"
    assert found.type == "thesis"


def test_the_declared_type_wins() -> None:
    assert record(TITLE, type="course-reserve").type == "course-reserve"


def test_a_deleted_record_needs_no_title() -> None:
    found, problems = adapt([("001", "9"), ("008", F008)], leader="00000dam a2200000 a 4500")
    assert found is not None
    assert (found.id, found.deleted, problems) == ("9", True, [])


def test_a_record_without_title_is_refused_unless_another_title_stands_in() -> None:
    found, problems = adapt([("001", "9"), ("008", F008), ("300", "  \x1fa2 p.")])
    assert (found, problems[-1].code, problems[-1].severity) == (None, "no-title", "error")
    found, problems = adapt([("001", "9"), ("008", F008), ("246", "3 \x1faOther title.")])
    assert found is not None
    assert (found.title, problems[-1].severity) == ("Other title", "warning")


def test_ranges_and_unknown_years() -> None:
    for coded, years in (
        ("c18699999", (1869, None)),
        ("d19781995", (1978, 1995)),
        ("muuuuuuuu", (None, None)),
        ("t19991998", (1999, None)),
        ("nuuuuuuuu", (None, None)),
    ):
        found, _ = adapt([("001", "1"), ("008", "000906" + coded + F008[15:]), TITLE])
        assert found is not None
        assert (found.year, found.year_end) == years


def test_a_profile_may_explain_any_local_field() -> None:
    found = record(TITLE, ("905", "  \x1faPKU\x1fxB1"), holdings={"905": {"a": "library", "x": "barcode"}})
    assert found.holdings[0].library == "PKU"
    assert found.holdings[0].items[0].barcode == "B1"


def test_hostile_numbers_of_fields_are_bounded() -> None:
    fields = [field("650", " 0", [("a", f"Subject {number}")]) for number in range(5000)]
    assert len(record(TITLE, *fields).subjects) == 2000
