"""Subjects and places of MARC 21 (主题、地名): 6XX, 752."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from indexer.marc.found import LIMIT
from indexer.marc.marc21.found import Found, both
from indexer.marc.values import (
    every,
    first,
    trim_end,
)
from indexer.records.record import (
    Subject,
)

_SUBJECT_KINDS = {
    "600": "person", "610": "corporate", "611": "meeting", "630": "title", "648": "time", "650": "",
    "651": "place",
    "655": "genre", "690": "", "691": "place",
}  # fmt: skip
_SUBJECT_SCHEMES = {"0": "lcsh", "1": "lcshac", "2": "mesh", "3": "nal", "5": "csh", "6": "rvm"}


def _subject(found: Found, tag: str, text: str) -> None:
    if len(found.subjects) >= LIMIT:
        return
    original, romanised = both(found, tag, text)
    value, places = _heading(original)
    if not value:
        return
    second = text[1:2]
    scheme = _SUBJECT_SCHEMES.get(second, "") if second != "7" else first(text, "2").rstrip(" .")
    kind = _SUBJECT_KINDS[tag]
    found.subjects.append(Subject(value, scheme, kind, _heading(romanised)[0] if romanised else ""))
    if kind == "genre":
        found.genres.append(value)
    elif kind == "place":
        found.places.append(value.partition("--")[0])
    if places:
        found.places.append(places)


@lru_cache(maxsize=16_384)
def _heading(text: str) -> tuple[str, str]:
    """A heading with its subdivisions behind ``--``, and the places among these, widest first, joined with
    /.
    """
    main: list[str] = []
    divisions: list[str] = []
    places: list[str] = []
    for part in text.split("\x1f")[1:]:
        code, value = part[:1], part[1:].strip()
        if not value or code in "0123456789eiuw":
            continue
        if code in "vxyz":
            value = trim_end(value)
            divisions.append(value)
            if code == "z":
                places.append(value)
        else:
            main.append(value)
    head = trim_end(" ".join(main))
    return "--".join([head, *divisions]) if head else "--".join(divisions), " / ".join(places)


def _keywords(found: Found, _tag: str, text: str) -> None:
    for value in every(text, "a"):
        if len(found.subjects) < LIMIT and trim_end(value):
            found.subjects.append(Subject(trim_end(value)))


def _place_access(found: Found, _tag: str, text: str) -> None:
    chain = [trim_end(value) for value in every(text, "abcdfgh")]
    if chain:
        found.places.append(" / ".join(chain))


HANDLERS: dict[str, Callable[[Found, str, str], None]] = {
    **dict.fromkeys(_SUBJECT_KINDS, _subject),
    "653": _keywords, "752": _place_access, "662": _place_access,
}  # fmt: skip
