"""Every row of the case files is judged as the files tell."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolver.knowledge_base.coverage import Asked, Coverage, covers
from resolver.knowledge_base.kbart import column_names, embargo_of, read_kbart
from resolver.knowledge_base.kbart_rows import rows_of_title

FOLDER = Path(__file__).resolve().parents[3] / "cases" / "kbart"
COVERS: list[dict[str, Any]] = tomllib.loads((FOLDER / "covers.toml").read_text("utf-8"))["case"]
CHECK: list[dict[str, Any]] = tomllib.loads((FOLDER / "check.toml").read_text("utf-8"))["case"]


@pytest.mark.parametrize("case", COVERS, ids=lambda case: case["name"])
def test_a_row_covers_what_the_file_tells(case: dict[str, Any]) -> None:
    row = dict(case["row"])
    if "embargo" in row:
        row["embargo"] = embargo_of(row["embargo"])
    today = date.fromisoformat(case.get("today", "2026-11-21"))
    verdict = covers(Coverage(**row), Asked(**case["asked"]), today)
    assert (verdict.covered, verdict.code) == (case["covered"], case["code"])
    assert verdict.why and "{" not in verdict.why


def file_of(*rows: dict[str, str]) -> bytes:
    lines = ["\t".join(column_names()), *("\t".join(row.get(n, "") for n in column_names()) for row in rows)]
    return ("\n".join(lines) + "\n").encode()


@pytest.mark.parametrize("case", CHECK, ids=lambda case: case["name"])
def test_a_row_has_the_problems_that_the_file_tells(case: dict[str, Any]) -> None:
    rows, problems = read_kbart(file_of(case["row"]))
    told = [f"{p.severity} {p.code} {p.field}" for p in problems]
    assert len(rows) == 1 and all(p.row == 1 for p in problems)
    assert set(case["problems"]) <= set(told), told
    assert not case["clean"] or not told


def test_there_are_many_cases() -> None:
    assert len(COVERS) + len(CHECK) >= 60


def test_rows_are_counted_from_the_first_line_of_titles_and_none_is_left_out() -> None:
    data = file_of({"publication_title": "A\u2028B\x85C"}, {}, {"title_id": "x"}).replace(b"\n", b"\r\n")
    rows, problems = read_kbart(data)
    assert [row.number for row in rows] == [1, 3] and rows[0]["publication_title"].startswith("A")
    assert (3, "missing-value") in {(p.row, p.code) for p in problems}


def test_columns_nobody_knows_are_kept() -> None:
    data = b"publication_title\til_relevance\ttitle_id\nSoils\tcopies\ts1\n"
    (row,), problems = read_kbart(data)
    assert row.more == {"il_relevance": "copies"} and "unknown-column" in {p.code for p in problems}


def test_a_file_of_phase_one_is_read() -> None:
    data = b"publication_title\tprint_identifier\tcoverage_notes\tpublisher_name\nSoils\t1234-5679\tgaps\tBrill\n"
    (row,), _ = read_kbart(data)
    assert row["notes"] == "gaps" and row["publisher_name"] == "Brill"


def test_a_title_is_found_by_either_spelling_of_its_number() -> None:
    rows, _ = read_kbart(
        file_of({"publication_title": "A", "print_identifier": "1234-567X", "title_id": "t-1"})
    )
    for asked in ("1234-567X", "1234567x", "t-1"):
        assert rows_of_title(rows, asked) == rows
    assert rows_of_title(rows, "t1") == []
    books, _ = read_kbart(file_of({"publication_title": "B", "online_identifier": "978-0-306-40615-7"}))
    assert rows_of_title(books, "0306406152") == rows_of_title(books, "9780306406157") == books


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\x00\xff\xfe", b'a,b\n"unclosed', b"\xff\xfeA\x00"])
def test_no_file_makes_it_fail(data: bytes) -> None:
    _, problems = read_kbart(data)
    assert problems


@given(
    st.text(max_size=15), st.text(max_size=15), st.text(max_size=8), st.text(max_size=8), st.text(max_size=8)
)
def test_no_text_makes_a_judgement_fail(when: str, limit: str, volume: str, first: str, embargo: str) -> None:
    row = Coverage(first_date=limit, last_date=when, first_volume=first, last_volume=first, embargo=embargo)
    assert covers(row, Asked(when, volume, first), date(2026, 11, 21)).why
