"""Suggestions while typing (输入提示), the same on every engine: titles, names, subjects and journals.

A few walks through dictionaries give what begins with the typed text, by its characters, its pinyin or its
initials. Only where that is little, one search looks for words inside, in any order, and for a typing error.
Every count is the number of documents of the view that carry the text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from holdings.members.view import View
from indexer.document import Display
from indexer.index.engine import Engine, EngineResults, FacetCall, SearchCall, Selection
from indexer.index.fields import SEPARATOR
from indexer.index.keywords import MAX_VALUE
from indexer.index.query import And, Everything, Near, Node, Or, Phrase, Wildcard
from indexer.index.spelling import LETTERS, read_spelling, spellings
from indexer.text import mixed
from indexer.text.analyse import analyse, groups, has_han, key
from indexer.text.nearness import begins_near, is_near

MAX_PREFIX = 80
FETCHED = 50  # terms of one walk, of which the best are offered
FITTED = 400  # terms of the same initials that are compared with what was typed in part as pinyin
READ = 40  # hits of a search whose titles are looked at
LISTED = 50  # values of a facet that are looked at
FEW = 3  # offers below which a typing error is thought of
MAX_WORDS = 6
MIN_INSIDE = 3  # letters of a word before it is looked for inside of titles
MIN_NEAR = 4  # letters of a word before an error is thought of in it
MIN_SPELT = 5  # the same for pinyin, of which nearly every short string is one

# kind: its dictionary, and the text field that has its words
SOURCES = {
    "title": ("title", "title"),
    "name": ("author", "author"),
    "subject": ("subject", "subject"),
    "journal": ("journal", "journal"),
}
# How an offer answers to what was typed; what is nearer stands before what is more frequent.
EXACT, SOUND, INITIALS, BEGINS, INSIDE, NEAR_WHOLE, NEAR = range(7)
_DISPLAY = msgspec.json.Decoder(Display)


class Offer(msgspec.Struct, frozen=True):
    """A text that the view holds (建议词), its kind, one of `SOURCES`, and how many documents carry it."""

    text: str
    kind: str
    count: int


class _Offers:
    """Each text once for each kind, as near as it was found."""

    def __init__(self, kinds: Sequence[str]) -> None:
        self.kinds = [kind for kind in SOURCES if not kinds or kind in kinds]
        self.found: dict[tuple[str, str], tuple[int, int]] = {}

    def add(self, kind: str, text: str, count: int, how: int) -> None:
        if count and text and kind in self.kinds:
            best = self.found.get((kind, text), (NEAR + 1, 0))
            self.found[kind, text] = (min(how, best[0]), min(-count, best[1]))

    def best(self, limit: int) -> list[Offer]:
        ordered = sorted(self.found.items(), key=lambda f: (*f[1], len(f[0][1]), f[0][1], f[0][0]))
        return [Offer(text, kind, -count) for (kind, text), (_, count) in ordered[:limit]]


def suggest(
    engine: Engine, typed: str, view: View, kinds: Sequence[str] = (), limit: int = 10, *, type: str = ""
) -> list[Offer]:
    """What a typed text may become in a view: exact ones first, then by count.

    ``kinds`` narrows to some of `SOURCES`, ``type`` to what documents of that type carry.
    """
    typed = typed[:MAX_PREFIX]
    begin = key(typed)
    if not begin or limit <= 0:
        return []
    offers = _Offers(kinds)
    ask = _Asking(engine, view, type)
    _by_characters(ask, offers, typed, begin)
    _by_sound(ask, offers, typed, limit)
    if len(offers.found) < limit:
        _by_words(ask, offers, typed)
    return offers.best(limit)


class _Asking:
    """Asks an engine in one view and one type of documents."""

    def __init__(self, engine: Engine, view: View, type: str) -> None:
        self.engine, self.view, self.type = engine, view, type
        self.selections = (Selection("type", (type,)),) if type else ()

    def terms(self, dictionary: str, start: str, limit: int = FETCHED) -> list[tuple[str, int]]:
        return self.engine.terms(dictionary, start, self.view, limit, type=self.type)

    def walk(self, dictionary: str, start: str) -> list[tuple[str, int]]:
        """The most frequent terms, and those that are exactly what was typed, however rare."""
        found = self.terms(dictionary, start)
        exact = start + SEPARATOR
        # Equally frequent terms come in order of the alphabet, in which the exact one is the first.
        if len(found) == FETCHED and found[-1][1] > 1 and not any(t.startswith(exact) for t, _ in found):
            found = found + self.terms(dictionary, exact)
        return found

    def search(self, tree: Node, facets: Iterable[str]) -> EngineResults:
        calls = tuple(FacetCall(name, limit=LISTED) for name in facets)
        call = SearchCall(tree=tree, view=self.view, selections=self.selections, facets=calls, limit=READ)
        return self.engine.search(call)

    def title_counts(self, titles: Sequence[str]) -> list[int]:
        call = SearchCall(tree=Everything(), view=self.view, selections=self.selections, limit=0)
        return self.engine.counts(call, "title", titles)


def _by_characters(ask: _Asking, offers: _Offers, typed: str, begin: str) -> None:
    for kind in offers.kinds:
        dictionary = SOURCES[kind][0]
        if kind == "title" and has_han(typed):
            continue  # They stand in the dictionary of spellings, see _by_sound.
        # One letter begins tens of thousands of titles, and none of them is meant yet but the one it is.
        alone = kind == "title" and len(begin) == 1 and begin.isascii()
        for term, count in ask.walk(dictionary, begin + SEPARATOR if alone else begin):
            place, _, text = term.partition(SEPARATOR)
            offers.add(kind, text, count, EXACT if place == begin else BEGINS)


def _by_sound(ask: _Asking, offers: _Offers, typed: str, limit: int) -> None:
    """Han titles by their characters, everything else with Han characters by its pinyin."""
    spelt = mixed.plain(typed)
    if not spelt:
        return
    met = 0
    if spelt.isascii() or "title" in offers.kinds:
        start = spelt if spelt.isascii() else key(typed)
        for term, count in ask.walk("suggest", start):
            spelling, kind, text = read_spelling(term)
            how = BEGINS
            if spelling == start:
                how = EXACT if not spelt.isascii() else _how_whole(spelling, text)
            offers.add(kind, text, count, how)
            met += kind in offers.kinds
    if met >= limit or not (mixed.is_mixed(spelt) or (spelt.isascii() and len(spelt) > 2)):
        return
    for way in mixed.initials(spelt)[:2]:
        if way == spelt:
            continue
        for term, count in ask.terms("suggest", way, FITTED):
            spelling, kind, text = read_spelling(term)
            fitting = mixed.match(spelt, text) if kind in offers.kinds else None
            if fitting is not None:
                offers.add(kind, text, count, INITIALS if fitting.whole else BEGINS)


def _how_whole(spelling: str, text: str) -> int:
    """Whether it is the whole pinyin or only all the initials; two letters are too few to mean these."""
    if len(spelling) > len(text):
        return SOUND
    return INITIALS if len(spelling) > 2 else BEGINS


# Words inside, in any order, and typing errors


def _by_words(ask: _Asking, offers: _Offers, typed: str) -> None:
    words = analyse(typed)[:MAX_WORDS]
    if not words:
        return
    spelt = mixed.plain(typed)
    tolerant = len(offers.found) < FEW
    fields = [SOURCES[kind][1] for kind in offers.kinds]
    asked = [tree for field in fields for tree in _trees(field, typed, words, tolerant)]
    by_pinyin = tolerant and spelt.isascii() and len(spelt) >= MIN_SPELT
    if by_pinyin:
        asked.append(Near("suggest", spelt, 1, begins=True))
    if not asked:
        return
    facets = [SOURCES[kind][0] for kind in offers.kinds if kind != "title"]
    found = ask.search(Or(tuple(asked)), facets)
    matching = _Matching(typed, words, spelt if by_pinyin else "", tolerant)
    named = {SOURCES[kind][0]: kind for kind in offers.kinds}
    for counts in found.facets:
        for value in counts.values:
            kind = named[counts.facet]
            how = matching.how(kind, value.value)
            if how is not None:
                offers.add(kind, value.value, value.count, how)
    if "title" in offers.kinds:
        _add_titles(ask, offers, found, matching)


def _add_titles(ask: _Asking, offers: _Offers, found: EngineResults, matching: _Matching) -> None:
    titles = Counter(_DISPLAY.decode(hit.display).title[:MAX_VALUE] for hit in found.hits)
    fitting = [(title, how) for title in titles if (how := matching.how("title", title)) is not None]
    if found.total <= len(found.hits):
        numbers = [titles[title] for title, _ in fitting]
    else:
        numbers = ask.title_counts([title for title, _ in fitting])
    for (title, how), number in zip(fitting, numbers, strict=True):
        offers.add("title", title, number, how)


def _trees(field: str, typed: str, words: Sequence[str], tolerant: bool) -> list[Node]:
    """What finds the words in a field, the last one incomplete, and those with an error in one of them."""
    if _stands_together(typed):
        return [Phrase(field, typed)] if len(words) > 1 else []
    last = len(words) - 1
    each: list[Node] = [Phrase(field, word) for word in words[:-1]]
    begun = Wildcard(field, f"{words[last]}*")
    made: list[Node] = []
    if len(words[last]) >= MIN_INSIDE:
        made.append(And((*each, begun)))
    elif last:
        made.append(And((*each, begun if len(words[last]) > 1 else Phrase(field, words[last]))))
    for n, word in enumerate(words if tolerant else ()):
        if len(word) >= MIN_NEAR:
            others = [*each, begun if len(words[last]) > 1 else Phrase(field, words[last])]
            others[n] = Near(field, word, 1, begins=n == last)
            made.append(And(tuple(others)))
    return made


def _stands_together(typed: str) -> bool:
    """Whether a text is written without blanks between its words, as Han, kana and Hangul are."""
    return has_han(typed) or any(len(group) > 1 for group in groups(typed))


class _Matching:
    """Tells how a text answers to what was typed, in the same way as the search that found it."""

    def __init__(self, typed: str, words: Sequence[str], spelt: str, tolerant: bool) -> None:
        self.words, self.spelt, self.tolerant = words, spelt, tolerant
        self.inner = key(typed) if _stands_together(typed) else ""

    def how(self, kind: str, text: str) -> int | None:
        if self.inner:
            return INSIDE if self.inner in key(text) else None
        tokens = analyse(text)
        if self._fits(tokens, -1):
            return INSIDE
        if not self.tolerant:
            return None
        if any(len(word) >= MIN_NEAR and self._fits(tokens, n) for n, word in enumerate(self.words)):
            return NEAR
        for term in spellings(LETTERS[kind], text, kind == "name") if self.spelt else ():
            spelling = read_spelling(term)[0]
            if is_near(self.spelt, spelling):
                return NEAR_WHOLE
            if begins_near(self.spelt, spelling):
                return NEAR
        return None

    def _fits(self, tokens: Sequence[str], wrong: int) -> bool:
        """Whether every word is there; the one at ``wrong`` may have an error."""
        last = len(self.words) - 1
        for n, word in enumerate(self.words):
            if n == wrong:
                fits = begins_near if n == last else is_near
                there = any(fits(word, token) for token in tokens)
            elif n == last:
                there = any(token.startswith(word) for token in tokens)
            else:
                there = word in tokens
            if not there:
                return False
        return True
