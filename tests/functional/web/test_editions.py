"""Editions and translations of a work: on pages, in the API, corrected by staff, and never a hidden one."""

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

APPLY = """
[[library]]
id = "lib"
name = { zh = "测试馆", en = "Test Library" }
[[membership]]
library = "lib"
consortium = "centre"
status = "active"
[[repository]]
id = "open"
library = "lib"
audience = "everyone"
offered_to = ["centre"]
published_by = ["centre"]
[[repository]]
id = "unoffered"
library = "lib"
audience = "everyone"
"""


def book(id: str, title: str, author: str, year: int, language: str = "zho", **more: Any) -> dict[str, Any]:
    titles = [{"value": title, "kind": "main"}, *more.pop("titles", ())]
    return {
        "id": id, "type": "book", "title": title, "titles": titles, "year": year, "languages": [language],
        "contributors": [{"name": author, "role": "author", "kind": "person"}],
        "publication": {"publisher": f"出版社{id}", "date": str(year)}, **more,
    }  # fmt: skip


UNIFORM = {"value": "Hong lou meng. English", "kind": "uniform"}
OPEN = [
    book("jian", "红楼梦", "曹雪芹", 1982),
    book("fan", "紅樓夢（上冊）", "[清] 曹雪芹", 1972),
    book("rom", "Hong lou meng", "Cao, Xueqin", 1990),
    book("dream", "The dream of the red chamber", "Cao, Xueqin", 1978, "eng", titles=[UNIFORM]),
    book("sound", "红楼梦", "曹雪芹", 2005, type="audio"),
    book("stone", "石头记", "曹雪芹", 1930),
    book("study", "红楼梦研究", "俞平伯", 1952),
    book("math1", "高等数学", "李伟", 2001),
    book("math2", "高等数学", "王强", 2002),
    book("math3", "高等数学", "李伟", 2008),
    book("poems1", "Poems", "Dickinson, Emily", 1890, "eng"),
    book("poems2", "Poems", "Dickinson, Emily", 1896, "eng"),
]
HIDDEN = [book("secret", "红楼梦", "曹雪芹", 1999)]


def run(home: Path, *words: str, status: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "ereader", "--home", str(home), *words],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == status, done.stderr
    return done.stdout if status == 0 else done.stderr


def load(home: Path, repository: str, records: list[dict[str, Any]]) -> None:
    file = home / f"{repository}.jsonl"
    lines = [json.dumps({"record": record}, ensure_ascii=False) for record in records]
    file.write_text("\n".join(lines) + "\n", "utf-8")
    run(home, "load", str(file), "--library", "lib", "--repository", repository, "--format", "record")


def build(home: Path) -> Path:
    home.mkdir()
    (home / "members.toml").write_text(APPLY, "utf-8")
    run(home, "apply", str(home / "members.toml"))
    load(home, "open", OPEN)
    load(home, "unoffered", HIDDEN)
    return home


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("editions") / "home")


@pytest.fixture(scope="module")
def site(home: Path) -> Iterator[httpx.Client]:
    with (
        portal_catalogue.serving(home) as url,
        httpx.Client(base_url=url, headers={"accept-language": "zh-CN"}, timeout=120) as client,
    ):
        yield client


def id_of(site: httpx.Client, local: str) -> str:
    """The permanent id of one of the records above, by its publisher."""
    hits = site.get("/api/v1/search", params={"q": f'publisher:"出版社{local}"'}).json()["hits"]
    assert len(hits) == 1, local
    return str(hits[0]["id"])


def editions(site: httpx.Client, local: str) -> set[str]:
    body = site.get(f"/api/v1/records/{id_of(site, local)}/editions").json()
    assert body["total"] == len(body["editions"])
    return {hit["publisher"].removeprefix("出版社") for hit in body["editions"]}


def test_editions_in_any_script_and_translations_are_of_one_work(site: httpx.Client) -> None:
    assert editions(site, "jian") == {"jian", "fan", "sound", "rom", "dream"}
    assert editions(site, "dream") == {"jian", "fan", "sound", "rom", "dream"}


def test_other_works_stay_apart(site: httpx.Client) -> None:
    assert editions(site, "study") == {"study"}
    assert editions(site, "math1") == {"math1", "math3"}
    assert editions(site, "math2") == {"math2"}
    assert editions(site, "poems1") == {"poems1"}


def test_the_record_page_leads_to_all_editions_by_language_and_type(site: httpx.Client) -> None:
    id = id_of(site, "jian")
    page = site.get(f"/record/{id}").text
    assert f'href="/record/{id}/editions"' in page and "全部版本与译本（5）" in page
    shown = site.get(f"/record/{id}/editions").text
    headings = re.findall(r"<h2>([^<]+?)\s*<small", shown)
    assert headings[0] == "中文 · 图书" and {"中文 · 音频", "英语 · 图书"} <= set(headings)
    years = re.findall(r">(\d{4})<", shown.split("</section>")[0])
    assert years == sorted(years) and len(years) == 3


