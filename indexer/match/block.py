"""The strong keys of a record: only records that share one are compared (分块).

A key is always two things that must agree: an identifier and the title. A record with a title only, or with
an identifier only (a stub), therefore never joins anything. The type and the number of the volume are part of
the key: types are never mixed, and the volumes of a set that share one ISBN stay apart, as does the set
itself.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from indexer.match.numbering import edition_number, volume_number
from indexer.match.traits import Features as Features
from indexer.match.traits import Key as Key
from indexer.records.record import Identifier, Record
from indexer.text.analyse import without_and
from indexer.text.fold import fold

# Which identifiers, with the title, are strong enough for which types; "" stands for all others. An article
# carries the ISSN of its journal and a chapter the ISBN of its book, so these say nothing about the part
# itself.
_STRONG = {
    "journal": frozenset({"issn", "cn", "lccn", "oclc", "zdb"}),
    "article": frozenset({"doi", "pmid"}),
    "conference-paper": frozenset({"doi"}),
    "": frozenset({"isbn", "csbn", "doi", "lccn", "oclc", "ismn", "isrc"}),
}
MAX_KEYS = 24  # a record with more identifiers than this is a list, not a description
_ARTICLE = re.compile(r"^(?:the|an|a) (?=\w)")
_ASCII_MARKS = bytes(code for code in range(128) if not chr(code).isalnum())


def features(uid: str, record: Record) -> Features:
    """The features of a record; without keys it stands alone."""
    keys = tuple(dict.fromkeys(number for number, _ in _numbered(record)))
    if not keys:
        return Features(uid)
    # A journal's year is when it began, and its descriptions disagree on that: the year cannot veto.
    year = None if record.type == "journal" else record.year
    return Features(uid, keys, year, edition_number(record.edition))


def keys_of(record: Record) -> list[Key]:
    """The keys of a record in a fixed order, each once, with words for people."""
    volume = volume_number(record.volume, record.title_remainder)
    said = f" and title and volume {volume}" if volume else " and title"
    keys: dict[int, Key] = {}
    for number, identifier in _numbered(record):
        keys.setdefault(number, Key(number, f"{identifier.scheme} {identifier.value}{said}"))
    return list(keys.values())


def _numbered(record: Record) -> Iterator[tuple[int, Identifier]]:
    """(number of the key, the identifier it is made of) for each title and each strong identifier."""
    strong = _STRONG.get(record.type) or _STRONG[""]
    found = [i for i in record.identifiers if i.scheme in strong and i.valid and i.value]
    if not found or not record.title:
        return
    volume = volume_number(record.volume, record.title_remainder)
    for title in _titles(record):
        beginning = hashlib.blake2b(
            f"{record.type}\0{volume}\0{title}\0".encode("utf-8", "replace"), digest_size=8
        )
        for identifier in found[:MAX_KEYS]:
            digest = beginning.copy()
            digest.update(f"{identifier.scheme}\0{identifier.value}".encode("utf-8", "replace"))
            yield int.from_bytes(digest.digest(), "big", signed=True), identifier


def _titles(record: Record) -> list[str]:
    """Folded forms of the main title: as it stands, and romanised where the source pairs both."""
    texts = [record.title]
    for title in record.titles:
        if title.kind == "main":
            texts += [title.value, title.romanised]
    return [key for key in dict.fromkeys([title_key(text) for text in dict.fromkeys(texts) if text]) if key]


def title_key(text: str) -> str:
    """A title with variants folded, without a leading article, blanks and punctuation: 紅樓夢 = 红楼梦.

    Nor is there *and*, which catalogues copy from the title page as it stands or write for its &.
    """
    folded = without_and(fold(text))
    if text[:1] in "TtAa":
        folded = _ARTICLE.sub("", folded)
    if folded.isascii():
        # Bytes lose characters several times as fast as a pattern finds them.
        return folded.encode().translate(None, _ASCII_MARKS).decode()
    return "".join(filter(str.isalnum, folded))
