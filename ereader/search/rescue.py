"""What may be offered where little or nothing was found (无结果补救).

Nothing is offered that finds nothing, and nothing is looked up outside the viewer's own view.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from ereader.search.request import SearchRequest
from ereader.search.results import Rescue
from holdings.members.view import View
from indexer.index.engine import Engine
from indexer.index.suggest import suggest
from indexer.text.analyse import HAN, analyse, key
from indexer.text.fold import same_form
from indexer.text.pinyin import pinyin_keys

Total = Callable[[SearchRequest], int]

FEW = 3  # hits below which another spelling may be meant
MAX_WORDS = 6  # words of a query that are looked at one by one
MAX_CANDIDATES = 40
FIELD = "all"  # where words of another spelling are looked for
KINDS = ("title", "name", "subject", "journal")
_SPECIAL = re.compile(r"[:：\"“”「」『』*()（）|]|&&|(?<!\S)[-!+]|\b(?:AND|OR|NOT)\b")
_HAN_ONLY = re.compile(f"[{HAN}]{{2,20}}\\Z")
_WORD = re.compile(f"[^\\W\\d_{HAN}]{{4,40}}")


def rescues(request: SearchRequest, total: Total) -> tuple[Rescue, ...]:
    """Neighbouring searches that find something, the nearest first."""
    found = []
    seen = {request}
    for code, other in _neighbours(request):
        if other not in seen:
            seen.add(other)
            if hits := total(other):
                found.append(Rescue(code, other, hits))
    return tuple(found)


def _neighbours(request: SearchRequest) -> list[tuple[str, SearchRequest]]:
    tries = [
        ("all-types", request.with_type("")),
        ("everywhere", request.with_scope("")),
        ("without-filters", request.without_filters()),
        ("all-fields", request.without_filters().with_field("all")),
    ]
    bare = request.without_filters()
    if re.search(r"[\"“”「」『』《》〈〉]", request.q):
        tries.append(
            ("without-quotes", bare.with_query(re.sub(r"[\"“”「」『』《》〈〉]", " ", request.q), "all"))
        )
    if _SPECIAL.search(request.q):
        # NOT WITHOUT MY DAUGHTER is a title in capital letters.
        tries.append(("plain-words", bare.with_query(_without_signs(request.q), "all")))
    words = [word for word in re.split(r"[\s,，;；、]+", request.q) if analyse(word)][:MAX_WORDS]
    if len(words) > 1 and not _SPECIAL.search(request.q):
        tries.append(("any-word", bare.with_query(" OR ".join(words), "all")))
    return tries


def _without_signs(text: str) -> str:
    return " ".join(re.sub(r"[:：\"“”「」『』《》*?()（）|&]|(?<!\S)[-!+]", " ", text).split()).lower()


def did_you_mean(
    request: SearchRequest, view: View, engine: Engine, total: int, count: Total
) -> tuple[str, ...]:
    """Queries one small step away that find clearly more; never where there are good hits (检索建议).

    A Latin word that finds nothing by itself is compared by edits, a Chinese text by sound and by one
    character, each only with forms that exist in the view.
    """
    if total >= FEW or _SPECIAL.search(request.q) or len(request.q) > 120:
        return ()
    bare = request.without_filters()
    if _HAN_ONLY.match(request.q):
        others = _chinese(request.q, view, engine)
    else:
        # Where something is found, each word occurs, and none of them needs another spelling.
        others = [] if total else _respelt(bare, view, engine, count)
    # The nearest spelling stands first, whatever the number of hits.
    return tuple(text for text in others[:4] if count(bare.with_query(text)) > 5 * total)[:3]


def _respelt(request: SearchRequest, view: View, engine: Engine, count: Total) -> list[str]:
    """The query with each word that finds nothing replaced by the nearest word of the view."""
    text = request.q
    changed = False
    for found in list(_WORD.finditer(request.q))[:MAX_WORDS]:
        word = found[0]
        if count(request.with_query(word)) > 0:
            continue
        near = engine.near_terms(FIELD, word, view, 1)
        if near:
            text = text.replace(word, near[0][0], 1)
            changed = True
    return [text] if changed else []


def _chinese(text: str, view: View, engine: Engine) -> list[str]:
    """Texts of the view that sound the same or differ in one character; beginnings that sound the same."""
    wanted = key(text)
    sound = pinyin_keys(text)
    beginnings = [text[: max(1, len(text) - 1)], text[:1], *([sound[0]] if sound else [])]
    near: dict[str, list[tuple[bool, int, int, str]]] = {}  # forms in variant characters are one
    for beginning in dict.fromkeys(beginnings):
        for offer in suggest(engine, beginning, view, (), MAX_CANDIDATES):
            found, number = offer.text, offer.count
            other = found[: len(text)]
            if not _HAN_ONLY.match(other) or len(other) != len(text) or key(other) == wanted:
                continue
            differing = sum(same_form(a) != same_form(b) for a, b in zip(other, text, strict=True))
            same_sound = sound is not None and differing <= 2 and pinyin_keys(other) == sound
            if same_sound or (differing == 1 and len(text) > 2 and other == found):
                as_typed = sum(a == b for a, b in zip(other, text, strict=True))
                near.setdefault(key(other), []).append((not same_sound, -as_typed, -number, other))
    return [forms[-1] for forms in sorted(min(forms) for forms in near.values())]
