"""Plug-ins come from entry points; a broken one is reported and costs nobody else anything."""

from __future__ import annotations

import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path

from indexer import plugins


def test_every_declared_plugin_of_this_project_loads() -> None:
    declared = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text(encoding="utf-8"))
    groups = declared["project"]["entry-points"]
    plugins.adapters()
    assert [failure.message for failure in plugins.failures()] == []
    assert set(plugins.readers()) >= set(groups[plugins.READERS])


def test_every_format_a_reader_yields_names_an_adapter_or_is_decided_by_the_reader() -> None:
    decided = {"iso2709", "marcxml", "marcjson", "aleph", "worksheet"}
    marc_formats = {"marc21", "unimarc", "cnmarc", "pica"}
    assert marc_formats <= set(plugins.adapters())
    assert decided | marc_formats <= set(plugins.formats())


def test_a_plugin_that_cannot_be_imported_is_reported_and_left_out() -> None:
    points = [
        EntryPoint("absent", "indexer.no_such_module:READER", plugins.READERS),
        EntryPoint("shapeless", "indexer.plugins:READERS", plugins.READERS),
        EntryPoint("iso2709", "indexer.readers.iso2709:READER", plugins.READERS),
        EntryPoint("iso2709", "stranger.module:READER", plugins.READERS),
    ]
    loaded = plugins.load(plugins.READERS, points)
    assert list(loaded.plugins) == ["iso2709"]
    assert [(failure.field, failure.severity) for failure in loaded.failures] == [
        ("absent", "error"),
        ("iso2709", "error"),
        ("shapeless", "error"),
    ]
    assert loaded.plugins["iso2709"].name == "iso2709"
