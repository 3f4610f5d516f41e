"""Subjects and class numbers of UNIMARC and CNMARC (主题分析块): 6XX."""

from __future__ import annotations

from collections.abc import Callable

from indexer.marc.found import LIMIT
from indexer.marc.unimarc.found import Found, finished
from indexer.marc.values import (
    every,
    first,
    trim_end,
)
from indexer.records.record import (
    Class,
    Subject,
)

_SUBJECT_KINDS = {
    "600": "person", "601": "corporate", "602": "person", "604": "title", "605": "title", "606": "",
    "607": "place",
    "608": "genre",
}  # fmt: skip
_SCHEMES = {"lc": "lcsh", "lcsh": "lcsh", "mesh": "mesh", "cct": "cct", "rameau": "rameau"}


def _subject(found: Found, tag: str, text: str) -> None:
    if len(found.subjects) >= LIMIT:
        return
    head: list[str] = []
    divisions: list[str] = []
    given = ""
    for part in text.split("\x1f")[1:]:
        code, value = part[:1], part[1:].strip()
        if not value:
            continue
        if code == "a" or (code == "t" and tag == "604"):
            head.append(trim_end(value))
        elif code == "b" and tag in ("600", "602"):
            given = trim_end(value)
        elif code == "b":
            head.append(trim_end(value))
        elif code in "xyzj" or (code == "t" and tag == "600"):
            divisions.append(trim_end(value))
            if code == "y":
                found.places.append(trim_end(value))
    if not head:
        return
    name = ". ".join(head)
    if given:
        name = f"{name}{given}" if not name.isascii() and not given.isascii() else f"{name}, {given}"
    if tag in ("600", "602"):
        name = finished(name)
    kind = _SUBJECT_KINDS[tag]
    scheme = first(text, "2").lower()
    pinyin = first(text, "9") or first(text, "A")
    found.subjects.append(Subject("--".join([name, *divisions]), _SCHEMES.get(scheme, scheme), kind, pinyin))
    if kind == "genre":
        found.genres.append(name)
    elif kind == "place":
        found.places.append(name)


def _keywords(found: Found, _tag: str, text: str) -> None:
    for value in every(text, "a"):
        if len(found.subjects) < LIMIT and trim_end(value):
            found.subjects.append(Subject(trim_end(value)))
            if value.casefold().rstrip(".") in _GENRES:
                found.genres.append(value)


_GENRES = frozenset(("electronic books", "electronic journals", "电子图书", "電子書"))


_CLASSES = {"675": "udc", "676": "ddc", "680": "lcc", "681": "ccl", "690": "clc", "692": "cas"}


def _class(found: Found, tag: str, text: str) -> None:
    scheme = _CLASSES.get(tag) or first(text, "2").lower() or "other"
    for value in every(text, "a"):
        value = trim_end(value)
        if value:
            found.classes.append(Class(value, {"clc": "clc", "cas": "cas", "lc": "lcc"}.get(scheme, scheme)))


HANDLERS: dict[str, Callable[[Found, str, str], None]] = {
    **dict.fromkeys(_SUBJECT_KINDS, _subject),
    "610": _keywords,
    **dict.fromkeys((*_CLASSES, "686", "687"), _class),
}  # fmt: skip
