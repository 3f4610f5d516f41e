"""One target of several on one platform (同平台归并).

A reader gains nothing from two links to one place. Of the targets on one platform that reach the same, the
best stays; a target whose years lie inside another's goes, and both stay where each has years of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from resolver.knowledge_base.coverage import Coverage, compare, numbers, read_date
from resolver.knowledge_base.embargo import parse_embargo
from resolver.service import Answer, LeftOut


def roll_up(
    answers: Sequence[Answer], dated: bool, worth: Callable[[Answer], Any]
) -> tuple[list[Answer], list[LeftOut]]:
    """The answers that stay, in their order, and those that another one makes needless.

    ``dated`` says that a certain issue or article is wanted, which every answer reaches already; ``worth``
    orders answers, the lowest first.
    """
    groups: dict[tuple[str, str], list[Answer]] = {}
    for answer in sorted(answers, key=worth):
        if answer.type == "fulltext" and answer.platform:
            groups.setdefault((answer.type, answer.platform), []).append(answer)
    gone = _same_address(sorted(answers, key=worth))
    for group in groups.values():
        group = [answer for answer in group if id(answer) not in gone]
        kept: list[Answer] = []
        for answer in sorted(group, key=lambda a: _width(a.extent)) if not dated else group:
            better = next((k for k in kept if _makes_needless(k, answer, dated)), None)
            if better is None:
                kept.append(answer)
            else:
                gone[id(answer)] = better
    stay = [answer for answer in answers if id(answer) not in gone]
    out = [
        LeftOut(answer.label, "same-platform", (("other", gone[id(answer)].label),), for_staff=True)
        for answer in answers
        if id(answer) in gone and (answer.label, answer.url) != (gone[id(answer)].label, gone[id(answer)].url)
    ]
    return stay, out


def _same_address(ordered: Sequence[Answer]) -> dict[int, Answer]:
    """Answers that lead to the very address of a better one, with that one."""
    best: dict[str, Answer] = {}
    gone: dict[int, Answer] = {}
    for answer in ordered:
        if answer.type in ("fulltext", "landing"):
            first = best.setdefault(answer.url, answer)
            if first is not answer:
                gone[id(answer)] = first
    return gone


def _makes_needless(one: Answer, other: Answer, dated: bool) -> bool:
    if other.free and not one.free:
        return False  # What is free is for readers without rights too.
    if other.direct and not one.direct:
        return False
    return dated or contains(one.extent, other.extent)


def _width(extent: Coverage | None) -> int:
    """Wider extents come first; only a rough order is needed, as `contains` decides."""
    if extent is None:
        return 0
    first, last = read_date(extent.first_date), read_date(extent.last_date)
    return (first.parts[0] if first else 0) - (last.parts[0] if last else 9999)


def contains(outer: Coverage | None, inner: Coverage | None) -> bool:
    """Whether everything that one extent has the other has as well; what cannot be compared is not."""
    outer, inner = outer or Coverage(), inner or Coverage()
    if outer == inner:
        return True
    walls = {e.kind for e in parse_embargo(outer.embargo)[0]}
    if outer.embargo != inner.embargo and walls:
        # Under a wall nothing is certain but what ended long before it; the other way round all is.
        return False
    return _begins(outer, inner) and _ends(outer, inner)


def _begins(outer: Coverage, inner: Coverage) -> bool:
    a, b = read_date(outer.first_date), read_date(inner.first_date)
    if a is None:
        return True
    if b is None:
        return False
    order = compare(a, b)
    if order:
        return order < 0
    return not _more(numbers(outer.first_volume), numbers(inner.first_volume))


def _ends(outer: Coverage, inner: Coverage) -> bool:
    a, b = read_date(outer.last_date), read_date(inner.last_date)
    if a is None:
        return True
    if b is None:
        return False
    order = compare(a, b)
    if order:
        return order > 0
    return not _more(numbers(inner.last_volume), numbers(outer.last_volume))


def _more(one: tuple[int, int] | tuple[()], other: tuple[int, int] | tuple[()]) -> bool:
    return bool(one and other and one > other)
