"""From records and results to what a page says."""

from __future__ import annotations

import json

import pytest

from ereader.search.results import FacetValue
from ereader.web.coins import of_display, of_record
from ereader.web.describe import extent_of, extras
from ereader.web.holdings import coverage
from ereader.web.linked_data import json_ld
from ereader.web.names import Names
from ereader.web.portal import split
from ereader.web.present import tree_order
from ereader.web.staff import _fields
from holdings.members.registry import Members
from indexer.document import Display
from indexer.records.record import Contributor, Record
from indexer.records.resource_type import BY_CODE
from ui.language import catalogue


@pytest.fixture(params=["zh-CN", "en"])
def names(request: pytest.FixtureRequest) -> Names:
    import sqlalchemy

    members = Members(sqlalchemy.create_engine("sqlite://"))
    return Names(request.param, catalogue(request.param), members)


def test_paths_stand_under_their_parents_in_the_order_of_each_level() -> None:
    given = ["clc", "lcc", "clc / K", "clc / I", "lcc / Q", "clc / I / I2"]
    ordered = [v.value for v in tree_order([FacetValue(value, 1) for value in given])]
    assert ordered == ["clc", "clc / K", "clc / I", "clc / I / I2", "lcc", "lcc / Q"]


def test_paths_without_their_parents_are_not_lost() -> None:
    given = ["ddc / 500 / 550", "", "ddc", "clc / I / I2"]
    ordered = [v.value for v in tree_order([FacetValue(value, 1) for value in given])]
    assert sorted(ordered) == sorted(given) and ordered.index("ddc") < ordered.index("ddc / 500 / 550")


@pytest.mark.parametrize(
    ("summary", "zh", "en"),
    [
        ("v. 1 (1950) -", "第 1 卷 (1950) 至今", "vol. 1 (1950) to the present"),
        ("v. 1 (1950) -; embargo P1Y", "第 1 卷 (1950) 至今；最近 1 年除外", "vol. 1 (1950) to the present; without the last year"),
        ("v. 1 (1950) - v. 9 (1960)", "第 1 卷 (1950) - 第 9 卷 (1960)", "vol. 1 (1950) - vol. 9 (1960)"),
        ("Bd. 3: Register", "Bd. 3: Register", "Bd. 3: Register"),
        ("", "", ""),
    ],
)  # fmt: skip
def test_coverage_is_said_in_words(summary: str, zh: str, en: str) -> None:
    assert coverage(summary, catalogue("zh-CN")) == zh
    assert coverage(summary, catalogue("en")) == en


def test_a_box_of_degrees_is_said_with_its_sides() -> None:
    members = Members(None)  # type: ignore[arg-type]
    english = Names("en", catalogue("en"), members)
    assert extent_of("121.4 121.6 31.3 31.2", english) == "121.4° E–121.6° E, 31.2° N–31.3° N"
    assert extent_of("-73 18 53 -5", english) == "73° W–18° E, 5° S–53° N"
    for other in ("", "no numbers", "1 2 3", "999 1 2 3", "nan nan nan nan"):
        assert extent_of(other, english) == other


def test_codes_and_what_is_told_elsewhere_are_no_extras(names: Names) -> None:
    record = Record(
        type="rubbing",
        title="碑",
        extra={
            "genre": "StillImage; 碑帖",
            "title_id": "xl005",
            "coverage_depth": "fulltext",
            "embargo_info": "P1Y",
            "material": "纸",
        },
    )
    assert extras(record, names) == {"genre": "碑帖", "material": "纸"}


def test_every_type_has_a_context_object_and_structured_data() -> None:
    for code, type in BY_CODE.items():
        record = Record(type=code, title="题名 & <b>", contributors=(Contributor("某人"),), year=-91)
        assert "ctx_ver=Z39.88-2004" in of_record(record)
        assert "ctx_ver=Z39.88-2004" in of_display(Display(type=code, title="题名", contributors=("某人",)))
        text = json_ld(record, "http://x/record/1", ["馆"])
        assert json.loads(text)["@type"] == type.schema_org and "<" not in text
        assert json.loads(text)["name"] == "题名 & <b>"


def test_a_context_object_takes_the_issue_out_of_the_line_of_the_host() -> None:
    shown = Display(type="article", title="t", host="J", host_detail="12(3): 45-50")
    assert "rft.volume=12&rft.issue=3&rft.pages=45-50" in of_display(shown)


def test_a_record_of_iso_2709_shows_its_tags() -> None:
    fields = "001000200000245000500002"
    text = f"00000nam a2200000   4500{fields}\x1e1\x1e00\x1faT\x1e\x1d"
    assert _fields(text).splitlines() == ["LDR 00000nam a2200000   4500", "001 1", "245 00\x1faT"]
    for damaged in ("", "00000", text[:30], text.replace("245", "24", 1), "<record/>", "x" * 200):
        assert _fields(damaged) == ""


@pytest.mark.parametrize(
    ("path", "parts"),
    [
        ("/at/pku/search", ("pku", "/search")), ("/at/pku", ("pku", "/")), ("/at/pku/", ("pku", "/")),
        ("/at/../search", ("", "/at/../search")), ("/at//search", ("", "/at//search")), ("/at/" + "a" * 65, ("", "/at/" + "a" * 65)),
    ],
)  # fmt: skip
def test_a_portal_is_taken_off_the_path(path: str, parts: tuple[str, str]) -> None:
    assert split(path) == parts
