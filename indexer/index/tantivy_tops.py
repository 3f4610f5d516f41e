"""The most frequent terms under beginnings that very many terms share (高频前缀表), beside an index on disk.

One or two letters begin ten thousand headings, and a walk through all of them takes too long between two
strokes of a key. So when a load has ended, what is most frequent under each such beginning is written down.
The list only says what to count: a search counts again, in its view and in the index as it is by then.
"""

from __future__ import annotations

import hashlib
import os
import string
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from indexer.index.dictionary import TITLE, dictionary_column
from indexer.index.spelling import read_spelling
from indexer.text.analyse import has_han, key

FILE = "TOPS"
SMALL = 20_000  # documents up to which no walk lasts long
GROWN = 1.03  # times as many documents as the list was made for, from which on it is made anew
MANY = 200  # terms under a beginning from which on it is in the list
KEPT = 50  # terms of each beginning that are kept
FIRST = 4
MOST = 30_000  # beginnings of a column that are kept, those with the most terms
_DICTIONARIES = (TITLE, "author", "subject", "journal")
_LETTERS = string.digits + string.ascii_lowercase
Found = Sequence[tuple[str, int]]


class Tops(msgspec.Struct, frozen=True):
    """The most frequent terms by column and beginning; ``state`` names the index they were counted in."""

    documents: int = 0
    state: str = ""
    begun: dict[str, dict[str, msgspec.Raw]] = {}  # each read only when it is asked for
    first: dict[str, dict[str, str]] = {}  # by column and letter: what its longer terms begin with

    def under(self, column: str, start: str) -> list[tuple[str, int]] | None:
        """The most frequent terms that begin so; None where they are few enough to be walked through."""
        held = self.begun.get(column, {}).get(start)
        return None if held is None else _FOUND.decode(held)

    def may_begin(self, column: str, start: str) -> bool:
        """False where it is known that no term begins so."""
        first = self.first.get(column, {}).get(start[:1])
        return first is None or len(start) < FIRST or start[:FIRST] in _cut(first)


@lru_cache(maxsize=128)
def _cut(joined: str) -> frozenset[str]:
    return frozenset(joined[at : at + FIRST] for at in range(0, len(joined), FIRST))


NONE = Tops()
_DECODER = msgspec.msgpack.Decoder(Tops)
_FOUND = msgspec.msgpack.Decoder(list[tuple[str, int]])


def named(folder: Path) -> str:
    """The name of the state that an index on disk is in."""
    try:
        return hashlib.blake2b((folder / "meta.json").read_bytes(), digest_size=12).hexdigest()
    except OSError:
        return ""


def read(folder: Path) -> Tops:
    """The list beside an index; an empty one where there is none that can be read."""
    try:
        status = (folder / FILE).stat()
    except OSError:
        return NONE
    return _read(folder / FILE, status.st_mtime_ns, status.st_ino)


@lru_cache(maxsize=2)
def _read(file: Path, _changed: int, _node: int) -> Tops:
    try:
        return _DECODER.decode(file.read_bytes())
    except (OSError, msgspec.DecodeError):
        return NONE


def outgrown(tops: Tops, documents: int) -> bool:
    """Whether an index has so many documents more, or less, that another list is due."""
    if documents <= SMALL:
        return False
    return not documents / GROWN < tops.documents < documents * GROWN


def write(folder: Path, tops: Tops) -> None:
    """Leaves the list beside an index, in one step. Without it beginnings are walked through."""
    beside = folder / f"{FILE}.{os.getpid()}"
    try:
        beside.write_bytes(msgspec.msgpack.encode(tops))
        beside.replace(folder / FILE)
    except OSError:
        beside.unlink(missing_ok=True)


def make(searcher: Any, state: str) -> Tops:
    """Walks through all dictionaries, a letter at a time, so that memory holds one letter's terms."""
    columns = [dictionary_column(name) for name in _DICTIONARIES]
    with ThreadPoolExecutor(2) as threads:
        # Other spellings tell with which characters headings begin.
        spelt = list(threads.map(lambda letter: _letter(searcher, "suggest", letter), _LETTERS))
        firsts = sum((part.headings for part in spelt), Counter[str]())
        han = [char for char, count in firsts.items() if count >= MANY]
        asked = [(column, letter) for column in columns for letter in (*_LETTERS, *han)]
        asked += [("suggest", char) for char in han]
        found = list(threads.map(lambda one: _letter(searcher, *one), asked))
        words = list(threads.map(lambda letter: _first(_walked(searcher, "all", letter)), _LETTERS))
    made = [*zip((("suggest", letter) for letter in _LETTERS), spelt, strict=True)]
    made += zip(asked, found, strict=True)
    lists: dict[str, dict[str, msgspec.Raw]] = {}
    first = {"all": dict(zip(_LETTERS, words, strict=True))}
    for column in ("suggest", *columns):
        parts = [(letter, part) for (name, letter), part in made if name == column]
        begun = {start: tops for _, part in parts for start, tops in part.begun.items()}
        kept = sorted(begun, key=lambda start: (-begun[start][0], start))[:MOST]
        lists[column] = {start: msgspec.Raw(msgspec.msgpack.encode(begun[start][1])) for start in kept}
        first[column] = {letter: part.first for letter, part in parts if letter in _LETTERS}
    return Tops(searcher.num_docs, state, lists, first)


class _Letter(msgspec.Struct, frozen=True):
    """What was found among the terms with one first letter."""

    begun: dict[str, tuple[int, Found]]  # long beginnings: how many terms, and the most frequent
    first: str
    headings: Counter[str]  # the Han characters that headings begin with which are spelt so


def _walked(searcher: Any, column: str, letter: str) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = searcher.terms_with_prefix(column, letter, None, None)
    return found


def _first(found: Found) -> str:
    """What longer terms begin with, each once, together."""
    return "".join(sorted({term[:FIRST] for term, _ in found if len(term) >= FIRST}))


def _letter(searcher: Any, column: str, letter: str) -> _Letter:
    found = _walked(searcher, column, letter)
    headings: Counter[str] = Counter()
    if column == "suggest":
        for char, count in Counter(read_spelling(term)[2][:1] for term, _ in found).items():
            if has_han(char):
                headings[key(char)[:1]] += count
    begun: dict[str, tuple[int, Found]] = {}
    level = {letter: found} if len(found) >= MANY else {}
    depth = len(letter)
    while level:
        depth += 1
        below: dict[str, list[tuple[str, int]]] = {}
        for start, members in level.items():
            begun[start] = (len(members), members[:KEPT])
            for member in members:
                below.setdefault(member[0][:depth], []).append(member)
        # A term that ends here is under no longer beginning.
        level = {s: members for s, members in below.items() if len(members) >= MANY and len(s) == depth}
    return _Letter(begun, _first(found), headings)
