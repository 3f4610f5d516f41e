"""Suggestions while typing (输入提示), the same on every engine: titles, names, subjects and journals.

A few walks through dictionaries give what begins with the typed text, by its characters, its pinyin or its
initials. Only where that is little, one search looks for words inside, in any order, and for a typing error.
Every count is the number of documents of the view that carry the text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

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
MAX_WORDS = 6
MAX_TYPES = 6
MIN_INSIDE = 3  # letters of a word before it is looked for inside of titles
MIN_NEAR = 4  # letters of a word before an error is thought of in it, where nothing else was found
MIN_DOUBTED = 7  # the same where something was found
RARE = 10  # documents with a word up to which it may be a typing error although something was found
MAX_SPELT = 24  # letters of pinyin that are compared by an engine; what it finds is compared as a whole
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
    offers = _Offers(kinds)
    ask = _Asking(engine, view, types)
    _by_characters(ask, offers, typed, begin)
    _by_sound(ask, offers, typed, limit)
    if len(offers.found) < limit:
        _by_words(ask, offers, typed, limit)
    return offers.best(limit)


class _Asking:
    """Asks an engine in one view and some types of documents."""

    def __init__(self, engine: Engine, view: View, types: Sequence[str]) -> None:
        self.engine, self.view, self.types = engine, view, tuple(dict.fromkeys(types))[:MAX_TYPES]
        self.selections = (Selection("type", self.types),) if types else ()

    def terms(self, dictionary: str, start: str, limit: int = FETCHED) -> list[tuple[str, int]]:
        walk = self.engine.terms
        if len(self.types) < 2:
            return walk(dictionary, start, self.view, limit, type="".join(self.types))
        # A document is of one type, so the numbers of several types add up.
        summed: Counter[str] = Counter()
        for type in self.types:
            summed.update(dict(walk(dictionary, start, self.view, limit, type=type)))
        return sorted(summed.items(), key=lambda found: (-found[1], found[0]))[:limit]

    def walk(self, dictionary: str, start: str) -> list[tuple[str, int]]:
        """The most frequent terms, and those that are exactly what was typed, however rare."""
        found = self.terms(dictionary, start)
        exact = start + SEPARATOR
        # Equally frequent terms come in order of the alphabet, in which the exact one is the first.
        if len(found) == FETCHED and found[-1][1] > 1 and not any(t.startswith(exact) for t, _ in found):
            found = found + self.terms(dictionary, exact)
        return found

    def search(self, tree: Node, facets: Iterable[str] = ()) -> EngineResults:
        calls = tuple(FacetCall(name, limit=LISTED) for name in facets)
        # The order of time is the cheapest, and here the better hits are told apart by what they carry.
        call = self._call(tree, facets=calls, limit=READ, sort="newest")
        return self.engine.search(call)

    def totals(self, trees: Iterable[Node]) -> list[int]:
        return self.engine.totals([self._call(tree, limit=0) for tree in trees])

    def counts(self, dictionary: str, texts: Sequence[str]) -> list[int]:
        return self.engine.counts(self._call(Everything(), limit=0), dictionary, texts)

    def _call(self, tree: Node, **more: Any) -> SearchCall:
        return SearchCall(tree=tree, view=self.view, selections=self.selections, **more)


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
    if met >= limit or not (
        mixed.is_mixed(spelt) or (spelt.isascii() and len(spelt) > 2 and not offers.found)
    ):
        return
    fitted = False
    for way in mixed.initials(spelt):
        if way == spelt:
            continue
        for term, count in ask.terms("suggest", way, FITTED):
            spelling, kind, text = read_spelling(term)
            fitting = mixed.match(spelt, text) if kind in offers.kinds else None
            if fitting is not None:
                fitted = True
                offers.add(kind, text, count, INITIALS if fitting.whole else BEGINS)
        if fitted:
            break


def _how_whole(spelling: str, text: str) -> int:
    """Whether it is the whole pinyin or only all the initials; two letters are too few to mean these."""
    if len(spelling) > len(text):
        return SOUND
    return INITIALS if len(spelling) > 2 else BEGINS


# Words inside, in any order, and typing errors


def _by_words(ask: _Asking, offers: _Offers, typed: str, limit: int) -> None:
    """Words inside of texts, in any order; where that is still little, with an error in one of them."""
    words = analyse(typed)[:MAX_WORDS]
    if not words:
        return
    matching = _Matching(typed, words)
    fields = [SOURCES[kind][1] for kind in offers.kinds if kind != "subject"]
    if _stands_together(typed):
        if len(words) > 1 and fields:
            _add_found(ask, offers, Or(tuple(Phrase(field, typed) for field in fields)), matching)
        return
    if len(words) > 1 or len(words[0]) >= MIN_INSIDE:
        if fields:
            tree = Or(tuple(And(tuple(_clauses(field, words))) for field in fields))
            _add_found(ask, offers, tree, matching)
        if "subject" in offers.kinds:
            _add_subjects(ask, offers, words, matching)
    if len(offers.found) < limit and max(map(len, words)) >= (MIN_DOUBTED if offers.found else MIN_NEAR):
        _by_error(ask, offers, typed, matching)


def _clauses(field: str, words: Sequence[str]) -> list[Node]:
    """All words in a field, the last one incomplete. One or two letters begin too many words to narrow."""
    last = words[-1]
    whole: list[Node] = [Phrase(field, word) for word in words[:-1]]
    return [*whole, _begun(field, last)] if len(last) >= MIN_INSIDE or not whole else whole


def _begun(field: str, word: str) -> Node:
    return Wildcard(field, f"{word}*") if len(word) > 1 else Phrase(field, word)


def _by_error(ask: _Asking, offers: _Offers, typed: str, matching: _Matching) -> None:
    """One error is looked for in the word that is rarest in the view, and in the whole text as pinyin."""
    words = matching.words
    wrong, documents = _suspect(ask, words)
    if offers.found and documents > RARE:
        return
    matching.wrong = wrong
    asked: list[Node] = []
    if len(words[wrong]) >= MIN_NEAR:
        # Names are misspelt most, and the correction serves all kinds; titles are dear to look through.
        doubted = ("name",) if offers.found else ("title", "name")
        kinds = [kind for kind in offers.kinds if kind in doubted] or offers.kinds
        for field in (SOURCES[kind][1] for kind in kinds):
            clauses = _clauses(field, words)
            clauses[wrong : wrong + 1] = [Near(field, words[wrong], 1, begins=wrong == len(words) - 1)]
            asked.append(And(tuple(clauses)))
    spelt = mixed.plain(typed)
    if spelt.isascii() and len(spelt) >= MIN_SPELT:
        matching.spelt = spelt
        # So many letters find few texts, and a longer comparison costs engines dear.
        asked.append(Near("suggest", spelt[:MAX_SPELT], 1, begins=True))
    if not asked:
        return
    found = _add_found(ask, offers, Or(tuple(asked)), matching)
    # What begins with the word as it should be is more frequent than what happened to be among the hits.
    corrected = matching.corrected(found)
    if corrected:
        begin = key(" ".join([*words[:wrong], corrected, *words[wrong + 1 :]]))
        for kind in offers.kinds:
            for term, count in ask.terms(SOURCES[kind][0], begin):
                place, _, text = term.partition(SEPARATOR)
                offers.add(kind, text, count, NEAR_WHOLE if place == begin else NEAR)


def _suspect(ask: _Asking, words: Sequence[str]) -> tuple[int, int]:
    """The place of the word that the fewest documents have, and how many have it."""
    trees: list[Node] = [Phrase("all", word) for word in words[:-1]]
    totals = ask.totals([*trees, _begun("all", words[-1])])
    place = min(range(len(words)), key=lambda n: (len(words[n]) < MIN_NEAR, totals[n], -n))
    return place, totals[place]


def _add_found(ask: _Asking, offers: _Offers, tree: Node, matching: _Matching) -> EngineResults:
    """Adds what fits of the texts that the documents found carry."""
    found = ask.search(tree)
    carried: dict[str, dict[str, int]] = {kind: {} for kind in offers.kinds}
    for hit in found.hits:
        shown = _DISPLAY.decode(hit.display)
        for kind, text in (
            ("title", shown.title),
            ("journal", shown.host),
            *(("name", n) for n in shown.contributors),
        ):
            if text and kind in carried:
                carried[kind][text[:MAX_VALUE]] = 0
    for kind, texts in carried.items():
        fitting = [(text, how) for text in texts if (how := matching.how(kind, text)) is not None]
        numbers = ask.counts(SOURCES[kind][0], [text for text, _ in fitting]) if fitting else []
        for (text, how), number in zip(fitting, numbers, strict=True):
            offers.add(kind, text, number, how)
    return found


def _add_subjects(ask: _Asking, offers: _Offers, words: Sequence[str], matching: _Matching) -> None:
    """Subjects with the words inside. Hits do not show theirs: they are counted where that is soon done."""
    tree = And(tuple(_clauses("subject", words)))
    if not 0 < ask.totals([tree])[0] <= READ:
        return
    for value in ask.search(tree, ("subject",)).facets[0].values:
        if matching.how("subject", value.value) is not None:
            offers.add("subject", value.value, value.count, INSIDE)


def _stands_together(typed: str) -> bool:
    """Whether a text is written without blanks between its words, as Han, kana and Hangul are."""
    return has_han(typed) or any(len(group) > 1 for group in groups(typed))


class _Matching:
    """Tells how a text answers to what was typed, in the same way as the search that found it."""

    def __init__(self, typed: str, words: Sequence[str]) -> None:
        self.words = words
        self.wrong = -1  # place of the word that may have an error
        self.spelt = ""  # what was typed as pinyin that may have an error
        self.inner = key(typed) if _stands_together(typed) else ""

    def how(self, kind: str, text: str) -> int | None:
        if self.inner:
            return INSIDE if self.inner in key(text) else None
        tokens = analyse(text)
        if self._fits(tokens, -1):
            return INSIDE
        if self.wrong >= 0 and self._fits(tokens, self.wrong):
            return NEAR
        for term in spellings(LETTERS[kind], text, kind == "name") if self.spelt else ():
            spelling = read_spelling(term)[0]
            if is_near(self.spelt, spelling):
                return NEAR_WHOLE
            if begins_near(self.spelt, spelling):
                return NEAR
        return None

    def corrected(self, found: EngineResults) -> str:
        """The word that the one with the error was meant to be, by the documents found; "" for none."""
        if self.wrong < 0:
            return ""
        met: Counter[str] = Counter()
        fits = begins_near if self.wrong == len(self.words) - 1 else is_near
        for hit in found.hits:
            shown = _DISPLAY.decode(hit.display)
            tokens = {token for text in (shown.title, *shown.contributors) for token in analyse(text)}
            met.update(
                t
                for t in tokens
                if fits(self.words[self.wrong], t) and not t.startswith(self.words[self.wrong])
            )
        return min(met, key=lambda token: (-met[token], token), default="")

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
