"""The API as programs use it, and its description."""

from __future__ import annotations

import httpx
import jsonschema
import pytest


@pytest.fixture
def description(web: httpx.Client) -> dict:
    return web.get("/openapi.json").json()


def check(value: object, name: str, description: dict) -> None:
    schema = {"$ref": f"#/components/schemas/{name}", "components": description["components"]}
    jsonschema.Draft202012Validator(schema).validate(value)


def test_answers_are_as_described(web: httpx.Client, description: dict, find) -> None:
    assert description["openapi"].startswith("3.1")
    check(web.get("/api/v1/search?q=研究").json(), "SearchResults", description)
    check(web.get("/api/v1/facets?q=研究&facet=subject").json(), "FacetValues", description)
    check(web.get("/api/v1/suggest?q=红楼").json(), "Suggestions", description)
    check(web.get(f"/api/v1/records/{find('红楼梦')}").json(), "Record", description)
    check(web.get("/api/v1/facets?facet=zz").json(), "Problem", description)


def test_every_path_of_the_description_answers(web: httpx.Client, description: dict, find) -> None:
    for path, item in description["paths"].items():
        if "get" not in item:
            continue
        params = {
            p["name"]: p["schema"].get("enum", ["subject"])[0] if p["name"] == "format" else "subject"
            for p in item["get"]["parameters"]
            if p.get("required") and p["in"] == "query"
        }
        assert web.get(path.replace("{id}", find("红楼梦")), params=params).status_code == 200, path


def test_a_walk_by_cursor_gives_every_hit_once(web: httpx.Client) -> None:
    seen: list[str] = []
    cursor = "*"
    while cursor:
        answer = web.get("/api/v1/search", params={"q": "研究", "size": "50", "cursor": cursor}).json()
        seen += [h["id"] for h in answer["hits"]]
        cursor = answer["next_cursor"] if answer["hits"] else ""
    assert len(seen) == len(set(seen)) == web.get("/api/v1/search?q=研究").json()["total"]


def test_a_foreign_cursor_is_refused(web: httpx.Client) -> None:
    answer = web.get("/api/v1/search", params={"q": "研究", "cursor": "abc"})
    assert answer.status_code == 400 and answer.json()["type"] == "/problems/cursor-refused"


def test_a_merged_record_names_its_sources_and_why(web: httpx.Client, find) -> None:
    record = web.get(f"/api/v1/records/{find('红楼梦 人民文学出版社')}").json()
    assert {s["library"] for s in record["sources"]} == {"pku", "fudan"}
    assert (
        any(s["merged_by"] for s in record["sources"])
        and record["identifiers"][0]["value"] == "9787020002207"
    )


def test_an_unknown_format_is_a_problem_that_lists_the_known(web: httpx.Client, find) -> None:
    answer = web.get(f"/api/v1/records/{find('红楼梦')}?format=word")
    assert answer.status_code == 400 and "bibtex" in answer.json()["detail"]


def test_labels_follow_the_language(web: httpx.Client) -> None:
    def labels(lang: str) -> dict[str, str]:
        facets = web.get("/api/v1/search", params={"q": "研究", "lang": lang}).json()["facets"]
        return {v["value"]: v["label"] for v in [*facets["type"], *facets["library"]]}

    assert labels("zh-CN")["rubbing"] == "拓片" and labels("en")["pku"] == "Peking University Library"


def test_suggestions_know_pinyin(web: httpx.Client) -> None:
    texts = [s["text"] for s in web.get("/api/v1/suggest?q=honglou").json()["suggestions"]]
    assert any("红楼梦" in t for t in texts)
