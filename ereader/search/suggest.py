"""Suggestions while typing (输入建议): titles, names, subjects and journals of the viewer's own view."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ereader.search.typed_text import clean
from holdings.members.view import View
from indexer.index.engine import Engine
from indexer.index.suggest import SOURCES, Offer
from indexer.index.suggest import suggest as offers
from indexer.text import mixed
from indexer.text.analyse import analyse, has_han
from indexer.text.fold import fold

KINDS = tuple(SOURCES)
MAX_TYPED = 100
MAX_SIZE = 50
_MARKS = "《》〈〉「」『』“”\"'"
_WORD = re.compile(r"\w+")
# What is suggested where one field was chosen to search in; a number or a year is not suggested.
_KINDS_OF_FIELDS = {"all": KINDS, "title": ("title", "journal")} | {
    field: (kind,) for kind, (_, field) in SOURCES.items() if kind != "title"
}


def suggest(
    typed: str,
    view: View,
    engine: Engine,
    *,
    kind: str = "",
    field: str = "all",
    types: Sequence[str] = (),
    size: int = 10,
) -> tuple[Offer, ...]:
    """What the typed text may become. ``kind`` narrows it to one of `KINDS`, ``field`` to what is in a field
    of the search, ``types`` to what resources of these types have. A text is offered once for each kind.
    """
    typed = _as_typed(typed)
    kinds = (kind,) if kind in KINDS else _KINDS_OF_FIELDS.get(field or "all", ())
    if not typed or not kinds:
        return ()
    return tuple(offers(engine, typed, view, kinds, max(1, min(size, MAX_SIZE)), types=types))


def _as_typed(typed: str) -> str:
    return clean(typed[: 4 * MAX_TYPED])[:MAX_TYPED].strip().strip(_MARKS)


def pieces(typed: str, text: str) -> list[str]:
    """A suggestion cut so that every second piece is what was typed, in whatever spelling (标亮)."""
    typed = _as_typed(typed)
    found = mixed.match(mixed.plain(typed), text) if mixed.plain(typed) else None
    if found is not None and found.end:
        begin = len(text) - len(text.lstrip(_MARKS + "[(（【 "))
        spans = [(min(begin, found.end), found.end)]
    else:
        spans = _inside(typed, text)
    cut, at = [], 0
    for start, end in spans:
        cut += [text[at:start], text[start:end]]
        at = end
    return [*cut, text[at:]]


def _inside(typed: str, text: str) -> list[tuple[int, int]]:
    folded = "".join(one if len(one := fold(char)) == 1 else char for char in text)
    if has_han(typed):
        run = "".join(fold(typed).split())
        at = folded.find(run) if run else -1
        return [(at, at + len(run))] if at >= 0 else []
    wanted = analyse(typed)
    spans = []
    for word in _WORD.finditer(folded):
        lengths = [len(w) for w in wanted if word[0].startswith(w)]
        if lengths:
            spans.append((word.start(), word.start() + max(lengths)))
    return spans


def as_list(typed: str, found: Sequence[Offer], describe: Any) -> list[Any]:
    """Suggestions as browsers take them for their own box (OpenSearch Suggestions 1.1): what was typed, the
    texts, a description of each.
    """
    return [typed[:MAX_TYPED], [offer.text for offer in found], [describe(offer) for offer in found]]
