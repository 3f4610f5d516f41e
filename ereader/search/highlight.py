"""Marks in the shown text what the query found (命中标记), by the same analysis that found it.

The text is marked as it is stored: a query in simplified characters marks the traditional ones of the
title, one without diacritics the letters that have them. A mark is U+E000 before and U+E001 after the
matching text.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from functools import lru_cache

import msgspec

from ereader.search.explain import positive
from indexer.document import Display
from indexer.index.query import Node, Phrase, Wildcard, Words
from indexer.index.rank import MAX_INFLECTED
from indexer.text.analyse import HAN, analyse, groups, has_han
from indexer.text.fold import COMBINING, akin, fold
from indexer.text.pinyin import spelled_title, typed_pinyin
from indexer.text.stem import bases

START, END = "\ue000", "\ue001"

# Which fields of a query speak of which part of a hit.
MEMBERS: dict[str, tuple[str, ...]] = {
    "title": ("all", "title"),
    "title_remainder": ("all", "title"),
    "romanised": ("all", "title"),
    "contributors": ("all", "author"),
    "publisher": ("all", "publisher"),
    "host": ("all", "journal"),
    "abstract": ("all", "abstract"),
}
_MAX_TEXT = 2_000  # characters of one member that are looked through
_SPAN = re.compile(rf"[{HAN}]|(?:[^\W_{HAN}]|[{COMBINING}'’ʼ`׳\u0900-\u0dff\u0f40-\u0fbc])+[+#]{{0,2}}")
_RUN = re.compile(
    "[\u3041-\u30ff\u3100-\u312f\u31a0-\u31ff\u1100-\u11ff\uac00-\ud7ff\u0e01-\u0eff\u1000-\u109f\u1780-\u17d3]"
)


class Wanted(msgspec.Struct, frozen=True):
    """What to mark in one member: words, Han characters and their neighbours, phrases, and words by
    pattern.
    """

    words: frozenset[str]
    singles: frozenset[str]  # Han characters asked for alone
    pairs: frozenset[str]  # neighbouring Han characters
    apart: tuple[frozenset[str], ...]  # all Han characters of one Words, marked singly where they stand apart
    phrases: tuple[tuple[str, ...], ...]
    patterns: tuple[re.Pattern[str], ...]
    bases: frozenset[str]  # base forms of the words: libraries marks library
    hints: tuple[str, ...]  # a text that holds none of these needs no closer look


def highlights(tree: Node, display: Display) -> dict[str, str]:
    """Members of a hit in which something is marked; names of contributors are joined with ``; ``."""
    leaves = positive(tree)
    marked: dict[str, str] = {}
    for member, fields in MEMBERS.items():
        value = getattr(display, member)
        text = "; ".join(value) if isinstance(value, tuple) else value
        if text and (found := mark(text, wanted(leaves, fields)) or _spelt(member, value, leaves, fields)):
            marked[member] = found
    return marked


def _spelt(member: str, value: str | tuple[str, ...], leaves: Iterable[Node], fields: tuple[str, ...]) -> str:
    """A title or name marked as a whole, because its pinyin was typed; "" otherwise."""
    if member not in ("title", "contributors"):
        return ""
    typed = {
        typed_pinyin(leaf.text) for leaf in leaves if isinstance(leaf, Words) and leaf.field in fields
    } - {""}
    texts = (value,) if isinstance(value, str) else value
    if not typed or not any(map(has_han, texts)):
        return ""
    shown = [text.replace(START, "").replace(END, "") for text in texts]
    found = [
        f"{START}{text}{END}" if spelled_title(text, name=member == "contributors") in typed else text
        for text in shown
    ]
    return "; ".join(found) if found != shown else ""


def wanted(leaves: Iterable[Node], fields: tuple[str, ...]) -> Wanted:
    """What the leaves of a query in these fields ask to mark."""
    return _wanted(tuple(leaf for leaf in leaves if getattr(leaf, "field", "") in fields))


@lru_cache(maxsize=256)
def _wanted(leaves: tuple[Node, ...]) -> Wanted:
    words: set[str] = set()
    singles: set[str] = set()
    pairs: set[str] = set()
    apart: list[frozenset[str]] = []
    phrases: list[tuple[str, ...]] = []
    patterns: list[re.Pattern[str]] = []
    for leaf in leaves:
        if isinstance(leaf, Phrase):
            phrases.append(tuple(analyse(leaf.text)))
        elif isinstance(leaf, Wildcard):
            patterns.append(_pattern(leaf.pattern))
        elif isinstance(leaf, Words):
            together = groups(leaf.text)
            phrases += [group for group in together if len(group) > 1]
            tokens = [group[0] for group in together if len(group) == 1]
            han = [token for token in tokens if has_han(token)]
            words.update(token for token in tokens if not has_han(token))
            pairs.update(a + b for a, b in itertools.pairwise(han))
            apart.append(frozenset(han))
            # A character that stands alone between blanks (鲁迅 家) has no neighbour to be recognised by.
            for piece in leaf.text.split():
                alone = [token for token in analyse(piece) if has_han(token)]
                if len(alone) == 1:
                    singles.update(alone)
    inflected = {
        base
        for leaf in leaves
        if isinstance(leaf, Words) and len(groups(leaf.text)) <= MAX_INFLECTED
        for token in analyse(leaf.text)
        for base in bases(token)
    }
    hints = {*words, *singles, *(p[0] for p in phrases if p), *(c for a in apart for c in a)}
    hints.update(base[: max(3, len(base) - 3)] for base in inflected)
    hints.update(other for a in apart for c in a for other in akin(c))
    hints.update(re.split("[*?]", fold(leaf.pattern))[0] for leaf in leaves if isinstance(leaf, Wildcard))
    return Wanted(
        frozenset(words),
        frozenset(singles),
        frozenset(pairs),
        tuple(a for a in apart if a),
        tuple(p for p in phrases if p),
        tuple(patterns),
        frozenset(inflected),
        tuple(hints),
    )


def _pattern(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"([*?])", fold(pattern)[:100])
    return re.compile("".join({"*": r"\S*", "?": r"\S"}.get(part, re.escape(part)) for part in parts) + r"\Z")


def mark(text: str, wanted: Wanted) -> str:
    """The text with marks, or "" when nothing in it is wanted."""
    text = text.replace(START, "").replace(END, "")
    plain = fold(text[:_MAX_TEXT]).replace("'", "")
    if not any(hint in plain for hint in wanted.hints):
        return ""
    spans = _spans(text[:_MAX_TEXT])
    chosen = _words(spans, wanted) | _han(spans, wanted) | _phrases(spans, wanted)
    if not chosen:
        return ""
    parts: list[str] = []
    at = 0
    for start, end in _joined([spans[i][:2] for i in sorted(chosen)]):
        parts += [text[at:start], START, text[start:end], END]
        at = end
    return "".join(parts) + text[at:]


def _joined(places: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Places that touch are one, so that 紅樓夢 is one mark and not three."""
    joined: list[tuple[int, int]] = []
    for start, end in places:
        if joined and joined[-1][1] == start:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


