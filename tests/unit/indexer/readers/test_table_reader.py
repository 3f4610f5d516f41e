"""Tables are cut into rows whatever their marks, character set and mistakes."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.profile import Profile
from indexer.reader import Raw
from indexer.readers.table import READER, row_of
from indexer.recognise import open_file

ANY: dict[str, Any] = {"name": "any"}


def cut(data: bytes | str, mapping: dict[str, Any] | None = None, format: str = "csv") -> list[Raw]:
    content = data.encode() if isinstance(data, str) else data
    return list(READER.read(io.BytesIO(content), format, "list.csv", Profile(mapping=mapping or {})))


def rows(data: bytes | str, mapping: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    return [row_of(raw) for raw in cut(data, mapping or ANY)]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(mark: str) -> None:
    text = f"书名{mark}作者{mark}年\n甲{mark}乙{mark}1999\n丙{mark}丁{mark}2000\n"
    assert rows(text) == [
        {"书名": "甲", "作者": "乙", "年": "1999"},
        {"书名": "丙", "作者": "丁", "年": "2000"},
    ]


@pytest.mark.parametrize("start", ["sep=;\n", "\ufeffsep=;\r\n", '"sep=;"\n'])
def test_the_line_that_names_the_delimiter_is_no_row(start: str) -> None:
    text = f"{start}书名;作者,译者\n甲;乙,丙\n丁;戊,己\n"
    assert rows(text) == [{"书名": "甲", "作者,译者": "乙,丙"}, {"书名": "丁", "作者,译者": "戊,己"}]


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "gb18030", "cp950", "utf-16", "utf-16-le"])
def test_the_character_set_is_found(charset: str) -> None:
    text = "題名,作者,出版年\n資料庫系統概論,王珊,2014\n書籍目錄與文獻研究,張三,1999\n中國圖書館,李四,2001\n"
    data = ("\ufeff" + text if charset == "utf-16-le" else text).encode(charset)
    found = [row_of(raw) for raw in open_file(io.BytesIO(data), "list.csv", profile=Profile(mapping=ANY))]
    assert [row["題名"] for row in found] == ["資料庫系統概論", "書籍目錄與文獻研究", "中國圖書館"]


def test_one_row_in_another_character_set_is_read_too() -> None:
    data = (
        "题名,作者\n数据库,王珊\n".encode() + "操作系统,张三\n".encode("gb18030") + "编译原理,李四\n".encode()
    )
    assert [row["题名"] for row in rows(data)] == ["数据库", "操作系统", "编译原理"]


def test_cells_may_hold_marks_quotes_and_line_ends() -> None:
    assert rows('title,note\n"A, B","say ""x""\nand y"\nC,d\n') == [
        {"title": "A, B", "note": 'say "x"\nand y'},
        {"title": "C", "note": "d"},
    ]


def test_a_quotation_mark_never_closed_costs_one_row() -> None:
    lines = (
        ["title,year"] + [f'"T{n}",{n}' for n in range(5)] + ['"Open,9'] + [f'"U{n}",{n}' for n in range(300)]
    )
    raws = cut("\n".join(lines), ANY)
    assert len(raws) == 306
    assert "row-quotes" in [problem.code for problem in raws[5].problems]
    assert row_of(raws[-1])["title"] == "U299"


def test_quotes_within_cells_of_a_kbart_file_mean_nothing() -> None:
    text = 'publication_title\tprint_identifier\ttitle_url\n"A "B": c\t\thttp://x.org\nNext\t\thttp://y.org\n'
    raws = cut(text, format="kbart")
    assert [row_of(raw)["publication_title"] for raw in raws] == ['"A "B": c', "Next"]


@pytest.mark.parametrize(("row", "title"), [("A", "A"), ("A,1,2,3", "A")])
def test_rows_of_another_width_are_kept_and_reported(row: str, title: str) -> None:
    raws = cut(f"title,year\nX,1\nY,2\n{row}\nZ,3\n", ANY)
    assert len(raws) == 4
    assert [problem.code for problem in raws[2].problems] == ["row-columns"]
    assert row_of(raws[2])["title"] == title


def test_empty_rows_and_repeated_headers_are_no_rows() -> None:
    assert [row["title"] for row in rows("title,year\nA,1\n\n,\ntitle,year\nB,2\n")] == ["A", "B"]


def test_a_table_without_header_is_told_from_one_with() -> None:
    assert rows("软件工程,清华大学,103437\n编译原理,北京大学,2201\n")[0] == {
        "1": "软件工程",
        "2": "清华大学",
        "3": "103437",
    }


def test_the_mapping_says_where_the_header_is() -> None:
    mapping = {"skip_lines": 2, "comment": "#", "name": "x"}
    assert rows("Report\n\n# remark\ntitle,year\nA,1\n", mapping) == [{"title": "A", "year": "1"}]


def test_position_counts_rows_and_offset_lines() -> None:
    raws = cut('title,note\n"a\nb",1\nc,2\n', ANY)
    assert [(raw.position, raw.offset) for raw in raws] == [(1, 2), (2, 4)]


def test_a_table_without_mapping_is_read_by_the_names_of_its_columns() -> None:
    raw = cut("书名,作者,ISBN\n甲,乙,9787040406641\n")[0]
    assert raw.context["mapping"]["record"]["title"] == "书名"


def test_all_rows_of_a_file_share_one_context() -> None:
    raws = cut("title,year\nA,1\nB,2\n", ANY)
    assert raws[0].context is raws[1].context


@given(
    st.lists(
        st.lists(
            # A mark of replacement says that a character is lost; it is reported and never read back.
            st.text(st.characters(codec="utf-8", exclude_characters="\x00\r\ufffd"), max_size=20),
            min_size=3,
            max_size=3,
        ),
        min_size=1,
        max_size=8,
    )
)
@settings(max_examples=200, deadline=None)
def test_what_csv_writes_is_read_again(table: list[list[str]]) -> None:
    table = [[f"k{n}", *(cell.strip("\ufeff") for cell in row)] for n, row in enumerate(table)]
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(
        [["title", "one", "two", "three"], *table]
    )
    mapping = {"header": True, "delimiter": ",", "quote": '"', "name": "x"}
    assert [list(row.values()) for row in rows(out.getvalue(), mapping)] == table


@given(st.binary(max_size=500))
@settings(max_examples=300, deadline=None)
def test_nothing_raises(data: bytes) -> None:
    READER.sniff(data, "x.csv")
    for raw in READER.read(io.BytesIO(data), "csv", "x", Profile()):
        row_of(raw)


def test_the_end_mark_of_old_systems_is_no_row() -> None:
    assert len(rows("title,author\nA,B\nC,D\n\x1a")) == len(rows("title,author\nA,B\nC,D\n"))
