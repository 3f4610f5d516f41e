"""Order by strokes: as the form is written, character by character."""

from __future__ import annotations

import pytest

from indexer.text.strokes import UNKNOWN, stroke_key, strokes_of


@pytest.mark.parametrize(
    ("char", "strokes"),
    [("一", 1), ("王", 4), ("鲁", 12), ("魯", 15), ("龍", 16), ("〇", 1), ("a", 0), ("", 0)],
)
def test_strokes_are_counted_in_the_form_that_is_written(char: str, strokes: int) -> None:
    assert strokes_of(char) == strokes


def test_fewer_strokes_of_the_first_character_come_first() -> None:
    names = ["魯迅", "老舍", "丁玲", "曹禺", "王力", "鲁迅"]
    assert sorted(names, key=stroke_key) == ["丁玲", "王力", "老舍", "曹禺", "鲁迅", "魯迅"]


def test_the_same_surname_stays_together_whatever_follows() -> None:
    found = sorted(["王一", "方苞", "王羲之", "方一"], key=stroke_key)
    assert [name[0] for name in found] in (["王", "王", "方", "方"], ["方", "方", "王", "王"])
    assert found.index("王一") < found.index("王羲之")


def test_the_key_of_a_text_begins_with_the_keys_of_its_beginnings() -> None:
    assert stroke_key("红楼梦").startswith(stroke_key("红楼")) and stroke_key("红")


def test_punctuation_does_not_count_and_other_characters_stand_behind_han() -> None:
    assert stroke_key("《红楼梦》") == stroke_key("红楼梦")
    assert stroke_key("王X") > stroke_key("王一")


def test_what_does_not_begin_with_han_has_no_place() -> None:
    assert stroke_key("Nature 自然") == b""
    assert stroke_key("3D打印") == b""
    assert stroke_key("《》") == b""


def test_a_character_that_nobody_counted_stands_at_the_end() -> None:
    rare = "\U00020001\U0002a6d6"
    assert stroke_key(rare)[1] == UNKNOWN or stroke_key(rare) > stroke_key("一")
