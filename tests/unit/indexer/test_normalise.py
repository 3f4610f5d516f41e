"""Normalising brings values into one form, twice changes nothing, and never raises."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.check import check
from indexer.normalise import normalise
from indexer.records.plain_text import MAX_TEXT, tidy, web_address
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


def record(**values: Any) -> Record:
    return Record(**{"type": "book", "title": "题名", **values})


@pytest.mark.parametrize(
    "text, wanted",
    [
        ("plain", "plain"),
        ("  two  blanks ", "two blanks"),
        ("全角　空格", "全角 空格"),
        ("a\u00a0b", "a b"),
        ("a\nb\tc", "a b c"),
        ("a\x00b\x1fc", "abc"),
        ("\ufeffBOM", "BOM"),
        ("zero\u200bwidth", "zerowidth"),
        ("right\u202eto left", "rightto left"),
        ("e\u0301", "é"),
        ("ガ", "ガ"),
        ("lone \ud800 surrogate", "lone surrogate"),
        ("می‌خواهم", "می‌خواهم"),
        ("", ""),
        ("   ", ""),
    ],
)
def test_text_is_composed_and_clean(text: str, wanted: str) -> None:
    assert tidy(text) == wanted
    assert tidy(wanted) == wanted


@pytest.mark.parametrize(
    "title, wanted",
    [
        ("红楼梦 /", "红楼梦"),
        ("Title :", "Title"),
        ("Title =", "Title"),
        ("Title.", "Title"),
        ("Poems of L. A.", "Poems of L. A."),
        ("Proceedings of X Inc.", "Proceedings of X Inc."),
        ("And so on ...", "And so on ..."),
        ("Speeches, debates, etc.", "Speeches, debates, etc."),
        ("Catalogue of Roberts & co.", "Catalogue of Roberts & co."),
        ("1984", "1984"),
        ("Why?", "Why?"),
    ],
)
def test_title_loses_the_mark_that_led_to_the_next_area(title: str, wanted: str) -> None:
    neat, _ = normalise(record(title=title))
    assert neat.title == wanted
    assert neat.titles[0].value == wanted
    assert neat.titles[0].kind == "main"


def test_title_and_titles_complete_each_other() -> None:
    neat, _ = normalise(
        record(title="", titles=(Title("變", "variant"), Title("紅樓夢", "main", romanised="Hong lou meng")))
    )
    assert neat.title == "紅樓夢"
    assert neat.titles[1] == Title("紅樓夢", "main", "Hant", "Hong lou meng")


def test_languages_and_countries_become_one_list_of_codes() -> None:
    neat, problems = normalise(
        record(languages=("chi", "Chinese", "eng", "und", "qqq"), countries=("CN", "cc", "xx", "Atlantis"))
    )
    assert neat.languages == ("zho", "eng")
    assert neat.countries == ("cc",)
    assert [(item.code, item.value) for item in problems] == [
        ("language-unknown", "qqq"),
        ("country-unknown", "Atlantis"),
    ]


def test_identifiers_come_into_normal_form_once_each() -> None:
    given_ = (
        Identifier("isbn", "7-02-000220-X (精装)"),
        Identifier("isbn", "9787020002207"),
        Identifier("issn", "0317-8472"),
    )
    neat, _ = normalise(record(identifiers=given_))
    assert neat.identifiers == (
        Identifier("isbn", "9787020002207", True, "精装"),
        Identifier("issn", "0317-8472", False, "check digit"),
    )


def test_identifier_that_the_source_called_wrong_stays_wrong() -> None:
    neat, _ = normalise(record(identifiers=(Identifier("isbn", "702000220X", False, "cancelled"),)))
    assert neat.identifiers == (Identifier("isbn", "9787020002207", False, "cancelled"),)


@pytest.mark.parametrize(
    "written, year, end",
    [
        ("康熙五十年", 1711, None),
        ("1990-2000", 1990, 2000),
        ("[1987?]", 1987, None),
        ("民国23[1934]", 1934, None),
        ("未知", None, None),
        ("-300", -300, None),
    ],
)
def test_year_comes_from_the_date_as_written(written: str, year: int | None, end: int | None) -> None:
    neat, _ = normalise(record(publication=Publication(date=written)))
    assert (neat.year, neat.year_end) == (year, end)


def test_coded_year_wins_and_9999_is_no_year() -> None:
    neat, _ = normalise(record(year=1990, year_end=9999, publication=Publication(date="1991-")))
    assert (neat.year, neat.year_end) == (1990, None)
    neat, _ = normalise(record(year=9999, publication=Publication(date="1993")))
    assert neat.year == 1993


def test_imprint_loses_its_punctuation() -> None:
    neat, _ = normalise(record(publication=Publication("北京 :", "中华书局,", "1997,")))
    assert neat.publication == Publication("北京", "中华书局", "1997")


@pytest.mark.parametrize(
    "url, wanted",
    [
        ("https://example.org/a", "https://example.org/a"),
        ("www.example.org", "http://www.example.org"),
        ("ftp://example.org/x", "ftp://example.org/x"),
        ("https://example.org/a b", "https://example.org/a%20b"),
        ("javascript:alert(1)", ""),
        ("java\nscript:alert(1)", ""),
        ("JaVaScRiPt:alert(1)", ""),
        ("data:text/html,x", ""),
        ("file:///etc/passwd", ""),
        ("//example.org", ""),
        ("https://", ""),
        ("https:///path", ""),
        ("http://<script>", ""),
        ("\u200bjavascript:x", ""),
        ("", ""),
    ],
)
def test_only_web_addresses_become_links(url: str, wanted: str) -> None:
    assert web_address(url) == wanted
    neat, problems = normalise(record(links=(Link(url),)))
    assert [link.url for link in neat.links] == ([wanted] if wanted else [])
    assert [item.code for item in problems] == ([] if wanted or not url else ["link-refused"])


def test_names_subjects_classes_and_relations() -> None:
    neat, _ = normalise(
        record(
            contributors=(Contributor("(清)曹雪芹", "著"), Contributor("(清)曹雪芹", "著"), Contributor(" ")),
            subjects=(Subject(" 小说 "), Subject("小说"), Subject("")),
            classes=(Class("[i242.4]", "clc"), Class("I242.4", "clc"), Class("823/.912", "ddc")),
            relations=(Relation("in", "Journal /", (Identifier("issn", "03178471"),), pages="  1-2 "),),
        )
    )
    assert neat.contributors == (Contributor("曹雪芹", "author", note="清"),)
    assert neat.subjects == (Subject("小说"),)
    assert neat.classes == (Class("I242.4", "clc"), Class("823.912", "ddc"))
    assert neat.relations == (Relation("in", "Journal", (Identifier("issn", "0317-8471"),), pages="1-2"),)


def test_what_is_removed_or_cut_is_told() -> None:
    neat, problems = normalise(record(abstract="x" * (MAX_TEXT + 10) + "\x00", edition="a\x00b"))
    assert len(neat.abstract) == MAX_TEXT
    assert neat.edition == "ab"
    assert {item.code for item in problems} == {"value-shortened", "control-character"}


def test_unknown_type_becomes_a_book_and_is_told() -> None:
    neat, problems = normalise(record(type="novel"))
    assert neat.type == "book"
    assert [item.code for item in problems] == ["type-unknown"]


def test_record_in_order_is_handed_back_unchanged() -> None:
    neat, _ = normalise(record(titles=(Title("题名", "main", "Hans"),), languages=("zho",), year=1999))
    again, problems = normalise(neat)
    assert again is neat
    assert problems == []


texts = st.text(max_size=30)
few = st.integers(min_value=0, max_value=2)


@st.composite
def records(draw: st.DrawFn) -> Record:
    def several(build: Any) -> Any:
        return tuple(build() for _ in range(draw(few)))

    def word() -> str:
        return draw(texts)

    scheme = st.sampled_from(
        ["isbn", "issn", "doi", "cn", "csbn", "lccn", "oclc", "urn", "local", "zdb", "", "x"]
    )
    return Record(
        type=draw(st.sampled_from(["book", "journal", "article", "ebook", "", "novel"])),
        title=word(),
        titles=several(lambda: Title(word(), draw(st.sampled_from(["main", "variant"])), "", word())),
        responsibility=word(),
        contributors=several(lambda: Contributor(word(), word(), "person", word(), word(), word())),
        publication=Publication(word(), word(), word()),
        year=draw(st.none() | st.integers(-10_000, 20_000)),
        year_end=draw(st.none() | st.integers(-10_000, 20_000)),
        languages=several(word),
        countries=several(word),
        identifiers=several(lambda: Identifier(draw(scheme), word(), draw(st.booleans()), word())),
        subjects=several(lambda: Subject(word())),
        classes=several(lambda: Class(word(), draw(st.sampled_from(["clc", "lcc", "ddc", "sibu", ""])))),
        notes=several(word),
        abstract=word(),
        links=several(lambda: Link(word())),
        relations=several(
            lambda: Relation("in", word(), (Identifier(draw(scheme), word()),), word(), word(), word())
        ),
        holdings=several(lambda: Holding(word(), items=(Item(word()), Item(word())))),
        embargo_until=word(),
        extra={word(): word()},
        source=Source(draw(st.sampled_from(["marc21", "unimarc", "x", ""])), "", 7),
    )


@settings(max_examples=300, deadline=None)
@given(records())
def test_any_record_is_normalised_and_checked_without_raising(given_: Record) -> None:
    neat, problems = normalise(given_)
    problems = problems + check(neat, problems)
    encoded = msgspec.json.encode((neat, problems))
    assert b"\\u0000" not in encoded
    again, _ = normalise(neat)
    third, _ = normalise(again)
    assert third == again
    assert all(item.position == 7 and len(item.value) <= 200 for item in problems)
    assert neat.type
