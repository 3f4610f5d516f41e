"""Authority records of MARC 21, UNIMARC and CNMARC, whole and damaged."""

from __future__ import annotations

import random

import msgspec
import pytest

from indexer import plugins
from indexer.authority_load import begins_with_authority, checked, understand
from indexer.marc import Marc, encode, field
from indexer.prepare import understand as understand_record
from indexer.profile import Profile
from indexer.reader import Raw
from indexer.records.authority import Authority, life, same_life

ISO = {"syntax": "iso2709"}
PERSON_008 = "800101n| acannaabn          |a aaa      "


def raw(marc: Marc, format: str = "marc21", position: int = 1) -> Raw:
    return Raw(format, encode(marc)[0], position, context=ISO)


def marc21(*fields: tuple[str, str], leader: str = "00000cz  a2200000n  4500", f008: str = PERSON_008) -> Raw:
    return raw(Marc(leader, [("001", "n 79021164"), ("005", "20200101120000.0"), ("008", f008), *fields]))


def cnmarc(*fields: tuple[str, str], leader: str = "00000nx  a2200000   45  ") -> Raw:
    head = [
        ("001", "A001"),
        ("005", "20200101120000.0"),
        field("100", "  ", [("a", "20210601achiy50      ea")]),
    ]
    return raw(Marc(leader, [*head, *fields]), "unimarc")


def read(one: Raw) -> Authority:
    authority, problems = understand(one, Profile(library="l", repository="r"))
    assert authority is not None, problems
    return authority


LU_XUN = (
    field("024", "7 ", [("a", "Q23114"), ("2", "wikidata")]),
    field("040", "  ", [("a", "DLC"), ("e", "rda")]),
    field("100", "1 ", [("6", "880-01"), ("a", "Lu, Xun,"), ("d", "1881-1936")]),
    field("400", "1 ", [("a", "Zhou, Shuren,"), ("d", "1881-1936")]),
    field("400", "1 ", [("w", "nnea"), ("a", "Lusin,"), ("d", "1881-1936")]),
    field("500", "1 ", [("w", "r"), ("i", "Brother:"), ("a", "Zhou, Zuoren,"), ("d", "1885-1967")]),
    field("670", "  ", [("a", "Na han"), ("b", "t.p. (Lu Xun)")]),
    field("678", "0 ", [("a", "Chinese writer.")]),
    field("700", "17", [("a", "鲁迅"), ("2", "nlc")]),
    field("880", "1 ", [("6", "100-01"), ("a", "魯迅,"), ("d", "1881-1936")]),
)


def test_marc21_has_heading_variants_links_notes_and_numbers() -> None:
    found = read(marc21(*LU_XUN))
    assert (found.kind, found.heading, found.dates, found.id) == (
        "person",
        "Lu, Xun",
        "1881-1936",
        "n 79021164",
    )
    assert found.texts("authorised") == ("Lu, Xun", "魯迅")
    assert found.texts("variant") == ("Zhou, Shuren", "Lusin")
    assert found.texts("variant", hidden=False) == ("Zhou, Shuren",)
    assert found.texts("related") == ("Zhou, Zuoren",)
    assert found.texts("linked") == ("鲁迅",)
    assert found.notes == ("Chinese writer.",) and found.sources == ("Na han: t.p. (Lu Xun)",)
    assert ("wikidata", "Q23114") in [(i.scheme, i.value) for i in found.identifiers]
    assert (found.agency, found.rules, found.modified) == ("DLC", "rda", "2020-01-01T12:00:00")
    assert (found.repository, found.library, found.format) == ("r", "l", "marc21")


@pytest.mark.parametrize(
    ("tag", "indicators", "pairs", "kind", "heading"),
    [
        ("100", "3 ", [("a", "Rothschild family")], "family", "Rothschild family"),
        (
            "110",
            "2 ",
            [("a", "Beijing da xue."), ("b", "Tu shu guan")],
            "corporate",
            "Beijing da xue. Tu shu guan",
        ),
        (
            "111",
            "2 ",
            [("a", "Congress on X"), ("d", "(1990 :"), ("c", "Paris)")],
            "meeting",
            "Congress on X",
        ),
        ("130", " 0", [("a", "Shi jing.")], "title", "Shi jing"),
        (
            "100",
            "1 ",
            [("a", "Cao, Xueqin,"), ("d", "1717-1763."), ("t", "Hong lou meng")],
            "title",
            "Hong lou meng",
        ),
        ("150", "  ", [("a", "Women"), ("x", "History")], "topic", "Women--History"),
        ("151", "  ", [("a", "Beijing (China)")], "place", "Beijing (China)"),
        ("155", "  ", [("a", "Detective fiction")], "genre", "Detective fiction"),
    ],
)
def test_every_kind_of_heading_reads_as_in_a_bibliographic_record(
    tag: str, indicators: str, pairs: list[tuple[str, str]], kind: str, heading: str
) -> None:
    found = read(marc21(field(tag, indicators, pairs)))
    assert (found.kind, found.heading) == (kind, heading)


