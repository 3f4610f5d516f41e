"""The quality of a library's records in its console: numbers, files to mend and load back, whole repositories."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import console_home as console
import httpx
import portal_catalogue
import pytest
from test_review_desk import ask, twin

from indexer.records.export import one
from indexer.records.record import Identifier, Record

PAGE = "/manage/library/pku/quality"
GOOD, WRONG = "9787020002207", "9787020002208"


def marc(isbn: str) -> bytes:
    record = Record(type="book", id="m1", title="待更正的书", year=2001, languages=("zho",))
    with_isbn = Record(
        type="book", id="m1", title=record.title, year=2001, languages=("zho",), identifiers=(Identifier("isbn", isbn, True),)
    )  # fmt: skip
    return one(with_isbn, "marc21")[0]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = console.build(tmp_path_factory.mktemp("quality") / "home")
    (home / "bad.mrc").write_bytes(marc(WRONG))
    twins = [
        twin("t1", identifiers=[{"scheme": "isbn", "value": GOOD}]),
        twin("t2", identifiers=[{"scheme": "isbn", "value": GOOD}]),
    ]
    twins.append(
        twin(
            "t3",
            title="乱码\ufffd题名",
            identifiers=[{"scheme": "issn", "value": "1234-5678", "valid": False}],
        )
    )
    (home / "twins.jsonl").write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in twins), "utf-8")
    for file in ("bad.mrc", "twins.jsonl"):
        more = ("--format", "record") if file.endswith("jsonl") else ()
        portal_catalogue.run(
            home, "load", str(home / file), "--library", "pku", "--repository", "pku-all", *more
        )
    return home


@pytest.fixture(scope="module")
def address(home: Path) -> Iterator[str]:
    with portal_catalogue.serving(home) as url:
        yield url


@pytest.fixture
def person(address: str) -> Iterator[Callable[..., httpx.Client]]:
    with console.people(address) as person:
        yield person


def test_the_page_tells_what_is_wrong_and_how_it_was_after_each_load(
    person: Callable[..., httpx.Client],
) -> None:
    for lang, words in (
        ("en", ("There twice", "Wrong numbers", "After each load")),
        ("zh-CN", ("本库重复", "错误号码", "历次装载之后")),
    ):
        page = person("carl", lang).get(PAGE).text
        assert all(word in page for word in words)
        assert page.count("<svg viewBox") >= 4 and "<meter" in page and "style=" not in page
    assert '<div class="bad"><dt>There twice</dt><dd>2</dd>' in person("carl").get(PAGE).text


def test_a_file_of_corrections_is_mended_and_loaded_back(
    person: Callable[..., httpx.Client], home: Path
) -> None:
    carl = person("carl")
    told = carl.get(f"{PAGE}/pku-all/corrections.csv")
    assert "attachment" in told.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(told.content.decode("utf-8-sig"))))
    assert {"m1", "t3"} <= {row["id"] for row in rows} and "t1" not in {row["id"] for row in rows}
    assert any(row["value"] and row["修改办法"] for row in rows if row["id"] == "m1")
    file = carl.get(f"{PAGE}/pku-all/corrections.mrc").content
    assert WRONG.encode() in file
    lines = [json.loads(line) for line in carl.get(f"{PAGE}/pku-all/corrections.jsonl").text.splitlines()]
    assert "t3" in {r["id"] for r in lines} and "m1" not in {r["id"] for r in lines}
    mended = home / "mended.mrc"
    mended.write_bytes(file.replace(WRONG.encode(), GOOD.encode()))
    again = home / "mended.jsonl"
    keep = [{**r, "title": "题名", "identifiers": []} for r in lines if r["id"] == "t3"]
    again.write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in keep), "utf-8")
    before = ask(home, "stats")[0]["repositories"]["pku-all"]["live"]
    for path, more in ((mended, ()), (again, ("--format", "record"))):
        counts = ask(home, "load", str(path), "--library", "pku", "--repository", "pku-all", *more)[-1]
        assert (counts["new"], counts["changed"]) == (0, 1)
    assert ask(home, "stats")[0]["repositories"]["pku-all"]["live"] == before
    assert WRONG.encode() not in carl.get(f"{PAGE}/pku-all/corrections.mrc").content
    page = carl.get(PAGE).text
    assert "<dt>Damaged characters</dt><dd>0</dd>" in page


def test_the_list_of_faults_is_filled_in_and_loaded_back(
    person: Callable[..., httpx.Client], home: Path
) -> None:
    """Only what is filled in changes, MARC stays MARC, and what cannot be placed is refused with a reason."""
    carl = person("carl")
    bad = home / "again.mrc"
    bad.write_bytes(marc(WRONG).replace("待更正的书".encode(), "表格更正书".encode()).replace(b"m1", b"m7"))
    where = ("--library", "pku", "--repository", "pku-all")
    assert ask(home, "load", str(bad), *where)[-1]["new"] == 1
    file = carl.get(f"{PAGE}/pku-all/corrections.csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(file)))
    assert all(row["corrected"] == "" for row in rows)
    untouched, filled = home / "faults.csv", home / "filled.csv"
    untouched.write_text(file, "utf-8-sig")
    before = ask(home, "stats")[0]["repositories"]["pku-all"]
    done = subprocess.run(
        [sys.executable, "-m", "ereader", "--home", str(home), "load", str(untouched), *where],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2 and "nothing is filled in" in done.stderr
    for row in rows:
        if row["id"] == "m7" and row["value"].replace("-", "") == WRONG:
            row["corrected"] = row["value"].replace(WRONG, GOOD)
    with filled.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0].keys())
        writer.writeheader()
        writer.writerows([*rows, {**rows[0], "id": "m7", "value": "no such value", "corrected": "x"}])
    refused = subprocess.run(
        [sys.executable, "-m", "ereader", "--home", str(home), "load", str(filled), *where],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert refused.returncode == 2 and "no such value" in refused.stderr, "nothing of it could be placed"
    with filled.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    counts = ask(home, "load", str(filled), *where)[-1]
    assert (counts["read"], counts["changed"], counts["refused"]) == (1, 1, 0)
    assert ask(home, "stats")[0]["repositories"]["pku-all"] == before
    assert "m7" not in carl.get(f"{PAGE}/pku-all/corrections.csv").text
    whole = carl.get(f"{PAGE}/pku-all/records.marc21").content
    assert GOOD.encode() in whole and "表格更正书".encode() in whole


def test_a_whole_repository_is_taken_away_by_its_own_staff_and_nobody_else(
    person: Callable[..., httpx.Client],
) -> None:
    carl, frida, reader = person("carl"), person("frida"), person()
    for name in ("marc21", "cnmarc", "marcxml", "mods", "dc", "bibframe", "ris", "bibtex", "csv", "jsonl"):
        got = carl.get(f"{PAGE}/pku-all/records.{name}")
        assert got.status_code == 200 and "红楼梦".encode() in got.content, name
        assert (
            "no-store" in got.headers["cache-control"] and "attachment" in got.headers["content-disposition"]
        )
    lost = list(
        csv.DictReader(io.StringIO(carl.get(f"{PAGE}/pku-all/losses.csv").content.decode("utf-8-sig")))
    )
    assert any(row["ris"] == "no" for row in lost) and all(row["jsonl"] == "" for row in lost)
    path = f"{PAGE}/pku-all/losses.csv"
    assert path in carl.get(PAGE).text and frida.get(path).status_code == 404
    path = f"{PAGE}/pku-all/records.ris"
    assert frida.get(path).status_code == 404 and reader.get(path).status_code == 303
    for bad in (
        f"{PAGE}/fudan-all/records.ris",
        f"{PAGE}/pku-all/records.exe",
        f"{PAGE}/pku-all/corrections.txt",
        f"{PAGE}/nothing/records.ris",
    ):
        assert carl.get(bad).status_code == 404
    assert (
        carl.post(PAGE, data={"csrf": console.key_of(carl, PAGE), "repository": "fudan-all"}).status_code
        == 404
    )


def test_the_command_exports_what_a_view_may_see_and_tells_what_is_lost(home: Path) -> None:
    out = home / "out.ris"
    ask(home, "export", "--repository", "pku-all", "--to", "ris", "--out", str(out))
    assert "红楼梦" in out.read_text("utf-8")
    ask(home, "export", "--query", "红楼梦", "--to", "jsonl", "--view", "fudan", "--out", str(out))
    found = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert found and all(r["id"] for r in found)
