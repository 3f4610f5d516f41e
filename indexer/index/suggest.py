"""Suggestions while typing (输入提示), the same on every engine: titles, names, subjects and journals.

A few walks through dictionaries give what begins with the typed text, by its characters, its pinyin or its
initials. Only where that is little, one search looks for words inside, in any order, and for a typing error.
Every count is the number of documents of the view that carry the text.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from holdings.members.view import View
from indexer.index.engine import Engine
from indexer.index.fields import SEPARATOR
from indexer.index.shown import read_term
from indexer.index.spelling import read_spelling
from indexer.index.suggest_offers import (
    BEGINS,
    EXACT,
    INITIALS,
    SOUND,
    SOURCES,
    Asking,
    Offer,
    Offers,
    Source,
)
from indexer.index.suggest_words import by_words
from indexer.text import mixed
from indexer.text.analyse import has_han, key

__all__ = ["SOURCES", "Offer", "suggest"]

MAX_PREFIX = 80
FITTED = 400  # terms of the same initials that are compared with what was typed in part as pinyin


def suggest(
    engine: Engine,
    typed: str,
    view: View,
    kinds: Sequence[str] = (),
    limit: int = 10,
    *,
    types: Sequence[str] = (),
) -> list[Offer]:
    """What a typed text may become in a view: exact ones first, then by count.

    ``kinds`` narrows to some of `SOURCES`, ``types`` to what documents of any of these types carry.
    """
    typed = typed[:MAX_PREFIX]
    begin = key(typed)
    if not begin or limit <= 0:
        return []
    ask = Asking(engine, view, types)
    offers = Offers(ask, kinds)
    _by_beginning(ask, offers, typed, begin)
    if offers.settled(limit) < limit:
        _by_initials(ask, offers, typed)
        if offers.settled(limit) < limit:
            by_words(ask, offers, typed, limit)
    return offers.best(limit)


def _by_beginning(ask: Asking, offers: Offers, typed: str, begin: str) -> None:
    """By characters and by sound. Han titles stand in the dictionary of spellings also by their characters,
    as their place in that of titles is by pinyin.
    """
    walks: list[Source] = []
    for kind in offers.kinds:
        if kind == "title" and has_han(typed):
            continue
        # One letter begins tens of thousands of titles, and none of them is meant yet but the one it is.
        alone = kind == "title" and len(begin) == 1 and begin.isascii()
        # What is exactly the typed text may be too rare to be among the most frequent ones.
        walks += [(SOURCES[kind][0], start) for start in ([] if alone else [begin])]
        walks.append((SOURCES[kind][0], begin + SEPARATOR))
    spelt = mixed.plain(typed)
    start = spelt if spelt.isascii() else key(typed)
    if spelt and (spelt.isascii() or "title" in offers.kinds):
        walks += [("suggest", start), ("suggest", start + SEPARATOR)]
    kind_of = {dictionary: kind for kind, (dictionary, _) in SOURCES.items()}

    def add(dictionary: str, term: str, count: int, source: Source | None) -> None:
        if dictionary == "suggest":
            spelling, kind, text = read_spelling(term)
            how = BEGINS
            if spelling == start:
                how = EXACT if not spelt.isascii() else _how_whole(spelling, text)
        else:
            place, text = read_term(term)
            kind, how = kind_of[dictionary], EXACT if place == begin else BEGINS
        offers.add(kind, text, count, how, source)

    for walk, found in zip(walks, ask.begun(walks), strict=True):
        offers.walked(walk, found, partial(add, walk[0]))


def _by_initials(ask: Asking, offers: Offers, typed: str) -> None:
    """What is typed in part as pinyin, in part as characters or initials."""
    spelt = mixed.plain(typed)
    if not mixed.is_mixed(spelt) and not (spelt.isascii() and len(spelt) > 2 and not offers.settled(1)):
        return
    fitted: list[Source | None] = []

    def add(term: str, count: int, source: Source | None) -> None:
        _, kind, text = read_spelling(term)
        fitting = mixed.match(spelt, text) if kind in offers.kinds else None
        if fitting is not None:
            fitted.append(source)
            offers.add(kind, text, count, INITIALS if fitting.whole else BEGINS, source)

    for way in mixed.initials(spelt):
        if way != spelt:
            walk = ("suggest", way)
            for found in ask.begun([walk], FITTED):
                offers.walked(walk, found, add)
            if any(source is None or ask.carriers([source])[0] for source in fitted):
                break


def _how_whole(spelling: str, text: str) -> int:
    """Whether it is the whole pinyin or only all the initials; two letters are too few to mean these."""
    if len(spelling) > len(text):
        return SOUND
    return INITIALS if len(spelling) > 2 else BEGINS
