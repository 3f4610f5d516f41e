"""Records that share no number are joined by their likeness, by command or behind a load; through the command
line only.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from test_rights_of_apply import ereader

TITLE = "数据库系统概论"


def book(id: str, title: str = TITLE, year: int = 2006) -> str:
    return json.dumps(
        {
            "record": {
                "id": id,
                "type": "book",
                "title": title,
                "contributors": [{"name": "王珊", "role": "author"}],
                "publication": {"place": "北京", "publisher": "高等教育出版社"},
                "year": year,
                "extent": "461页",
                "languages": ["zho"],
            }
        },
        ensure_ascii=False,
    )


def load(home: Path, library: str, *books: str) -> None:
    home.parent.mkdir(exist_ok=True)
    file = home.parent / f"{library}.jsonl"
    file.write_text("\n".join(books) + "\n", "utf-8")
    words = ("--library", library, "--repository", f"{library}-books", "--create", "--format", "record")
    done = ereader(home, "load", str(file), *words)
    assert done.returncode == 0, done.stderr


def found(home: Path) -> int:
    """How many records a reader finds under the title."""
    done = ereader(home, "--json", "search", TITLE)
    assert done.returncode == 0, done.stderr
    return int(json.loads(done.stdout)["total"])


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def test_the_command_joins_what_is_alike_and_says_how_much(home: Path) -> None:
    load(home, "a", book("1"))
    load(home, "b", book("9"))
    load(home, "c", book("5", year=1991))
    assert found(home) == 3
    done = ereader(home, "records", "join")
    assert done.returncode == 0, done.stderr
    assert found(home) == 2, "the edition of another year is another book"
    again = ereader(home, "records", "join")
    assert again.returncode == 0 and found(home) == 2, "joining again joins nothing more"


def test_a_small_load_joins_by_itself_where_the_installation_says_so(home: Path) -> None:
    load(home, "a", book("1"))
    (home / "settings.toml").write_text("join_most = 2\n", "utf-8")
    load(home, "b", book("9"))
    assert found(home) == 1
    load(home, "c", book("4"), book("5", "别的书"), book("6", "又一本书"))
    assert found(home) == 2, "a load of more changed records leaves it to the command"
    assert ereader(home, "records", "join").returncode == 0
    assert found(home) == 1
