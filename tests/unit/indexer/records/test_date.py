"""Years are read out of dates as sources write them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from record_cases import rows

from indexer.records import date, reign


@pytest.mark.parametrize("text, start, end, marks", rows("dates.tsv", 4))
def test_date_as_written_means_these_years(text: str, start: str, end: str, marks: str) -> None:
    span = date.parse(text)
    assert span.start == (int(start) if start else None)
    assert span.end == (int(end) if end else None)
    assert span.circa == ("c" in marks)
    assert span.uncertain == ("?" in marks)


@pytest.mark.parametrize(
    "year, sign",
    [
        (1984, "甲子"),
        (1911, "辛亥"),
        (1898, "戊戌"),
        (1894, "甲午"),
        (4, "甲子"),
        (1, "辛酉"),
        (-1, "庚申"),
        (1744, "甲子"),
    ],
)
def test_cyclical_sign_of_a_year(year: int, sign: str) -> None:
    assert reign.cycle_of(year) == sign


@pytest.mark.parametrize(
    "numeral, number",
    [
        ("元", 1),
        ("十", 10),
        ("十一", 11),
        ("二十", 20),
        ("五十", 50),
        ("六十一", 61),
        ("廿三", 23),
        ("卅", 30),
        ("一百", 100),
        ("23", 23),
        ("二〇〇四", 2004),
        ("x", 0),
        ("", 0),
    ],
)
def test_chinese_numerals(numeral: str, number: int) -> None:
    assert reign.number_of(numeral) == number


def test_every_reign_year_lies_within_its_reign() -> None:
    by_name, *_ = reign._eras()
    assert len(by_name) > 350
    for name, eras in by_name.items():
        for era in eras:
            assert era.start <= era.end, name
            assert era.end - era.start < 70 or name in ("民国", "檀纪", "开国", "令和"), name
        first = eras[0]
        assert date.parse(f"{name}元年").start == first.start, name
        if first.end - first.start >= 2 and first.start > 0:
            assert date.parse(f"{name}三年").start == first.start + 2, name


def test_traditional_and_simplified_reign_titles_are_the_same() -> None:
    for simplified, traditional in (
        ("光绪三年", "光緒三年"),
        ("庆历四年", "慶曆四年"),
        ("万历十年", "萬曆十年"),
        ("贞观元年", "貞觀元年"),
    ):
        assert date.parse(simplified) == date.parse(traditional)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("公元前5世纪", -500, -401),
        ("3rd cent. BCE", -300, -201),
        ("12 BC-10 AD", -12, 10),
        ("康熙五十年至五十二年", 1711, 1713),
        ("民国23年-25年", 1934, 1936),
        ("康熙五十年至雍正二年", 1711, 1724),
        ("Jan. 2001-Dec. 2003", 2001, 2003),
        ("Winter 1999/Spring 2000", 1999, 2000),
        ("1999-00", 1999, 2000),
        ("二十世纪三十年代", 1930, 1939),
        ("2001-13-45", 2001, 2001),
        ("MCMXCIX", 1999, 1999),
        ("M. DCC. LXXVI", 1776, 1776),
    ],
)
def test_spans_that_are_written_out(text: str, start: int, end: int) -> None:
    span = date.parse(text)
    assert (span.start, span.end) == (start, end)


@settings(deadline=None)
@given(st.text(max_size=60))
def test_no_text_makes_a_date_raise(text: str) -> None:
    span = date.parse(text)
    assert span.start is None or -5000 <= span.start <= date.NEWEST
    assert span.end is None or span.start is None or span.end >= span.start


@settings(deadline=None)
@given(st.text(alphabet="0123456789-?[]u.年民国清康熙元前公约ca ", max_size=20))
def test_no_near_date_raises(text: str) -> None:
    date.parse(text)


@pytest.mark.parametrize(
    ("text", "stamp"),
    [
        ("20180925", "2018-09-25"),
        ("2019-01-01 00:00:00.0", "2019-01-01T00:00:00"),
        ("2020-01-01T00:00:00.000+00:00", "2020-01-01T00:00:00+00:00"),
        ("yesterday", ""),
    ],
)
def test_dates_of_change_in_one_form(text: str, stamp: str) -> None:
    assert date.timestamp(text) == stamp
