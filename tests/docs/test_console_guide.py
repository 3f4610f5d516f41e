"""The page on the console of a library says what the program does."""

from __future__ import annotations

import re
from pathlib import Path

from starlette.routing import Route

from ereader import file_preview
from ereader.settings import Settings
from ereader.web.manage import load_run
from ereader.web.manage.branches import special_days
from ereader.web.manage.reading import read
from ereader.web.routes import ROUTES
from holdings.members.branch import SpecialDays, ranges
from indexer.earlier import KEPT
from indexer.report import CSV_NAME, PAGE_NAME
from ui.language import catalogue

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "console.md").read_text(encoding="utf-8")
TEXTS = catalogue("en").texts


def test_every_address_on_the_page_is_one_of_the_portal() -> None:
    there = {r.path for r in ROUTES if isinstance(r, Route)}
    named = set(re.findall(r"`(/[\w/{}]+)`", PAGE))
    assert len(named) >= 9
    assert named - there == {"/manage/library/ID"} - there
    # Every tab of a library's console that this page is about is told.
    own = {
        p for p in there if re.fullmatch(r"/manage/library/\{id\}/(load|repositories|profile|people|log)", p)
    }
    assert own <= named


def test_what_is_bold_is_written_so_in_the_console() -> None:
    bold = set(re.findall(r"\*\*([^*]+?)\.?\*\*", PAGE))
    assert len(bold) >= 8
    assert bold <= set(TEXTS.values())


def test_the_states_are_those_of_the_page_of_a_repository() -> None:
    told = re.findall(r"^\| ([^|]+) \| [^|]+ \|$", PAGE.split("## Sharing")[1].split("## Profile")[0], re.M)
    states = {text for key, text in TEXTS.items() if key.startswith("manage_share.state_")}
    assert set(told) - {"state", "---"} == states


def test_the_numbers_are_the_programs() -> None:
    assert f"The latest {KEPT} loads" in PAGE
    assert f"(`{'upload_megabytes'}` ({Settings().upload_megabytes})".strip("(") in PAGE
    assert (
        f"at most {file_preview.MOST_RECORDS} records" in PAGE
        and f"first {file_preview.SHOWN} records" in PAGE
    )
    assert f"every {load_run.REFRESH} seconds" in PAGE
    assert f"`{PAGE_NAME}`" in PAGE and f"`{CSV_NAME}`" in PAGE


def test_the_examples_are_read() -> None:
    holdings, special = re.findall(r"```\n(.*?)```", PAGE, re.S)
    rules = read(holdings)
    assert isinstance(rules, dict) and rules["905"]["b"] == "barcode"
    found = special_days(special, "en")
    assert len(found) == 2 and all(isinstance(one, SpecialDays) for one in found)
    hours = re.search(r"`(\d\d:\d\d-[^`]+)`", PAGE)
    assert hours and ranges(hours[1])
