"""The form of a design: what was typed becomes a design, and goes into the form again unchanged."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ereader.search.facet_list import SHOWN
from ereader.web.manage import design_form
from ereader.web.portal_style import made, sheets_of, tones
from ereader.web.posted import Fields
from holdings.members.colour import AA, DARK_GROUNDS, LIGHT_GROUNDS, contrast
from holdings.members.design import BLOCK_KINDS, Block, Design, Link, Notice
from holdings.members.names import Name

FORMER = Design(logo="0" * 32 + ".png", origins=("https://a.example",))


def read(*pairs: tuple[str, str]) -> Design:
    return design_form.read(Fields(pairs), FORMER, ("", "own"))


def test_blocks_stand_in_the_order_of_the_form_not_of_their_numbers() -> None:
    found = read(
        ("b.7.kind", "channels"), ("b.0.kind", "search"), ("b.0.title.zh", "标题"), ("b.3.kind", "nonsense")
    )
    assert [b.kind for b in found.blocks] == ["channels", "search", "search"]
    assert found.blocks[1].title == Name("标题")
    assert found.logo == FORMER.logo and found.origins == FORMER.origins


def test_values_that_cannot_be_read_are_left_out_or_kept_for_the_check() -> None:
    found = read(
        ("n.0.kind", "notice"), ("n.0.text.en", "x\r\n"), ("n.0.severity", "loud"), ("n.0.begins", "tomorrow"),
        ("n.0.ends", "2026-05-01"), ("scope", "L:other"), ("accent", " #FFCC00 "), ("no_logo", "1"),
    )  # fmt: skip
    assert found.notices == (Notice(Name("", "x"), "info", None, datetime.date(2026, 5, 1)),)
    assert (found.scope, found.accent, found.logo) == ("", "#ffcc00", "")


def test_links_are_lines() -> None:
    text = "https://a.example | 甲 | A\n\n /b ｜ 乙 \nhttps://c.example/?x=1|2"
    found = design_form.links_of(text)
    assert found == (
        Link("https://a.example", Name("甲", "A")),
        Link("/b", Name("乙")),
        Link("https://c.example/?x=1", Name("2")),
    )
    assert design_form.links_of(design_form.lines_of(found)) == found
    assert len(design_form.links_of("x\n" * 1000)) <= 31


def test_all_channels_in_the_usual_order_are_no_choice() -> None:
    order = [("channel_order", code) for code in design_form.TYPES]
    assert read(*order, *(("channel", code) for code in design_form.TYPES)).channels == ()
    assert read(*order, ("channel", "map"), ("channel", "book")).channels == ("book", "map")
    assert read(*reversed(order), ("channel", "map"), ("channel", "book")).channels == ("map", "book")
    assert read(*order).channels == (), "none at all would be a portal without channels"
    listed = design_form.listed(("map", "book"), design_form.TYPES)
    assert listed[:2] == [("map", True), ("book", True)] and len(listed) == len(design_form.TYPES)
    assert not any(shown for _, shown in listed[2:])


@pytest.mark.parametrize(
    ("action", "kinds"),
    [
        ("up:1", ["notices", "search", "channels"]), ("down:0", ["notices", "search", "channels"]),
        ("up:0", ["search", "notices", "channels"]), ("down:2", ["search", "notices", "channels"]),
        ("remove:1", ["search", "channels"]), ("remove:9", ["search", "notices", "channels"]),
        ("up:", ["search", "notices", "channels"]), ("up:x", ["search", "notices", "channels"]), ("nonsense", ["search", "notices", "channels"]),
    ],
)  # fmt: skip
def test_buttons_move_and_remove(action: str, kinds: list[str]) -> None:
    pairs = [(f"b.{n}.kind", kind) for n, kind in enumerate(("search", "notices", "channels"))]
    found = design_form.done(read(*pairs), action, Fields(pairs))
    assert [b.kind for b in found.blocks] == kinds


def test_a_block_of_which_there_is_one_is_not_added_twice() -> None:
    pairs = [("b.0.kind", "search")]
    for kind, n in (("search", 1), ("text", 2), ("nonsense", 1)):
        assert len(design_form.done(read(*pairs), "add", Fields([*pairs, ("kind", kind)])).blocks) == n


@given(st.lists(st.tuples(st.sampled_from(["b.0.kind", "b.1.kind", "b.1.text.zh", "n.0.kind", "n.0.ends", "channel", "channel_order",
    "facet", "facet_order", "footer", "css", "accent", "kind", "do"]), st.sampled_from([*BLOCK_KINDS, "book", "map", *SHOWN[:2], "", "x|y", "2026-01-01"]))),
    st.sampled_from(["up:1", "down:0", "remove:0", "add", "notice", "notice-remove:0", "channel-up:book", "facet-down:library"]))  # fmt: skip
def test_no_form_is_too_odd(pairs: list[tuple[str, str]], action: str) -> None:
    fields = Fields(pairs)
    assert isinstance(design_form.done(design_form.read(fields, Design(), ("",)), action, fields), Design)


@given(
    st.integers(0, 0xFFFFFF).map(lambda n: f"#{n:06x}"), st.integers(0, 0xFFFFFF).map(lambda n: f"#{n:06x}")
)
def test_every_style_sheet_can_be_read_in_the_dark_and_its_buttons_always(accent: str, band: str) -> None:
    sheet = made(accent, band, "").text
    assert sheet.count("{") == sheet.count("}")
    found = {tone.use: tone for tone in tones(Design(accent=accent, band=band))}
    assert found["dark"].enough and found["band"].enough
    assert found["light"].enough == (min(contrast(accent, g) for g in LIGHT_GROUNDS) >= AA)
    assert all(contrast(found["dark"].colour, g) >= AA for g in DARK_GROUNDS)


def test_a_portal_without_colours_needs_no_style_sheet() -> None:
    assert [s.text for s in sheets_of(Design())] == ["", ""]
    whole, plain = sheets_of(Design(accent="#0a6e5a", css="a { color: red }"))
    assert (
        "a { color: red }" in whole.text
        and "a { color: red }" not in plain.text
        and whole.digest != plain.digest
    )
    assert sheets_of(Design(accent="red", band="javascript:x", blocks=(Block("search"),)))[0].text == ""
