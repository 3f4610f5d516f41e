"""Suggestions while typing (输入建议): titles, names, subjects and journals of the viewer's own view."""

from __future__ import annotations

import msgspec

from ereader.search.typed_text import clean
from holdings.members.view import View
from indexer.index.engine import Engine

KINDS = ("title", "name", "subject", "journal")
MAX_TYPED = 100
MAX_SIZE = 50


class Suggestion(msgspec.Struct, frozen=True):
    """A text that exists in the index, what it is, and in how many union records."""

    text: str
    kind: str
    count: int


def suggest(
    typed: str, view: View, engine: Engine, *, kind: str = "", size: int = 10
) -> tuple[Suggestion, ...]:
    """What the typed text may become; ``kind`` narrows it to one of `KINDS`. A text is offered once for
    each kind.
    """
    typed = clean(typed[: 4 * MAX_TYPED])[:MAX_TYPED].strip().strip("《》〈〉「」『』“”\"'")
    if not typed:
        return ()
    kinds = (kind,) if kind in KINDS else KINDS
    found = engine.suggest(typed, view, kinds, max(1, min(size, MAX_SIZE)))
    return tuple(Suggestion(*row) for row in found)[: max(1, min(size, MAX_SIZE))]
