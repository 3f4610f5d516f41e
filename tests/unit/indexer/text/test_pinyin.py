"""Pinyin keys and orders."""

from __future__ import annotations

import pytest
from pypinyin import Style, lazy_pinyin
from pypinyin.constants import PHRASES_DICT

from indexer.text.pinyin import _syllables, pinyin_keys, pinyin_query
from indexer.text.sorting import name_sort_key, title_sort_key


@pytest.mark.parametrize(
    ("text", "name", "keys"),
    [
        ("红楼梦", False, ("hongloumeng", "hlm")),
        ("紅樓夢", False, ("hongloumeng", "hlm")),
        ("3D打印", False, ("3ddayin", "3dy")),
        ("吕思勉", True, ("lvsimian", "lsm")),
        ("曾国藩", True, ("zengguofan", "zgf")),
        ("单田芳", True, ("shantianfang", "stf")),
        ("尉迟恭", True, ("yuchigong", "ycg")),
    ],
)
def test_full_and_initials(text: str, name: bool, keys: tuple[str, str]) -> None:
    assert pinyin_keys(text, name=name) == keys


def test_words_are_read_as_the_library_reads_the_whole_text() -> None:
    """Each word is looked up once and remembered; a reading must not hang on what stands around the word."""
    texts = [
        "重庆银行行长重新调查长江三峡朝阳", "乐山大佛与音乐", "説文解字注㐀𠮷〇々", "二〇〇八年", "西藏藏书志", "还珠楼主还乡记", "龘龘",
        "\uf900\U00030000中", *list(PHRASES_DICT)[::97],
    ]  # fmt: skip
    for text in [*texts, *(one + other for one, other in zip(texts, texts[5:], strict=False))]:
        wanted = [s for s in lazy_pinyin(text, style=Style.NORMAL, v_to_u=False, errors="ignore") if s]
        assert _syllables(text) == tuple(wanted), text


def test_a_text_without_han_has_no_pinyin() -> None:
    assert pinyin_keys("Nature") is None
    assert pinyin_keys("さくら") is None


@pytest.mark.parametrize("typed", ["lü", "lv", "LV", "l u:".replace(" ", ""), "Lü "])
def test_u_umlaut_is_v(typed: str) -> None:
    assert pinyin_query(typed) == "lv"


def test_chinese_sorts_by_pinyin_among_latin_titles_without_their_articles() -> None:
    titles = ["张天翼文集", "The nature of things", "红楼梦", "A history", "阿Q正传", "Zen", "紅樓夢影"]
    assert sorted(titles, key=title_sort_key) == [
        "阿Q正传", "A history", "红楼梦", "紅樓夢影", "The nature of things", "Zen", "张天翼文集",
    ]  # fmt: skip


def test_surnames_sort_by_their_reading_as_a_surname() -> None:
    assert sorted(["曾国藩", "曹雪芹", "单田芳", "石峰"], key=name_sort_key) == [
        "曹雪芹",
        "单田芳",
        "石峰",
        "曾国藩",
    ]
