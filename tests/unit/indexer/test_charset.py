"""The character set is decided from the bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import charset, marc8

CHINESE = [
    ("数据库系统概论 王珊", "gb18030"),
    ("联通", "gb18030"),
    ("红楼梦", "gbk"),
    ("經濟學原理 臺北市", "gb18030"),
    ("經濟學原理 臺北市", "big5"),
    ("紅樓夢研究", "big5"),
    ("鬱離子", "big5"),
    ("中國歷史地圖集 第一冊", "big5"),
]


@pytest.mark.parametrize(("text", "encoding"), CHINESE)
def test_simplified_and_traditional_two_byte_text_is_told_apart(text: str, encoding: str) -> None:
    found = charset.decode_text(text.encode(encoding))
    assert found == (text, "big5" if encoding == "big5" else "gb18030")


@pytest.mark.parametrize("text", ["García Jiménez", "Łódź", "Ōe Kenzaburō", "Lịch sử kháng chiến", "中國"])
def test_marks_in_front_of_letters_and_escapes_are_marc8(text: str) -> None:
    assert charset.legacy_charset(marc8.from_text(text)[0]) == "marc-8"


def test_latin_1_is_not_taken_for_marc8() -> None:
    data = "Le théâtre et la poésie ; édité à Orléans, été 1990".encode("cp1252")
    assert charset.legacy_charset(data) == "cp1252"


def test_a_few_broken_bytes_do_not_make_utf8_something_else() -> None:
    data = "中国文学史研究论文集".encode() + b"\xe4\xb8"
    assert charset.decode_text(data) == ("中国文学史研究论文集〓", "utf-8")


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("CafÃ© MÃ¼nchen", "Café München"),
        ("BucureÅ\x9fti", "Bucureşti"),
        ("ä¸\xadå›½", "中国"),
        ("â€œquotedâ€\x9d", "“quoted”"),
    ],
)
def test_utf8_read_as_latin1_is_mended(wrong: str, right: str) -> None:
    assert charset.repair_mojibake(wrong)[0] == right


@pytest.mark.parametrize(
    "text",
    ["Café München", "Ångström", "Ârea", "naïve — “quoted” façade", "São Paulo, Đà Nẵng", "中国 Ä/Ö", "Ā"],
)
def test_sound_text_is_left_alone(text: str) -> None:
    assert charset.repair(text) == (text, 0, 0)


def test_marc8_read_as_latin1_is_mended_when_one_pair_is_never_written() -> None:
    assert charset.repair("The novels of åOe Kenzaburåo")[0] == "The novels of Ōe Kenzaburō"
    assert charset.repair("Garcâia, Jimâenez")[0] == "García, Jiménez"


@pytest.mark.parametrize("text", ["câine de pâine", "pâle château", "grå område", "création"])
def test_words_that_look_a_little_like_misread_marc8_stay(text: str) -> None:
    assert charset.repair(text) == (text, 0, 0)


def test_leftovers_of_characters_with_dropped_bytes_are_marked_and_counted() -> None:
    wrong = "国宝浄名玄論 東京".encode().decode("cp1252", "ignore")
    text, mended, lost = charset.repair(wrong)
    assert (text.replace(charset.LOST, ""), mended >= 3, lost) == ("国浄玄論 京", True, 3)


def test_controls_go_and_ideographic_blanks_become_blanks() -> None:
    assert charset.clean("a\u3000b\u0098c\u009c\ufeffd\x1fa") == "a bcd\x1fa"


@given(st.binary(max_size=300))
def test_any_bytes_have_a_text(data: bytes) -> None:
    text, found = charset.decode_text(data)
    assert found in ("utf-8", "gb18030", "big5", "cp1252", "marc-8", "ascii")
    assert "\ufffd" not in text or b"\xef\xbf\xbd" in data


@given(st.text(max_size=200))
def test_utf8_is_always_read_as_utf8(text: str) -> None:
    assert charset.decode_text(text.encode("utf-8"))[1] == "utf-8"
