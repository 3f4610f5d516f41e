"""``docs/ranking.md`` says what the table of weights says, and both languages of the page have every row."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from indexer.index.fields import WEIGHTS

ROOT = Path(__file__).resolve().parents[2]


def test_the_table_in_the_document_is_the_table_of_weights() -> None:
    text = (ROOT / "docs" / "ranking.md").read_text("utf-8")
    rows = re.findall(r"^\| ([a-z ]+) \| ([\d,]+) \| [^|]+ \| ([^|]+) \|$", text, re.MULTILINE)
    assert [(name, float(value.replace(",", ""))) for name, value, _ in rows] == [
        (name, weight.value) for name, weight in WEIGHTS.items()
    ]
    for name, _, why in rows:
        assert why.startswith(WEIGHTS[name].why)


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_row_is_told_in_words(language: str) -> None:
    texts = tomllib.loads((ROOT / "ui" / "locale" / f"{language}.toml").read_text("utf-8"))
    assert list(texts["weight"]) == [name.replace(" ", "_") for name in WEIGHTS]
