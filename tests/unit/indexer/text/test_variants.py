"""Other spellings for the index: numbers, compounds, initials, umlauts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.text.fold import fold
from indexer.text.variants import closed_up, numeral_aliases, spelt_out, variants


def test_years_are_found_in_both_spellings_of_their_digits() -> None:
    assert numeral_aliases("二〇〇〇年人口普查") == ["2000 年"]
    assert numeral_aliases("2000年人口普查") == ["二 〇 〇 〇 年"]
    assert numeral_aliases("In 2000") == []
    assert numeral_aliases("三国演义，八一，12卷本") == ["十 二"]


@pytest.mark.parametrize(
    ("text", "others"),
    [
        ("二十世纪中国文学史", ["20"]),
        ("20世纪中国文学史", ["二 十"]),
        ("八十年代", ["80"]),
        ("五世纪与 6 世纪", ["5", "六"]),
        ("第二次世界大战", ["第 2"]),
        ("第2次世界大战", ["二"]),
        ("第十二届", ["第 12"]),
        ("11月", ["十 一"]),
        ("十年", ["10"]),
        ("三天三夜，三部曲，三十六计，十万个为什么", []),
        ("二百二十年，数十年，1-9月，20.5 年，b2 卷", []),
    ],
)
def test_small_numbers_are_found_in_both_spellings(text: str, others: list[str]) -> None:
    assert numeral_aliases(text) == others


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("the e-mail book", ["email"]),
        ("3-d and co-op", ["3d", "coop"]),
        ("state-of-the-art", ["stateoftheart"]),
        ("u.s.-china, u.s.a. and ph.d.", ["us", "usa", "phd"]),
        ("rowling, j. k.", ["jk"]),
        ("tolkien, j.r.r. (john)", ["jrr"]),
        ("用e-mail学英语", ["email"]),
        ("санкт-петербург", ["санктпетербург"]),
        ("1775-1817, 978-7-04, no. 5, vol. 2, st. john, x--y, a-b-c-d-e", []),
        ("www.example.net", []),
    ],
)
def test_compounds_and_abbreviations_as_one_word(text: str, found: list[str]) -> None:
    assert [one for _, one in closed_up(text)] == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Erwin Schrödinger über Gödel", ["schroedinger", "ueber", "goedel"]),
        ("Århus, Østersø, Ångström", ["aarhus", "oestersoe", "aangstroem"]),
        ("Dvořák à Łódź, naïve", []),
        ("红楼梦", []),
    ],
)
def test_umlauts_as_two_letters(text: str, found: list[str]) -> None:
    assert spelt_out(text) == found


def test_a_heading_has_all_its_variants_and_a_plain_one_none() -> None:
    assert variants("Müller, J. K.: e-mail", "muller, j. k.: e-mail") == ["jk", "email", "mueller"]
    assert variants("Plain words", "Plain words") == []


@given(st.text() | st.text("aäö.-第十年1 世纪红", max_size=200))
def test_no_text_raises_and_variants_are_tokens(text: str) -> None:
    for found in variants(text, fold(text)):
        assert found == " ".join(found.split())
        assert fold(found) == found


@pytest.mark.parametrize("piece", ["a", "红", "ä", "a-", "u.", "j. ", "第", "十", "1年", "红a-"])
def test_endless_texts_take_no_endless_time(piece: str) -> None:
    text = piece * 20_000
    assert len(variants(text, fold(text))) <= len(text)
