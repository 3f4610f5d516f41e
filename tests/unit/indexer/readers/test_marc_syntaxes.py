"""MARCXML, MARC-in-JSON, Aleph sequential and worksheets make the same record as ISO 2709 does."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import marc
from indexer.marc import Marc
from indexer.marc import syntax as marc_syntax
from indexer.profile import Profile
from indexer.reader import Raw, Reader
from indexer.readers import aleph, marcjson, marcxml, worksheet

LEADER = "00000nam a2200000 a 4500"
FIELDS = [
    ("001", "42"),
    ("008", "000906s1998    ch a     b    000 0 chi  "),
    ("245", "10\x1faCafé 中文 & co :\x1fbsub"),
    ("650", " 0\x1faOne\x1fzTwo"),
]


def read(reader: Reader, data: bytes, format: str = "") -> list[Raw]:
    return list(reader.read(io.BytesIO(data), format or reader.formats[0], "x", Profile()))


def parsed(reader: Reader, data: bytes) -> list[Marc]:
    return [marc_syntax.parse(raw, Profile()) for raw in read(reader, data) if raw.data]


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def xml(prefix: str = "", fields: list[tuple[str, str]] = FIELDS) -> str:
    parts = [f"<{prefix}record><{prefix}leader>{LEADER}</{prefix}leader>"]
    for tag, text in fields:
        if tag < "010":
            parts.append(f'<{prefix}controlfield tag="{tag}">{text}</{prefix}controlfield>')
            continue
        parts.append(f"<{prefix}datafield ind2='{text[1]}' ind1='{text[0]}' tag='{tag}'>")
        parts.extend(
            f'<{prefix}subfield code="{part[0]}">{escaped(part[1:])}</{prefix}subfield>'
            for part in text.split("\x1f")[1:]
        )
        parts.append(f"</{prefix}datafield>")
    return "".join(parts) + f"</{prefix}record>"


@pytest.mark.parametrize("prefix", ["", "marc:", "marcxml:"])
def test_marcxml_with_and_without_prefix(prefix: str) -> None:
    document = f'<?xml version="1.0"?><{prefix}collection xmlns:{prefix[:-1] or "m"}="x">{xml(prefix) * 3}</{prefix}collection>'
    found = parsed(marcxml.READER, document.encode())
    assert [(one.leader, one.fields) for one in found] == [(LEADER, FIELDS)] * 3


def test_a_broken_record_costs_only_itself() -> None:
    bad = xml().replace("</subfield>", "</wrong>", 1)
    raws = read(marcxml.READER, f"<collection>{xml()}{bad}{xml()}</collection>".encode())
    found = [marc_syntax.parse(raw, Profile()) for raw in raws]
    assert [bool(one.fields) for one in found] == [True, False, True]
    assert found[1].problems[0].code == "xml-malformed"


def test_characters_that_xml_forbids_are_mended() -> None:
    bad = xml().replace("Café", "Caf\x02é &#x1F; A&B &nbsp;")
    found = parsed(marcxml.READER, bad.encode())[0]
    assert found.fields[2][1].startswith("10\x1faCafé  A&B &nbsp; 中文")
    assert [problem.code for problem in found.problems] == ["xml-mended"]


def test_oai_envelopes_and_deletions() -> None:
    document = (
        "<OAI-PMH><ListRecords><record><header><identifier>oai:lib:1</identifier></header><metadata>"
        f"{xml()}</metadata></record><record><header status='deleted'><identifier>oai:lib:77</identifier>"
        "</header></record></ListRecords></OAI-PMH>"
    )
    found = parsed(marcxml.READER, document.encode())
    assert [one.fields for one in found] == [FIELDS, [("001", "77")]]
    assert found[1].leader[5] == "d"


def test_a_file_that_breaks_off_inside_a_record_says_so() -> None:
    raws = read(marcxml.READER, f"<collection>{xml()}{xml()[:200]}".encode())
    assert [bool(raw.data) for raw in raws] == [True, False]
    assert raws[1].problems[0].code == "record-truncated"


@pytest.mark.parametrize("encoding", ["gb18030", "gbk", "iso-8859-1"])
def test_the_declared_encoding_is_used_where_bytes_are_not_utf8(encoding: str) -> None:
    value = "Café" if encoding.startswith("iso") else "中文"
    fields = [("001", "1"), ("245", f"10\x1fa{value}")]
    document = f'<?xml version="1.0" encoding="{encoding}"?><collection>{xml(fields=fields)}</collection>'
    assert parsed(marcxml.READER, document.encode(encoding))[0].fields == fields


def as_json() -> dict[str, object]:
    fields: list[object] = []
    for tag, text in FIELDS:
        if tag < "010":
            fields.append({tag: text})
        else:
            subfields = [{part[0]: part[1:]} for part in text.split("\x1f")[1:]]
            fields.append({tag: {"ind1": text[0], "ind2": text[1], "subfields": subfields}})
    return {"leader": LEADER, "fields": fields}


@pytest.mark.parametrize("shape", ["object", "array", "lines"])
def test_marc_in_json_as_object_array_and_lines(shape: str) -> None:
    one = json.dumps(as_json(), ensure_ascii=False)
    text = {"object": one, "array": f"[{one},\n{one}]", "lines": f"{one}\n{one}\n"}[shape]
    found = parsed(marcjson.READER, text.encode())
    assert [(record.leader, record.fields) for record in found] == [(LEADER, FIELDS)] * (
        1 if shape == "object" else 2
    )


def test_json_that_breaks_off_says_so() -> None:
    raws = read(marcjson.READER, (json.dumps(as_json()) + '\n{"leader": "').encode())
    assert [bool(raw.data) for raw in raws] == [True, False]


ALEPH = """000000042 FMT   L BK
000000042 LDR   L 00000nam^a2200000^a^4500
000000042 008   L 000906s1998^^^^ch^a^^^^^b^^^^000^0^chi^^
000000042 24510 L $$aCafé 中文 & co :$$bsub
000000042 650 0 L $$aOne$$zTwo
000000043 LDR   L 00000nam^a2200000^a^4500
000000043 24500 L $$aNext
000000043 DEL   L $$aY
"""


def test_aleph_lines_of_one_number_are_one_record() -> None:
    found = parsed(aleph.READER, ALEPH.encode())
    assert [(one.leader, len(one.fields)) for one in found] == [(LEADER, 5), (LEADER, 3)]
    assert found[0].fields == [("001", "000000042"), ("FMT", "BK"), *FIELDS[1:]]
    assert found[1].fields[2] == ("DEL", "  \x1faY")


@pytest.mark.parametrize("alphabet", [" ", " A ", "   ", " - ", " 1 ", " l "])
def test_aleph_lines_may_have_another_alphabet_or_none(alphabet: str) -> None:
    text = ALEPH.replace(" L ", alphabet)
    assert aleph.READER.sniff(text.encode(), "") == ("aleph", 0.97)
    assert parsed(aleph.READER, text.encode()) == parsed(aleph.READER, ALEPH.encode())
    assert {raw.format for raw in read(aleph.READER, text.encode())} == {"marc21"}


@pytest.mark.parametrize("leader", ["     nam^a2200000^a^4500", "     nam a2200000 a 4500"])
@pytest.mark.parametrize("alphabet", [" L ", "   ", " "])
def test_blanks_of_an_aleph_leader_are_no_alphabet(leader: str, alphabet: str) -> None:
    (found,) = parsed(
        aleph.READER, f"000000042 LDR  {alphabet}{leader}\n000000042 24500{alphabet}$$aA\n".encode()
    )
    assert found.leader == "     nam a2200000 a 4500"


@pytest.mark.parametrize("line", ["123456789 abc de text", "000000001 24510 Title", "000000001 2451 x"])
def test_numbered_lines_of_other_kinds_are_no_aleph_file(line: str) -> None:
    assert aleph.READER.sniff(f"{line}\n{line}\n".encode(), "") == ("aleph", 0.0)


DP2 = """01317nam0 2200277   450_
001012018081431
00520180814092532.0
010  ǂa978-7-02-014453-2ǂdCNY42.00
100  ǂa20181221d2018    cemy0chiy50      ea
106  ar
2001 ǂa哈利·波特与魔法石ǂAha liǂf(英)J.K.罗琳著
690  ǂaI561.84ǂv5
***
01317nam0 2200277   450_
001second
2001 ǂa第二
690  ǂaI
"""
VENDOR = """000   00448nam0 2200217   450
010    ▼a978-7-302-35456-7▼dCNY48.00
200 1  ▼a雕虫故事▼e副题名
       续行
