"""Authority files from the command line to the page: other names find, lead and are told."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import portal_catalogue
import pytest
from waiting import until

from indexer.marc import Marc, encode, field

SOURCE = ("--library", "lib", "--create", "--json")
F008 = "800101n| acannaabn          |a aaa      "


def ereader(home: Path, *words: str, status: int = 0) -> str:
    command = [sys.executable, "-m", "ereader", "--home", str(home), *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == status, f"{words}: {done.stdout}\n{done.stderr}"
    assert "Traceback" not in done.stderr
    return done.stdout


def load(home: Path, file: Path, repository: str, *words: str, status: int = 0) -> dict[str, Any]:
    out = ereader(home, "load", str(file), "--repository", repository, *SOURCE, *words, status=status)
    return json.loads(out.splitlines()[-1])  # type: ignore[no-any-return]


def total(home: Path, query: str) -> int:
    return int(json.loads(ereader(home, "search", query, "--json"))["total"])


def book(id: str, title: str, author: str, subject: str = "") -> Marc:
    return Marc(
        "00000nam a2200000   4500",
        [
            ("001", id), ("008", "200101s1990    cc            000 0 chi d"),
            field("245", "10", [("a", title)]), field("100", "1 ", [("a", author)]),
            *([field("650", " 0", [("a", subject)])] if subject else []),
        ],
    )  # fmt: skip


def person(id: str, heading: str, *variants: str, status: str = "c", year: int = 2020) -> Marc:
    return Marc(
        f"00000{status}z  a2200000n  4500",
        [
            ("001", id), ("005", f"{year}0101000000.0"), ("008", F008),
            field("100", "0 ", [("a", heading)]), *(field("400", "0 ", [("a", v)]) for v in variants),
        ],
    )  # fmt: skip


def chinese(id: str, heading: str, *variants: str) -> Marc:
    return Marc(
        "00000nx  a2200000   45  ",
        [
            ("001", id), field("100", "  ", [("a", "20210601achiy50      ea")]),
            field("200", " 0", [("a", heading)]), *(field("400", " 0", [("a", v)]) for v in variants),
        ],
    )  # fmt: skip


def write(path: Path, *records: Marc) -> Path:
    path.write_bytes(b"".join(encode(r)[0] for r in records))
    return path


@pytest.fixture
def home(tmp_path: Path) -> Path:
    made = tmp_path / "home"
    books = write(
        tmp_path / "books.mrc",
        book("1", "呐喊", "鲁迅"), book("2", "彷徨", "魯迅"), book("3", "骆驼祥子", "老舍"), book("4", "Dogs", "Smith, A.", "Dogs"),
    )  # fmt: skip
    load(made, books, "books")
    return made


def test_a_file_of_authority_records_is_recognised_and_acts_at_once(home: Path, tmp_path: Path) -> None:
    assert total(home, "周树人") == 0
    file = write(tmp_path / "names.mrc", person("n1", "鲁迅", "周树人"), chinese("c1", "老舍", "舒庆春"))
    told = load(home, file, "names")
    assert {k: told[k] for k in ("read", "new", "refused")} == {"read": 2, "new": 2, "refused": 0}
    assert total(home, "周树人") == 2 and total(home, "author:周樹人") == 2 and total(home, "舒庆春") == 1
    assert load(home, file, "names")["unchanged"] == 2
    assert total(home, "周树人") == 2
    found = json.loads(ereader(home, "stats", "--json"))
    assert found["authorities"]["records"] == 2 and found["sources"] == 4


def test_records_loaded_later_are_found_by_what_is_known_already(home: Path, tmp_path: Path) -> None:
    load(home, write(tmp_path / "names.mrc", person("n1", "巴金", "李尧棠")), "names", "--authority")
    load(home, write(tmp_path / "more.mrc", book("9", "家", "巴金")), "books")
    assert total(home, "李尧棠") == 1
    ereader(home, "reindex")
    assert total(home, "李尧棠") == 1


def test_changes_and_deletions_follow(home: Path, tmp_path: Path) -> None:
    load(home, write(tmp_path / "a.mrc", person("n1", "鲁迅", "甲名")), "names")
    load(home, write(tmp_path / "b.mrc", person("n1", "鲁迅", "乙名", year=2021)), "names")
    assert total(home, "甲名") == 0 and total(home, "乙名") == 2
    told = load(home, write(tmp_path / "c.mrc", person("n1", "鲁迅", status="d", year=2022)), "names")
    assert told["deleted"] == 1 and total(home, "乙名") == 0


def test_each_kind_is_refused_among_the_other_and_the_rest_is_loaded(home: Path, tmp_path: Path) -> None:
    mixed = write(tmp_path / "mixed.mrc", book("7", "新书", "新人"), person("n1", "鲁迅", "周树人"))
    told = load(home, mixed, "books", status=1)
    assert (
        (told["new"], told["refused"]) == (1, 1) and total(home, "新书") == 1 and total(home, "周树人") == 0
    )
    told = load(home, mixed, "names", "--authority", status=1)
    assert (told["new"], told["refused"]) == (1, 1) and total(home, "周树人") == 2


def test_a_damaged_record_does_not_stop_the_others(home: Path, tmp_path: Path) -> None:
    whole = write(tmp_path / "names.mrc", person("n1", "鲁迅", "周树人"), person("n2", "老舍", "舒庆春"))
    first = encode(person("n1", "鲁迅", "周树人"))[0]
    whole.write_bytes(first[:90] + b"\x1d" + whole.read_bytes()[len(first) :])
    told = load(home, whole, "names", "--authority", status=1)
    assert told["new"] == 1 and told["refused"] >= 1 and total(home, "舒庆春") == 1


def test_a_staff_repository_says_nothing_to_anybody(home: Path, tmp_path: Path) -> None:
    toml = tmp_path / "staff.toml"
    toml.write_text('[[repository]]\nid = "secret"\nlibrary = "lib"\naudience = "staff"\n', encoding="utf-8")
    ereader(home, "apply", str(toml))
    load(home, write(tmp_path / "s.mrc", person("n1", "鲁迅", "周树人")), "secret")
    assert total(home, "周树人") == 0
    toml.write_text(
        '[[repository]]\nid = "secret"\nlibrary = "lib"\naudience = "everyone"\noffered_to = ["centre"]\n'
        'published_by = ["centre"]\n',
        encoding="utf-8",
    )
    ereader(home, "apply", str(toml))
    assert total(home, "周树人") == 2
    toml.write_text('[[repository]]\nid = "secret"\nlibrary = "lib"\naudience = "staff"\n', encoding="utf-8")
    ereader(home, "apply", str(toml))
    assert total(home, "周树人") == 0


def test_a_check_reports_on_an_authority_file(tmp_path: Path) -> None:
    file = write(tmp_path / "n.mrc", person("1", "鲁迅", "周树人"), person("2", "魯迅"), chinese("3", "老舍"))
    found = json.loads(ereader(tmp_path / "h", "check", str(file), "--json").splitlines()[-1])
    assert found["types"] == {"authority-person": 3} and found["read"] == 3
    assert found["codes"]["authority-heading-twice"] == 1


@pytest.fixture
def served(home: Path, tmp_path: Path) -> Iterator[tuple[Path, httpx.Client]]:
    names = (person("n1", "鲁迅", "周树人"), person("n2", "没有的人", "别名"))
    load(home, write(tmp_path / "names.mrc", *names), "names")
    with (
        portal_catalogue.serving(home) as url,
        httpx.Client(base_url=url, headers={"accept-language": "zh-CN"}, timeout=120) as client,
    ):
        yield home, client


def test_pages_tell_other_names_and_lead_from_them(served: tuple[Path, httpx.Client], tmp_path: Path) -> None:
    home, web = served
    page = web.get("/browse/author", params={"from": "周树人"}).text
    assert "周树人" in page and re.search(r"f\.author=[^\"]*", page) and "别名" not in page
    hit = web.get("/api/v1/search", params={"q": "周树人"}).json()["hits"][0]
    record = web.get(f"/record/{hit['id']}").text
    assert "又名" in record and "周树人" in record
    # What is loaded while the server runs comes into the lists by itself.
    load(home, write(tmp_path / "late.mrc", book("8", "边城", "沈从文")), "books")
    until(lambda: "沈从文" in web.get("/browse/author", params={"from": "沈从文"}).text.split("<ol")[-1])
