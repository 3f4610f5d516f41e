"""The pages on portals and on the search box say what the program does."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import sqlalchemy as sa
from lxml import html

from ereader import logos
from ereader.search.facet_list import SHOWN
from ereader.web import widget_options
from ereader.web.routes import ROUTES
from holdings.members import Members, safe_css
from holdings.members.apply import apply
from holdings.members.check_design import faults
from holdings.members.colour import AA
from holdings.members.design import BLOCK_KINDS, DEFAULT_BLOCKS, SEVERITIES, Design
from indexer.records.resource_type import BY_CODE
from ui.language import catalogue

DOCS = Path(__file__).resolve().parents[2] / "docs"
PORTALS, WIDGET = ((DOCS / name).read_text("utf-8") for name in ("portals.md", "widget.md"))


def test_the_design_of_the_example_can_be_applied() -> None:
    (text,) = re.findall(r"```toml\n(.*?)```", PORTALS, re.S)
    engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
    members = Members(engine)
    members.create_tables()
    assert apply(members, text).remarks == ()
    design = members.consortia()["jalis"].design
    assert faults(design, types=BY_CODE, facets=SHOWN, places=()) == []
    assert set(tomllib.loads(text)["consortium"][0]["design"]) == set(Design.__struct_fields__) - {"logo"}
    engine.dispose()


def test_every_key_has_its_line() -> None:
    keys = re.findall(
        r"^\| `(\w+)` \|.*\|.*\|$", PORTALS[PORTALS.index("| key |") : PORTALS.index("**Blocks**")], re.M
    )
    assert keys == list(dict.fromkeys(keys)) and set(keys) == set(Design.__struct_fields__)
    assert ", ".join(block.kind for block in DEFAULT_BLOCKS) in PORTALS
    for kind in (*BLOCK_KINDS, *SEVERITIES):
        assert f"`{kind}`" in PORTALS


def test_limits_are_the_programs() -> None:
    assert f"{safe_css.MOST:,} characters and {safe_css.MOST_RULES} rules" in PORTALS
    assert f"{logos.MOST_BYTES // 1024} KB and {logos.MOST_PIXELS} pixels" in PORTALS
    assert f"{AA} : 1" in PORTALS
    assert f"at most {widget_options.LONGEST} characters" in WIDGET


def test_the_classes_that_are_told_can_be_named() -> None:
    table = PORTALS[PORTALS.index("| class |") : PORTALS.index("## What a reader sees")]
    rows = [line.split("|")[1] for line in table.splitlines()[2:] if line.startswith("|")]
    told = [name for row in rows for name in re.findall(r"`([\w-]+)`", row)]
    assert len(told) > 30
    for name in told:
        assert safe_css.safe_css(f".{name} {{ color: red }}").sheet, name
    for name in re.findall(r"`(:[a-z-]+)`", PORTALS):
        assert safe_css.safe_css(f"a{name} {{ color: red }}").sheet, name
    for name in ("position", "z-index", "transform", "float", "outline", "content"):
        assert f"`{name}`" in PORTALS
        assert safe_css.safe_css(f"a {{ {name}: 1 }}").sheet == ""


@pytest.mark.parametrize("page", [PORTALS, WIDGET], ids=["portals", "widget"])
def test_addresses_that_are_named_are_answered(page: str) -> None:
    routes = {route.path for route in ROUTES}  # type: ignore[attr-defined]
    for address in re.findall(r"`(?:GET )?(/(?:manage|widget|style|api)[^`?]*)", page):
        path = re.sub(r"DIGEST", "{digest}", address.replace("ID", "{id}"))
        assert path in routes, address


def test_the_options_are_the_programs() -> None:
    told = re.findall(r"^\| `data-(\w+)` \|", WIDGET, re.M)
    usual = widget_options.WidgetOptions("en", ("book",), "_blank", "x", False, "own")
    assert told == ["library", *(name for name, _ in usual.pairs())]
    for value in (*widget_options.TARGETS, *widget_options.LANGUAGES, *widget_options.SCOPES):
        assert f"`{value}`" in WIDGET


def test_what_is_pasted_is_what_the_generator_makes() -> None:
    texts = catalogue("en")
    words = widget_options.Words(texts("box.label"), texts("box.placeholder"), texts("box.button"), "Search")
    made = widget_options.pasted(
        "https://discovery.example/at/pku", widget_options.WidgetOptions(), words, ""
    )
    for told, name in zip(
        re.findall(r"```html\n(.*?)```", WIDGET, re.S), ("script", "frame", "form"), strict=True
    ):
        one, other = html.fragment_fromstring(told), html.fragment_fromstring(made[name])  # type: ignore[index]
        assert one.tag == other.tag
        assert {k: v for k, v in other.attrib.items() if k != "loading"} == dict(one.attrib)


def test_the_style_sheet_of_the_box_knows_the_variables_that_are_told() -> None:
    script = (DOCS.parent / "ui" / "static" / "widget.js").read_text("utf-8")
    for name in re.findall(r"--eread-[a-z-]+", WIDGET):
        assert f"var({name}," in script
    assert re.findall(r"<(eread-[a-z]+)>", WIDGET)[0] in script
