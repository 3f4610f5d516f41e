"""The quality report: numbers, a table that spreadsheets open, a page that is safe to open."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from lxml import html

from ereader.cli import main
from indexer.problem import Problem
from indexer.records.record import Record, Source
from indexer.report import CSV_NAME, EXAMPLES, PAGE_NAME, Report, Summary

HOSTILE = "<script>alert('x')</script>\"&\u202e"


def make(directory: Path | None, count: int = 3) -> Summary:
    with Report("a <b>.mrc", directory) as report:
        for number in range(1, count + 1):
            record = Record(
                type="book", title=HOSTILE, id=f"id{number}", source=Source("marc21", "utf-8", number)
            )
            report.add(record, [Problem("isbn-length", "warning", "m", "020$a", number, value="=1+1")])
        report.add(
            Record(type="journal", title="ok"), [Problem("year-missing", "info", "m", position=count + 1)]
        )
        report.add(None, [Problem("own-code", "error", HOSTILE, "@x", count + 2, value="a\x00b\ud800")])
        return report.finish()


def test_numbers_of_the_report(tmp_path: Path) -> None:
    summary = make(tmp_path)
    assert (summary.read, summary.refused, summary.clean, summary.problems) == (5, 1, 1, 5)
    assert summary.codes == {"isbn-length": 3, "year-missing": 1, "own-code": 1}
    assert summary.severities == {"error": 1, "warning": 3, "info": 1}
    assert summary.types == {"book": 3, "journal": 1}


def test_table_has_every_problem_and_no_formula(tmp_path: Path) -> None:
    make(tmp_path, 300)
    text = (tmp_path / CSV_NAME).read_bytes().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 302
    assert rows[0]["position"] == "1"
    assert rows[0]["field"] == "020$a"
    assert rows[0]["修改办法"]
    assert not any(cell[:1] in ("=", "@", "+", "-") for row in rows for cell in row.values() if cell)


def test_page_shows_hostile_values_as_text_and_loads_nothing(tmp_path: Path) -> None:
    make(tmp_path, EXAMPLES + 50)
    text = (tmp_path / PAGE_NAME).read_text(encoding="utf-8")
    page = html.fromstring(text.encode("utf-8"))
    assert page.xpath("//script") == []
    assert page.xpath("//@src | //link | //img") == []
    assert all(value.startswith("#") or value == CSV_NAME for value in page.xpath("//@href"))
    assert HOSTILE.replace("\u202e", "") in page.text_content().replace("\u202e", "")
    assert f"… {50} more" in text
    for anchor in page.xpath("//a/@href"):
        assert anchor == CSV_NAME or page.xpath("//*[@id=$id]", id=anchor[1:])


def test_without_a_folder_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert make(None).read == 5
    assert list(tmp_path.iterdir()) == []


RIS = """TY  - BOOK
TI  - 数据库
AU  - 王珊
SN  - 7020002209
PY  - 2014
ER  -

TY  - JOUR
TI  - Paper
ER  -
"""


def test_the_command_writes_the_report_and_says_the_numbers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.ris").write_text(RIS, encoding="utf-8")
    folder = tmp_path / "new" / "report"
    assert main(["check", str(tmp_path / "a.ris"), "--report", str(folder)]) == 0
    out = capsys.readouterr().out
    assert "2 records read, 0 refused" in out
    assert "isbn-check-digit" in out
    assert (folder / PAGE_NAME).exists()
    rows = list(csv.DictReader(io.StringIO((folder / CSV_NAME).read_text(encoding="utf-8-sig"))))
    assert {"isbn-check-digit", "article-without-host"} <= {row["code"] for row in rows}
    assert {row["position"] for row in rows} == {"1", "2"}


def test_the_command_prints_json_lines_and_nothing_else(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    (tmp_path / "a.ris").write_text(RIS, encoding="utf-8")
    assert main(["--json", "check", str(tmp_path / "a.ris")]) == 0
    lines = [json.loads(line) for line in capsysbinary.readouterr().out.splitlines()]
    assert all({"code", "severity", "field", "position", "message"} <= set(line) for line in lines[:-1])
    assert lines[-1]["read"] == 2
    assert lines[-1]["problems"] == len(lines) - 1


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n" + b"\0" * 100])
def test_an_unreadable_file_changes_nothing(
    tmp_path: Path, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.mrc").write_bytes(content)
    assert main(["check", str(tmp_path / "a.mrc"), "--report", str(tmp_path / "r")]) == 2
    assert not (tmp_path / "r").exists()
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "a.mrc" in captured.err
