"""The quality of a library's records in its console: numbers, files to mend and load back, whole repositories."""

from __future__ import annotations

import csv
import io
import json
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
