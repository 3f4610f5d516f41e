"""The trees of classifications (分类树): 中图法, LCC and DDC, opened level by level, with counts.

The numbers are those of the facet ``class``, so each is what a search for the class finds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from holdings.members.view import View
from indexer.index.engine import Engine, FacetCall, FacetCount, SearchCall
from indexer.index.fields import BY_NAME
from indexer.index.query import Everything

SCHEMES = ("clc", "lcc", "ddc")
LEVELS = BY_NAME["class"].levels
MOST = 1_000  # classes of one level
_STEP = re.compile(r"[^\s/\x00-\x1f]{1,20}\Z")


class ClassNode(msgspec.Struct, frozen=True):
    """One class (类目): its path as the facet has it, its own number, hits, and whether it is on the way."""

    path: str
    step: str
    count: int
    depth: int
    open: bool = False
    last: bool = False  # nothing is below it


def path_of(scheme: str, steps: str) -> str:
    """The path that an address names (``clc``, ``I/I2``), "" where it cannot be one."""
    given = [step for step in steps.split("/") if step][: LEVELS + 1]
    if scheme not in SCHEMES or len(given) >= LEVELS or not all(_STEP.match(step) for step in given):
        return ""
    return " / ".join([scheme, *given])


def schemes(engine: Engine, view: View, *, scope: str = "") -> tuple[ClassNode, ...]:
    """The schemes that records of the view are classed by, with hits."""
    call = SearchCall(Everything(), view, scope=scope)
    counted = {v.value: v.count for v in engine.facet(call, FacetCall("class", limit=MOST)).values}
    return tuple(ClassNode(name, name, counted[name], 0) for name in SCHEMES if counted.get(name))


def tree(path: str, engine: Engine, view: View, *, scope: str = "") -> tuple[ClassNode, ...]:
    """All classes beside and above the one at ``path`` and those right below it, in the order of the scheme.

    Nothing that has no hits in the view is in it.
    """
    steps = path.split(" / ")
    call = SearchCall(Everything(), view, scope=scope)
    below = {}
    for depth in range(1, min(len(steps), LEVELS - 1) + 1):
        parent = " / ".join(steps[:depth])
        found = engine.facet(call, FacetCall("class", limit=MOST, prefix=f"{parent} / ", order="index"))
        below[parent] = [v for v in found.values if v.value.startswith(f"{parent} / ") and v.count]
    return tuple(_walk(steps[0], path, below))


def _walk(parent: str, path: str, below: dict[str, list[FacetCount]]) -> Iterator[ClassNode]:
    for value in sorted(below.get(parent, ()), key=lambda v: v.value):
        on_the_way = path == value.value or path.startswith(f"{value.value} / ")
        depth = value.value.count(" / ")
        last = depth >= LEVELS - 1 or (on_the_way and not below.get(value.value))
        step = value.value.rpartition(" / ")[2]
        yield ClassNode(value.value, step, value.count, depth, on_the_way, last)
        if on_the_way:
            yield from _walk(value.value, path, below)
