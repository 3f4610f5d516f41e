"""ISO 2709 records in memory: decoding what leaders and directories lie about, encoding, family."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import marc
from indexer.marc import Marc

FIELDS = [
    ("001", "123"),
    marc.field("100", "1 ", [("a", "Müller, Jörg,"), ("d", "1950-")]),
    marc.field("245", "10", [("a", "Café au lait :"), ("b", "a study /"), ("c", "J. Müller.")]),
    marc.field("260", "  ", [("a", "Zürich :"), ("b", "Diogenes,"), ("c", "1999.")]),
]
RECORD = Marc("00000nam a2200000 a 4500", FIELDS)
CNMARC = Marc(
    "00000nam0 2200000   450 ",
    [
        ("001", "987"),
        marc.field("100", "  ", [("a", "20120517d2012    em y0chiy0110    ea")]),
        marc.field("200", "1 ", [("a", "数据库系统概论"), ("f", "王珊，萨师煊编著")]),
        marc.field("210", "  ", [("a", "北京"), ("c", "高等教育出版社"), ("d", "2012")]),
    ],
)


def codes(record: Marc) -> list[str]:
    return [problem.code for problem in record.problems]


@pytest.mark.parametrize("charset", ["utf-8", "marc-8"])
def test_what_is_encoded_is_decoded_again(charset: str) -> None:
    data, problems = marc.encode(RECORD, charset)
    found = marc.decode(data)
    assert (found.fields, found.charset, found.problems, problems) == (FIELDS, charset, [], [])
    assert found.leader[9] == ("a" if charset == "utf-8" else " ")


@pytest.mark.parametrize("charset", ["utf-8", "gb18030"])
def test_cnmarc_needs_no_word_about_its_charset(charset: str) -> None:
    found = marc.decode(marc.encode(CNMARC, charset)[0])
    assert (found.fields, found.charset) == (CNMARC.fields, charset)


def test_big5_cmarc() -> None:
    record = Marc(
        CNMARC.leader, [("001", "1"), marc.field("200", "1 ", [("a", "中國文學史研究"), ("f", "臺灣大學編")])]
    )
    data = marc.encode(record, "big5")[0]
    found = marc.decode(data)
    assert (found.fields, found.charset) == (record.fields, "big5")


def _with_directory(data: bytes, entry: bytes) -> bytes:
    base = data.find(b"\x1e") + 1
    directory = bytearray(data[24 : base - 1])
    for at in range(0, len(directory), 12):
        directory[at + 3 : at + 12] = entry
    return data[:24] + bytes(directory) + data[base - 1 :]


def test_a_lying_directory_is_repaired_from_the_delimiters() -> None:
    data = _with_directory(marc.encode(RECORD)[0], b"000700011")
    found = marc.decode(data)
    assert (found.fields, codes(found)) == (FIELDS, ["directory-repaired"])


def test_a_directory_with_lengths_of_another_charset_is_repaired() -> None:
    short = marc.encode(CNMARC, "gb18030")[0]
    long = marc.encode(CNMARC, "utf-8")[0]
    base = short.find(b"\x1e") + 1
    found = marc.decode(short[:base] + long[base:])
    assert found.fields == CNMARC.fields
    assert set(codes(found)) == {"leader-length", "directory-repaired"}


def test_fields_that_stand_in_another_order_than_the_directory_keep_their_tags() -> None:
    data = marc.encode(RECORD)[0]
    base = data.find(b"\x1e") + 1
    entries = [data[at : at + 12] for at in range(24, base - 1, 12)]
    found = marc.decode(data[:24] + b"".join(reversed(entries)) + data[base - 1 :])
    assert sorted(found.fields) == sorted(FIELDS)


@pytest.mark.parametrize("length", [b"00000", b"99999", b"     ", b"abcde"])
def test_a_lying_leader_length_is_only_a_warning(length: bytes) -> None:
    found = marc.decode(length + marc.encode(RECORD)[0][5:])
    assert (found.fields, codes(found)) == (FIELDS, ["leader-length"])


def test_a_record_that_breaks_off_is_refused_whole() -> None:
    data = marc.encode(RECORD)[0]
    for cut in range(30, len(data) - 2, 7):
        found = marc.decode(data[:cut])
        assert found.fields == []
        assert found.problems[0].severity == "error"


def test_a_record_terminator_inside_a_field_is_dropped() -> None:
    data = marc.encode(RECORD)[0]
    at = data.find(b"lait")
    found = marc.decode(data[:at] + b"\x1d" + data[at:])
    assert found.fields == FIELDS


def test_a_field_terminator_inside_a_field_is_bridged_by_a_true_directory() -> None:
    record = Marc(RECORD.leader, [("001", "1"), ("245", "10\x1faOne@two"), ("500", "  \x1fathree")])
    data = marc.encode(record)[0].replace(b"@", b"\x1e")
    found = marc.decode(data)
    assert found.fields == [("001", "1"), ("245", "10\x1faOne two"), ("500", "  \x1fathree")]


def test_a_record_of_more_than_99999_bytes_is_whole() -> None:
    fields = [
        *FIELDS,
        marc.field("520", "  ", [("a", "x" * 150_000)]),
        marc.field("650", " 0", [("a", "End")]),
    ]
    data, problems = marc.encode(Marc(RECORD.leader, fields))
    assert [problem.code for problem in problems] == ["record-too-long"]
    found = marc.decode(data)
    assert (found.fields, codes(found)) == (fields, ["record-too-long"])


def test_text_is_nfc_without_control_characters() -> None:
    record = Marc(
        RECORD.leader, [("001", "1"), ("245", "10\x1faCafe\u0301\u3000\u0098The\u009c \x02x\ufeff")]
    )
    assert marc.decode(marc.encode(record)[0]).fields[1][1] == "10\x1faCafé The  x"


def test_a_subfield_that_begins_with_a_mark_keeps_its_code() -> None:
    record = Marc(RECORD.leader, [("001", "1"), ("245", "10\x1fa\u0301Etude\x1fbé")])
    assert marc.decode(marc.encode(record)[0]).fields[1][1] == "10\x1faEtude\x1fbé"


def test_one_broken_field_does_not_spoil_a_utf8_record() -> None:
    data = marc.encode(CNMARC)[0]
    broken = data.replace("高等教育出版社".encode(), "高等教育出版".encode() + b"\xe7\xa4 ")
    found = marc.decode(broken)
    assert (found.charset, found.fields[2]) == ("utf-8", CNMARC.fields[2])
    assert "charset-undecodable" in codes(found)


def test_a_named_charset_is_used_for_what_is_not_utf8() -> None:
    latin2 = Marc(CNMARC.leader, [("001", "1"), ("200", "1 \x1faŽluťoučký kůň")])
    data = marc.encode(latin2, "iso8859-2")[0]
    assert marc.decode(data, charset="iso8859-2").fields == latin2.fields
    assert marc.decode(marc.encode(latin2)[0], charset="iso8859-2").fields == latin2.fields


@pytest.mark.parametrize(
    ("tags", "first", "family"),
    [
        ({"001", "008", "245", "260"}, "", "marc21"),
        ({"001", "100", "200", "210", "801"}, "20180117d2008    k  0engy01      b", "unimarc"),
        ({"001", "100", "200", "690", "801"}, "20120517d2012    em y0chiy0110    ea", "cnmarc"),
        ({"001", "200"}, "", "unimarc"),
        ({"852", "866"}, "", "marc21"),
        (set(), "", "marc21"),
    ],
)
def test_the_family_is_told_by_score(tags: set[str], first: str, family: str) -> None:
    assert marc.dialect(tags, first) == family


@given(st.binary(max_size=400))
def test_any_bytes_never_raise(data: bytes) -> None:
    found = marc.decode(data)
    assert found.fields or found.problems


@given(st.integers(0, 10_000))
def test_a_mutated_record_never_raises(seed: int) -> None:
    data = bytearray(marc.encode(RECORD if seed % 2 else CNMARC, "utf-8")[0])
    random_ = random.Random(seed)
    for _ in range(random_.randrange(1, 12)):
        at = random_.randrange(len(data))
        action = random_.randrange(3)
        if action == 0:
            data[at] = random_.randrange(256)
        elif action == 1:
            del data[at : at + random_.randrange(30)]
        else:
            data[at:at] = bytes(random_.randrange(256) for _ in range(5))
    found = marc.decode(bytes(data))
    assert found.fields or found.problems
    assert all("\x1d" not in text and "\x1e" not in text for _, text in found.fields)
