"""The review desk by keyboard in a real browser."""

from __future__ import annotations

import json
from typing import Any

import console_home as console
import portal_catalogue
import pytest


def twin(id: str, **more: Any) -> dict[str, Any]:
    return {
        "id": id, "type": "book", "title": "汉字部件研究导论", "contributors": [{"name": "王一鸣", "role": "author", "kind": "person"}],
        "publication": {"place": "北京", "publisher": "某某出版社", "date": "2001"}, "year": 2001, "languages": ["chi"], **more,
    }  # fmt: skip


@pytest.mark.slow
def test_pairs_are_judged_and_taken_back_by_keyboard(browser: Any, tmp_path: Any) -> None:
    from axe_playwright_python.sync_playwright import Axe

    home = console.build(tmp_path / "home")
    for library, records in {
        "pku": [twin("t1", extent="210页"), twin("t2", title="中国盐业史资料", extent="300页", year=1999)],
        "fudan": [twin("t1", extent="211页", year=2002), twin("t2", title="中国盐业史资料", year=1999)],
    }.items():
        file = home / f"{library}.jsonl"
        file.write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in records), "utf-8")
        where = ("--library", library, "--repository", f"{library}-all", "--format", "record")
        portal_catalogue.run(home, "load", str(file), *where)
    portal_catalogue.run(home, "records", "compare", "pku-all")
    with portal_catalogue.serving(home) as url:
        context = browser.new_context(locale="en", viewport={"width": 1280, "height": 900})
        page = context.new_page()
        page.set_default_timeout(120_000)
        complaints: list[str] = []
        page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda e: complaints.append(str(e)))
        page.goto(f"{url}/login")
        page.fill("input[name=username]", "carl")
        page.fill("input[name=password]", console.PASSWORD)
        page.press("input[name=password]", "Enter")
        page.goto(f"{url}/manage/library/pku/review")
        first = page.locator("input[name=number]").first.get_attribute("value")

        def press(key: str) -> None:
            with page.expect_navigation():
                page.keyboard.press(key)

        press("n")
        second = page.locator("input[name=number]").first.get_attribute("value")
        assert second != first and page.locator("mark").count() > 0
        page.fill("#reason", "some dust")
        assert page.locator("input[name=number]").first.get_attribute("value") == second, (
            "typing is no command"
        )
        page.locator("h1").click()
        press("s")
        assert "Noted as the same" in page.inner_text(".flash")
        press("u")
        assert "is taken back" in page.inner_text(".flash")
        assert page.locator("input[name=number]").first.get_attribute("value") == second
        page.locator("h1").click()
        press("d")
        assert "Noted as not the same" in page.inner_text(".flash")
        page.set_viewport_size({"width": 390, "height": 900})
        page.goto(f"{url}/manage/library/pku/review?queue=judged")
        last = page.locator("table.beside tbody tr").first.locator("td").last.bounding_box()
        assert last["x"] + last["width"] <= 390, "both records of a pair are seen on a phone"
        one = page.request.get(f"{url}/api/v1/search?q=中国盐业史资料").json()["hits"][0]["id"]
        desk = "/manage/library/pku/review?queue=judged&show=agreement"
        for lang, width, dark in (("zh-CN", 1280, True), ("en", 390, False)):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme="dark" if dark else "light")
            for path in (desk, "/manage/library/pku/quality", f"/record/{one}/together"):
                page.goto(f"{url}{path}{'&' if '?' in path else '?'}lang={lang}")
                told = [
                    f"{v['id']}: {node['html'][:160]}"
                    for v in Axe().run(page).response["violations"]
                    if v["impact"] in ("serious", "critical")
                    for node in v["nodes"]
                ]
                assert told == [], path
                assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
        assert complaints == []
        context.close()
