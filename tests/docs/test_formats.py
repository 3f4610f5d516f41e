"""The table of formats names exactly those there are."""

from __future__ import annotations

import re
from pathlib import Path

from indexer import plugins

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "formats.md").read_text(encoding="utf-8")


def test_every_format_that_can_be_given_is_in_the_table_and_no_other() -> None:
    named = re.findall(r"^\| `([\w-]+)` \|", TEXT, re.M)
    assert sorted(named) == sorted(plugins.formats())
    assert len(set(named)) == len(named)


def test_no_built_in_plug_in_fails_to_load() -> None:
    assert plugins.failures() == ()
