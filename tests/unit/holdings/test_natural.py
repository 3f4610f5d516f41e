"""Numbers that somebody else wrote."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdings.natural import natural


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("7", 7), ("007", 7), ("999999999", 999_999_999)])
def test_plain_digits_are_a_number(text: str, number: int) -> None:
    assert natural(text) == number


@pytest.mark.parametrize("text", ["", "-1", "+1", " 1", "1_0", "1.0", "٣", "²", "①", "\uff13", "1e3", "x"])
def test_anything_else_is_none(text: str) -> None:
    assert natural(text) is None


def test_what_is_too_long_is_none_however_long_it_is() -> None:
    assert natural("1234", 4) == 1234
    assert natural("12345", 4) is None
    assert natural("9" * 5_000) is None


@given(st.text())
def test_no_text_raises(text: str) -> None:
    assert natural(text) is None or natural(text) == int(text)
