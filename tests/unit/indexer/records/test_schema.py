"""docs/record.schema.json agrees with the Record and with records as they are written."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import msgspec
import pytest

from indexer.normalise import normalise
from indexer.records.record import (
    Contributor,
    Identifier,
    Link,
    Publication,
    Record,
    Relation,
    Subject,
    Title,
)
from indexer.records.resource_type import BY_CODE
from indexer.records.schema import schema, schema_text

ROOT = Path(__file__).resolve().parents[4]


def test_the_published_schema_is_fresh() -> None:
    assert (ROOT / "docs" / "record.schema.json").read_text(encoding="utf-8") == schema_text()


def test_the_schema_is_a_sound_schema_and_names_the_21_types() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    assert set(schema()["$defs"]["Record"]["properties"]["type"]["enum"]) == {"", *BY_CODE}


def test_a_normalised_record_is_valid_and_an_odd_one_is_not() -> None:
    record, _ = normalise(
        Record(
            type="book",
            title="红楼梦",
            titles=(Title("红楼梦", romanised="Hong lou meng"),),
            contributors=(Contributor("曹雪芹", "著"),),
            publication=Publication("北京", "人民文学出版社", "1957"),
            identifiers=(Identifier("isbn", "7-02-000220-X"),),
            subjects=(Subject("小说"),),
            links=(Link("https://example.org"),),
            relations=(Relation("in", "x"),),
            languages=("chi",),
        )
    )
    value = json.loads(msgspec.json.encode(record))
    jsonschema.validate(value, schema())
    assert "None" not in json.dumps(value)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**value, "type": "novel"}, schema())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**value, "languages": "zho"}, schema())
