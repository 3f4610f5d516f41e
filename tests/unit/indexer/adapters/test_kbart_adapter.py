"""KBART rows of every phase become journals and e-books with their coverage."""

from __future__ import annotations

import io

import pytest

from indexer.adapters.kbart import ADAPTER
from indexer.problem import Problem
from indexer.profile import Profile
from indexer.recognise import open_file
from indexer.records.record import Record

PHASE_2 = (
    "publication_title\tprint_identifier\tonline_identifier\tdate_first_issue_online\tnum_first_vol_online\t"
    "num_first_issue_online\tdate_last_issue_online\tnum_last_vol_online\tnum_last_issue_online\ttitle_url\t"
    "first_author\ttitle_id\tembargo_info\tcoverage_depth\tnotes\tpublisher_name\tpublication_type\t"
    "date_monograph_published_print\tdate_monograph_published_online\tmonograph_volume\tmonograph_edition\t"
    "first_editor\tparent_publication_title_id\tpreceding_publication_title_id\taccess_type"
)


def read(
    text: str | bytes, filename: str = "Provider_Global_AllTitles_2024-01-31.txt"
) -> list[tuple[Record | None, list[Problem]]]:
    data = text.encode() if isinstance(text, str) else text
    found = []
    for raw in open_file(io.BytesIO(data), filename):
        assert raw.format == "kbart"
        record, problems = ADAPTER.adapt(raw, Profile())
        found.append((record, [*raw.problems, *problems]))
    return found


def one(row: str, header: str = PHASE_2) -> tuple[Record, list[Problem]]:
    record, problems = read(f"{header}\n{row}\n")[0]
    assert record is not None
    return record, problems


def test_a_serial_with_its_coverage() -> None:
    record, problems = one(
        "Nature\t0028-0836\t1476-4687\t1869-11-04\t1\t1\t\t\t\thttps://nature.example/\t\tnat\tP1Y\tfulltext\t\tMacmillan\tserial"
        "\t\t\t\t\t\t\told\tP"
    )
    assert (record.type, record.title, record.rights) == ("journal", "Nature", "paid")
    assert [(item.scheme, item.value, item.note) for item in record.identifiers] == [
        ("issn", "0028-0836", "print"),
        ("issn", "1476-4687", "online"),
    ]
    assert record.holdings[0].summary == "v. 1, no. 1 (1869-11-04) -; embargo P1Y"
    assert record.links[0].url == "https://nature.example/"
    assert [(relation.kind, relation.local_id) for relation in record.relations] == [("continues", "old")]
    assert record.holdings[0].location == "Provider Global AllTitles"
    assert problems == []


def test_a_monograph_is_an_ebook() -> None:
    record, _ = one(
        "A book\t978-0-262-03384-8\t9780262270830\t\t\t\t\t\t\thttps://b.example/1\tCormen\tb1\t\t"
        "fulltext\t\tMIT Press\tmonograph"
        "\t2009\t2010-05\t2\t3rd\tStein\tset1\t\tF"
    )
    assert (record.type, record.year, record.edition, record.volume) == ("ebook", 2010, "3rd", "2")
    assert {item.scheme for item in record.identifiers} == {"isbn"}
    assert [(person.name, person.role) for person in record.contributors] == [
        ("Cormen", "author"),
        ("Stein", "editor"),
    ]
    assert (record.rights, record.relations[0].kind) == ("free", "part_of")


def test_phase_one_says_no_type() -> None:
    header = (
        "publication_title\tprint_identifier\tonline_identifier\tdate_first_issue_online\ttitle_url\ttitle_id"
    )
    assert one("A\t0028-0836\t\t1999\thttp://a.example\tt1", header)[0].type == "journal"
    assert one("B\t9780262033848\t\t\thttp://b.example\tt2", header)[0].type == "ebook"


def test_what_a_knowledge_base_adds_to_titles_is_taken_off() -> None:
    header = "publication_title\tprint_identifier\tonline_identifier\ttitle_url\ttitle_id\tzdb_id\tall_issns"
    record, _ = one(
        "Cephalalgia (via EBSCO Host)\t\t\thttp://x.example\t8227\t2019999-5\t0333-1024;1468-2982", header
    )
    assert (record.title, record.titles[0].value) == ("Cephalalgia", "Cephalalgia (via EBSCO Host)")
    assert record.holdings[0].location == "via EBSCO Host"
    assert [item.scheme for item in record.identifiers] == ["issn", "issn", "zdb"]


def test_rows_of_one_title_in_two_packages_or_with_a_gap_stay_apart() -> None:
    header = "publication_title\tdate_first_issue_online\ttitle_url\ttitle_id"
    rows = [
        "A (via X)\t1990\thttp://a.example\t1",
        "A (via Y)\t1990\thttp://a.example\t1",
        "A (via X)\t2001\thttp://a.example\t1",
    ]
    records = [record for record, _ in read("\n".join([header, *rows]))]
    assert len({record.id for record in records if record}) == 3


@pytest.mark.parametrize(
    "text",
    [
        "Publication_Title,Print_Identifier,Title_URL\nA,0028-0836,http://a.example\n",
        '"publication_title"\t"print_identifier"\t"title_url"\n"A"\t"0028-0836"\t"http://a.example"\n',
        "\ufeffpublication_title\tprint_identifier\ttitle_url\r\nA\t0028-0836\thttp://a.example\r\n",
    ],
)
def test_variants_of_the_header_are_understood(text: str) -> None:
    record, _ = read(text)[0]
    assert record is not None
    assert (record.title, record.identifiers[0].value, record.links[0].url) == (
        "A",
        "0028-0836",
        "http://a.example",
    )


def test_utf_16_as_spreadsheets_write_it() -> None:
    record, _ = read("publication_title\ttitle_url\n中国图书馆学报\thttp://a.example\n".encode("utf-16"))[0]
    assert record is not None
    assert record.title == "中国图书馆学报"


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("date_first_issue_online", "1/2/1999", "kbart-date"),
        ("embargo_info", "12 months", "kbart-embargo"),
        ("title_url", "javascript:alert(1)", "link-invalid"),
    ],
)
def test_doubtful_cells_are_reported_and_the_row_is_kept(column: str, value: str, code: str) -> None:
    record, problems = (
        one(f"A\t\t1\t{value}", f"publication_title\ttitle_url\ttitle_id\t{column}")
        if (column != "title_url")
        else one(f"A\t{value}\t1", "publication_title\ttitle_url\ttitle_id")
    )
    assert record.title == "A"
    assert code in [problem.code for problem in problems]


def test_a_row_without_title_is_refused() -> None:
    record, problems = read("publication_title\ttitle_url\ttitle_id\n\thttp://a.example\t1\n")[0]
    assert record is None
    assert problems[0].code == "title-missing"


@pytest.mark.parametrize("said", ["serial", ""])
def test_an_issn_without_hyphen_is_no_isbn(said: str) -> None:
    row = ["Nature", "00280836", "14764687", *[""] * 6, "https://example.org/", *[""] * 6, said, *[""] * 8]
    record, _ = one("\t".join(row))
    assert record.type == "journal"
    assert {item.scheme for item in record.identifiers} == {"issn"}


def test_an_isbn_without_its_zeros_is_one_where_the_row_is_a_monograph() -> None:
    row = ["A book", "2254886", *[""] * 7, "https://example.org/", *[""] * 6, "monograph", *[""] * 8]
    record, _ = one("\t".join(row))
    assert [item.scheme for item in record.identifiers] == ["isbn"]
