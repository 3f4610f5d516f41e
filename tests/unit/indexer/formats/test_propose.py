"""A proposed mapping is a sound mapping, and loads the list it was proposed for."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from indexer.adapters.mapped import ADAPTER
from indexer.formats.columns import member_of, member_of_values
from indexer.formats.mapping import check
from indexer.formats.propose import propose
from indexer.profile import Profile
from indexer.reader import UnreadableFile
from indexer.recognise import open_file


def proposed(path: Path) -> dict[str, Any]:
    proposal = propose(path)
    mapping = tomllib.loads(proposal.text)
    if proposal.complete:
        assert check(mapping) == []
    return mapping


def file(folder: Path, text: str, name: str = "list.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "member"),
    [
        ("书名", "title"),
        ("題名", "title"),
        ("Title", "title"),
        ("作者", "contributors.author"),
        ("主讲教师", "contributors.teacher"),
        ("导师姓名", "contributors.advisor"),
        ("出版社", "publisher"),
        ("出版年份", "year"),
        ("ISBN-13", "identifiers.isbn"),
        ("ISSN（印刷版）", "identifiers.issn"),
        ("国内刊号", "identifiers.cn"),
        ("中图分类号", "classes.clc"),
        ("索书号", "holdings.call_number"),
        ("馆藏", "holdings.location"),
        ("Publisher, place", "publisher"),
        ("关键词", "subjects"),
        ("网址", "links.fulltext"),
        ("rating", ""),
    ],
)
def test_columns_are_known_by_their_names(name: str, member: str) -> None:
    assert member_of(name) == member


@pytest.mark.parametrize(
    ("values", "member"),
    [
        (["978-7-04-040664-1", "9787111407010", "0-262-03384-4"], "identifiers.isbn"),
        (["0028-0836", "1476-4687"], "identifiers.issn"),
        (["11-1826/TP", "11-2560/TP"], "identifiers.cn"),
        (["1999", "2003", "2014.0"], "year"),
        (["https://a.example/1", "http://b.example/2"], "links.fulltext"),
        (["10.1093/comjnl/27.2.97", "https://doi.org/10.1000/x"], "identifiers.doi"),
        (["eng", "chi", "jpn"], "languages"),
        (["刘强,刘璘", "罗贵明", "陶然", "李秀,姚瑞霞"], "contributors.author"),
        (["Suzanne Collins", "Stephenie Meyer", "Harper Lee"], "contributors.author"),
        (["方法_模型_优化", "水运工程_管理", "控制_设计_仿真"], "subjects"),
        (["1", "2", "3"], ""),
        (["12345678", "87654321"], ""),
    ],
)
def test_columns_are_known_by_their_values(values: list[str], member: str) -> None:
    assert member_of_values(values) == member


def test_a_table_with_names_in_chinese(tmp_path: Path) -> None:
    mapping = proposed(
        file(
            tmp_path,
            "编号,书名,作者,出版社,出版年,ISBN,评分\n1,甲乙丙,王珊;萨师煊,高教,2014.0,9787040406641,9\n2,丁,李四,清华,2001.0,,8\n",
        )
    )
    record = mapping["record"]
    assert (record["id"], record["title"], record["publisher"]) == ("编号", "书名", "出版社")
    assert record["year"] == {"column": "出版年", "number": True}
    assert record["contributors"]["author"] == {"column": "作者", "split": ";"}
    assert record["type"] == {"value": "book"}


def test_a_table_without_header_is_known_by_its_values(tmp_path: Path) -> None:
    rows = "".join(
        f'某某课程{n},"刘强{n % 7},王璘",清华大学,{1000 + n},本课程讲授第{n}种方法。\n' for n in range(20)
    )
    mapping = proposed(file(tmp_path, rows.replace("0,王", "零,王")))
    assert mapping["header"] is False
    assert mapping["record"]["title"] == "column 1"
    assert mapping["record"]["extra"]["school"] == "column 3"
    assert mapping["record"]["type"] == {"value": "domestic-course"}


def test_json_with_persons_as_objects(tmp_path: Path) -> None:
    mapping = proposed(
        file(
            tmp_path,
            '[{"id": 1, "title": "A", "authors": [{"first_name": "H", "last_name": "I"}], '
            '"isbn": "9787040406641"},'
            ' {"id": 2, "title": "B", "authors": []}]',
            "list.json",
        )
    )
    assert mapping["record"]["contributors"]["author"] == {
        "each": "authors",
        "text": "{last_name}, {first_name}",
    }


def test_names_and_samples_cannot_break_the_file(tmp_path: Path) -> None:
    hostile = 'title,"a ""b"" = \\ #","x\ny"\n"T ""\n# [record]",\x7f\x01,"q\u2028r"\nU,v,w\n'
    assert proposed(file(tmp_path, hostile))["record"]["title"] == "title"


def test_what_needs_no_mapping_is_said(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="need no mapping"):
        propose(file(tmp_path, "TY  - JOUR\nTI  - A\nER  - \n", "a.ris"))


@pytest.mark.data
@pytest.mark.parametrize(
    "path",
    [
        "books-goodbooks10k/books.csv.gz",
        "journal-ccf-lists/CCFT2025-UTF8.csv",
        "journal-ccf-lists/GJQKYJMD2024.csv",
        "course-xuetangx/xuetangx_courses_2021.csv",
        "rubbing-berkeley/berkeley-rubbings.json.gz",
        "image-map-nypl/pd_collections.csv.gz",
        "image-map-nypl/pd_collections.ndjson.gz",
        "audio-librivox/librivox_api_records.tar.gz",
        "ebook-web-free-programming-books/free-courses-en.md",
        "ancient-kanripo/KR/KR2k.txt",
    ],
)
def test_a_proposal_loads_its_list(shared_data: Path, path: str) -> None:
    profile = Profile(mapping=proposed(shared_data / path))
    found = [ADAPTER.adapt(raw, profile)[0] for raw in open_file(shared_data / path, profile=profile)]
    assert sum(record is not None for record in found) >= 0.99 * len(found)


def test_short_words_are_no_authors_beside_a_column_of_authors(tmp_path: Path) -> None:
    path = file(tmp_path, "题名,作者,校区\n红楼梦,曹雪芹,北京\n围城,钱锺书,上海\n")
    assert proposed(path)["record"]["contributors"] == {"author": "作者"}


def test_a_list_of_people_with_their_ranks_is_one_of_teachers(tmp_path: Path) -> None:
    path = file(tmp_path, "姓名,职称,学校,获奖年份\n张三,教授,北京大学,2003\n李四,教授,清华大学,2006\n")
    record = proposed(path)["record"]
    assert (record["type"], record["title"]) == ({"value": "teacher"}, "姓名")
    assert "contributors" not in record
