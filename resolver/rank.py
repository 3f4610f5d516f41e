"""The order of the ways (排序): a table of criteria, which a library may put in another order.

Kinds come in the order of `TYPES`: a page of which nobody knows whether it may be read stands behind the ways
that lead there, a request among them. What is surely the thing comes before what may be another. Then the
criteria of the library's policy decide, one after the other, else those of `CRITERIA`. The rest is by name,
so that the order is always the same. docs/resolver.md tells the table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from resolver.service import Answer, Policy

TYPES = (
    "fulltext", "excerpt", "holding", "course_reserve", "document_delivery", "landing", "table_of_contents",
    "cover", "help", "web_link",
)  # fmt: skip
_TYPES = {name: at for at, name in enumerate(TYPES)}
_MATCHES = {"exact": 0, "edition": 1, "unsure": 2}
_NOW = {"yes": 0, "": 1, "no": 2}
CRITERIA = ("free", "direct", "own", "cost", "grade", "distance", "available", "health")
# On the shelf, what is near counts; nothing there is free of charge or direct more than another.
_OF_SHELVES = ("own", "cost", "distance", "available", "health")
FAILING = 2  # a target that leads nowhere more often than not is no help for being free
SortKey = tuple[Any, ...]
# What each criterion is worth to an answer, lowest first.
_WORTH: dict[str, Callable[[Answer, int], int]] = {
    "free": lambda answer, _: int(not answer.free),
    "direct": lambda answer, _: int(not answer.direct),
    "own": lambda answer, _: int(not answer.own),
    "cost": lambda answer, _: 0 if answer.free else (1 if answer.licensed else 2),
    "grade": lambda answer, _: answer.grade,
    "distance": lambda answer, _: answer.distance,
    "available": lambda answer, _: _NOW.get(answer.available, 1),
    "health": lambda _, health: health,
}


def worth(policy: Policy = Policy(), health: Mapping[str, int] | None = None) -> Callable[[Answer], SortKey]:  # noqa: B008
    """What an answer is worth under a policy, lowest first; ``health`` of targets as measured, 0 to 2."""
    measured = health or {}
    texts, shelves = _orders(policy.order)
    if not measured and not policy.first and not policy.last:
        return lambda answer: _key(answer, shelves if answer.type == "holding" else texts, 0, 1)

    def key(answer: Answer) -> SortKey:
        order = shelves if answer.type == "holding" else texts
        return _key(answer, order, measured.get(answer.label, 0), _preferred(answer, policy))

    return key


def rank_key(answer: Answer) -> SortKey:
    """What an answer is worth where a library has no policy of its own."""
    return worth()(answer)


@cache
def _orders(order: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The criteria for texts and for shelves: those named first, then the others; unknown names are left."""
    named = tuple(dict.fromkeys(name for name in order if name in _WORTH))
    return (
        (*named, *(name for name in CRITERIA if name not in named)),
        (*(n for n in named if n in _OF_SHELVES), *(n for n in _OF_SHELVES if n not in named)),
    )


def _key(answer: Answer, order: tuple[str, ...], health: int, preferred: int) -> SortKey:
    return (
        _TYPES.get(answer.type, len(TYPES)),
        int(answer.match == "unsure"),
        int(health >= FAILING),
        preferred,
        *[_WORTH[name](answer, health) for name in order],
        _MATCHES[answer.match],
        answer.label,
        answer.url,
    )


def _preferred(answer: Answer, policy: Policy) -> int:
    """0 for targets the library puts first, 2 for those it puts last; names may have ``*`` in them."""
    names = (answer.label.casefold(), answer.platform.casefold())
    for patterns, place in ((policy.first, 0), (policy.last, 2)):
        for pattern in patterns:
            if any(name and fnmatchcase(name, pattern.casefold()) for name in names):
                return place
    return 1