def test_a_term_has_broader_and_narrower_ones() -> None:
    found = read(
        marc21(
            field("150", "  ", [("a", "Machine learning")]),
            field("550", "  ", [("w", "g"), ("a", "Artificial intelligence")]),
            field("550", "  ", [("w", "h"), ("a", "Deep learning")]),
        )
    )
    assert {f.text: f.relation for f in found.forms if f.role == "related"} == {
        "Artificial intelligence": "broader", "Deep learning": "narrower",
    }  # fmt: skip


def test_reference_and_undifferentiated_records_are_known_as_such() -> None:
    heading = field("100", "1 ", [("a", "Smith, John")])
    assert read(marc21(heading, f008=PERSON_008[:9] + "b" + PERSON_008[10:])).reference
    assert read(marc21(heading, f008=PERSON_008[:32] + "b" + PERSON_008[33:])).undifferentiated
    assert not read(marc21(heading)).reference


def test_cnmarc_has_pinyin_dates_and_linked_forms() -> None:
    found = read(
        cnmarc(
            field("200", " 0", [("a", "鲁迅"), ("A", "lu xun"), ("c", "(作家)"), ("f", "(1881-1936)")]),
            field("400", " 0", [("a", "周树人"), ("A", "zhou shu ren"), ("f", "(1881-1936)")]),
            field("400", " 0", [("5", "e"), ("a", "令飞")]),
            field("500", " 0", [("5", "z"), ("a", "周作人"), ("f", "(1885-1967)")]),
            field("700", " 1", [("a", "Lu"), ("b", "Xun"), ("f", "1881-1936")]),
            field("340", "  ", [("a", "现代作家")]),
            field("801", " 0", [("a", "CN"), ("b", "NLC")]),
            field("810", "  ", [("a", "鲁迅全集")]),
        )
    )
    assert (found.kind, found.heading, found.dates, found.note) == ("person", "鲁迅", "1881-1936", "作家")
    assert found.texts("variant", hidden=False) == ("周树人", "令飞")
    assert {"lu xun", "zhou shu ren"} <= set(found.texts("variant"))
    assert found.texts("linked") == ("Lu, Xun",) and found.texts("related") == ("周作人",)
    assert found.notes == ("现代作家",) and found.sources == ("鲁迅全集",) and found.agency == "NLC"


def test_a_heading_in_two_scripts_is_one_heading_with_two_forms() -> None:
    found = read(
        cnmarc(
            field("200", " 0", [("7", "ea"), ("a", "司马迁")]),
            field("200", " 1", [("7", "ba"), ("a", "Sima"), ("b", "Qian")]),
        )
    )
    assert found.texts("authorised") == ("司马迁", "Sima, Qian")


@pytest.mark.parametrize(
    ("tag", "kind"),
    [
        ("200", "person"),
        ("210", "corporate"),
        ("215", "place"),
        ("220", "family"),
        ("230", "title"),
        ("250", "topic"),
        ("280", "genre"),
    ],
)
def test_every_kind_of_unimarc_heading_is_read(tag: str, kind: str) -> None:
    found = read(cnmarc(field(tag, "  ", [("a", "某"), ("f", "1900-")])))
    assert (found.kind, found.heading) == (kind, "某")
    assert read(cnmarc(field("210", "12", [("a", "会议")]))).kind == "meeting"


def test_a_deleted_record_needs_no_heading() -> None:
    for code in "dsx":
        assert read(marc21(leader=f"00000{code}z  a2200000n  4500")).deleted
    assert read(cnmarc(leader="00000dx  a2200000   45  ")).deleted


