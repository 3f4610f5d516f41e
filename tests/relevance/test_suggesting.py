"""Suggestions on all Chinese records at hand, on every engine: a title is found however its pinyin is typed."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path

import opencc
import pytest
from relevance_corpus import CENTRE, chinese, fill, records

from holdings.members.view import View
from indexer.index.engine import Engine, SearchCall
from indexer.index.query import Exact
from indexer.index.suggest import Offer, suggest
from indexer.records.record import Record
from indexer.text import mixed
from indexer.text.pinyin import syllables

pytestmark = pytest.mark.data

FIRST = 10
LETTERS = "abcdefghijklmnopqrstuwxyz"


@pytest.fixture(scope="module")
def known(shared_data: Path) -> dict[str, Record]:
    found = records(shared_data)
    if len(found) < 1000:
        pytest.skip(f"only {len(found)} records of the shared data are present")
    return found


@pytest.fixture(scope="module")
def engine(search_engine: Engine, known: dict[str, Record]) -> Engine:
    fill(search_engine, known)
    return search_engine


@pytest.fixture(scope="module")
def titles(engine: Engine, known: dict[str, Record]) -> list[str]:
    """300 random titles of Han characters and nothing else; fewer where the engine is on the network."""
    wanted = 300 if type(engine).__name__ == "TantivyEngine" else 60
    found = dict.fromkeys(record.title for record in chinese(known, 3000, 17))
    return [t for t in found if 2 <= len(t) <= 30 and not set(t) - _han(t)][:wanted]


def _han(text: str) -> set[str]:
    return {char for char in text if mixed.readings(char)}


def wrong(text: str, rng: random.Random) -> str:
    """The text with one typing error behind its first letter."""
    n = rng.randrange(1, len(text) - 1)
    return rng.choice(
        [
            text[:n] + text[n + 1] + text[n] + text[n + 2 :],
            text[:n] + text[n + 1 :],
            text[:n] + rng.choice(LETTERS) + text[n:],
            text[:n] + rng.choice(LETTERS) + text[n + 1 :],
        ]
    )


def first_syllable(title: str) -> str:
    read = syllables(title)
    return read[0] + "".join(s[0] for s in read[1:])


def last_syllable(title: str) -> str:
    read = syllables(title)
    return "".join(s[0] for s in read[:-1]) + read[-1]


def every_second(title: str) -> str:
    return "".join(c if n % 2 else syllables(c)[0] for n, c in enumerate(title))


def full(title: str) -> str:
    return "".join(syllables(title))


def initials(title: str) -> str:
    return "".join(s[0] for s in syllables(title))


def spaced(title: str) -> str:
    return " ".join(syllables(title)).replace("v", "ü")


def found_or_crowded(title: str, offers: Sequence[Offer], typed: str) -> bool:
    """Whether a title is offered, or all that is offered answers to the same letters as well."""
    if any(offer.text == title for offer in offers):
        return True
    spelt = mixed.plain(typed)
    return len(offers) == FIRST and all(mixed.match(spelt, offer.text) for offer in offers)


@pytest.mark.parametrize(
    ("form", "share"),
    [
        (full, 1.0),
        (spaced, 1.0),
        (initials, 0.99),
        (first_syllable, 0.97),
        (last_syllable, 0.97),
        (every_second, 0.95),
    ],
)
def test_a_title_is_among_the_first_ten_of_its_pinyin(
    engine: Engine, titles: list[str], form: Callable[[str], str], share: float
) -> None:
    missed = []
    for title in titles:
        typed = form(title)
        if not found_or_crowded(title, suggest(engine, typed, CENTRE, (), FIRST), typed):
            missed.append((title, typed))
    assert len(missed) <= (1 - share) * len(titles) + 0.001, missed[:10]


@pytest.mark.parametrize(("form", "shortest"), [(full, 6), (initials, 6)])
def test_one_typing_error_does_no_harm(
    engine: Engine, titles: list[str], form: Callable[[str], str], shortest: int
) -> None:
    rng = random.Random(5)
    asked = [(title, wrong(form(title), rng)) for title in titles if len(form(title)) >= shortest]
    missed = [(t, e) for t, e in asked if t not in {o.text for o in suggest(engine, e, CENTRE, (), FIRST)}]
    assert len(missed) <= 0.1 * len(asked), missed[:10]


def test_a_count_is_what_the_view_has(engine: Engine, titles: list[str]) -> None:
    fields = {"name": "author", "subject": "subject", "journal": "journal"}
    for title in titles[:40]:
        for offer in suggest(engine, title[:2], CENTRE, tuple(fields), FIRST):
            call = SearchCall(Exact(fields[offer.kind], offer.text), CENTRE, limit=0)
            assert engine.search(call).total == offer.count, offer


def test_both_scripts_are_offered_the_same(engine: Engine, titles: list[str]) -> None:
    other = opencc.OpenCC("s2t")
    for title in titles[:100]:
        begin = title[:3]
        assert suggest(engine, begin, CENTRE) == suggest(engine, other.convert(begin), CENTRE)


def test_a_view_that_sees_nothing_is_offered_nothing(engine: Engine, titles: list[str]) -> None:
    nobody = View("C:centre", frozenset(), denied=frozenset({"r"}))
    for title in titles[:30]:
        for typed in (title[:2], full(title), initials(title), wrong(full(title), random.Random(1))):
            assert suggest(engine, typed, nobody) == []
