"""The JSON Schema of the Record (记录的 JSON 模式), made from the structures so that it cannot disagree with
them.
"""

from __future__ import annotations

import json
from typing import Any

import msgspec

from indexer.records.record import Record
from indexer.records.resource_type import BY_CODE

SCHEMA_ID = "record.schema.json"


def schema() -> dict[str, Any]:
    """JSON Schema 2020-12 of the JSON form of a Record; ``type`` is one of the 21 codes."""
    (reference,), definitions = msgspec.json.schema_components([Record], ref_template="#/$defs/{name}")
    record = definitions["Record"]
    record["properties"]["type"] = {
        "enum": ["", *BY_CODE],
        "default": "",
        "description": "; ".join(f"{kind.code}: {kind.zh} {kind.en}" for kind in BY_CODE.values()),
    }
    definitions = {name: _without_defaults(part) for name, part in sorted(definitions.items())}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": "Record",
        "description": "One description by one source. Empty members are left out; keys may be added, none "
        "will go.",
        **reference,
        "$defs": definitions,
    }


def _without_defaults(part: dict[str, Any]) -> dict[str, Any]:
    """The same without defaults that are nested structures, which say nothing to a reader of the schema."""
    for row in part.get("properties", {}).values():
        if isinstance(row.get("default"), (dict, list)):
            del row["default"]
    return part


def schema_text() -> str:
    """The text of docs/record.schema.json."""
    return json.dumps(schema(), ensure_ascii=False, indent=2) + "\n"