def test_a_record_without_heading_is_refused_and_told() -> None:
    for one in (marc21(field("400", "1 ", [("a", "X")])), cnmarc(field("400", " 0", [("a", "某")]))):
        authority, problems = understand(one, Profile())
        assert authority is None and [p.code for p in problems] == ["authority-no-heading"]


def test_holdings_in_marc21_are_no_authority_records() -> None:
    for kind in "uvxy":
        one = raw(
            Marc(
                f"00000n{kind}  a2200000n  4500",
                [("001", "h"), ("004", "b"), field("852", "  ", [("a", "X")])],
            )
        )
        authority, problems = understand(one, Profile())
        assert authority is None and problems[-1].code == "not-an-authority"


def test_bibliographic_and_authority_records_are_told_apart_both_ways() -> None:
    book = raw(Marc("00000nam a2200000 a 4500", [("001", "b"), field("245", "10", [("a", "T")])]))
    authority, problems = understand(book, Profile())
    assert authority is None and problems[-1].code == "not-an-authority"
    adapters = plugins.adapters()
    for one in (marc21(*LU_XUN), cnmarc(field("200", " 0", [("a", "鲁迅")]))):
        record, problems = understand_record(one, Profile(), adapters)
        assert record is None and "authority-record" in [p.code for p in problems]
        assert "--authority" in next(p.message for p in problems if p.code == "authority-record")
        assert begins_with_authority([one], Profile())
    assert not begins_with_authority([book], Profile())
    assert not begins_with_authority([Raw("ris", b"TY  - BOOK", 1)], Profile())


def test_the_same_bytes_without_id_get_the_same_id() -> None:
    one = raw(Marc("00000cz  a2200000n  4500", [field("150", "  ", [("a", "X")])]))
    assert read(one).id == read(one).id != ""


def test_a_check_sees_what_only_the_whole_file_shows() -> None:
    other = marc21(field("100", "1 ", [("a", "Lu, Xun,"), ("d", "1901-")]))
    same = [
        msgspec.structs.replace(r, position=n)
        for n, r in enumerate((marc21(*LU_XUN), marc21(*LU_XUN), other), 1)
    ]
    codes = [[p.code for p in problems] for _, problems in checked(same, Profile())]
    assert "authority-heading-twice" not in codes[0]
    assert "authority-heading-twice" in codes[1] and "authority-heading-twice" not in codes[2]
    _, problems = understand(marc21(*LU_XUN, field("400", "1 ", [("a", "LU XUN")])), Profile())
    assert "authority-variant-is-heading" in [p.code for p in problems]


def test_damaged_records_never_raise() -> None:
    r = random.Random(3)
    whole = marc21(*LU_XUN).data
    for _ in range(300):
        data = bytearray(whole)
        for _ in range(r.randint(1, 12)):
            data[r.randrange(len(data))] = r.randrange(256)
        cut = bytes(data[: r.randrange(len(data))]) if r.random() < 0.4 else bytes(data)
        authority, problems = understand(Raw("marc21", cut, 1, context=ISO), Profile())
        assert authority is not None or any(p.severity == "error" for p in problems)


def test_hostile_sizes_are_cut() -> None:
    many = [field("400", "0 ", [("a", f"Name {n}")]) for n in range(900)]
    authority, problems = understand(marc21(field("100", "0 ", [("a", "X")]), *many), Profile())
    assert authority is not None and len(authority.forms) == 500
    assert "authority-too-many-forms" in [p.code for p in problems]


@pytest.mark.parametrize(
    ("dates", "years"),
    [
        ("1881-1936", (1881, 1936)), ("1955-", (1955, None)), ("-1936", (None, 1936)), ("约1715-约1763", (1715, 1763)),
        ("b. 1900", (1900, None)), ("d. 1900", (None, 1900)), ("fl. 1600-1620", (None, None)), ("19th cent.", (None, None)),
        ("", (None, None)), ("清", (None, None)),
    ],
)  # fmt: skip
def test_dates_of_headings_are_years_of_a_life(dates: str, years: tuple[int | None, int | None]) -> None:
    assert life(dates) == years


def test_lives_agree_contradict_or_cannot_be_compared() -> None:
    assert same_life("1881-1936", "1881-") is True
    assert same_life("1881-1936", "1700-1770") is False
    assert same_life("1881-1936", "1881-1940") is False
    assert same_life("1881-", "-1936") is None and same_life("", "1881-") is None
