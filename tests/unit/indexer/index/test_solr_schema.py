"""The configset: what is written in solr_conf/ is what the table of columns gives, and nothing in it is open."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from indexer.index import fields, solr_schema
from indexer.index.solr_schema import CLOSED, KEY, configset, configset_name, schema_xml, solrconfig_xml
from indexer.index.tantivy_schema import columns

FOLDER = Path(__file__).resolve().parents[4] / "solr_conf"


def test_the_folder_holds_what_the_table_gives() -> None:
    """When this fails: scripts/solr-conf."""
    assert {path.name: path.read_bytes() for path in FOLDER.glob("*.xml")} == configset()


def test_every_column_is_a_field_or_left_out_on_purpose() -> None:
    names = {field.get("name") for field in ET.fromstring(schema_xml()).iter("field")}
    wanted = {column.name for column in columns() if not column.name.startswith("h_")}
    assert names == wanted | {KEY, "_version_"}


def test_facets_and_orders_are_columns_of_values() -> None:
    found = {field.get("name"): field for field in ET.fromstring(schema_xml()).iter("field")}
    for name, field in found.items():
        assert name is not None
        if name.startswith(("f_", "s_")) or name in ("year", "walk", "newest", "oldest", "added"):
            assert field.get("docValues") == "true", name
        if name in fields.BY_NAME and fields.BY_NAME[name].kind == "text":
            assert (field.get("type"), field.get("indexed")) == ("tokens", "true")


def test_nothing_is_guessed_evaluated_expanded_or_streamed() -> None:
    config = ET.fromstring(solrconfig_xml())
    text = schema_xml() + solrconfig_xml()
    for word in ("velocity", "script", "xslt", "add-unknown-fields", "managedindexschema", "lib dir"):
        assert word not in re.sub(r"<!--.*?-->", "", text, flags=re.S).lower()
    schema_factory = config.find("schemaFactory")
    assert schema_factory is not None
    assert schema_factory.get("class") == "ClassicIndexSchemaFactory"
    handlers = {h.get("name"): h.get("class") for h in config.iter("requestHandler")}
    assert {name for name, kind in handlers.items() if kind != "solr.NotFoundRequestHandler"} == {"/select"}
    assert set(CLOSED) <= handlers.keys()
    fixed = {
        e.get("name"): e.text for part in config.iter("lst") if part.get("name") == "invariants" for e in part
    }
    assert fixed["expandMacros"] == "false"
    assert fixed["echoParams"] == "none"


def test_the_name_changes_with_what_the_index_is_filled_with(monkeypatch: pytest.MonkeyPatch) -> None:
    before = configset_name()
    monkeypatch.setattr(fields, "LAYOUT", fields.LAYOUT + 1)
    assert configset_name() != before
    monkeypatch.undo()
    monkeypatch.setattr(solr_schema, "MAX_TOKEN", 7)
    assert configset_name() != before
