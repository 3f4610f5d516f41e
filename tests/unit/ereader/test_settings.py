"""Settings of a home: read from a file and the environment, and written back one by one."""

from __future__ import annotations

from pathlib import Path

import pytest

from ereader.exit_status import UsageError
from ereader.settings import Settings, read_settings, remember


def test_what_is_remembered_is_read_again_and_the_rest_of_the_file_stays(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('# ours\ntitle = "馆"\n  engine = "tantivy"  # small\nport = 8001\n', "utf-8")
    remember(tmp_path, {"engine": "solr", "solr": 'http://a:1/solr "x"'})
    text = file.read_text("utf-8")
    assert "# ours" in text
    read = read_settings(tmp_path, {})
    assert (read.engine, read.solr, read.title, read.port) == ("solr", 'http://a:1/solr "x"', "馆", 8001)
    assert text.count("engine") == 1


def test_a_home_without_a_file_gets_one(tmp_path: Path) -> None:
    remember(tmp_path, {"engine": "solr"})
    assert read_settings(tmp_path, {}) == Settings(engine="solr")


def test_a_file_that_is_not_understood_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    for text in ("engine = ", 'title = """\nengine = "x"\n"""\n'):
        file.write_text(text, "utf-8")
        with pytest.raises(UsageError):
            remember(tmp_path, {"engine": "solr"})
        assert file.read_text("utf-8") == text


def test_the_environment_counts_more_than_the_file(tmp_path: Path) -> None:
    remember(tmp_path, {"engine": "solr"})
    assert read_settings(tmp_path, {"EREADER_ENGINE": "tantivy"}).engine == "tantivy"
    with pytest.raises(UsageError):
        read_settings(tmp_path, {"EREADER_SOLR_SHARDS": "many"})
