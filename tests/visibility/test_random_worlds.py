"""In random worlds, every surface shows each viewer exactly what the decision table says."""

from __future__ import annotations

import pytest
from random_worlds import one_world, without_the_hidden

# A long run looks at many more: python tests/visibility/random_worlds.py 10000
BLOCK = 20
WORLDS = 500
LIVES = 10  # worlds of which one is followed through changes of its rules
PAGES = (3, 11, 26, 61)  # seeds looked at through all pages
BESIDE = 24


@pytest.mark.parametrize("first", range(0, WORLDS, BLOCK))
def test_every_surface_shows_what_the_table_says(first: int) -> None:
    told = []
    for seed in range(first, first + BLOCK):
        whole = seed % LIVES == 1
        told += one_world(seed, eyes=1 if whole else 1 + seed % 2, few=1, whole=whole)
    assert told == []


@pytest.mark.parametrize("seed", PAGES)
def test_every_page_shows_what_the_table_says(seed: int) -> None:
    assert one_world(seed, eyes=2, few=1, pages=True) == []


@pytest.mark.parametrize("first", range(5000, 5000 + BESIDE, 4))
def test_answers_are_those_of_a_world_where_the_hidden_records_never_were(first: int) -> None:
    assert [text for seed in range(first, first + 4) for text in without_the_hidden(seed)] == []
