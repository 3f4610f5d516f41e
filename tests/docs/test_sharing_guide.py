"""The page on sharing says what the program does."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import get_args

import pytest

from ereader import cli, jobs
from ereader.installation import open_home
from holdings.members.repository import PrivateField
from indexer.records import private

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "sharing.md").read_text("utf-8")


def rows(under: str) -> list[str]:
    """What the first column of the table in a chapter names."""
    chapter = TEXT[TEXT.index(under) :]
    return re.findall(r"^\| `([\w-]+)` \|", chapter[: chapter.find("\n## ", 5)], re.M)


def test_the_table_of_private_fields_is_complete() -> None:
    assert rows("## Fields that a library keeps to itself") == sorted(get_args(PrivateField))
    assert set(private._TAKEN) == set(get_args(PrivateField))


def test_the_table_of_jobs_is_complete() -> None:
    assert rows("## What changes when") == list(jobs.KINDS)


def test_every_command_of_the_page_can_be_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (example,) = re.findall(r"```toml\n(.*?)```", TEXT, re.S)
    Path("sharing.toml").write_text(example, "utf-8")
    books = [{"id": f"b{n}", "type": "book", "title": f"Harbour {n}", "price": "7"} for n in (1, 2, 3)]
    Path("books.jsonl").write_text("".join(json.dumps(book) + "\n" for book in books))
    with open_home(tmp_path / "home") as installation:
        jobs.start(installation, "rebuild", {}, jobs.AUTOMATIC, spawn=False)
    commands = [line for block in re.findall(r"```sh\n(.*?)```", TEXT, re.S) for line in block.splitlines()]
    for command in commands:
        words = shlex.split(command)
        assert words[0] == "ereader"
        assert cli.main(["--home", str(tmp_path / "home"), *words[1:]]) == 0, command
    out = capsys.readouterr().out
    flags = [json.loads(line) for line in out.splitlines() if line.startswith("{")]
    assert {f["id"]: (f.get("suppressed"), f.get("deleted")) for f in flags} == {
        "b1": (False, False),
        "b2": (True, False),
    }
    assert cli.main(["--home", str(tmp_path / "home"), "records", "flags", "pku-books", "--json"]) == 0
    assert capsys.readouterr().out == "", "as received, nothing is said any more"
