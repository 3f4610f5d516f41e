"""Other spellings of a query that finds little (检索建议), made of forms that the view holds.

Only words that find nothing by themselves are replaced, each in its own field; the other words and the signs
of the query stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec

from ereader.search.query_fields import FIELDS, field_named
from ereader.search.request import SearchRequest
from holdings.members.view import View
from indexer.index.engine import Engine
from indexer.index.suggest import SOURCES, suggest
from indexer.text.analyse import HAN, has_han, key
from indexer.text.fold import same_form
from indexer.text.mixed import initials, plain
from indexer.text.pinyin import pinyin_keys

Total = Callable[[SearchRequest], int]

FEW = 3  # hits below which another spelling may be meant
CLEARLY = 5  # times as many hits another spelling must have
MAX_QUERY = 120
MAX_WORDS = 6  # words of a query that are looked at one by one
MAX_CANDIDATES = 40
MAX_OFFERED = 3
_OPERATORS = frozenset({"AND", "OR", "NOT"})
_WORD = re.compile(f"[{HAN}]{{2,20}}|[^\\W\\d_{HAN}]{{4,40}}")
_HAN_ONLY = re.compile(f"[{HAN}]{{2,20}}\\Z")
_FIELD_BEFORE = re.compile(r"([^\W\d_]\w*)\s?[:：]\s*[\"“「『(（]?\Z")
_NAMES_FIELD = re.compile(r"\s?[:：]\S")
_SIGNS = re.compile(r'[:"*?()|&]')
_WILD = re.compile(r"[*＊?？]")


class _Word(msgspec.Struct, frozen=True):
    """A word of a query (词): as it stands there, and the field it is looked for in."""

    text: str
    field: str


def did_you_mean(
    request: SearchRequest, view: View, engine: Engine, total: int, count: Total
) -> tuple[str, ...]:
    """Queries one small step away that find clearly more; never where there are good hits.

    Latin words are compared by edits, Chinese ones by sound and by one character, and what may be pinyin by
    what is written like that.
    """
    if total >= FEW or len(request.q) > MAX_QUERY:
        return ()
    bare = request.without_filters()
    offered: list[str] = []
    found = _respelt(bare, view, engine, count)
    for text in [*found, *(() if total else _from_pinyin(bare, view, engine))]:
        if text not in offered and text != request.q and count(bare.with_query(text)) > CLEARLY * total:
            offered.append(text)
        if len(offered) == MAX_OFFERED:
            break
    # The nearest spelling stands first, whatever the number of hits.
    return tuple(offered)


def _words(request: SearchRequest) -> list[_Word]:
    """Each word once, with its field; names of fields, operators and words with wildcards are none."""
    found: dict[_Word, None] = {}
    for met in _WORD.finditer(request.q):
        after, before = request.q[met.end() :], request.q[: met.start()]
        if met[0] in _OPERATORS or _WILD.match(after) or _WILD.search(before[-1:]):
            continue
        if _NAMES_FIELD.match(after) and field_named(met[0]):
            continue
        named = _FIELD_BEFORE.search(before)
        field = (field_named(named[1]) if named else None) or request.field
        found[_Word(met[0], field if FIELDS[field].kind == "text" else "all")] = None
    return list(found)[:MAX_WORDS]


def _respelt(request: SearchRequest, view: View, engine: Engine, count: Total) -> list[str]:
    """The query with each word that finds nothing replaced by the nearest one of the view."""
    words = _words(request)
    missing = [w for w in words if count(request.with_query(w.text, w.field)) == 0]
    if len(words) == 1 == len(missing) or (len(words) == 1 and _HAN_ONLY.match(request.q)):
        # With a single word there is room for more than one.
        return [_replaced(request.q, words[0].text, near) for near in _near(words[0], view, engine)]
    text = request.q
    for word in missing:
        for near in _near(word, view, engine)[:1]:
            text = _replaced(text, word.text, near)
    return [text] if text != request.q else []


def _replaced(query: str, word: str, near: str) -> str:
    return re.sub(
        rf"(?<!\w){re.escape(word)}(?!\w)" if word.isascii() else re.escape(word), lambda _: near, query
    )


def _near(word: _Word, view: View, engine: Engine) -> list[str]:
    if has_han(word.text):
        return _chinese(word, view, engine)
    return [near for near, _ in engine.near_terms(word.field, word.text, view, 1)]


def _from_pinyin(request: SearchRequest, view: View, engine: Engine) -> list[str]:
    """Titles and names with Han characters that are written like this as pinyin, in part or with an error."""
    spelt = plain(request.q)
    if (
        not request.q.isascii()
        or len(spelt) < 4
        or re.search(r'[:"*?()|&]', request.q)
        or not initials(spelt)
    ):
        return []
    found = suggest(engine, request.q, view, _kinds(request.field), MAX_CANDIDATES)
    return [offer.text for offer in found if has_han(offer.text)][:MAX_OFFERED]


def _kinds(field: str) -> tuple[str, ...]:
    return tuple(kind for kind, (_, searched) in SOURCES.items() if searched == field)


def _chinese(word: _Word, view: View, engine: Engine) -> list[str]:
    """Texts of the view that sound the same or differ in one character; beginnings that sound the same."""
    text, wanted = word.text, key(word.text)
    sound = pinyin_keys(text)
    beginnings = [text[: max(1, len(text) - 1)], text[:1], *([sound[0]] if sound else [])]
    near: dict[str, list[tuple[bool, int, int, str]]] = {}  # forms in variant characters are one
    for beginning in dict.fromkeys(beginnings):
        for offer in suggest(engine, beginning, view, _kinds(word.field), MAX_CANDIDATES):
            other = offer.text[: len(text)]
            if not _HAN_ONLY.match(other) or len(other) != len(text) or key(other) == wanted:
                continue
            differing = sum(same_form(a) != same_form(b) for a, b in zip(other, text, strict=True))
            same_sound = sound is not None and differing <= 2 and pinyin_keys(other) == sound
            if same_sound or (differing == 1 and len(text) > 2 and other == offer.text):
                as_typed = sum(a == b for a, b in zip(other, text, strict=True))
                near.setdefault(key(other), []).append((not same_sound, -as_typed, -offer.count, other))
    return [forms[-1] for forms in sorted(min(forms) for forms in near.values())]
