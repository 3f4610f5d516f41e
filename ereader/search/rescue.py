"""What may be offered where little or nothing was found (无结果补救).

Nothing is offered that finds nothing, and nothing is looked up outside the viewer's own view.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from ereader.search.request import Applied, SearchRequest
from ereader.search.results import Rescue
from indexer.text.analyse import analyse

Total = Callable[[SearchRequest], int]

MAX_WORDS = 6  # words of a query of which any may do
MAX_DROPPED = 8  # restrictions that are tried to do without, one by one
_QUOTES = re.compile(r"[\"“”「」『』《》〈〉]")
_SPECIAL = re.compile(r"[:：\"“”「」『』*()（）|]|&&|(?<!\S)[-!+]|\b(?:AND|OR|NOT)\b")
_SIGNS = re.compile(r"[:：\"“”「」『』《》*?()（）|&]|(?<!\S)[-!+]")


def rescues(request: SearchRequest, total: Total) -> tuple[Rescue, ...]:
    """Neighbouring searches that find something, the nearest first: each is another one."""
    found = []
    seen = {request}
    for code, other, dropped in _neighbours(request):
        if other not in seen:
            seen.add(other)
            if hits := total(other):
                found.append(Rescue(code, other, hits, dropped))
    return tuple(found)


def _neighbours(request: SearchRequest) -> list[tuple[str, SearchRequest, Applied | None]]:
    bare = request.without_filters()
    applied = request.applied()
    # What lets go of the least comes first; one restriction alone has a sentence of its own.
    single = [("without", one.without, one) for one in applied[:MAX_DROPPED]] if len(applied) > 1 else []
    tries = [
        ("all-types", request.with_type("")),
        ("everywhere", request.with_scope("")),
        ("without-filters", bare),
        ("all-fields", bare.with_field("all")),
    ]
    if _QUOTES.search(request.q):
        tries.append(("without-quotes", bare.with_query(_QUOTES.sub(" ", request.q), "all")))
    if _SPECIAL.search(request.q):
        # NOT WITHOUT MY DAUGHTER is a title in capital letters.
        tries.append(("plain-words", bare.with_query(_without_signs(request.q), "all")))
    words = [word for word in re.split(r"[\s,，;；、]+", request.q) if analyse(word)][:MAX_WORDS]
    if len(words) > 1 and not _SPECIAL.search(request.q):
        tries.append(("any-word", bare.with_query(" OR ".join(words), "all")))
    return [*single, *((code, other, None) for code, other in tries)]


def _without_signs(text: str) -> str:
    return " ".join(_SIGNS.sub(" ", text).split()).lower()
