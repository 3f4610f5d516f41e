"""A whole citation in one string taken apart (引文解析), as lists of references have it.

Only what looks like one is read: names with initials at the beginning, or a quoted title behind names, and a
year. It is a reading with little trust; who has fields of his own is never sent here.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from indexer.likeness.people import Name, name_of

_YEAR = re.compile(r"(?<![0-9\-/])(1[6-9][0-9]{2}|20[0-4][0-9])[a-z]?(?![0-9])")
_LABEL = re.compile(r"^\s*(?:\[[^\]]{1,24}\]|\([0-9]{1,3}\)|[0-9]{1,3}\.)\s+")
_QUOTED = re.compile('[“"‘`\']{1,2}([A-Z][^“”"]{12,300}?)[,.]?[”"’\']{1,2}(?=[\\s,.;]|$)')
_INITIAL = re.compile(r"(?:^|[\s,(])[A-Z]\.(?:[\s,&-]|[A-Z]\.|$)|^[A-Z][a-z]+,? [A-Z]{1,2}[,.]")
_VENUE = re.compile(
    r"^\W*(?:in:?\s|proc\b|proceedings|journal|j\.\s|technical report|tech\.? rep|ph\.?d|master|thesis"
    r"|[0-9]+\b|pp\b|pages?\b|vol\b|advances in|transactions|ieee|acm|international conference|university"
    r"|department|dept|press|springer|morgan|kluwer|mit press|submitted|to appear|unpublished|edited by"
    r"|eds?\b|annals|machine learning[,:]? [0-9]|lecture notes|academic press|wiley|elsevier)",
    re.I,
)
_PAGES = re.compile(
    r"(?:pp?\.?|pages?)\s*([0-9]{1,5}\s*[-–—]+\s*[0-9]{1,5})|[:,]\s*([0-9]{1,5}\s*[-–—]+\s*[0-9]{1,5})", re.I
)
_SMALL = re.compile(r"\b[a-z]{2,}\b")


class Told(NamedTuple):
    """What a citation says (引文要素)."""

    title: str
    people: tuple[Name, ...]
    year: int | None
    container: str
    pages: str


def read(title: str, notes: tuple[str, ...] = ()) -> Told | None:
    """The parts of a citation in a title, else in a note; None where it does not look like one."""
    for text in (title, *notes[:2]):
        if 30 <= len(text) <= 1500 and text.count(" ") >= 5 and (told := _read(text)) is not None:
            return told
    return None


@lru_cache(maxsize=4096)
def _read(text: str) -> Told | None:
    bare = _LABEL.sub("", text).strip()
    year = _YEAR.search(bare)
    initials = _INITIAL.search(bare[:90])
    quoted = _QUOTED.search(bare)
    if not initials or (year is None and quoted is None):
        return None
    if quoted is not None and quoted.start() > 3:
        people, title, rest = bare[: quoted.start()], quoted[1], bare[quoted.end() :]
    else:
        segments = _segments(bare)
        at = next((i for i, s in enumerate(segments) if i and _is_title(s)), 0)
        if not at:
            return None
        people, title = " ".join(segments[:at]), segments[at]
        rest = " ".join(segments[at + 1 :])
    pages = _PAGES.search(rest)
    names = _names(_YEAR.sub(" ", people))
    if not names:
        return None
    container = re.sub(r"(?i)^\W*(?:in:?\s+)?", "", rest)
    container = re.split(r"[,.;:]\s|\(|[0-9]", container, maxsplit=1)[0] if container else ""
    found = (pages[1] or pages[2]) if pages else ""
    return Told(title.strip(" .,"), names, int(year[1]) if year else None, container.strip(), found)


def _segments(text: str) -> list[str]:
    """Pieces between stops and commas, initials and abbreviations kept with their names."""
    pieces = re.split(
        r"(?<=[^A-Z\s.][.)])\s+|(?<=[.)]),?\s+(?=[A-Z][a-z]+ [a-z])"
        r"|,\s+(?=[A-Z][\w-]+ (?:[a-z]|[\w-]+ [a-z]))",
        text,
    )
    return [piece.strip() for piece in pieces if piece and piece.strip(" .,()")]


def _is_title(segment: str) -> bool:
    if _VENUE.match(segment) or _YEAR.fullmatch(segment.strip("(). ,")):
        return False
    words = segment.split()
    small = [
        w
        for w in _SMALL.findall(segment)
        if w not in ("and", "et", "al", "von", "van", "de", "der", "eds", "in")
    ]
    return (
        len(words) >= 2
        and len(small) >= max(1, len(words) // 3)
        and not _INITIAL.search(" " + " ".join(words[:3]))
    )


def _names(text: str) -> tuple[Name, ...]:
    bare = re.sub(r"\(?\beds?\.?\)?|\bet\.? al\.?|[()\[\]]", " ", text)
    parts: list[str] = []
    for group in re.split(r"\s*;\s*|\s+(?:and|&)\s+|,\s*(?:and|&)\s+", bare):
        pieces = [p.strip(" .") for p in group.split(",") if p.strip(" .")]
        while pieces:
            one = pieces.pop(0)
            # Smith, J. A.: initials behind the comma belong to the name before it.
            if pieces and re.fullmatch(r"(?:[A-Z][.\s-]*){1,4}", pieces[0]) and len(one.split()) <= 3:
                one = f"{one}, {pieces.pop(0)}"
            parts.append(one)
    names = [name_of(p) for p in parts if 1 < len(p) < 50 and p[:1].isalpha() and p.count(" ") < 5]
    return tuple(n for n in names if n.family)[:12]
