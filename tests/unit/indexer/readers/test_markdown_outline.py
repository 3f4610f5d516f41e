"""Markdown lists and pages, and outlines, are cut into rows that stand by themselves."""

from __future__ import annotations

import io
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.profile import Profile
from indexer.readers import markdown, outline


def rows(text: str, mapping: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    profile = Profile(mapping=mapping or {"name": "x"})
    return [
        markdown.row_of(raw)
        for raw in markdown.READER.read(io.BytesIO(text.encode()), "markdown", "x.md", profile)
    ]


def test_a_link_is_a_row_under_its_headings() -> None:
    row = rows(
        "## 语言\n### C++\n* [C++ 教程](https://example.org/a_(b)) - 张三, "
        "`trl.:` 李四 (PDF) *( :card_file_box: archived)*\n"
    )[0]
    assert (row["title"], row["url"], row["sections"]) == (
        "C++ 教程",
        "https://example.org/a_(b)",
        ["语言", "C++"],
    )
    assert (row["people"], row["translators"], row["marks"]) == (["张三"], ["李四"], ["PDF", "archived"])


def test_links_within_the_page_are_no_rows() -> None:
    assert (
        rows("### Index\n* [C](#c)\n* [D](#d)\n### C\n* [Book](https://example.org)\n")[0]["title"] == "Book"
    )
    assert len(rows("### Index\n* [C](#c)\n### C\n* [Book](https://example.org)\n")) == 1


def test_words_before_the_links_are_the_title() -> None:
    row = rows("### A\n* Thinking in C ([PDF](https://example.org/p), [HTML](https://example.org/h))\n")[0]
    assert row["title"] == "Thinking in C"
    assert row["urls"] == ["https://example.org/p", "https://example.org/h"]


@pytest.mark.parametrize(
    ("after", "people", "description"),
    [
        ("Ann Lee, Bob Hall", ["Ann Lee", "Bob Hall"], ""),
        ("Red Hat, Inc.", ["Red Hat, Inc."], ""),
        ("Lex Fridman, et al.", ["Lex Fridman"], ""),
        (
            "A long sentence that says what the thing is about. It is no name.",
            [],
            "A long sentence that says what the thing is about. It is no name.",
        ),
    ],
)
def test_names_are_told_from_words(after: str, people: list[str], description: str) -> None:
    row = rows(f"### A\n* [T](https://example.org) - {after}\n* [U](https://example.org/u)\n")[0]
    assert (row["people"], row["description"].rstrip(".")) == (people, description.rstrip("."))


PAGE = (
    "# 操作系统\n\n## 简介\n- 所属大学：北京大学\n- **编程语言**：C\n\n这门课很好。\n\n## 资源\n"
    "- 课程教材：[书甲][a]、《书乙》\n\n[a]: https://example.org/a\n"
)


def test_a_page_is_a_row_of_its_named_bullets() -> None:
    row = rows(PAGE, {"cut": "page", "name": "x"})[0]
    assert row["title"] == "操作系统"
    assert row["所属大学"]["text"] == "北京大学"
    assert row["编程语言"]["text"] == "C"
    assert row["abstract"] == "这门课很好。"


def test_parts_of_a_page_are_rows_with_what_the_page_says() -> None:
    mapping = {
        "cut": "page",
        "part": [{"name": "book", "bullet": "课程教材.*", "record": {"title": "title"}}],
    }
    raws = list(markdown.READER.read(io.BytesIO(PAGE.encode()), "markdown", "x.md", Profile(mapping=mapping)))
    parts = [markdown.row_of(raw) for raw in raws if raw.context.get("part")]
    assert [(part["title"], part["url"], part["page"]) for part in parts] == [
        ("书甲", "https://example.org/a", "操作系统"),
        ("书乙", "", "操作系统"),
    ]
    assert parts[0]["所属大学"]["text"] == "北京大学"
    assert [raw.position for raw in raws] == [1, 2, 3]


@pytest.mark.parametrize(
    "nothing", ["无", "参见课程 notes", "Lecture Notes / Slides", "无指定教材", "<https://example.org/>"]
)
def test_a_bullet_that_names_no_work_gives_none(nothing: str) -> None:
    mapping = {
        "cut": "page",
        "part": [{"name": "book", "bullet": "课程教材.*", "record": {"title": "title"}}],
    }
    assert len(rows(f"# A\n- 所属大学：B\n- 课程教材：{nothing}\n", mapping)) == 1


ORG = """# -*- mode: org; -*-
* 史部
** 地理類
*** K1 三輔黃圖--闕名
:PROPERTIES:
:ID: K1
:EXTENT: 6 卷
:END:
**** 人物
***** 王士點
:PROPERTIES:
:DYNASTY: 元
:END:
**** (附)考證
:PROPERTIES:
:ID: K1a
:END:
*** K2 禁扁
:PROPERTIES:
:ID: K2
:END:
"""


def org_rows(text: str) -> list[dict[str, Any]]:
    profile = Profile(mapping={"record_property": "ID"})
    return [
        outline.row_of(raw) for raw in outline.READER.read(io.BytesIO(text.encode()), "org", "x.org", profile)
    ]


def test_headlines_with_the_property_are_rows_under_their_headlines() -> None:
    found = org_rows(ORG)
    assert [(row["ID"], row["path"]) for row in found] == [
        ("K1", ["史部", "地理類"]),
        ("K1a", ["史部", "地理類", "K1 三輔黃圖--闕名"]),
        ("K2", ["史部", "地理類"]),
    ]
    assert found[0]["EXTENT"] == "6 卷"
    assert [(person["headline"], person["DYNASTY"]) for person in found[0]["人物"]] == [("王士點", "元")]


def test_an_outline_without_records_has_no_rows() -> None:
    assert org_rows("# -*- mode: org; -*-\n* 史部\n** [[file:KR2a.txt][正史類]]\n") == []


@given(st.text(max_size=400))
@settings(max_examples=300, deadline=None)
def test_nothing_raises(text: str) -> None:
    data = text.encode("utf-8", "surrogatepass")
    for reader, module, format in ((markdown.READER, markdown, "markdown"), (outline.READER, outline, "org")):
        reader.sniff(data, "x")
        for raw in reader.read(
            io.BytesIO(b"* [a](http://b.c)\n:PROPERTIES:\n:ID: 1\n:END:\n" + data), format, "", Profile()
        ):
            module.row_of(raw)  # type: ignore[attr-defined]
