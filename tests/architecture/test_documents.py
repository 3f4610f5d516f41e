"""What the documents say of the project is so."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "tests").rglob("*.md")])


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_links_between_documents_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
        if "://" not in target and not target.startswith("mailto:"):
            assert (path.parent / target).exists(), f"{path.name} links to {target}"


def test_each_invariant_names_a_test_that_exists() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    invariants = re.findall(r"^\*\*Invariant\.\*\* .*?(?=\n\n|\Z)", text, re.M | re.S)
    assert len(invariants) >= 8
    for invariant in invariants:
        named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", invariant)
        assert named, invariant
        for file, function in named:
            assert (ROOT / file).exists(), file
            if function:
                assert f"def {function}(" in (ROOT / file).read_text(encoding="utf-8"), function


def test_paths_named_in_the_map_exist() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    for path in re.findall(
        r"`((?:ereader|resolver|indexer|holdings|ui|solr_conf|scripts|tests|docs)/[\w./-]*)`", text
    ):
        assert (ROOT / path).exists(), path


def test_the_changelog_begins_with_the_version_of_the_package() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    first = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.M)
    assert first
    assert first.group(1) == version


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_the_readme_names_the_two_commands(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    for command in ("scripts/run", "scripts/test"):
        assert command in text
        assert os.access(ROOT / command, os.X_OK)
    assert len(text.splitlines()) <= 80


def test_scripts_are_sound_shell() -> None:
    for script in (ROOT / "scripts").iterdir():
        if script.is_file() and script.read_text(encoding="utf-8").startswith("#!/usr/bin/env bash"):
            subprocess.run(["bash", "-n", str(script)], check=True)
