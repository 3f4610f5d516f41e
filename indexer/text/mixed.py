"""Han text typed as pinyin in part (混拼): ``红lou``, ``h楼m``, ``hlmeng``, ``hongl m`` all mean 红楼梦.

Each character is typed as itself, as a whole syllable, or as the beginning of one. ü, v and u are one
letter; blanks, apostrophes and other signs mean nothing.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files

import msgspec

from indexer.text.analyse import HAN
from indexer.text.fold import fold

MAX_TYPED = 60  # characters that are looked at
MAX_WAYS = 4  # ways to cut what was typed into syllables
MAX_INITIALS = 6
_IS_HAN = re.compile(f"[{HAN}]")
_LETTERS = re.compile("[a-z0-9]+")
_TWO = ("zh", "ch", "sh")


class Match(msgspec.Struct, frozen=True):
    """How far into a text what was typed reaches: ``end`` characters, and whether nothing is left of it."""

    end: int
    whole: bool


@cache
def _syllables() -> frozenset[str]:
    return frozenset(files(__package__).joinpath("syllables.txt").read_text(encoding="utf-8").split())


@cache
def _beginnings() -> frozenset[str]:
    return frozenset(syllable[:n] for syllable in _syllables() for n in range(1, len(syllable) + 1))


@lru_cache(maxsize=32768)
def readings(char: str) -> tuple[str, ...]:
    """Every toneless reading of a Han character, ü written u, the most usual first."""
    from pypinyin.constants import PINYIN_DICT  # a large table, of no use to a catalogue without Han text

    found = str(PINYIN_DICT.get(ord(char), ""))
    plain = "".join(c for c in unicodedata.normalize("NFD", found) if not unicodedata.combining(c))
    return tuple(dict.fromkeys(r for r in plain.split(",") if r in _syllables()))


def plain(text: str) -> str:
    """What was typed, ready to compare: folded, v written u, nothing but letters, digits and Han."""
    folded = fold(text.replace("u:", "u")[:MAX_TYPED]).replace("v", "u")
    return "".join(c for c in folded if c.isalnum())


def is_mixed(typed: str) -> bool:
    """Whether a `plain` text has both Han characters and letters."""
    return _IS_HAN.search(typed) is not None and _LETTERS.search(typed) is not None


def initials(typed: str) -> list[str]:
    """The initials that a `plain` text may stand for, the likeliest first: ``hlmeng`` → ``hlm``.

    The fewer pieces it takes, the likelier a way of cutting is. Only the first `MAX_INITIALS` are told, as
    they narrow enough and many ways differ only behind them. Empty where it cannot be pinyin.
    """
    ways: list[dict[str, float]] = [{"": 0.0}] + [{} for _ in typed]
    for at in range(len(typed)):
        if not ways[at]:
            continue
        best = sorted(ways[at].items(), key=lambda way: (way[1], way[0]))[: 2 * MAX_WAYS]
        for end, initial, cost in _pieces(typed, at):
            following = ways[end]
            for before, spent in best:
                way = (before + initial)[:MAX_INITIALS]
                following[way] = min(spent + cost, following.get(way, spent + cost))
    ordered = sorted(ways[-1].items(), key=lambda way: (way[1], way[0]))
    return [way for way, _ in ordered if way][:MAX_WAYS]


def _pieces(typed: str, at: int) -> list[tuple[int, str, float]]:
    """(where it ends, its initial, how unlikely it is) of every piece that may begin at a place."""
    char = typed[at]
    if _IS_HAN.match(char):
        letters = dict.fromkeys(reading[0] for reading in readings(char)[:3])
        return [(at + 1, letter, 1 + n / 4) for n, letter in enumerate(letters)]
    if char.isdecimal():
        return [(at + 1, char, 1.0)]
    if char not in _FIRST:
        return []
    found = []
    for end in range(at + 1, min(len(typed), at + 6) + 1):
        piece = typed[at:end]
        last = end == len(typed) or not typed[end].isascii()
        if piece in _syllables() or piece in _TWO or end == at + 1 or (last and piece in _beginnings()):
            found.append((end, char, 1.0))
    return found


_FIRST = frozenset("abcdefghjklmnopqrstwxyz")


def match(typed: str, shown: str) -> Match | None:
    """Where a `plain` text, taken from the beginning, ends in a shown one; None when it does not fit."""
    units = _units(shown)
    reached = {(0, 0)}  # (characters typed, units passed)
    ends: set[int] = set()
    while reached:
        following: set[tuple[int, int]] = set()
        for at, unit in reached:
            if at == len(typed):
                ends.add(unit)
                continue
            if unit < len(units):
                following.update((after, unit + 1) for after in _passes(typed, at, units[unit][0]))
        reached = following
    if not ends:
        return None
    # The more syllables were typed in full, the fewer characters they reach.
    end = min(ends)
    return Match(units[end - 1][1] if end else 0, len(units) in ends)


@lru_cache(maxsize=4096)
def _units(shown: str) -> list[tuple[str, int]]:
    """The characters of a text that count, folded, each with where it ends."""
    if shown.isascii():
        return [(c, n) for n, c in enumerate(shown.lower().replace("v", "u"), 1) if c.isalnum()]
    found = []
    for n, char in enumerate(shown[:160], 1):
        found += [(c, n) for c in fold(char).replace("v", "u") if c.isalnum()]
    return found


def _passes(typed: str, at: int, unit: str) -> list[int]:
    """Where in the typed text a character of the shown one may end."""
    if typed[at] == unit:
        return [at + 1]
    if not _IS_HAN.match(unit) or not "a" <= typed[at] <= "z":
        return []
    ends: dict[int, None] = {}
    for reading in readings(unit):
        if typed[at] != reading[0]:
            continue
        ends[at + 1] = None
        if reading[:2] in _TWO and typed.startswith(reading[:2], at):
            ends[at + 2] = None
        if typed.startswith(reading, at):
            ends[at + len(reading)] = None
        else:
            found = _LETTERS.match(typed, at)
            # The last syllable, or the last one before a character, may still be incomplete.
            if found is not None and reading.startswith(found[0]):
                ends[found.end()] = None
    return list(ends)
