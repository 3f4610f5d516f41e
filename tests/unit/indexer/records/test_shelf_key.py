"""Call numbers stand in the order a shelver puts them in."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.records.shelf_key import SCHEMES, parts_of, scheme_of, shelf_key, value_of

ORDERS = {
    "种次号 by their number": "I210.97/2 | I210.97/12 | I210.97/101",
    "decimal class numbers": "I2 | I20/1 | I206.2/3 | I21/5 | I210.97/12 | I222.7/1 | I246.5/C123 | I247.5/2",
    "著者号 by letter, then by number": "I246.5/A12 | I246.5/B9 | I246.5/B10 | I246.5/C123 | I246.5/C123-2 | I246.5/L826",
    "editions and volumes of one number": "K248.107/5 | K248.107/5(2) | K248.107/5(10) | K248.107/6",
    "auxiliary signs before a further digit": (
        "TP3/1 | TP3-43/1 | TP3(711)/1 | TP3=2/1 | TP3:F/1 | TP3+O/1 | TP30/1 | TP301.6/4 | TP31/9"
    ),
    "letters behind a CLC number": "TP312/8 | TP312BA/1 | TP312C/3 | TP313/1",
    "main classes of T": "T-62/1 | TB3/1 | TP3/1 | TU2/1 | U1/1",
    "CLC with a blank for the stroke": "I210.97 2 | I210.97 12",
    "LCC by letters, then by number": "P99 .E3 | PL2478 .A1 | PN6 .B2 | PS35 .A1 | PS3545.I5365 Z8 | PS3545.I54 A1 | QA9 .X1",
    "Cutter numbers as decimals": "PS3545.I5365 A6 | PS3545.I5365 Z8 | PS3545.I537 | PS3545.I6 A1",
    "nothing before something in LCC": (
        "PS3545.I5365 | PS3545.I5365 1990 | PS3545.I5365 Z8 | PS3545.I5365 Z8 1990 | PS3545.I5365 Z8 1991 | PS3545.I5365 Z81"
    ),
    "decimal LCC numbers": "QA76 .A1 | QA76.5 .B2 | QA76.73 .P98 | QA76.9 .D3 | QA77 .A1",
    "volumes by their number": "DS701 .C5 v.2 | DS701 .C5 v.10",
    "DDC is decimal": "813 A | 813.5 B | 813.54 A | 813.54 S | 813.6 A | 820.9 Z",
    "DDC with numbers below": "857.49/8 | 857.49/10 | 857.5/1",
    "schemes stand apart": "Z1/2 | 813.54 S | A1 .B2 | 善本 3",
    "unknown schemes by letters and numbers": "SB/2 | SB/13 | SC/1",
    "full width is no matter": "Ｉ２１０．９７／２ | I210.97/12",
}  # fmt: skip


@pytest.mark.parametrize("rule", ORDERS)
def test_call_numbers_stand_in_order(rule: str) -> None:
    wanted = [number.strip() for number in ORDERS[rule].split(" | ")]
    mixed = wanted[:]
    random.Random(7).shuffle(mixed)
    assert sorted(mixed, key=shelf_key) == wanted
    assert len(set(map(shelf_key, wanted))) == len(wanted)


@pytest.mark.parametrize(
    ("number", "scheme"),
    [
        ("I210.97/12", "clc"), ("I246.5/C123", "clc"), ("TP311.13/4", "clc"), ("K29", "clc"), ("TP3-43", "clc"),
        ("T", "clc"), ("PS3545.I5365 Z8 1990", "lcc"), ("QA76.73.P98", "lcc"), ("E98 .A7 1990", "lcc"),
        ("Z1001 .A2", "lcc"), ("TP370 .B3", "lcc"), ("813.54 S", "ddc"), ("857.49/8", "ddc"), ("SB/813.21", ""),
        ("古 12", ""), ("", ""), ("12", ""),
    ],
)  # fmt: skip
def test_the_scheme_is_told_by_its_looks(number: str, scheme: str) -> None:
    assert scheme_of(number) == scheme


def test_a_known_scheme_beats_the_looks() -> None:
    assert shelf_key("B841")[0] == SCHEMES["clc"]
    assert shelf_key(value_of("B841", "lc", "lcc"))[0] == SCHEMES["lcc"]


def test_whose_it_is_does_not_change_the_place() -> None:
    value = value_of("I210.97/12", "pku")
    assert shelf_key(value) == shelf_key("I210.97/12")
    assert parts_of(value) == ("I210.97/12", "pku", "")
    assert parts_of("I210.97/12") == ("I210.97/12", "", "")


@given(st.text(max_size=300))
def test_anything_has_a_key(text: str) -> None:
    assert shelf_key(text)[0] in "cdlz"
