"""Languages of the interface."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import pytest

from indexer.records.resource_type import BY_CODE
from ui.language import LANGUAGES, Catalogue, catalogue, choose

TEMPLATES = sorted(Path(str(files("ui").joinpath("templates"))).rglob("*.html"))
PLACEHOLDER = re.compile(r"\{(\w+)\}")


def texts(lang: str) -> dict[str, str]:
    return {k: v for k, v in catalogue(lang).texts.items() if not k.endswith(".one")}


def test_catalogues_have_the_same_keys_and_no_empty_text() -> None:
    assert texts("zh-CN").keys() == texts("en").keys()
    assert all(v.strip() for lang in LANGUAGES for v in catalogue(lang).texts.values())


def test_placeholders_are_the_same_in_both_languages() -> None:
    other = texts("en")
    # Chinese counts all of them (等 5 人), English those left out (and 2 more): both are always given.
    same = {"total": "n"}
    for key, text in texts("zh-CN").items():
        here = {same.get(name, name) for name in PLACEHOLDER.findall(text)}
        assert here == {same.get(name, name) for name in PLACEHOLDER.findall(other[key])}, key


def test_every_text_that_a_template_names_exists() -> None:
    known = texts("en")
    for entry in TEMPLATES:
        source = entry.read_text(encoding="utf-8")
        for key in re.findall(r"""\bt\(["']([\w.-]+)["']\s*[,)]""", source):
            assert key in known, f"{entry.name}: {key}"


def test_every_type_has_a_channel_and_an_icon() -> None:
    sprite = files("ui").joinpath("static", "icons.svg").read_text(encoding="utf-8")
    for code in BY_CODE:
        assert f"channel.{code}" in catalogue("en").texts and f'<symbol id="{code}"' in sprite


def test_icons_that_templates_use_are_drawn() -> None:
    sprite = files("ui").joinpath("static", "icons.svg").read_text(encoding="utf-8")
    for entry in TEMPLATES:
        for name in re.findall(r'icon\("([\w-]+)"', entry.read_text(encoding="utf-8")):
            assert f'<symbol id="{name}"' in sprite, f"{entry.name}: {name}"


@pytest.mark.parametrize(
    ("wanted", "cookie", "accept", "expected"),
    [
        ("en", "zh-CN", "zh", "en"),
        ("", "en", "zh-CN,zh;q=0.9", "en"),
        ("", "", "en-GB,en;q=0.8,zh;q=0.5", "en"),
        ("", "", "zh-TW,en;q=0.5", "zh-CN"),
        ("", "", "fr,de;q=0.9,en;q=0.1", "en"),
        ("", "", "en;q=0,zh;q=0.1", "zh-CN"),
        ("", "", "", "zh-CN"),
        ("xx", "yy", "zz;q=abc", "zh-CN"),
        ("zh_Hans", "", "en", "zh-CN"),
    ],
)
def test_the_address_is_asked_first_then_the_cookie_then_the_browser(
    wanted: str, cookie: str, accept: str, expected: str
) -> None:
    assert choose(wanted, cookie, accept) == expected


def test_a_count_of_one_takes_its_own_text() -> None:
    say = Catalogue("en", {"hit": "{n} hits", "hit.one": "one hit"})
    assert say("hit", n=1) == "one hit"
    assert say("hit", n=1234) == "1,234 hits"
    assert say("missing.key") == "missing.key"
