"""Designs: contrast as WCAG computes it, and what must not be in a design."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdings.members.check_design import faults, is_address, is_origin
from holdings.members.colour import AA, DARK_GROUNDS, LIGHT_GROUNDS, contrast, least_contrast, on, readable
from holdings.members.design import Block, Design, Link, Notice
from holdings.members.names import Name

COLOURS = st.integers(0, 0xFFFFFF).map(lambda n: f"#{n:06x}")
DAY = datetime.date(2026, 5, 1)


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#ffffff", 1.0),
        ("#777777", "#ffffff", 4.48),  # the grey that is just not enough
        ("#767676", "#ffffff", 4.54),  # … and the one that just is
        ("#ff0000", "#ffffff", 4.0),
        ("#0000ff", "#ffffff", 8.59),
    ],
)
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == pytest.approx(ratio, abs=0.01)
    assert contrast(other, one) == contrast(one, other)


@given(COLOURS)
def test_black_or_white_can_be_read_on_any_colour(colour: str) -> None:
    assert contrast(on(colour), colour) >= AA


@given(COLOURS)
def test_a_colour_can_be_made_readable_and_stays_when_it_is(colour: str) -> None:
    for grounds, towards in ((LIGHT_GROUNDS, "#000000"), (DARK_GROUNDS, "#ffffff")):
        found = readable(colour, grounds, towards)
        assert least_contrast(found, grounds) >= AA
        assert (found == colour) == (least_contrast(colour, grounds) >= AA)


def codes(design: Design, **known: object) -> set[tuple[str, str]]:
    return {(f.key, f.code) for f in faults(design, **known)}  # type: ignore[arg-type]


def test_the_usual_design_has_no_faults() -> None:
    assert faults(Design(), types=("book",), facets=("library",), places=()) == []


def test_a_colour_without_contrast_is_refused_with_the_figures_and_the_nearest_that_has_it() -> None:
    (fault,) = faults(Design(accent="#ffcc00"))
    assert fault.code == "contrast"
    said = fault.sentence()
    assert "1.3" in said and "4.5" in said
    assert least_contrast(fault.values["nearest"], LIGHT_GROUNDS) >= AA
    assert faults(Design(accent=fault.values["nearest"], band="#ffcc00")) == []


def test_every_fault_has_a_sentence() -> None:
    bad = Design(
        accent="red",
        logo="../x.png",
        blocks=(
            Block("search"),
            Block("search"),
            Block("text"),
            Block("links", links=(Link("javascript:alert(1)"),)),
        ),
        notices=(Notice(Name(), begins=DAY, ends=DAY - datetime.timedelta(1)),),
        scope="C:nowhere",
        channels=("book", "nonsense"),
        facets=("library", "library"),
        footer=tuple(Link("/x", Name("x")) for _ in range(31)),
        tagline=Name("x" * 201, "a\x07b"),
        origins=("https://host/path", "*", "https://a.example"),
        css="a" * 20_001,
    )
    found = faults(bad, types=("book",), facets=("library",), places=())
    assert {f.code for f in found} == {
        "colour", "logo", "twice", "empty", "address", "label", "dates", "unknown", "many", "long", "signs", "origin",
    }  # fmt: skip
    for fault in found:
        assert fault.sentence() and "{" not in fault.sentence()


def test_a_start_page_has_a_block() -> None:
    assert codes(Design(blocks=())) == {("blocks", "none")}


@pytest.mark.parametrize(
    "origin", ["https://lib.example", "http://127.0.0.1:8000", "https://a.b.example:8443", "https://[::1]:8"]
)
def test_origins_as_browsers_write_them(origin: str) -> None:
    assert is_origin(origin)


@pytest.mark.parametrize(
    "origin",
    ["", "*", "null", "lib.example", "https://", "https://lib.example/", "https://lib.example:443", "http://lib.example:80",
     "https://LIB.example", "https://*.example", "ftp://lib.example", "https://a b", "https://a;script-src *", "https://u@lib.example",
     "https://lib.example:99999", "https://-a.example", "https://[zz]"],
)  # fmt: skip
def test_what_is_no_origin(origin: str) -> None:
    assert not is_origin(origin)


@pytest.mark.parametrize(
    ("address", "fits"),
    [("https://x.example/a?b#c", True), ("mailto:a@x.example", True), ("/browse/new", True), ("//evil.example", False),
     ("javascript:alert(1)", False), ("data:text/html,x", False), ("", False), ("https:///x", False), ("/a b", False),
     ('/a"b', False), ("/\\evil.example", False), ("relative", False), ("https://x.example/\x00", False)],
)  # fmt: skip
def test_where_links_may_lead(address: str, fits: bool) -> None:
    assert is_address(address) == fits


def test_a_notice_stands_on_its_first_and_its_last_day() -> None:
    notice = Notice(Name("闭馆"), begins=DAY, ends=DAY)
    assert [notice.stands(DAY + datetime.timedelta(n)) for n in (-1, 0, 1)] == [False, True, False]
    assert Notice(Name("闭馆")).stands(DAY)
