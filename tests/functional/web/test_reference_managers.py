"""What an independent reader of COinS takes from our pages: html-metadata, as Wikimedia's citation service does."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import httpx
import other_programs
import pytest


@pytest.fixture(scope="module")
def reader() -> list[str]:
    return other_programs.coins_reader()


def read(reader: list[str], page: str) -> list[dict[str, Any]]:
    done = subprocess.run(reader, input=page, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def test_a_record_is_read_as_what_it_is(reader: list[str], web: httpx.Client, find: Any) -> None:
    """Everything that the record's own JSON says and COinS can say comes out of the page."""
    seen = set()
    for query in ("红楼梦", "type:article", "type:thesis", "type:journal"):
        record = web.get(f"/api/v1/records/{find(query)}").json()
        (coins,) = read(reader, web.get(f"/record/{record['id']}").text)
        said = coins["rft"]
        whole = [record["title"], record.get("title_remainder", "")]
        titles = {said.get(key) for key in ("btitle", "atitle", "jtitle", "title")} - {None}
        assert any(title.startswith(record["title"]) for title in titles), (whole, titles)
        assert coins["ctx_ver"] == "Z39.88-2004"
        assert coins["rft_val_fmt"].startswith("info:ofi/fmt:kev:mtx:")
        if record.get("year"):
            assert said["date"].startswith(f"{record['year']:04}")
        if record.get("contributors"):
            assert record["contributors"][0]["name"] in (*said.get("au", ()), *said.get("aucorp", ()))
        own = {i["value"] for i in record.get("identifiers", ()) if i["scheme"] == "isbn" and i["valid"]}
        assert not own or own & set(said["isbn"])
        seen.add((coins["rft_val_fmt"].rpartition(":")[2], said.get("genre")))
    assert {("book", "book"), ("journal", "article")} <= seen, seen
    assert "dissertation" in {format for format, _ in seen}, seen


def test_every_line_of_a_result_list_is_read(reader: list[str], web: httpx.Client) -> None:
    page = web.get("/search", params={"q": "研究"}).text
    hits = web.get("/api/v1/search", params={"q": "研究"}).json()["hits"]
    found = read(reader, page)
    assert len(found) == len(hits)
    for hit, coins in zip(hits, found, strict=True):
        titles = {coins["rft"].get(key, "") for key in ("btitle", "atitle", "jtitle", "title")}
        assert any(title.startswith(hit["title"]) for title in titles), (hit["title"], titles)
