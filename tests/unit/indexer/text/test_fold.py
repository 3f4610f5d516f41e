"""What counts as the same character, and what does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.text.fold import _classes, fold


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("紅樓夢", "红楼梦"),
        ("佛敎學", "佛教学"),
        ("南満州鉄道株式会社", "南滿洲鐵道株式會社".replace("洲", "州")),
        ("歷史", "历史"),
        ("曆書", "历书"),
        ("裏面", "里面"),
        ("臺灣", "台湾"),
        ("三晉", "三晋"),
        ("ＡＢＣ１２３", "abc123"),
        ("Ｃ＋＋", "c++"),
        ("ﾊﾝｶｸ", "はんかく"),
        ("カタカナ", "かたかな"),
        ("Łódź", "lodz"),
        ("Straße", "STRASSE"),
        ("Ærøskøbing", "aeroskobing"),
        ("Việt Nam", "viet nam"),
        ("Ἀριστοτέλης", "αριστοτελησ"),
        ("ёлка", "елка"),
        ("الْقُرْآن", "القران"),
        ("שָׁלוֹם", "שלום"),
        ("e\u0301cole", "école"),
        ("二○○○年", "二〇〇〇年"),
        ("一九九０", "一九九〇"),
    ],
)
def test_forms_a_reader_takes_for_the_same_are_folded_together(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("末", "未"), ("土", "士"), ("人", "入"), ("мой", "мои"), ("か", "が"), ("10", "1〇"), ("历史", "历吏")],
)
def test_different_characters_stay_different(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_each_class_has_one_representative_and_is_not_chained_further() -> None:
    classes = _classes()
    assert len(classes) > 7000
    assert all(ord(char) not in classes for char in set(classes.values()))


def test_no_class_grows_so_large_that_it_joins_unrelated_words() -> None:
    sizes: dict[str, int] = {}
    for char in _classes().values():
        sizes[char] = sizes.get(char, 1) + 1
    assert max(sizes.values()) <= 12


@given(st.text())
def test_folding_never_raises_and_folding_twice_changes_nothing(text: str) -> None:
    once = fold(text)
    assert fold(once) == once


def test_lone_surrogates_and_invisible_characters_vanish() -> None:
    assert fold("红\ud800\u200b楼\u202e") == "红楼"
