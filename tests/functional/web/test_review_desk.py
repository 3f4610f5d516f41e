"""Pairs that the rules leave to people: found, shown beside each other, judged, taken back; records merged and split."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import console_home as console
import httpx
import portal_catalogue
import pytest
from waiting import until

DESK = "/manage/library/pku/review"


def twin(id: str, **more: Any) -> dict[str, Any]:
    return {
        "id": id, "type": "book", "title": "汉字部件研究导论", "contributors": [{"name": "王一鸣", "role": "author", "kind": "person"}],
        "publication": {"place": "北京", "publisher": "某某出版社", "date": "2001"}, "year": 2001, "languages": ["chi"], **more,
    }  # fmt: skip


def ask(home: Path, *words: str) -> list[dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-m", "ereader", "--home", str(home), "--json", *words], capture_output=True, text=True, check=False
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = console.build(tmp_path_factory.mktemp("review") / "home")
    sets = {
        "pku": [twin("t1", extent="210页"), twin("t2", title="中国盐业史资料", extent="300页", year=1999)],
        "fudan": [twin("t1", extent="211页", year=2002), twin("t2", title="中国盐业史资料", year=1999)],
    }
    for library, records in sets.items():
        file = home / f"{library}.jsonl"
        file.write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in records), "utf-8")
        portal_catalogue.run(
            home,
            "load",
            str(file),
            "--library",
            library,
            "--repository",
            f"{library}-all",
            "--format",
            "record",
        )
    found = ask(home, "records", "compare", "pku-all")[0]
    assert found["pairs"] >= 2
    return home


@pytest.fixture
def home(built: Path, tmp_path: Path) -> Path:
    """Nobody has judged anything."""
    return Path(shutil.copytree(built, tmp_path / "home"))


@pytest.fixture
def address(home: Path) -> Iterator[str]:
    with portal_catalogue.serving(home) as url:
        yield url


@pytest.fixture
def person(address: str) -> Iterator[Callable[..., httpx.Client]]:
    with console.people(address) as person:
        yield person


def sources(client: httpx.Client, id: str) -> list[Any]:
    return list(client.get(f"/api/v1/records/{id}").json()["sources"])


def hidden(page: str) -> dict[str, str]:
    form = page[page.index('id="verdict"') :]
    return {
        n: html.unescape(v)
        for n, v in re.findall(
            r'<input type="hidden" name="(\w+)" value="([^"]*)"', form[: form.index("</form>")]
        )
    }


def test_a_pair_is_judged_and_taken_back_and_the_records_follow(person: Callable[..., httpx.Client]) -> None:
    carl = person("carl")
    page = carl.get(DESK).text
    assert "Are these the same?" in page and 'class="differs"' in page
    pair = hidden(page)
    behind = re.findall(r'<a href="([^"]+)" data-key="n"', page)[0]
    later = carl.get(html.unescape(behind)).text
    assert "<mark>210</mark>" in later and hidden(later)["number"] != pair["number"]
    done = carl.post(DESK, data={**pair, "do": "same", "reason": "one setting"})
    assert done.status_code == 303
    page = carl.get(done.headers["location"]).text
    assert "Noted as the same" in page and "Take back my last verdict" in page
    until(lambda: len(sources(carl, pair["one"])) == 2)
    record = carl.get(f"/api/v1/records/{pair['one']}").json()
    assert {s["uid"] for s in record["sources"]} == {pair["one"], pair["other"]}
    assert any(m.startswith("verdict ") for s in record["sources"] for m in s["merged_by"])
    assert record["id"] == carl.get(f"/api/v1/records/{pair['other']}").json()["id"]
    number = re.findall(r'value="undo:(\d+)"', page)[0]
    done = carl.post(DESK, data={**pair, "do": f"undo:{number}"})
    page = carl.get(done.headers["location"]).text
    assert "is taken back" in page and hidden(page)["one"] == pair["one"]
    until(lambda: len(sources(carl, pair["one"])) == 1)


def disputed(carl: httpx.Client, anna: httpx.Client) -> dict[str, str]:
    """A pair of which two people do not say the same."""
    pair = hidden(carl.get(DESK).text)
    carl.post(DESK, data={**pair, "do": "different"})
    page = anna.get(DESK, params={"queue": "second"}).text
    mine = hidden(page)
    assert (mine["one"], mine["other"]) == (pair["one"], pair["other"]) and "已有裁定" not in page
    anna.post(DESK, data={**mine, "do": "same"})
    return pair


def test_a_second_person_gives_an_opinion_of_his_own_and_agreement_is_counted(
    person: Callable[..., httpx.Client],
) -> None:
    carl, anna = person("carl"), person("anna", "zh-CN")
    pair = disputed(carl, anna)
    page = anna.get(DESK, params={"queue": "disputed", "show": "agreement"}).text
    assert "意见不一" in page and hidden(page)["one"] == pair["one"] and "Kappa" in page
    # People differ: the careful answer holds.
    until(lambda: len(sources(anna, pair["one"])) == 1)
    frida = person("frida")
    other = frida.get("/manage/library/fudan/review", params={"queue": "disputed", "show": "agreement"})
    assert hidden(other.text)["one"] == pair["one"] and ">carl<" not in other.text


def test_whoever_has_no_right_gets_what_an_unknown_address_gets(person: Callable[..., httpx.Client]) -> None:
    carl, lisa, frida = person("carl"), person("lisa"), person("frida")
    disputed(carl, person("anna", "zh-CN"))
    assert person().get(DESK).status_code == 303
    assert lisa.get(DESK).status_code == frida.get(DESK).status_code == 404
    page = carl.get(DESK, params={"queue": "disputed"}).text
    pair = hidden(page)
    for bad in (
        {"one": "nosuchrecordhere"},
        {"do": "perhaps"},
        {"one": pair["other"]},
        {"do": "undo:99999999"},
        {"do": "undo:x"},
    ):
        assert carl.post(DESK, data={**pair, "do": "same", **bad}).status_code == 404
    assert carl.post(DESK, data={**pair, "do": "same", "csrf": "0"}).status_code == 403
    assert carl.post(DESK, data={**pair, "do": "compare", "compare": "fudan-all"}).status_code == 404


def test_records_are_merged_and_split_from_their_page(
    person: Callable[..., httpx.Client], home: Path
) -> None:
    carl, zoe = person("carl"), person("zoe")
    hits = carl.get("/api/v1/search", params={"q": "中国盐业史资料"}).json()["hits"]
    one, other = (h["id"] for h in hits[:2])
    path = f"/record/{one}/together"
    assert person().get(path).status_code == person("lisa").get(path).status_code == 404
    assert path in carl.get(f"/record/{one}/staff").text
    key = console.key_of(carl, path)
    wrong = carl.post(path, data={"csrf": key, "do": "merge", "other": "nothing"})
    assert wrong.status_code == 422 and "No other record" in wrong.text
    done = carl.post(
        path, data={"csrf": key, "do": "merge", "other": f"https://x.example/at/pku/record/{other}?lang=en"}
    )
    assert done.status_code == 303
    page = carl.get(done.headers["location"]).text
    assert 'class="flash"' in page and "the same" in page
    until(lambda: len(sources(zoe, one)) == 2)
    record = zoe.get(f"/api/v1/records/{one}").json()
    uids = [s["uid"] for s in record["sources"]]
    ask(home, "records", "same", *uids)
    path = f"/record/{record['id']}/together"
    page = html.unescape(carl.get(path).text)
    assert "somebody's verdict (no." in page and ">verdict " not in page, "a reason is said in words"
    wrong = carl.post(path, data={"csrf": key, "do": "split", "uid": uids})
    assert wrong.status_code == 422 and "Tick some" in wrong.text
    # Two people say the same, one says no: the majority counts, and the one is told so. Then one changes his mind.
    key = console.key_of(zoe, path)
    done = zoe.post(path, data={"csrf": key, "do": "split", "uid": [uids[0]]})
    assert re.search("done=(outvoted|later)", done.headers["location"])
    assert zoe.get(done.headers["location"]).text.count('class="flash"') == 1
    assert len(sources(zoe, one)) == 2
    key = console.key_of(carl, path)
    assert carl.post(path, data={"csrf": key, "do": "split", "uid": [uids[0]]}).status_code == 303
    until(lambda: len(sources(zoe, one)) == 1)
    told = ask(home, "records", "verdicts", *uids)
    assert [act["said"] for act in told][-2:] == ["different", "different"]


def test_the_command_line_lists_judges_and_takes_back(home: Path) -> None:
    found = ask(home, "records", "pairs")
    assert all(p["rule"] and p["why"] for p in found)
    ask(home, "records", "same", found[0]["one"], found[0]["other"])
    uids = [
        s["uid"] for s in (ask(home, "records", "verdicts")[0]["pairs"][0],) for s in [{"uid": u} for u in s]
    ]
    act = ask(home, "records", "different", *uids, "--reason", "other setting")[0]
    assert act["reason"] == "other setting" and not act["pending"]
    assert ask(home, "records", "take-back", str(act["number"]))[0]["undone"]
    assert ask(home, "records", "agreement")[0]["pairs"] >= 1
