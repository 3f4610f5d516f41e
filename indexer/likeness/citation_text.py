"""A whole citation in one string taken apart (引文解析), as lists of references have it.

Only what looks like one is read: names with initials at the beginning, or a quoted title behind names, and a
year. It is a reading with little trust; who has fields of his own is never sent here.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from indexer.likeness.people import Name, name_of

_YEAR = re.compile(r"(?<![0-9\-–/:])(1[6-9][0-9]{2}|20[0-4][0-9])[a-z]?(?![0-9]|\s?[-–—]+\s?[0-9]|:[0-9])")
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
    years = _YEAR.findall(bare)
    quoted = _QUOTED.search(bare)
    if not _INITIAL.search(bare[:90]) or not (years or quoted):
        return None
    if quoted is not None and quoted.start() > 3:
        begin, title, rest = quoted.start(), quoted[1], bare[quoted.end() :]
    else:
        begin = _title_begins(bare)
        if not begin:
            return None
        end = _TITLE_END.search(bare, begin + 8)
        title, rest = (bare[begin : end.start()], bare[end.end() :]) if end else (bare[begin:], "")
    names = _names(_YEAR.sub(" ", bare[:begin]))
    if not names:
        return None
    pages = _PAGES.search(rest)
    container = re.sub(r"(?i)^\W*(?:in:?\s+)?", "", rest)
    container = re.split(r"[,.;:]\s|\(|[0-9]", container, maxsplit=1)[0].strip() if container else ""
    found = (pages[1] or pages[2]) if pages else ""
    return Told(title.strip(" .,\"“”'"), names, int(years[-1]) if years else None, container, found)


_PIECE = re.compile(r"[^.,;:]+(?:[.,;:](?!\s)[^.,;:]+)*")
_TITLE_END = re.compile(
    r"[.?!]\s+(?=[A-Z0-9(\[])|\.?\s*$|,[\"”]|,\s+(?=(?:in|proc|proceedings|journal|ieee|acm|vol|pp?|pages|technical|tech"
    r"|ph\.?d|phd|master|edited|eds?|volume|university|to appear|submitted|unpublished|[0-9])\b)"
    r"|,\s+(?-i:(?=[A-Z][\w.&]*(?:\s+(?:of|on|in|the|and|for|&|[A-Z][\w.&]*)){0,8},?\s+(?:vol|[0-9(])))",
    re.I,
)
_NAME_LIKE = re.compile(
    r"^(?:(?:and|&)\s+)?(?:(?:[A-Z]\.?[ -]?){1,4}|(?:et al|eds?|editors?|jr|sr|ii|iii|and others)"
    r"|(?:(?:[A-Z]|van|von|de|der|den|la|le|di|del|dos|da|Mc|Mac|O)[.']?[ -]?)*[A-Z][\w'’-]+"
    r"(?: (?:[A-Z]|van|von|de|der|[A-Z][\w'’-]+))?)(?:\s+(?:and|&)\s+.{2,40})?$"
)


_BLANKS = str.maketrans("()[]", "    ")


def _title_begins(text: str) -> int:
    """Where the first piece stands that is neither a name nor initials nor a year; 0 for nowhere."""
    before = (0, "")
    # Blanks in place of years and brackets keep the positions.
    text = _YEAR.sub(lambda found: " " * len(found[0]), text).translate(_BLANKS)
    for piece in _PIECE.finditer(text):
        words = piece[0].strip(" ()[]\"“'")
        if not any(c.isalpha() for c in words):
            continue
        several = re.split(r"\s+(?:and|&)\s+|^(?:and|&)\s+", words)
        if all(_NAME_LIKE.match(w) for w in several if w) and len(words.split()) < 9:
            before = (piece.start() + len(piece[0]) - len(piece[0].lstrip(" ()[]\"“'")), words)
            continue
        begin = piece.start() + len(piece[0]) - len(piece[0].lstrip(" ()[]\"“'"))
        # Two words with capitals look like a name; when a journal follows them, they were the title.
        venue = _VENUE.match(words) or any(c.isdigit() for c in words)
        return before[0] if venue and " " in before[1] and "." not in before[1] else begin if not venue else 0
    return 0


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