701  0 ▼4著▼a刘畅

000   00512nam0 2200229   450
001   人天639-3501
200 1  ▼a中国近代建筑
690    ▼aTU
"""


def test_worksheet_with_tag_and_indicators_together() -> None:
    first, second = parsed(worksheet.READER, DP2.encode())
    assert first.leader == "01317nam0 2200277   450 "
    assert dict(first.fields) == {
        "001": "012018081431",
        "005": "20180814092532.0",
        "010": "  \x1fa978-7-02-014453-2\x1fdCNY42.00",
        "100": "  \x1fa20181221d2018    cemy0chiy50      ea",
        "106": "  \x1far",
        "200": "1 \x1fa哈利·波特与魔法石\x1fAha li\x1ff(英)J.K.罗琳著",
        "690": "  \x1faI561.84\x1fv5",
    }
    assert second.fields[0] == ("001", "second")


def test_worksheet_with_indicators_apart_and_continued_lines() -> None:
    first, second = parsed(worksheet.READER, VENDOR.encode("gb18030"))
    assert dict(first.fields)["200"] == "1 \x1fa雕虫故事\x1fe副题名续行"
    assert dict(first.fields)["701"] == " 0\x1f4著\x1fa刘畅"
    assert second.fields[0] == ("001", "人天639-3501")
    assert first.charset == "gb18030"


@pytest.mark.parametrize("mark", ["ǂ", "■", "▼", "‡", "|", "$"])
def test_worksheets_are_recognised_by_their_marks(mark: str) -> None:
    head = DP2.replace("ǂ", mark).encode()
    assert worksheet.READER.sniff(head, "x.txt") == ("worksheet", 0.9)


def test_the_family_is_decided_in_every_syntax() -> None:
    unimarc = [
        ("001", "1"),
        ("100", "  \x1fa20181221d2018    cemy0chiy50      ea"),
        ("200", "1 \x1fa题"),
        ("690", "  \x1faI"),
    ]
    assert [raw.format for raw in read(marcxml.READER, xml(fields=unimarc).encode())] == ["cnmarc"]
    assert [raw.format for raw in read(marcxml.READER, xml().encode())] == ["marc21"]
    assert {raw.format for raw in read(aleph.READER, ALEPH.encode())} == {"marc21"}
    assert {raw.format for raw in read(worksheet.READER, DP2.encode())} == {"cnmarc"}
    assert [raw.format for raw in read(marcjson.READER, json.dumps(as_json()).encode())] == ["marc21"]


@given(st.binary(max_size=600), st.sampled_from(["marcxml", "marcjson", "aleph", "worksheet", "iso2709"]))
def test_any_bytes_parse_without_an_exception(data: bytes, syntax: str) -> None:
    found = marc_syntax.parse(Raw("marc21", data, 1, context={"syntax": syntax}), Profile())
    assert all("\x1e" not in text for _, text in found.fields)


@given(
    st.recursive(
        st.none() | st.text(max_size=5) | st.integers(),
        lambda s: st.lists(s, max_size=4) | st.dictionaries(st.text(max_size=5), s, max_size=4),
    )
)
def test_any_json_parses_without_an_exception(value: object) -> None:
    for shape in (value, {"leader": value, "fields": [value, {"245": value}, ["245", value, value, value]]}):
        raw = Raw("marc21", json.dumps(shape).encode(), 1, context={"syntax": "marcjson"})
        marc_syntax.parse(raw, Profile())


@pytest.mark.data
def test_text_files_of_the_working_set_have_their_records(shared_data: Path) -> None:
    expected = {
        "cnmarc/worksheet_dp2_harrypotter.txt": 1,
        "cnmarc/worksheet_dp2_tianjin.txt": 1,
        "cnmarc/worksheet_rentian_vendor.txt": 3,
        "cnmarc/worksheet_tcmarc.txt": 1,
    }
    found = {name: len(parsed(worksheet.READER, (shared_data / name).read_bytes())) for name in expected}
    assert found == expected
    assert marc.dialect({"200"}) == "unimarc"
