"""Every example of docs/mapping.md does what the page says, and every mapping beside it is sound."""

from __future__ import annotations

import io
import json
import re
import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest

from indexer.formats.mapping import check
from indexer.plugins import adapter_for
from indexer.profile import Profile
from indexer.recognise import open_file

DOCS = Path(__file__).resolve().parents[2] / "docs"
EXAMPLE = re.compile(r"```toml\n(.*?)```\n```(\w+)\n(.*?)```\n```json\n(.*?)```", re.S)
EXAMPLES = EXAMPLE.findall((DOCS / "mapping.md").read_text(encoding="utf-8"))


def contains(actual: Any, expected: Any) -> bool:
    if isinstance(expected, dict):
        return isinstance(actual, dict) and all(
            contains(actual.get(key), value) for key, value in expected.items()
        )
    if isinstance(expected, list):
        return (
            isinstance(actual, list) and len(actual) == len(expected) and all(map(contains, actual, expected))
        )
    return bool(actual == expected)


def test_the_page_has_its_examples() -> None:
    assert len(EXAMPLES) >= 9


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_example_gives_what_the_page_says(number: int) -> None:
    mapping_text, language, data, expected = EXAMPLES[number]
    mapping = tomllib.loads(mapping_text)
    assert check(mapping) == []
    profile = Profile(mapping=mapping)
    found = []
    for raw in open_file(io.BytesIO(data.encode()), f"example.{language}", profile=profile):
        adapter = adapter_for(raw.format)
        assert adapter is not None
        record, problems = adapter.adapt(raw, profile)
        assert record is not None, problems
        found.append(msgspec.json.decode(msgspec.json.encode(record)))
    assert contains(found, json.loads(expected)), found


@pytest.mark.parametrize("path", sorted((DOCS / "mappings").glob("*.toml")), ids=lambda path: path.stem)
def test_ready_made_mapping_is_sound(path: Path) -> None:
    assert check(tomllib.loads(path.read_text(encoding="utf-8"))) == []


def test_every_member_of_the_language_is_on_the_page() -> None:
    from indexer.formats import mapping, mapping_rules

    page = (DOCS / "mapping.md").read_text(encoding="utf-8")
    members = (
        mapping.SINGLE
        | mapping.REPEATED
        | set(mapping.GROUPS)
        | set(mapping.NESTED)
        | mapping_rules.RULE_KEYS
        | mapping.SOURCE_KEYS
    )
    assert [name for name in sorted(members) if name not in page] == []
