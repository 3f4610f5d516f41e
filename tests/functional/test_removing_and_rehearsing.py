"""What a change would hide is said before it is made; what is removed is gone from every answer; through the
command line only.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from test_rights_of_apply import content, ereader, file, log

CONFIGURATION = """
[[consortium]]
id = "x"
[[library]]
id = "a"
[[library]]
id = "b"
portal = { includes = ["x"] }
[[membership]]
library = "a"
consortium = "x"
[[membership]]
library = "b"
consortium = "x"
[[repository]]
id = "a-books"
library = "a"
offered_to = ["x"]
published_by = ["x"]
[[repository]]
id = "b-books"
library = "b"
offered_to = ["x"]
published_by = ["x"]
[[user]]
name = "admin-a"
library = "a"
roles = ["library-admin"]
[[user]]
name = "centre"
roles = ["centre-admin"]
"""
WITHDRAWN = '[[repository]]\nid = "a-books"\nlibrary = "a"\npublished_by = ["x"]\n'


def book(id: str, title: str, isbn: str) -> str:
    return json.dumps(
        {
            "record": {
                "id": id,
                "type": "book",
                "title": title,
                "identifiers": [{"scheme": "isbn", "value": isbn}],
            }
        }
    )


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("removing")
    home = folder / "home"
    assert ereader(home, "apply", file(folder, CONFIGURATION)).returncode == 0
    for library, books in (
        ("a", [book("1", "园林史话", "9787101000016"), book("2", "桥梁史话", "9787101000023")]),
        ("b", [book("9", "园林史话", "9787101000016")]),
    ):
        records = folder / f"{library}.jsonl"
        records.write_text("\n".join(books) + "\n", "utf-8")
        words = ("--library", library, "--repository", f"{library}-books", "--format", "record")
        done = ereader(home, "load", str(records), *words)
        assert done.returncode == 0, done.stderr
    return home


@pytest.fixture
def home(built: Path, tmp_path: Path) -> Path:
    place = tmp_path / "home"
    subprocess.run(["cp", "-r", str(built), str(place)], check=True)
    return place


def titles(home: Path, view: str = "x") -> list[str]:
    done = ereader(home, "search", "史话", "--view", view, "--json")
    assert done.returncode == 0, done.stderr
    return sorted(hit["title"] for hit in json.loads(done.stdout)["hits"])


def why(home: Path, *words: str) -> list[dict[str, object]]:
    done = ereader(home, "why", "--json", *words)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_rehearsal_counts_what_would_be_hidden_and_changes_nothing(home: Path, tmp_path: Path) -> None:
    before = content(home)
    done = ereader(home, "apply", "--dry-run", "--json", file(tmp_path, WITHDRAWN))
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["changed"] == ["repository/a-books"]
    [effect] = told["effects"]
    assert (effect["place"], effect["audience"]) == ("C:x", "everyone")
    assert (effect["hidden"], effect["gone"], effect["shown"]) == (2, 1, 0)
    said = ereader(home, "apply", "--dry-run", file(tmp_path, WITHDRAWN)).stdout
    assert "hides 2 records, 1 of them held nowhere else there" in said
    assert content(home) == before


def test_a_rehearsal_of_what_is_denied_says_so(home: Path, tmp_path: Path) -> None:
    done = ereader(home, "apply", "--dry-run", "--as", "admin-a", "--remove", "repository/b-books")
    assert done.returncode == 2 and "may not" in done.stderr


def test_what_a_removed_repository_had_is_gone_and_its_id_stays_its_librarys(
    home: Path, tmp_path: Path
) -> None:
    assert titles(home) == ["园林史话", "桥梁史话"]
    done = ereader(home, "apply", "--as", "admin-a", "--remove", "repository/a-books", "--reason", "closed")
    assert done.returncode == 0, done.stderr
    assert titles(home) == ["园林史话"] and titles(home, "a") == []
    [first, *_] = why(home, "a-books/2", "--place", "x")
    assert (first["seen"], first["clause"], first["library"]) == (False, "removed", "a")
    entry = log(home, "--target", "repository/a-books")[-1]
    assert (entry["action"], entry["after"], entry["reason"]) == ("repository.remove", None, "closed")
    before = content(home)
    taken = ereader(home, "apply", file(tmp_path, '[[repository]]\nid = "a-books"\nlibrary = "b"\n'))
    assert taken.returncode == 2 and "another library's" in taken.stderr and content(home) == before
    assert ereader(home, "apply", file(tmp_path, WITHDRAWN)).returncode == 0
    assert titles(home, "a") == ["园林史话", "桥梁史话"], "its own library takes it back"


def test_a_library_goes_last_and_a_consortium_leaves_no_trace(home: Path, tmp_path: Path) -> None:
    before = content(home)
    done = ereader(home, "apply", "--remove", "library/a")
    assert done.returncode == 2 and "a-books" in done.stderr and "admin-a" in done.stderr
    assert content(home) == before
    words = ["--remove", "library/a", "--remove", "repository/a-books", "--remove", "user/admin-a"]
    done = ereader(home, "apply", "--as", "centre", *words)
    assert done.returncode == 0, done.stderr
    done = ereader(home, "apply", "--as", "centre", "--remove", "consortium/x")
    assert done.returncode == 0, done.stderr
    export = ereader(home, "apply", "--export").stdout
    assert '"a"' not in export and '"x"' not in export and "a-books" not in export
    assert ereader(home, "apply", file(tmp_path, export)).returncode == 0


def test_a_file_removes_once_and_then_has_nothing_to_do(home: Path, tmp_path: Path) -> None:
    text = '[[membership]]\nlibrary = "a"\nconsortium = "x"\nremoved = true\n[[user]]\nname = "admin-a"\nremoved = true\n'
    assert ereader(home, "apply", file(tmp_path, text)).returncode == 0
    assert titles(home) == ["园林史话"]
    assert why(home, "a-books/2", "--place", "x")[0]["clause"] == "no-member"
    before = content(home)
    again = ereader(home, "apply", file(tmp_path, text))
    assert again.returncode == 0 and "nothing to remove" in again.stderr and content(home) == before


@pytest.mark.parametrize(
    "text",
    [
        '[[repository]]\nid = "a-books"\nremoved = "yes"\n',
        '[[membership]]\nlibrary = "a"\nremoved = true\n',
        '[[consortium]]\nid = "centre"\nremoved = true\n',
    ],
    ids=["no truth", "half a name", "the centre"],
)
def test_a_removal_that_cannot_be_is_told_and_nothing_happens(home: Path, tmp_path: Path, text: str) -> None:
    before = content(home)
    done = ereader(home, "apply", file(tmp_path, text))
    assert done.returncode == 2 and "nothing was changed" in done.stderr and "Traceback" not in done.stderr
    assert content(home) == before


@pytest.mark.parametrize("who", ["admin-a", "centre"])
def test_nobody_removes_beyond_his_rights(home: Path, who: str) -> None:
    entry = {"admin-a": "library/b", "centre": "repository/b-books"}[who]
    before = content(home)
    assert ereader(home, "apply", "--as", who, "--remove", entry).returncode == 2
    assert content(home) == before


def test_why_names_the_clause_for_whoever_asks(home: Path) -> None:
    assert [t["clause"] for t in why(home, "a-books/1", "--place", "x")] == ["via", "via"]
    assert [t["clause"] for t in why(home, "a-books/2", "--place", "b")] == ["beside"]
    done = ereader(home, "why", "a-books/2", "--place", "centre", "--user", "admin-a")
    assert done.returncode == 0 and "not seen" in done.stdout and "no-member" in done.stdout
    for wrong in (["nothing"], ["a-books/2", "--place", "nowhere"], ["a-books/2", "--user", "nobody"]):
        assert ereader(home, "why", *wrong).returncode == 2