def test_a_record_that_stands_alone_says_so(site: httpx.Client) -> None:
    shown = site.get(f"/record/{id_of(site, 'poems1')}/editions")
    assert shown.status_code == 200 and "只有这一个版本" in shown.text
    assert "/editions" not in site.get(f"/record/{id_of(site, 'poems1')}").text


@pytest.mark.parametrize("id", ["aaaaaaaaaaaaaaaa", "x" * 200, "..%2f"])
def test_editions_of_an_unknown_record_are_unknown(site: httpx.Client, id: str) -> None:
    assert site.get(f"/record/{id}/editions").status_code == 404
    assert site.get(f"/api/v1/records/{id}/editions").status_code == 404


def test_hits_that_have_more_editions_say_how_many(site: httpx.Client) -> None:
    page = site.get("/search", params={"q": "红楼梦"}).text
    assert page.count("全部 5 个版本") == page.count('class="editions"') >= 3
    assert "个版本" not in site.get("/search", params={"q": "红楼梦研究"}).text


def test_one_line_for_each_work_is_asked_for_and_changes_no_count(site: httpx.Client) -> None:
    plain = site.get("/api/v1/search", params={"q": "高等数学"}).json()
    folded = site.get("/api/v1/search", params={"q": "高等数学", "group": "work"}).json()
    assert plain["total"] == folded["total"] == 3 and len(plain["hits"]) == 3
    assert sorted((hit["editions"], len(hit["also"])) for hit in folded["hits"]) == [(1, 0), (2, 1)]
    page = site.get("/search", params={"q": "高等数学", "group": "work"}).text
    assert page.count("<h2><a") == 2 and "本页另有 1 个版本" in page and "合为一行" in page
    assert "<h2><a" in site.get("/search", params={"q": "高等数学", "group": "nonsense"}).text


def test_a_hidden_edition_is_neither_listed_nor_counted(home: Path, site: httpx.Client) -> None:
    assert "secret" not in editions(site, "jian")
    assert "1999" not in site.get(f"/record/{id_of(site, 'jian')}/editions").text
    own = site.get("/at/lib/api/v1/search", params={"q": 'publisher:"出版社secret"'}).json()["hits"]
    assert len(own) == 1
    listed = site.get(f"/at/lib/api/v1/records/{own[0]['id']}/editions").json()
    assert "出版社secret" in {hit["publisher"] for hit in listed["editions"]}
    assert site.get(f"/api/v1/records/{own[0]['id']}/editions").status_code == 404


def test_staff_join_split_and_undo_and_it_holds_through_reindex_and_reload(tmp_path: Path) -> None:
    home = build(tmp_path / "home")
    with portal_catalogue.serving(home) as url, httpx.Client(base_url=url, timeout=120) as site:
        whole = {"jian", "fan", "sound", "rom", "dream"}
        ids = {name: id_of(site, name) for name in ("jian", "stone", "math1", "math3", "fan")}
        dry = json.loads(run(home, "works", "join", ids["jian"], ids["stone"], "--dry-run", "--json"))
        assert dry["indexed"] == 6 and dry["number"] == 0
        assert editions(site, "stone") == {"stone"}

        joined = run(home, "works", "join", ids["jian"], ids["stone"], "--reason", "同书异名", "--json")
        assert json.loads(joined)["indexed"] == 6
        settle(site, "stone", whole | {"stone"})
        assert editions(site, "dream") == whole | {"stone"}
        assert "同书异名" in run(home, "works", "show", ids["stone"])

        run(home, "works", "split", ids["math3"], "--reason", "同名作者")
        settle(site, "math3", {"math3"})
        assert editions(site, "math1") == {"math1"}

        run(home, "reindex")
        load(home, "open", [{**record, "extent": "2册"} for record in OPEN])
        settle(site, "math3", {"math3"})
        assert editions(site, "jian") == whole | {"stone"}

        number = json.loads(run(home, "works", "list", "--json").splitlines()[0])["number"]
        run(home, "works", "undo", str(number))
        settle(site, "stone", {"stone"})
        run(home, "works", "split", ids["math3"], "--undo")
        settle(site, "math3", {"math1", "math3"})
        states = [json.loads(line)["undone"] for line in run(home, "works", "list", "--json").splitlines()]
        assert len(states) == 2 and all(states)


def settle(site: httpx.Client, local: str, wanted: set[str]) -> None:
    """The server looks for changes of another process twice a second."""
    until(lambda: editions(site, local) == wanted)


def test_wrong_use_changes_nothing_and_says_why(home: Path) -> None:
    assert "no such record" in run(home, "works", "split", "aaaaaaaaaaaaaaaa", status=2)
    assert "two records" in run(home, "works", "join", "aaaaaaaaaaaaaaaa", status=2)
    assert "no verdict 99" in run(home, "works", "undo", "99", status=2)
