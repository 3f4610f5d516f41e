"""docs/export.md and the commands of docs/matching.md say what the program does."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from ereader import record_pairs
from indexer.records.export import FORMATS

DOCS = Path(__file__).resolve().parents[2] / "docs"
EXPORT = (DOCS / "export.md").read_text("utf-8")
MATCHING = (DOCS / "matching.md").read_text("utf-8")


def test_the_table_of_formats_is_that_of_the_program() -> None:
    rows = re.findall(r"^\| (`[^|]+) \|", EXPORT, re.M)
    assert {name for row in rows for name in re.findall(r"`(\w+)`", row)} == set(FORMATS)


@pytest.mark.parametrize("command", sorted(set(re.findall(r"^ereader (\w+)(?= --| [a-z]+)", EXPORT, re.M))))
def test_the_options_that_are_named_exist(command: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ereader", command, "--help"], capture_output=True, text=True, check=True
    )
    for option in set(
        re.findall(r"(--[a-z-]+)", "\n".join(re.findall(rf"^ereader {command} .*$", EXPORT, re.M)))
    ):
        assert option in done.stdout, option


def test_the_acts_on_pairs_are_those_of_the_command() -> None:
    assert set(re.findall(r"^ereader records ([a-z-]+)", MATCHING, re.M)) == set(record_pairs.ACTS)


def test_an_export_of_the_page_runs_on_an_empty_home(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ereader", "--home", str(tmp_path), "--json", "export", "--query", "", "--to", "csv"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert '{"records":0,"format":"csv","lost":{}}' in done.stderr
    refused = subprocess.run(
        [sys.executable, "-m", "ereader", "--home", str(tmp_path), "export", "--repository", "none", "--to", "csv"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert refused.returncode == 2 and "no repository none" in refused.stderr
