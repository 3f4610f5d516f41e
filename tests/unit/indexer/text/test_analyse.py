"""Tokens: the same for documents and queries."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from indexer.text.analyse import MAX_TOKEN, analyse, groups, index_text, key


def test_each_han_character_is_a_token_and_words_stay_whole() -> None:
    assert analyse("《中国 history》2000年") == ["中", "国", "history", "2000", "年"]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("C++程序设计", ["c++", "程", "序", "设", "计"]),
        ("C/C++", ["c", "c++"]),
        ("Visual C# and ASP.NET", ["visual", "c#", "and", "asp", ".net"]),
        (".NET Core", [".net", "core"]),
        ("www.example.net", ["www", "example", "net"]),
        ("L'amour", ["l", "amour"]),
        ("L’Hôpital d`Œdipe", ["l", "hopital", "d", "oedipe"]),
        ("L'vov", ["lvov"]),
        ("Sovetskai\ufe20a\ufe21 selʹskai\ufe20a\ufe21 literatura", ["sovetskaia", "selskaia", "literatura"]),
        ("Ch'eng T'ang", ["cheng", "tang"]),
        ("O’Reilly", ["oreilly"]),
        ("e-book", ["e", "book"]),
        ("卡尔·马克思", ["卡", "尔", "马", "克", "思"]),
        ("हिन्दी साहित्य", ["हिन्दी", "साहित्य"]),
        ("佐々木", ["佐", "々", "木"]),
        ("……《》〈〉「」“”·•", []),
        ("", []),
    ],
)
def test_tokens_of(text: str, tokens: list[str]) -> None:
    assert analyse(text) == tokens


@pytest.mark.parametrize("mark", "《》〈〉「」『』“”‘’·•・、，。：；！？…—（）［］【】")
def test_punctuation_never_matters(mark: str) -> None:
    assert analyse(f"{mark}红楼{mark}梦 dream{mark}") == ["红", "楼", "梦", "dream"]


def test_a_run_of_kana_or_hangul_must_stand_together_but_spacing_does_not_matter() -> None:
    assert groups("サッカー本") == [("さ", "っ", "か", "ー"), ("本",)]
    assert groups("한국 역사") == [("한", "국"), ("역", "사")]
    assert analyse("한국역사") == analyse("한국 역사")


def test_a_title_with_a_year_in_either_spelling_has_one_key() -> None:
    assert key("一九八四") == key("1984")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("《紅樓夢》", "红楼 梦"),
        ("The Nature", "nature"),
        ("Ｎａｔｕｒｅ", "nature."),
        ("L'Étranger", "etranger"),
        ("二〇〇〇年人口普查", "2000年人口普查"),
    ],
)
def test_the_same_title_has_the_same_key(one: str, other: str) -> None:
    assert key(one) == key(other)


def test_a_title_of_signs_keeps_them_as_its_key_and_an_article_alone_stays() -> None:
    assert key("?!") == "?!"
    assert key("The") == "the"
    assert key("红楼梦") != key("红楼梦影")


@given(st.text())
def test_the_quick_way_gives_the_same_tokens(text: str) -> None:
    assert index_text(text).split() == analyse(text)
    assert [t for group in groups(text) for t in group] == analyse(text)


@given(st.text(alphabet=st.characters(max_codepoint=127)))
@example("qu`elle d'un")
def test_the_quick_way_for_ascii_agrees_with_the_general_one(text: str) -> None:
    # One Han character sends the text through the general way.
    assert index_text(text).split() == analyse(f"{text} 红")[:-1]


def test_endless_words_are_cut_alike_everywhere() -> None:
    assert index_text("x" * 5000) == "x" * MAX_TOKEN == analyse("X" * 5000)[0]
    assert all(len(t) <= MAX_TOKEN for t in analyse("é" * 5000))
