"""Han text typed as pinyin in part, and words with a typing error."""

from __future__ import annotations

import pytest

from indexer.text import mixed
from indexer.text.nearness import begins_near, is_near


@pytest.mark.parametrize(
    ("typed", "shown", "end", "whole"),
    [
        ("红lou", "红楼梦", 2, False),
        ("h楼m", "红楼梦", 3, True),
        ("hlmeng", "紅樓夢", 3, True),
        ("hongl m", "《红楼梦》研究", 4, False),
        ("hong'lou", "红楼梦", 2, False),
        ("ho楼", "红楼梦", 2, False),
        ("nvren", "女人", 2, True),
        ("nüren", "女人", 2, True),
        ("nuren", "女人", 2, True),
        ("zhr", "中华人民", 3, False),
        ("zhhr", "中华人民", 3, False),
        ("zengguo", "曾国藩", 2, False),
        ("3Dday", "3D打印", 4, True),
    ],
)
def test_each_character_is_typed_as_itself_its_syllable_or_the_beginning_of_it(
    typed, shown, end, whole
) -> None:
    found = mixed.match(mixed.plain(typed), shown)
    assert found is not None and (found.end, found.whole) == (end, whole)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("红mo", "红楼梦"),
        ("hm", "红楼梦"),
        ("梦", "红楼梦"),
        ("hlmx", "红楼梦"),
        ("hognlou", "红楼梦"),
        ("x", ""),
    ],
)
def test_what_does_not_fit_does_not_match(typed: str, shown: str) -> None:
    assert mixed.match(mixed.plain(typed), shown) is None


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("hlmeng", "hlm"),
        ("hongl m", "hlm"),
        ("h楼m", "hlm"),
        ("红lou", "hl"),
        ("zhongguo", "zg"),
        ("hlm", "hlm"),
    ],
)
def test_the_likeliest_initials_stand_first(typed: str, first: str) -> None:
    assert mixed.initials(mixed.plain(typed))[0] == first


def test_initials_that_run_together_are_told_both_ways() -> None:
    assert {"zr", "zhr"} <= set(mixed.initials("zhr"))


@pytest.mark.parametrize("typed", ["his", "viz", "", "한국", "\x00", "()", "a" * 500, "红" * 500])
def test_anything_may_be_typed(typed: str) -> None:
    assert len(mixed.initials(mixed.plain(typed))) <= mixed.MAX_WAYS
    mixed.match(mixed.plain(typed), typed)


@pytest.mark.parametrize(
    ("word", "other", "near", "begins"),
    [
        ("hognlou", "honglou", True, True),
        ("shakspeare", "shakespeare", True, True),
        ("shakspe", "shakespeare", False, True),
        ("natrue", "nature", True, True),
        ("nature", "nature", True, True),
        ("nature", "nurture", False, False),
        ("abc", "", False, False),
        ("home", "rome antica", False, True),
    ],
)
def test_one_error_is_a_letter_more_less_another_or_swapped(
    word: str, other: str, near: bool, begins: bool
) -> None:
    assert is_near(word, other) is near
    assert begins_near(word, other) is begins
