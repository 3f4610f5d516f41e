"""Many random worlds, one after the other: ``PYTHONPATH=tests python tests/visibility/random_worlds.py 10000 [FIRST]``.

Each is loaded, looked at, put under other rules with some records loaded late, looked at while the index lags,
brought up to date and looked at again.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from contextlib import contextmanager

from oracle import Eye, look
from pages import compare_pages, glance
from surfaces import answers, compare
from worlds import Home, changed, random_world, small_writers, some_viewers

PAGES_EVERY = (
    200  # worlds of a long run, of which one is looked at through all pages; others through one of a kind
)
TELL_EVERY = 200


def one_world(
    seed: int,
    *,
    eyes: int = 2,
    few: int = 2,
    pages: bool = False,
    glances: bool = False,
    whole: bool = True,
) -> list[str]:
    """All that differs in the world of a seed; every second one has a life, where its ``whole`` is wanted.

    ``pages`` are all that the portal has, ``glances`` one of each kind for one eye.
    """
    world = random_world(seed)
    told: list[str] = []
    with Home(world, seed) as home:
        if glances:
            place, viewer = some_viewers(world, seed, 2)[-1]
        whole = whole and seed % 2 == 1
        home.load(keep=0.3 if whole else 0.0)
        told += [f"loaded: {t}" for t in _seen(home, seed, eyes, few, pages=pages)]
        if glances:
            told += [f"at a glance: {t}" for t in glance(home, Eye(place, viewer))]
        if whole:
            for step in range(1 + seed % 3):
                home.change(changed(home.world, seed * 10 + step))
                told += [f"lagging: {t}" for t in _seen(home, seed + 1, 1, few, exact=False)]
                if step == 0:
                    home.load_late()
            told += [f"late: {t}" for t in _seen(home, seed + 2, 1, few, exact=False, pages=pages)]
            if seed % 4 == 1:
                home.refresh()
            else:
                home.rebuild()
            told += [f"followed: {t}" for t in _seen(home, seed + 3, eyes, few)]
        return [f"world {seed} {' '.join(home.world.steps)}: {t}" for t in told]


def _seen(
    home: Home, seed: int, eyes: int, few: int, *, exact: bool = True, pages: bool = False
) -> list[str]:
    told = []
    for place, viewer in some_viewers(home.world, seed, eyes):
        told += compare(home, Eye(place, viewer), exact=exact, few=few)
        if pages:
            told += compare_pages(home, Eye(place, viewer), exact=exact)
    return told


def without_the_hidden(seed: int) -> list[str]:
    """What differs between the answers in a world and in one where the hidden records never were."""
    world = random_world(seed)
    told = []
    for place, viewer in some_viewers(world, seed, 2):
        eye = Eye(place, viewer)
        with Home(world) as home:
            home.load_only(list(world.leaves), list(world.lore))
            seen = look(world, eye, home.clusters())
            whole = answers(home, eye)
        with Home(world) as home:
            home.load_only(seen.leaves, [lore for lore in world.lore if seen.knows(lore.repository)])
            if set(look(world, eye, home.clusters()).unions) != set(seen.unions):
                continue  # Merged ones are called after one of them, which may be a hidden one.
            alone = answers(home, eye)
        for (question, answer), (_, other) in zip(whole, alone, strict=True):
            if answer != other:
                told.append(f"world {seed}, {place} {viewer.user}: {question} tells of hidden records")
    return told


def main(number: int, first: int) -> int:
    """A long run: says how many passed, and what failed."""
    began = time.monotonic()
    failed = 0
    with contextmanager(small_writers)():
        for seed in range(first, first + number):
            told = one_world(seed, eyes=1 + seed % 2, few=2, pages=seed % PAGES_EVERY == 0, glances=True)
            if seed % 10 == 3:
                told += without_the_hidden(seed)
            failed += bool(told)
            for text in told[:5]:
                print(text[:600], flush=True)
            if (seed + 1) % TELL_EVERY == 0:
                done = seed + 1 - first
                print(f"{done} worlds, {failed} failed, {time.monotonic() - began:.0f} s", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    arguments: Sequence[str] = sys.argv[1:]
    raise SystemExit(main(int(arguments[0]), int(arguments[1]) if len(arguments) > 1 else 0))
