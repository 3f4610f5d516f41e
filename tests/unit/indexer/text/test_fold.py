"""What counts as the same character, and what does not."""

from __future__ import annotations

from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.text.fold import _classes, akin, fold

ROOT = Path(__file__).resolve().parents[4]


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
        ("Krestʹi\ufe20a\ufe21ne", "krestiane"),
        ("Ts\u0361entr obʺektov", "tsentr obektov"),
        ("Móˑreˌ", "more"),
        ("ויז׳ניצר", "ויז'ניצר"),
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


def lines(name: str) -> list[str]:
    text = (ROOT / "indexer" / "text" / name).read_text("utf-8")
    return [line for line in text.splitlines() if not line.startswith("#")]


def test_each_class_has_one_representative_and_is_not_chained_further() -> None:
    classes = _classes()
    assert all(ord(char) not in classes for char in set(classes.values()))


def test_the_classes_have_the_size_that_the_documents_say() -> None:
    """``docs/ranking.md`` names these numbers; they change with OpenCC and Unihan only."""
    found = lines("characters.txt")
    assert (sum(map(len, found)), len(found), max(map(len, found))) == (15155, 6927, 10)
    assert len(lines("akin.txt")) == 61
    told = (ROOT / "docs" / "ranking.md").read_text("utf-8")
    assert "15,155 characters in 6,927 classes" in told and "61 pairs" in told


def test_the_tables_are_what_the_script_makes_of_opencc_and_unihan() -> None:
    if not Path("/usr/share/unicode/Unihan_Variants.txt.bz2").exists():
        pytest.skip("Debian's package unicode-data is not installed")
    loader = SourceFileLoader("fold_table", str(ROOT / "scripts" / "fold-table"))
    spec = spec_from_loader("fold_table", loader)
    assert spec is not None
    script = module_from_spec(spec)
    loader.exec_module(script)
    classes, akin_pairs = script.build()
    assert classes == lines("characters.txt")
    assert akin_pairs == lines("akin.txt")


@pytest.mark.parametrize(
    "pair", ["他她", "完烟", "千仟", "彬斌", "版板", "子只", "坏坯", "一壹", "人入", "历厉"]
)
def test_what_daily_simplified_writing_keeps_apart_stays_apart(pair: str) -> None:
    assert fold(pair[0]) != fold(pair[1])


def test_the_everyday_form_stands_for_its_class() -> None:
    assert fold("幹部餘額發麵後裡鐘係") == "干部余额发面后里钟系"


def test_akin_characters_know_each_other_and_are_not_folded() -> None:
    assert "医" in akin(fold("毉")) and "毉" in akin("医")
    assert fold("毉") != fold("医")
    assert all(one in akin(other) for one in "痲参" for other in akin(one))
    assert akin("中") == ""


def test_the_han_zero_is_one_character() -> None:
    assert fold("二零零零") == fold("二〇〇〇") == fold("二○○○")


@given(st.text())
def test_folding_never_raises_and_folding_twice_changes_nothing(text: str) -> None:
    once = fold(text)
    assert fold(once) == once


def test_lone_surrogates_and_invisible_characters_vanish() -> None:
    assert fold("红\ud800\u200b楼\u202e") == "红楼"
