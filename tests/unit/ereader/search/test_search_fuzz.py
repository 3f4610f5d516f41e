"""Anything may be typed: never an error, never slow, and the page that says it back can always be printed."""

from __future__ import annotations

import random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from waiting import not_hung

from ereader.search.explain import in_words, structure, understood
from ereader.search.parser import NOTES, parse
from ereader.search.pipeline import search
from ereader.search.query_fields import FIELDS
from ereader.search.request import SearchRequest
from holdings.members.view import PUBLIC, View
from indexer.index.engine import Engine

EVERYONE = View(place="C:centre", atoms=frozenset({PUBLIC}))

SIGNS = list(
    "()（）[]{}\"“”„「」『』《》〈〉«»'`*?＊？:：+-!＋－！&|＆｜~^\\/,，;；.。、\x00\x1f\ud800\udfff\u200f\u202e\u2066\ufeff\ue000\u3000\t\n"
)
WORDS = [
    "AND",
    "OR",
    "NOT",
    "＆＆",
    "||",
    "TO",
    "title:",
    "题名：",
    "year:",
    "isbn:",
    "doi:10.1000/",
    "红楼梦",
    "家",
    "the",
    "comput",
    "1990",
    "-",
    "[1990 TO 2000]",
    "..",
    "978-7-02-000220-7",
    "0028-0836",
    "한국",
    "カタカナ",
    "العربية",
    "😀",
    "é",
    "e\u0301\u0301",
]
MONSTERS = [
    "(" * 6000,
    ")" * 6000,
    "()" * 3000,
    "(a" * 3000,
    "((((a OR b)" * 800,
    '"' * 6000,
    "《" * 6000,
    "「」" * 3000,
    "NOT " * 2500,
    "AND " * 2500,
    "a AND " * 2500,
    "-" * 6000,
    "-a" * 3000,
    "title:" * 1000,
    "a:" * 3000,
    "*" * 6000,
    "a*" * 3000,
    "ab* " * 2000,
    "?" * 6000,
    "a?" * 3000,
    "\\" * 6000,
    "\x00" * 6000,
    "\ud800" * 6000,
    "\u202e" * 6000,
    "家" * 6000,
    "a" * 6000,
    "a " * 3000,
    "year:" + "9" * 6000,
    "year:[" * 1000,
    "10.1000/" + "(" * 6000,
    "e" + "\u0301" * 6000,
    "ﷺ" * 2000,
    "|| && " * 1500,
    " OR ".join(["(a"] * 1200),
    "9" * 6000,
    "978" * 2000,
    "\u1100" * 6000,
    "\u0e01" * 6000,
    "a\u200d" * 3000,
    "！" * 6000,
    "，作者：" * 1500,
    ",title:" * 1500,
]


def typed(seed: int) -> str:
    """One reproducible nonsense query."""
    source = random.Random(seed)
    length = source.choice((3, 8, 20, 60))
    pieces = []
    for _ in range(source.randint(1, length)):
        kind = source.random()
        if kind < 0.45:
            pieces.append(source.choice(SIGNS))
        elif kind < 0.8:
            pieces.append(source.choice(WORDS))
        elif kind < 0.9:
            pieces.append(chr(source.choice((source.randrange(0x20, 0x250), source.randrange(0x110000)))))
        else:
            pieces.append(" ")
    return "".join(pieces)


def understand(text: str) -> None:
    parsed = parse(text, "all" if len(text) % 3 else sorted(FIELDS)[len(text) % len(FIELDS)])
    echo = understood(parsed.tree)
    msgspec.json.encode([echo, in_words(parsed.tree, "en"), structure(parsed.tree)])
    assert set(parsed.notes) <= set(NOTES)
    request = SearchRequest.from_params([("q", text)])
    assert SearchRequest.from_params(request.to_params()).q == request.q
    parse(echo)


@pytest.mark.parametrize("first", range(0, 4_000, 1_000))
def test_generated_input_is_always_understood_somehow(first: int) -> None:
    for seed in range(first, first + 1_000):
        understand(typed(seed))


@pytest.mark.slow
def test_a_hundred_thousand_inputs() -> None:
    for seed in range(100_000):
        with not_hung():
            understand(typed(seed))


@pytest.mark.parametrize("n", range(len(MONSTERS)))
def test_monsters_are_quick(n: int, engine: Engine) -> None:
    with not_hung():
        parse(MONSTERS[n])
        search(SearchRequest.from_params([("q", MONSTERS[n])]), EVERYONE, engine)


def test_generated_input_is_searched_without_error(engine: Engine) -> None:
    for seed in range(500):
        text = typed(seed)
        with not_hung():
            results = search(SearchRequest.from_params([("q", text)]), EVERYONE, engine)
        assert 0 <= results.total <= 23


@given(st.text(max_size=200))
def test_any_text_is_understood_somehow(text: str) -> None:
    understand(text)


@given(st.text(alphabet='ab ()"-AND|:红《》*title', max_size=40))
def test_text_made_of_signs_is_understood_and_its_echo_means_the_same(text: str) -> None:
    first = understood(parse(text).tree)
    second = understood(parse(first).tree)
    assert understood(parse(second).tree) == second
