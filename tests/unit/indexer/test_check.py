"""Each named check finds what it says, names the field a cataloguer knows, and is documented."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from indexer import checks
from indexer.check import check
from indexer.checks import CHECKS
from indexer.normalise import normalise
from indexer.problem import Problem
from indexer.records.record import (
    Class,
    Contributor,
    Holding,
    Identifier,
    Item,
    Link,
    Publication,
    Record,
    Relation,
    Source,
    Subject,
    Title,
)

ROOT = Path(__file__).resolve().parents[3]
GOOD: dict[str, Any] = {
    "type": "book",
    "title": "数据库系统概论",
    "titles": (Title("数据库系统概论", "main", "Hans"),),
    "contributors": (Contributor("王珊", "author"),),
    "publication": Publication("北京", "高等教育出版社", "2014"),
    "year": 2014,
    "languages": ("zho",),
    "countries": ("cc",),
    "identifiers": (Identifier("isbn", "9787040406641"),),
    "subjects": (Subject("数据库系统"),),
    "classes": (Class("TP311.13", "clc"),),
    "source": Source("marc21", "utf-8", 3),
}
HOST = (Relation("in", "Journal"),)

# check code: what must be changed in a good record for it to be found
CASES: list[tuple[str, dict[str, Any]]] = [
    ("title-missing", {"title": "", "titles": ()}),
    ("title-placeholder", {"title": "untitled", "titles": ()}),
    ("title-placeholder", {"title": "[无题]", "titles": ()}),
    ("title-placeholder", {"title": "???", "titles": ()}),
    ("title-too-long", {"title": "x" * 1001, "languages": ("eng",)}),
    ("title-all-capitals", {"title": "THE ART OF WAR IN CAPITALS", "languages": ("eng",)}),
    ("title-responsibility-inside", {"title": "A study / by somebody", "languages": ("eng",)}),
    ("markup-in-text", {"title": "Study of <i>E. coli</i>", "languages": ("eng",)}),
    ("markup-in-text", {"title": "研究 &amp; 应用"}),
    ("markup-in-text", {"abstract": "<jats:p>x</jats:p>"}),
    ("mojibake", {"title": "Ã©tudes sur", "languages": ("fra",)}),
    ("mojibake", {"title": "æ•°æ®åº“"}),
    ("mojibake", {"title": "锟斤拷锟斤拷"}),
    ("mojibake", {"contributors": (Contributor("MÃ¼ller"),)}),
    ("character-missing", {"title": "外交与威〓"}),
    ("character-missing", {"title": "题\ufffd名"}),
    ("character-missing", {"contributors": (Contributor("危仁〓"),)}),
    ("private-use-character", {"title": "题\ue123名"}),
    ("control-character", {"edition": "第\x002版"}),
    ("value-shortened", {"abstract": "x" * 300_000}),
    ("isbn-check-digit", {"identifiers": (Identifier("isbn", "7020002209"),)}),
    ("isbn-length", {"identifiers": (Identifier("isbn", "70200022091"),)}),
    ("isbn-not-a-number", {"identifiers": (Identifier("isbn", "CNY12.00"),)}),
    ("isbn-digits-lost", {"identifiers": (Identifier("isbn", "9.78704E+12"),)}),
    ("isbn-zeros-restored", {"identifiers": (Identifier("isbn", "306406152"),)}),
    (
        "isbn-many",
        {
            "identifiers": tuple(
                Identifier("isbn", f"{n:09d}{c}") for n, c in zip(range(22), "0" * 22, strict=True)
            )
        },
    ),
    ("isbn-before-isbn", {"year": 1950, "publication": Publication("北京", "商务", "1950")}),
    ("issn-check-digit", {"identifiers": (Identifier("issn", "0317-8472"),)}),
    ("issn-malformed", {"identifiers": (Identifier("issn", "1234"),)}),
    ("issn-malformed", {"relations": (Relation("in", "J", (Identifier("issn", "x"),)),)}),
    ("doi-malformed", {"identifiers": (Identifier("doi", "not"),)}),
    ("cn-malformed", {"identifiers": (Identifier("cn", "G2"),)}),
    ("csbn-malformed", {"identifiers": (Identifier("csbn", "x"),)}),
    ("lccn-malformed", {"identifiers": (Identifier("lccn", "hello"),)}),
    ("identifier-malformed", {"identifiers": (Identifier("urn", "hello"),)}),
    ("journal-without-issn", {"type": "journal", "identifiers": ()}),
    ("journal-without-issn", {"type": "journal", "identifiers": (Identifier("lccn", "85000002"),)}),
    ("journal-with-isbn", {"type": "journal"}),
    ("year-missing", {"year": None, "publication": Publication("北京", "商务")}),
    ("year-not-understood", {"year": None, "publication": Publication("北京", "商务", "第3次印刷")}),
    ("year-in-future", {"year": 2099}),
    (
        "year-in-future",
        {"year": 2010, "publication": Publication("a", "b", "2010"), "modified": "2001-02-03"},
    ),
    ("year-disagrees", {"year": 1998}),
    ("author-missing", {"contributors": ()}),
    ("name-with-role", {"contributors": (Contributor("王小珊著"),)}),
    ("name-not-a-name", {"contributors": (Contributor("1234"),)}),
    ("name-not-a-name", {"contributors": (Contributor("……"),)}),
    ("name-not-a-name", {"contributors": (Contributor("http://example.org"),)}),
    ("name-too-long", {"contributors": (Contributor("x" * 201),)}),
    ("language-missing", {"languages": ()}),
    ("language-unknown", {"languages": ("qqq",)}),
    ("language-and-script", {"languages": ("fra",)}),
    ("romanised-only", {"title": "Shu ju ku", "titles": ()}),
    ("country-unknown", {"countries": ("Atlantis",)}),
    ("publisher-missing", {"publication": Publication("北京", "", "2014")}),
    ("class-malformed", {"classes": (Class("图书", "clc"),)}),
    ("subject-missing", {"classes": (), "subjects": ()}),
    ("abstract-is-title", {"abstract": "数据库系统概论"}),
    ("link-refused", {"links": (Link("javascript:alert(1)"),)}),
    ("link-private", {"links": (Link("http://192.168.1.2/opac"),)}),
    ("link-private", {"links": (Link("http://localhost:8080/"),)}),
    ("link-private", {"links": (Link("http://opac/record/1"),)}),
    ("ebook-without-link", {"type": "ebook"}),
    ("article-without-host", {"type": "article"}),
    ("pages-reversed", {"relations": (Relation("in", "J", pages="123-121"),)}),
    ("type-unknown", {"type": "novel"}),
    ("barcode-repeated", {"holdings": (Holding(items=(Item("1"), Item("1"))),)}),
    ("embargo-malformed", {"embargo_until": "soon"}),
]


def problems_of(**changes: Any) -> list[Problem]:
    neat, problems = normalise(Record(**{**GOOD, **changes}))
    return problems + check(neat, problems)


def test_a_good_record_has_no_problem() -> None:
    assert problems_of() == []


@pytest.mark.parametrize(
    "code, changes", CASES, ids=[f"{code}-{number}" for number, (code, _) in enumerate(CASES)]
)
def test_check_finds_what_it_says(code: str, changes: dict[str, Any]) -> None:
    found = [item for item in problems_of(**changes) if item.code == code]
    assert found
    assert found[0].severity == CHECKS[code].severity
    assert found[0].position == 3
    assert found[0].field


@pytest.mark.parametrize(
    "changes",
    [
        {"identifiers": (Identifier("isbn", "306406152 "),), "year": 2014},
        {"title": "None of the above", "languages": ("eng",)},
        {"title": "AT&T : a history", "languages": ("eng",)},
        {"title": "Größe & Übung", "languages": ("deu",)},
        {"title": "The magic mountain <Der Zauberberg>", "languages": ("eng",)},
        {"title": "Âge d'or", "languages": ("fra",)},
        {"title": "ÉTUDES", "languages": ("fra",)},
        {"relations": (Relation("in", "J", pages="123-8"),)},
        {"relations": (Relation("in", "J", pages="99-101"),)},
        {"contributors": (Contributor("张编", "author"),)},
        {"contributors": (Contributor("国家图书馆编", "editor", "corporate"),)},
        {"year": 2013},
        {"links": (Link("https://www.example.org/"),)},
        {"classes": (Class("TP311.13-43", "clc"),)},
        {"languages": ("zho", "eng")},
        {"languages": ("jpn",)},
        {"embargo_until": "2030-01-01"},
    ],
)
def test_sound_but_unusual_records_are_left_alone(changes: dict[str, Any]) -> None:
    assert [item for item in problems_of(**changes) if item.severity != "info"] == []


def test_every_check_of_the_table_has_a_case_here() -> None:
    assert set(CHECKS) == {code for code, _ in CASES}
    assert len(CHECKS) >= 40


def test_every_check_is_told_in_both_languages() -> None:
    for row in CHECKS.values():
        assert re.search("[㐀-鿿]", row.zh)
        assert re.search("[㐀-鿿]", row.mend_zh)
        assert row.en
        assert row.mend_en
        assert row.severity in ("error", "warning", "info")
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", row.code)


def test_the_field_is_named_in_the_words_of_the_format() -> None:
    assert checks.field_of("marc21", "isbn") == "020$a"
    assert checks.field_of("cnmarc", "isbn") == "010$a"
    assert checks.field_of("oai-dc", "isbn") == "dc:identifier"
    assert checks.field_of("csv", "isbn") == "isbn"
    assert checks.field_of("marc21", "unheard-of") == "unheard-of"
    assert all(checks.field_of("unimarc", row.member) for row in CHECKS.values())


def test_what_is_known_already_is_not_told_again() -> None:
    neat, _ = normalise(Record(**{**GOOD, "identifiers": (Identifier("isbn", "7020002209"),)}))
    known = [Problem("isbn-check-digit", "warning", "x", value="7020002209")]
    assert check(neat, known) == []


def test_a_deleted_record_is_not_checked() -> None:
    assert check(Record(deleted=True)) == []


def test_the_page_on_checks_is_fresh() -> None:
    assert (ROOT / "docs" / "checks.md").read_text(encoding="utf-8") == checks.document()


@pytest.mark.parametrize(
    ("source", "own", "of_the_host"),
    [
        (Source("marc21"), "020$a", "76X-78X$x, $z"),
        (Source("cnmarc"), "010$a", "4XX"),
        (Source("aleph", dialect="unimarc"), "010$a", "4XX"),
        (Source("marcxml"), "020$a", "76X-78X$x, $z"),
        (Source("csl"), "isbn", "relations.identifiers"),
    ],
)
def test_a_wrong_number_is_looked_for_where_it_stands(source: Source, own: str, of_the_host: str) -> None:
    host = Relation("in", "Journal", (Identifier("issn", "1002-1234", False, "check digit"),))
    wrong = (Identifier("isbn", "7507719503", False, "check digit"),)
    found = check(Record(**{**GOOD, "source": source, "identifiers": wrong, "relations": (host,)}))
    fields = {problem.code: problem.field for problem in found}
    assert (fields["isbn-check-digit"], fields["issn-check-digit"]) == (own, of_the_host)


@pytest.mark.parametrize(
    ("format", "there"),
    [("marc21", "020$z"), ("cnmarc", "010$z"), ("ris", "a note (N1)"), ("oai-dc", "a note (dc:description)"),
     ("kbart", "a note (notes)")],
)  # fmt: skip
def test_the_remedy_of_a_wrong_isbn_is_said_in_the_words_of_the_format(format: str, there: str) -> None:
    wrong = (Identifier("isbn", "7020002209"),)
    record = Record(**{**GOOD, "identifiers": wrong, "source": Source(format, "utf-8", 3)})
    found = check(normalise(record)[0])
    (message,) = [one.message for one in found if one.code == "isbn-check-digit"]
    assert there in message
    assert ("$z" in message) == (format in ("marc21", "cnmarc"))
