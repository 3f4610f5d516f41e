"""Suggestions while typing (输入建议): titles, names, subjects and journals of the viewer's own view."""

from __future__ import annotations

from ereader.search.typed_text import clean
from holdings.members.view import View
from indexer.index.engine import Engine
from indexer.index.suggest import SOURCES, Offer
from indexer.index.suggest import suggest as offers

KINDS = tuple(SOURCES)
MAX_TYPED = 100
MAX_SIZE = 50
_MARKS = "《》〈〉「」『』“”\"'"


def suggest(
    typed: str, view: View, engine: Engine, *, kind: str = "", type: str = "", size: int = 10
) -> tuple[Offer, ...]:
    """What the typed text may become; ``kind`` narrows it to one of `KINDS`, ``type`` to what resources of
    that type have. A text is offered once for each kind.
    """
    typed = clean(typed[: 4 * MAX_TYPED])[:MAX_TYPED].strip().strip(_MARKS)
    if not typed:
        return ()
    kinds = (kind,) if kind in KINDS else ()
    return tuple(offers(engine, typed, view, kinds, max(1, min(size, MAX_SIZE)), type=type))