Span = tuple[int, int, tuple[str, ...]]  # start, end, tokens


def _spans(text: str) -> list[Span]:
    """Where each token of the index stands in the text; a word in two tokens is one span."""
    spans: list[Span] = []
    for found in _SPAN.finditer(text):
        if _RUN.search(found[0]):
            spans += [(found.start() + i, found.start() + i + 1, _tokens(c)) for i, c in enumerate(found[0])]
        else:
            spans.append((found.start(), found.end(), _tokens(found[0])))
    return spans


@lru_cache(maxsize=1 << 16)
def _tokens(word: str) -> tuple[str, ...]:
    return tuple(analyse(word))


def _words(spans: list[Span], wanted: Wanted) -> set[int]:
    alone = wanted.words | wanted.singles
    return {
        i
        for i, (_, _, tokens) in enumerate(spans)
        if any(
            token in alone
            or any(p.match(token) for p in wanted.patterns)
            or not wanted.bases.isdisjoint(bases(token))
            for token in tokens
        )
    }


def _han(spans: list[Span], wanted: Wanted) -> set[int]:
    """Neighbours that were neighbours in the query; where none is, all characters of a query that is
    complete here.
    """
    if not wanted.pairs:
        return set()
    asked = frozenset().union(*wanted.apart)
    joined = [_as_asked("".join(tokens), asked) for _, _, tokens in spans]
    chosen: set[int] = set()
    for i, (a, b) in enumerate(itertools.pairwise(joined)):
        if a + b in wanted.pairs:
            chosen |= {i, i + 1}
    here = set(joined)
    for characters in wanted.apart:
        missing = characters - {joined[i] for i in chosen}
        if missing and characters <= here:
            chosen |= {i for i, token in enumerate(joined) if token in missing}
    return chosen


def _as_asked(character: str, asked: frozenset[str]) -> str:
    """The character that was asked for, where this one is only akin to it."""
    if character in asked or len(character) != 1:
        return character
    return next((other for other in akin(character) if other in asked), character)


def _phrases(spans: list[Span], wanted: Wanted) -> set[int]:
    flat = [(token, i) for i, (_, _, tokens) in enumerate(spans) for token in tokens]
    chosen: set[int] = set()
    for phrase in wanted.phrases[:40]:
        for at in range(len(flat) - len(phrase) + 1):
            if all(flat[at + n][0] == token for n, token in enumerate(phrase)):
                chosen.update(flat[at + n][1] for n in range(len(phrase)))
    return chosen
