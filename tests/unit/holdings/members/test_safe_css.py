"""A library's own style rules: what is used of them, and that no text whatever gets more through."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
import tinycss2
from hypothesis import given, settings
from hypothesis import strategies as st

from holdings.members.safe_css import MOST, MOST_RULES, safe_css

CASES = tomllib.loads((Path(__file__).parents[3] / "cases" / "design" / "safe_css.toml").read_text("utf-8"))[
    "case"
]
PIECES = (
    "url(", "@import ", "@media (max-width: 3px)", "{", "}", "(", ")", "[", "]", ";", ":", ",", ".", "#", "\\", '"', "'", "/*", "*/",
    ".hero", "a", "color", "position", "background", "fixed", "red", "var(--accent)", "--accent", "-1px", "2em", "!important",
    "calc(", "<!--", "-->", "</style>", "expression(", "\x00", "\n", "content", "图书",
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_only_looks_get_through(case: dict[str, object]) -> None:
    found = safe_css(str(case["css"]))
    assert found.sheet == case["kept"]
    assert [left.reason for left in found.left_out] == case["left"]


def test_too_much_is_not_used_at_all_or_cut() -> None:
    assert safe_css("a { color: red }" * (MOST // 10)).sheet == ""
    many = safe_css("a{color:red}" * (MOST_RULES + 50))
    assert many.sheet.count("{") == MOST_RULES
    assert [left.reason for left in many.left_out] == ["many"]


@pytest.mark.parametrize(
    "text", ["(" * 15_000, "a{" * 9_000, "a{color:calc(" * 1_000, "\\" * 19_000, "@media(" * 2_000]
)
def test_deep_or_endless_texts_are_answered(text: str) -> None:
    assert safe_css(text).sheet == ""


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25))
def test_no_text_gets_an_address_or_a_place_through(pieces: list[str]) -> None:
    sheet = safe_css(" ".join(pieces)).sheet
    for word in ("url(", "@import", "position", "content:", "expression", "</", "--accent:", "-1px"):
        assert word not in sheet
    assert all(rule.type != "error" for rule in tinycss2.parse_stylesheet(sheet, True, True))
    assert safe_css(sheet).sheet == sheet, "what came out goes in again unchanged"
