"""``ereader search``: the JSON of the API alone on standard output; wrong usage says what to do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ereader import exit_status
from ereader.cli import main

RIS = """TY  - BOOK
ID  - 1
TI  - 红楼梦
AU  - 曹雪芹
PY  - 1982
LA  - chi
ER  -
TY  - MAP
ID  - 2
TI  - Map of Tokyo
PY  - 1909
ER  -
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    (folder / "list.ris").write_text(RIS, encoding="utf-8")
    loading = ["load", str(folder / "list.ris"), "--library", "pku", "--repository", "books", "--create"]
    assert main(["--home", str(folder / "home"), *loading]) == exit_status.DONE
    return folder / "home"


def ask(home: Path, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    capsys.readouterr()
    status = main(["--home", str(home), "search", *words])
    return status, capsys.readouterr().out


def test_json_is_one_line_with_every_key_of_the_interface(home, capsys) -> None:
    status, out = ask(home, capsys, "紅樓夢", "--json")
    assert status == exit_status.DONE
    assert out.count("\n") == 1
    data = json.loads(out)
    assert {"total", "page", "size", "hits", "facets", "query", "suggestions", "next_cursor"} <= set(data)
    assert data["total"] == 1
    hit = data["hits"][0]
    assert (hit["title"], hit["contributors"], hit["year"], hit["libraries"]) == (
        "红楼梦",
        ["曹雪芹"],
        1982,
        ["pku"],
    )
    assert data["facets"]["type"] == [{"value": "book", "label": "图书", "count": 1}]
    assert data["query"]["understood"] == "紅樓夢"


def test_type_size_and_view_narrow_the_answer(home, capsys) -> None:
    totals = {}
    for options in (
        ("--type", "map"),
        ("--type", "book,map"),
        ("--size", "1"),
        ("--view", "pku"),
        ("--view", "C:centre"),
    ):
        _, out = ask(home, capsys, "", "--json", *options)
        data = json.loads(out)
        totals[options[1]] = (data["total"], len(data["hits"]))
    assert totals == {"map": (1, 1), "book,map": (2, 2), "1": (2, 1), "pku": (2, 2), "C:centre": (2, 2)}


def test_a_person_reads_a_list(home, capsys) -> None:
    status, out = ask(home, capsys, "红楼梦", "--lang", "en")
    assert status == exit_status.DONE
    assert "1 found" in out
    assert "[Book] 红楼梦  曹雪芹 / 1982" in out


@pytest.mark.parametrize(
    "words",
    [
        ("a", "--type", "nonsense"),
        ("a", "--view", "nowhere"),
        ("a", "--size", "0"),
        ("a", "--param", "page=99999"),
    ],
)
def test_wrong_usage_is_said_and_answered_with_its_status(home, capsys, words) -> None:
    status, out = ask(home, capsys, *words)
    assert (status, out) == (exit_status.USAGE, "")


def test_an_empty_home_answers_with_nothing_found(tmp_path, capsys) -> None:
    status, out = ask(tmp_path / "new", capsys, "a", "--json")
    assert (status, json.loads(out)["total"]) == (exit_status.DONE, 0)
