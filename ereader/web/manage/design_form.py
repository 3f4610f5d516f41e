"""The form of a design as values (设计表单): what was typed becomes a design, also while it is not right yet.

What is wrong is told beside the form and keeps the design from being published, not from being worked on.
Blocks, notices, channels and facets stand in the order in which the form sends them.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Sequence
from typing import TypeVar

import msgspec

from ereader.search.facet_list import SHOWN
from ereader.web.posted import Fields
from holdings.members.check_design import MOST_BLOCKS, MOST_LINKS, MOST_NOTICES
from holdings.members.design import BLOCK_KINDS, REPEATED, SEVERITIES, Block, Design, Link, Notice
from holdings.members.names import Name
from holdings.members.safe_css import MOST
from holdings.natural import natural
from indexer.records.resource_type import BY_CODE

LONGEST = 6000  # characters of a text that are taken; the check says how many may be published
TYPES = tuple(t.code for t in sorted(BY_CODE.values(), key=lambda t: t.order))
_T = TypeVar("_T")


def read(fields: Fields, former: Design, scopes: Collection[str]) -> Design:
    """The design that a form says; what the form does not have stays as in ``former``."""
    scope = fields.get("scope", "")
    return msgspec.structs.replace(
        former,
        tagline=_name(fields, "tagline"),
        logo="" if fields.get("no_logo") == "1" else former.logo,
        accent=_text(fields, "accent").lower(),
        band=_text(fields, "band").lower(),
        blocks=tuple(_block(fields, n) for n in _numbers(fields, "b"))[: MOST_BLOCKS + 1],
        notices=tuple(_notice(fields, n) for n in _numbers(fields, "n"))[: MOST_NOTICES + 1],
        scope=scope if scope in scopes else "",
        channels=_chosen(fields, "channel", TYPES),
        facets=_chosen(fields, "facet", SHOWN),
        footer=links_of(fields.get("footer", "")),
        css=fields.get("css", "").replace("\r\n", "\n")[: MOST + 1],
    )


def done(design: Design, action: str, fields: Fields) -> Design:
    """The design after a button of the form: something moved, added or taken away."""
    what, _, which = action.partition(":")
    at = -1 if (number := natural(which, 3)) is None else number
    if what in ("up", "down"):
        # Numbers are those of the form, and its order is what was read.
        place = _place(_numbers(fields, "b"), at)
        return msgspec.structs.replace(design, blocks=_moved(design.blocks, place, what))
    if what == "remove":
        place = _place(_numbers(fields, "b"), at)
        return msgspec.structs.replace(design, blocks=_without(design.blocks, place))
    if what == "add" and fields.get("kind") in BLOCK_KINDS:
        kind = next(k for k in BLOCK_KINDS if k == fields["kind"])
        there = any(block.kind == kind for block in design.blocks)
        if kind in REPEATED or not there:
            return msgspec.structs.replace(design, blocks=(*design.blocks, Block(kind)))
    if what == "notice":
        return msgspec.structs.replace(design, notices=(*design.notices, Notice(Name())))
    if what == "notice-remove":
        place = _place(_numbers(fields, "n"), at)
        return msgspec.structs.replace(design, notices=_without(design.notices, place))
    for key, known in (("channel", TYPES), ("facet", SHOWN)):
        for way in ("up", "down"):
            if what == f"{key}-{way}" and which in known:
                held = (design.channels if key == "channel" else design.facets) or known
                moved = _moved(held, held.index(which) if which in held else -1, way)
                if key == "channel":
                    return msgspec.structs.replace(design, channels=moved)
                return msgspec.structs.replace(design, facets=moved)
    return design


def links_of(text: str) -> tuple[Link, ...]:
    """Links, one a line: address, words in Chinese, words in English, with upright strokes between."""
    found = []
    for line in text[: MOST_LINKS * 3000].splitlines():
        parts = [part.strip() for part in re.split(r"[|｜]", line, maxsplit=2)]
        if any(parts):
            address, zh, en = (*parts, "", "")[:3]
            found.append(Link(address, Name(zh, en)))
    return tuple(found[: MOST_LINKS + 1])


def lines_of(links: Sequence[Link]) -> str:
    """Links as `links_of` reads them."""
    lines = []
    for link in links:
        words = [link.label.zh, link.label.en] if link.label.en else [link.label.zh]
        lines.append(" | ".join([link.href, *words]))
    return "\n".join(lines)


def listed(chosen: Sequence[str], known: Sequence[str]) -> list[tuple[str, bool]]:
    """All there are, each with whether it is shown: the chosen ones in their order, then the others."""
    held = [code for code in chosen if code in known] or list(known)
    return [(code, True) for code in held] + [(code, False) for code in known if code not in held]


def _numbers(fields: Fields, letter: str) -> list[int]:
    """The numbers of the blocks or notices of a form, in the order in which they stand there."""
    found: dict[int, None] = {}
    for name, _ in fields.pairs:
        match = re.fullmatch(rf"{letter}\.(\d{{1,3}})\.kind", name)
        if match:
            found[int(match[1])] = None
    return list(found)


def _text(fields: Fields, name: str) -> str:
    return fields.get(name, "").replace("\r\n", "\n").strip()[:LONGEST]


def _name(fields: Fields, name: str) -> Name:
    return Name(_text(fields, f"{name}.zh"), _text(fields, f"{name}.en"))


def _block(fields: Fields, number: int) -> Block:
    at = f"b.{number}"
    kind = next((k for k in BLOCK_KINDS if k == fields[f"{at}.kind"]), BLOCK_KINDS[0])
    text = _name(fields, f"{at}.text") if kind == "text" else Name()
    links = links_of(fields.get(f"{at}.links", "")) if kind == "links" else ()
    return Block(kind, _name(fields, f"{at}.title"), text, links)


def _notice(fields: Fields, number: int) -> Notice:
    at = f"n.{number}"
    severity = next((s for s in SEVERITIES if s == fields.get(f"{at}.severity")), SEVERITIES[0])
    begins, ends = (_day(_text(fields, f"{at}.{key}")) for key in ("begins", "ends"))
    return Notice(_name(fields, f"{at}.text"), severity, begins, ends, _text(fields, f"{at}.href"))


def _day(text: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _chosen(fields: Fields, name: str, known: Sequence[str]) -> tuple[str, ...]:
    """The checked values in the order of the form; all in the usual order is the same as no choice."""
    order = dict.fromkeys(v for v in fields.all(f"{name}_order") if v in known)
    checked = set(fields.all(name))
    found = tuple(v for v in order if v in checked)
    return () if found == tuple(known) else found


def _place(numbers: Sequence[int], wanted: int) -> int:
    return numbers.index(wanted) if wanted in numbers else -1


def _moved(values: tuple[_T, ...], at: int, way: str) -> tuple[_T, ...]:
    to = at - 1 if way == "up" else at + 1
    if at < 0 or not 0 <= to < len(values):
        return values
    held = list(values)
    held[at], held[to] = held[to], held[at]
    return tuple(held)


def _without(values: tuple[_T, ...], at: int) -> tuple[_T, ...]:
    return values[:at] + values[at + 1 :] if 0 <= at < len(values) else values
