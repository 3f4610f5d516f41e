"""``ereader kb`` by its command line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from resolver.knowledge_base.kbart import column_names

SERIAL = {"publication_title": "Soils", "print_identifier": "1234-5679", "title_id": "s", "date_first_issue_online": "1990",
          "date_last_issue_online": "1999", "title_url": "https://p.example/s", "publication_type": "serial", "access_type": "P"}  # fmt: skip


def ereader(home: Path, *words: str, status: int = 0) -> str:
    command = [sys.executable, "-m", "ereader", "--home", str(home), *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == status, done.stderr
    return done.stdout


def a_list(path: Path, *rows: dict[str, str]) -> str:
    lines = ["\t".join(column_names()), *("\t".join(row.get(n, "") for n in column_names()) for row in rows)]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return str(path)


def lines(output: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in output.splitlines()]


def test_a_package_is_loaded_previewed_listed_given_out_and_taken_back(tmp_path: Path) -> None:
    home = tmp_path / "home"
    first = a_list(tmp_path / "Acme_Global_Soils_2026-01-31.txt", SERIAL, {"title_url": "https://p.example/"})
    told = lines(ereader(home, "kb", "load", first, "--json", status=1))
    assert told[-1]["summary"]["package"] == "Acme_Global_Soils"  # type: ignore[index]
    assert told[-1]["summary"]["added"] == 1 and told[-1]["summary"]["refused"] == 1  # type: ignore[index]
    assert any(t.get("code") == "row-refused" and t["row"] == 2 for t in told)
    second = a_list(
        tmp_path / "Acme_Global_Soils_2026-02-28.txt", {**SERIAL, "date_last_issue_online": "2001"}
    )
    preview = lines(ereader(home, "kb", "load", second, "--dry-run", "--json"))[-1]["summary"]
    assert preview["changed"] == 1 and "1999" in ereader(home, "kb", "export", "Acme_Global_Soils")  # type: ignore[index]
    ereader(home, "kb", "load", second)
    assert ereader(home, "kb", "export", "Acme_Global_Soils").encode() == Path(second).read_bytes()
    (listed,) = lines(ereader(home, "kb", "list", "--json"))
    assert (listed["titles"], listed["rows"]) == (1, 1)
    ereader(home, "kb", "undo", "Acme_Global_Soils")
    assert "1999" in ereader(home, "kb", "export", "Acme_Global_Soils")
    ereader(home, "kb", "undo", "Acme_Global_Soils")
    assert ereader(home, "kb", "list") == ""


def test_a_row_without_a_title_is_kept_for_its_number_and_told(tmp_path: Path) -> None:
    home = tmp_path / "home"
    bare = {**SERIAL, "publication_title": "", "print_identifier": "0028-0836", "title_id": ""}
    file = a_list(tmp_path / "Acme.txt", SERIAL, bare)
    for dry in (["--dry-run"], []):
        told = lines(ereader(home, "kb", "load", file, "--json", *dry, status=1))
        (problem,) = [one for one in told if one.get("severity") == "error"]
        assert (problem["row"], problem["code"]) == (2, "missing-value")
        assert "ask the provider" in str(problem["message"])
        summary = told[-1]["summary"]
        assert (summary["added"], summary["refused"], summary["untitled"]) == (2, 0, 1)  # type: ignore[index]
    assert "0028-0836" in ereader(home, "kb", "export", "Acme")
    ereader(home, "kb", "load", a_list(tmp_path / "Acme.txt", SERIAL))


@pytest.mark.parametrize(
    "words",
    [("undo", "Nothing"), ("export", "Nothing"), ("load", "/nowhere.txt"), ("load", "{list}", "--library", "nobody"),
     ("load", "{list}", "--terms", "{bad}"), ("check", "/nowhere.txt")],
)  # fmt: skip
def test_what_makes_no_sense_changes_nothing(tmp_path: Path, words: tuple[str, ...]) -> None:
    given = a_list(tmp_path / "list.txt", SERIAL)
    (tmp_path / "bad.toml").write_text('networks = ["nonsense"]\n')
    filled = [w.format(list=given, bad=tmp_path / "bad.toml") for w in words]
    ereader(tmp_path / "home", "kb", *filled, status=2)
    assert ereader(tmp_path / "home", "kb", "list") == ""


def test_a_row_is_judged_from_the_file(tmp_path: Path) -> None:
    given = a_list(
        tmp_path / "list.txt",
        SERIAL,
        {**SERIAL, "date_first_issue_online": "2005", "date_last_issue_online": "", "embargo_info": "P1Y"},
    )
    for date, covered in (("1995", True), ("2002", False), ("2010", True), ("2026", False)):
        words = ("--file", given, "--title-id", "12345679", "--date", date, "--today", "2026-11-21")
        (answer,) = lines(ereader(tmp_path / "home", "kb", "covers", *words))
        assert answer["covered"] is covered and answer["why"]
    (answer,) = lines(
        ereader(tmp_path / "home", "kb", "covers", "--file", given, "--title-id", "zz", "--date", "1995")
    )
    assert answer["covered"] is False
