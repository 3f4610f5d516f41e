"""Pinyin without blanks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.text.syllables import MAX_SPELLINGS, spellings


@pytest.mark.parametrize(
    ("typed", "spelled"),
    [
        ("luxun", "lu xun"),
        ("LuXun", "lu xun"),
        ("hongloumeng", "hong lou meng"),
        ("xian", "xian"),
        ("nvzi", "nv zi"),
        ("nüzi", "nv zi"),
        ("lu xun", "lu xun"),
        ("lux", "lu x"),
    ],
)
def test_the_likeliest_way_comes_first(typed: str, spelled: str) -> None:
    assert spellings(typed)[0] == spelled


def test_every_way_is_given_as_long_as_there_are_few() -> None:
    assert "xi an" in spellings("xian")
    assert len(spellings("anananananan")) <= MAX_SPELLINGS


@pytest.mark.parametrize("text", ["", "science", "鲁迅", "lu2", "qqqq", "a" * 100, "vvv"])
def test_what_is_no_pinyin_has_none(text: str) -> None:
    assert spellings(text) == []


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyzü' ", max_size=80))
def test_the_letters_stay_the_same_and_it_ends_soon(text: str) -> None:
    letters = "".join(c for c in text.replace("ü", "v") if c.isalpha())
    assert all(s.replace(" ", "") == letters for s in spellings(text))
