"""Which of the 21 types a record has, and why."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from record_cases import rows

from indexer.records import resource_type, resource_type_words
from indexer.records.evidence import Evidence
from indexer.records.resource_type import BY_CODE, RESOURCE_TYPES, decide, type_of
from indexer.records.resource_type_marc import from_marc21, from_unimarc

CODES = [
    "book",
    "journal",
    "article",
    "thesis",
    "conference-paper",
    "ebook",
    "web-resource",
    "map",
    "audio",
    "video",
    "image",
    "gazetteer",
    "genealogy",
    "ancient-book",
    "rubbing",
    "manuscript",
    "teacher",
    "courseware",
    "domestic-course",
    "foreign-course",
    "course-reserve",
]
SCHEMES = (
    "ris",
    "refer",
    "zotero",
    "csl",
    "bibtex",
    "crossref",
    "jats",
    "openurl",
    "dc",
    "schema",
    "mods",
    "gbt7714",
    "rdacontent",
)


def test_the_table_has_the_21_types_of_the_public_face_in_this_order() -> None:
    assert [kind.code for kind in RESOURCE_TYPES] == CODES
    assert len({kind.zh for kind in RESOURCE_TYPES}) == len({kind.icon for kind in RESOURCE_TYPES}) == 21


def test_every_code_of_every_format_leads_to_a_type_of_the_table() -> None:
    table = resource_type._codes()
    assert {scheme for scheme, _ in table} == set(SCHEMES)
    assert set(table.values()) <= set(CODES)
    assert len(table) > 400


def _coded(base: str) -> list[Evidence]:
    scheme, colon, code = base.partition(":")
    if not colon:
        return from_marc21(f"00000n{base} a2200000 a 4500")
    found = {
        "gbt7714": resource_type.from_gbt7714,
        "dc": resource_type.from_dc,
        "schema": resource_type.from_schema_org,
    }.get(scheme, lambda value: resource_type.from_code(scheme, value))(code)
    assert found is not None
    return [found]


@pytest.mark.parametrize("base, title, facts, wanted", rows("types.tsv", 4))
def test_type_of_a_record_with_these_facts(base: str, title: str, facts: str, wanted: str) -> None:
    known = dict(fact.split("=", 1) for fact in facts.split(";") if fact)
    scheme, _, number = known.get("class", "").partition(" ")
    kind, why = type_of(
        "",
        _coded(base),
        titles=[title],
        notes=[known["note"]] if "note" in known else [],
        edition=known.get("edition", ""),
        genres=[known["genre"]] if "genre" in known else [],
        classes=[(scheme, number)] if scheme else [],
        year=int(known["year"]) if "year" in known else None,
        year_end=int(known["year_end"]) if "year_end" in known else None,
        languages=[known["language"]] if "language" in known else [],
        modern_identifier="modern" in known,
    )
    assert kind == wanted, why
    assert why


@pytest.mark.parametrize("code", CODES)
def test_a_declared_type_wins_over_everything(code: str) -> None:
    kind, why = type_of(code, from_marc21("00000nas a22"), titles=["北京市志"], classes=[("lcc", "CS71")])
    assert kind == code
    assert "declared" in why[0]


def test_an_unknown_declared_type_is_no_evidence() -> None:
    assert type_of("novel", [], titles=["x"])[0] == "book"


def test_stronger_evidence_comes_first_among_the_reasons() -> None:
    kind, why = decide([Evidence("rubbing", "words", "w"), Evidence("image", "coded", "c")])
    assert (kind, why) == ("rubbing", ("c", "w"))


def test_words_do_not_overrule_what_a_cataloguer_coded() -> None:
    assert decide([Evidence("journal", "coded", "c"), Evidence("gazetteer", "words", "w")])[0] == "journal"
    assert decide([Evidence("audio", "coded", "c"), Evidence("book", "words", "w")])[0] == "audio"


def test_without_any_evidence_it_is_a_book() -> None:
    assert decide([])[0] == "book"


@pytest.mark.parametrize(
    "leader, options, wanted",
    [
        ("am", {}, "book"),
        ("am", {"gmd": "[electronic resource]"}, "ebook"),
        ("am", {"f008": " " * 23 + "o"}, "ebook"),
        ("am", {"carrier_codes": ["cr"]}, "ebook"),
        ("am", {"carrier_codes": ["nc"]}, "book"),
        ("am", {"f007": ["cr |||"], "extent": "300 p."}, "book"),
        ("am", {"f007": ["cr |||"], "extent": "1 online resource"}, "ebook"),
        ("am", {"f008": " " * 24 + "m   "}, "thesis"),
        ("am", {"thesis_note": "Thesis (Ph. D.)--X, 1999."}, "thesis"),
        ("am", {"thesis_note": "Originally presented as thesis", "modern_identifier": True}, "book"),
        ("aa", {"host": True, "host_issn": True}, "article"),
        ("aa", {"host": True, "host_meeting": True}, "conference-paper"),
        ("aa", {"host": True}, "book"),
        ("aa", {}, "book"),
        ("ai", {"f008": " " * 21 + "w"}, "web-resource"),
        ("ai", {"f008": " " * 21 + "l"}, "book"),
        ("as", {"f008": " " * 21 + "n"}, "journal"),
        ("gm", {"f008": " " * 33 + "s"}, "image"),
        ("gm", {"f008": " " * 33 + "v"}, "video"),
        ("mm", {"f008": " " * 26 + "d"}, "ebook"),
        ("tm", {}, "manuscript"),
        ("xx", {}, "book"),
        ("", {}, "book"),
    ],
)
def test_marc21_codes(leader: str, options: dict[str, object], wanted: str) -> None:
    found = from_marc21(f"00000n{leader} a", **options)  # type: ignore[arg-type]
    assert decide(found)[0] == wanted


@pytest.mark.parametrize(
    "leader, options, wanted",
    [
        ("am", {}, "book"),
        ("am", {"f105a": "y   m   000yy"}, "thesis"),
        ("am", {"f105a": "y   z   000yy"}, "book"),
        ("am", {"thesis_note": True}, "thesis"),
        ("am", {"f106a": "s"}, "ebook"),
        ("am", {"f135a": "dr"}, "ebook"),
        ("am", {"gmd": "电子资源"}, "ebook"),
        ("am", {"gmd": "专著"}, "book"),
        ("km", {"gmd": "拓片"}, "rubbing"),
        ("am", {"gmd": "拓片"}, "rubbing"),
        ("am", {"f140a": "a"}, "ancient-book"),
        ("bm", {}, "manuscript"),
        ("am", {"f106a": "h"}, "manuscript"),
        ("lm", {}, "web-resource"),
        ("lm", {"f135a": "dr"}, "ebook"),
        ("as", {"f110a": "a"}, "journal"),
        ("as", {"f110a": "b"}, "book"),
        ("ai", {"f110a": "g"}, "web-resource"),
        ("aa", {"host": True, "host_issn": True}, "article"),
        ("aa", {"host": True, "host_meeting": True}, "conference-paper"),
        ("em", {}, "map"),
        ("gm", {"f115a": "c"}, "video"),
        ("gm", {"f115a": "b"}, "image"),
        ("im", {}, "audio"),
        ("jm", {}, "audio"),
        ("km", {}, "image"),
    ],
)
def test_unimarc_codes(leader: str, options: dict[str, object], wanted: str) -> None:
    found = from_unimarc(f"00000n{leader}0 2200000   450 ", **options)  # type: ignore[arg-type]
    assert decide(found)[0] == wanted


@pytest.mark.parametrize(
    "country, institution, wanted",
    [
        ("CN", "", "domestic-course"),
        ("US", "", "foreign-course"),
        ("", "清华大学", "domestic-course"),
        ("", "国家开放大学", "domestic-course"),
        ("", "麻省理工学院", "foreign-course"),
        ("", "东京大学", "foreign-course"),
        ("", "MIT", "foreign-course"),
        ("", "UC Berkeley", "foreign-course"),
        ("", "Tsinghua University", "domestic-course"),
        ("", "NTU", "domestic-course"),
    ],
)
def test_course_is_domestic_or_foreign(country: str, institution: str, wanted: str) -> None:
    assert resource_type.course(country, institution).type == wanted


@settings(deadline=None)
@given(st.text(max_size=200), st.text(max_size=40), st.booleans())
def test_no_text_makes_the_decision_raise(title: str, number: str, modern: bool) -> None:
    kind, why = type_of(
        "",
        [],
        titles=[title],
        notes=[title],
        edition=number,
        genres=[number],
        subjects=[title],
        classes=[("clc", number), ("lcc", number), ("sibu", number)],
        modern_identifier=modern,
    )
    assert kind in BY_CODE
    assert why
    resource_type.from_dc(title)
    resource_type.from_gbt7714(title)
    resource_type_words.course("", title)


def test_long_titles_are_judged_quickly() -> None:
    type_of("", [], titles=["县" * 200_000], edition="清" * 50_000, notes=["thesis(" * 20_000])
