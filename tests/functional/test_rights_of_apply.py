"""``ereader apply`` obeys the same rights as the consoles and writes the same log, through the command line only."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

CONFIGURATION = """
[[consortium]]
id = "x"
[[library]]
id = "a"
[[library]]
id = "b"
[[membership]]
library = "a"
consortium = "x"
[[repository]]
id = "books"
library = "a"
[[user]]
name = "librarian-a"
library = "a"
roles = ["librarian"]
password_env = "SOME_PASSWORD"
[[user]]
name = "admin-x"
roles = ["consortium-admin:x"]
"""
OFFERED = '[[repository]]\nid = "books"\nlibrary = "a"\noffered_to = ["x"]\n'
PUBLISHED = OFFERED + 'published_by = ["x"]\n'


def ereader(home: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    import os

    return subprocess.run(
        [sys.executable, "-m", "ereader", "--home", str(home), *words],
        capture_output=True, text=True, env={**os.environ, **environment},
    )  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Path:
    place = tmp_path / "home"
    done = ereader(place, "apply", file(tmp_path, CONFIGURATION), SOME_PASSWORD="panda's password")
    assert done.returncode == 0, done.stderr
    return place


def file(folder: Path, text: str) -> str:
    path = folder / "given.toml"
    path.write_text(text, "utf-8")
    return str(path)


def content(home: Path) -> str:
    connection = sqlite3.connect(home / "ereader.sqlite")
    try:
        return "\n".join(connection.iterdump())
    finally:
        connection.close()


def log(home: Path, *words: str) -> list[dict[str, object]]:
    done = ereader(home, "audit", "--json", *words)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize(
    ("who", "text"),
    [
        ("librarian-a", PUBLISHED),
        ("admin-x", OFFERED),
        (
            "librarian-a",
            '[[user]]\nname = "librarian-a"\nlibrary = "a"\nroles = ["librarian", "centre-admin"]\n',
        ),
        ("admin-x", '[[membership]]\nlibrary = "b"\nconsortium = "centre"\n'),
        ("librarian-a", OFFERED + '[[library]]\nid = "new"\n'),
    ],
    ids=["publish", "offer", "own roles", "other consortium", "one of two"],
)
def test_a_denied_file_leaves_the_database_as_it_was(home: Path, tmp_path: Path, who: str, text: str) -> None:
    before = content(home)
    done = ereader(home, "apply", file(tmp_path, text), "--as", who)
    assert done.returncode == 2
    assert (
        "nothing was changed" in done.stderr and "may not" in done.stderr and "Traceback" not in done.stderr
    )
    assert content(home) == before


def test_two_keys_are_turned_by_two_people_and_the_log_names_both(home: Path, tmp_path: Path) -> None:
    for who, text, why in (("librarian-a", OFFERED, "for the region"), ("admin-x", PUBLISHED, "welcome")):
        done = ereader(home, "apply", file(tmp_path, text), "--as", who, "--reason", why)
        assert done.returncode == 0, done.stderr
    offered, published = log(home, "--target", "repository/books")[-2:]
    assert (offered["actor"], offered["action"], offered["reason"]) == (
        "user:librarian-a",
        "repository.offer",
        "for the region",
    )
    assert (published["actor"], published["action"]) == ("user:admin-x", "repository.publish")
    said = ereader(home, "audit", "--latest", "1").stdout
    assert 'published_by: null → ["x"]' in said and "welcome" in said


def test_applying_again_changes_nothing_and_is_not_logged(home: Path, tmp_path: Path) -> None:
    before = content(home)
    done = ereader(home, "apply", file(tmp_path, CONFIGURATION), SOME_PASSWORD="panda's password")
    assert done.returncode == 0 and content(home) == before


def test_no_password_is_in_the_log_or_the_export_or_the_home_as_text(home: Path, tmp_path: Path) -> None:
    done = ereader(home, "apply", file(tmp_path, CONFIGURATION), SOME_PASSWORD="bear's password")
    assert done.returncode == 0
    assert log(home)[-1]["action"] == "user.password"
    export = ereader(home, "apply", "--export").stdout
    said = export + json.dumps(log(home)) + content(home)
    assert "panda's password" not in said and "bear's password" not in said and "argon2" not in export
    before = content(home)
    assert ereader(home, "apply", file(tmp_path, export)).returncode == 0
    assert content(home) == before


def test_nobody_acts_for_a_user_there_is_not(home: Path, tmp_path: Path) -> None:
    done = ereader(home, "apply", file(tmp_path, OFFERED), "--as", "nobody")
    assert done.returncode == 2 and "there is no such user" in done.stderr


def test_creating_a_library_while_loading_is_in_the_log(home: Path, tmp_path: Path) -> None:
    records = tmp_path / "r.jsonl"
    records.write_text('{"record":{"id":"1","type":"book","title":"t"}}\n', "utf-8")
    words = ("--library", "c", "--repository", "c-all", "--create", "--format", "record")
    assert ereader(home, "load", str(records), *words).returncode == 0
    assert {e["target"] for e in log(home)} >= {"library/c", "repository/c-all"}
