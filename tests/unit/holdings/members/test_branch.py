"""Opening hours as people write them, and what nobody could keep."""

from __future__ import annotations

import datetime

import pytest

from holdings.members import Configuration, Library, Name
from holdings.members.apply import export, parse
from holdings.members.branch import Branch, SpecialDays, Week, ranges, written


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("08:00-22:00", "08:00-22:00"),
        ("8:00–12:00，14：00～22:00", "08:00-12:00, 14:00-22:00"),
        ("14:00-22:00, 8:00-12:00", "08:00-12:00, 14:00-22:00"),
        ("00:00-24:00", "00:00-24:00"),
        ("20:00-02:00", "20:00-02:00"),
        ("", ""),
        ("  ", ""),
    ],
)
def test_hours_are_written_in_one_way(text: str, expected: str) -> None:
    assert written(text) == expected
    assert ranges(text) is not None


@pytest.mark.parametrize(
    "text",
    ["8-22", "25:00-26:00", "08:60-09:00", "08:00-08:00", "08:00-12:00, 11:00-13:00", "all day",
     "24:30-25:00", "08:00", "08:00-12:00,", "20:00-02:00, 01:00-03:00"],
)  # fmt: skip
def test_what_nobody_could_keep_is_no_hours(text: str) -> None:
    assert ranges(text) is None
    assert written(text) == text


def test_special_days_go_before_the_week_and_the_latest_before_the_others() -> None:
    week = Week(mon="08:00-22:00", sun="10:00-18:00")
    holiday = SpecialDays(datetime.date(2026, 10, 1), datetime.date(2026, 10, 7))
    one = SpecialDays(datetime.date(2026, 10, 5), hours="09:00-12:00")
    branch = Branch("main", week=week, special=(holiday, one))
    assert branch.hours_on(datetime.date(2026, 9, 28)) == "08:00-22:00"  # a Monday
    assert branch.hours_on(datetime.date(2026, 10, 4)) == ""
    assert branch.hours_on(datetime.date(2026, 10, 5)) == "09:00-12:00"
    assert branch.hours_on(datetime.date(2026, 10, 8)) == ""


def test_branches_are_in_the_configuration_file_and_come_back_from_it() -> None:
    branch = Branch(
        "main",
        Name("总馆", "Main library"),
        Name("颐和园路5号"),
        "010-1",
        "a@b.test",
        Week(mon="08:00-22:00"),
        (SpecialDays(datetime.date(2026, 10, 1), datetime.date(2026, 10, 7), "", Name("国庆节")),),
    )
    held = Configuration(
        libraries=(Library("pku", Name("北大"), website="https://pku.test/", branches=(branch,)),)
    )
    assert parse(export(held))[0] == held
