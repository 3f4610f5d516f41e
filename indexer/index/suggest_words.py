"""Suggestions by words inside of texts, in any order (词中提示), and despite a typing error (容错提示)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec

from indexer.document import Display
from indexer.index.engine import Begun, EngineResults
from indexer.index.keywords import MAX_VALUE
from indexer.index.query import And, Near, Node, Or, Phrase, Wildcard
from indexer.index.shown import read_term
from indexer.index.spelling import LETTERS, read_spelling, spellings
from indexer.index.suggest_offers import INSIDE, NEAR, NEAR_WHOLE, READ, SOURCES, Asking, Offers, Source
from indexer.text import mixed
from indexer.text.analyse import analyse, groups, has_han, key
from indexer.text.nearness import begins_near, is_near

MAX_WORDS = 6
MIN_INSIDE = 3  # letters of a word before it is looked for inside of titles
MIN_NEAR = 4  # letters of a word before an error is thought of in it, where nothing else was found
MIN_DOUBTED = 7  # the same where something was found
RARE = 10  # documents with a word up to which it may be a typing error although something was found
MAX_SPELT = 24  # letters of pinyin that are compared by an engine; what it finds is compared as a whole
MIN_SPELT = 5  # the same for pinyin, of which nearly every short string is one
FEW = 48  # words that a beginning or a word with an error may stand for
MEANT = 3  # beginnings without the error that are looked up
COMPARED = 300  # words near one with an error, of which the most frequent are looked for
_DISPLAY = msgspec.json.Decoder(Display)


def by_words(ask: Asking, offers: Offers, typed: str, limit: int) -> None:
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
        begun = _meant(ask, words[-1])
        if fields:
            tree = Or(tuple(And(tuple(_clauses(field, words, begun))) for field in fields))
            _add_found(ask, offers, tree, matching)
        if "subject" in offers.kinds:
            _add_subjects(ask, offers, begun, matching)
    there = offers.settled(limit)
    if there < limit and max(map(len, words)) >= (MIN_DOUBTED if there else MIN_NEAR):
        _by_error(ask, offers, typed, matching, limit)


def _meant(ask: Asking, word: str) -> tuple[str, ...] | None:
    """All words that begin so, where they are few and the engine can tell; so nothing has to be compared with
    every word of a field.
    """
    found = ask.engine.words_begun(word, FEW) if len(word) >= MIN_INSIDE else None
    return None if found is None or found.beyond else tuple(term for term, _ in found.terms)


def _clauses(field: str, words: Sequence[str], begun: tuple[str, ...] | None = None) -> list[Node]:
    """All words in a field, the last one incomplete. One or two letters begin too many words to narrow."""
    last = words[-1]
    whole: list[Node] = [Phrase(field, word) for word in words[:-1]]
    if len(last) < MIN_INSIDE and whole:
        return whole
    return [*whole, _begun(field, last) if begun is None else _any_word(field, begun)]


def _any_word(field: str, words: Sequence[str]) -> Node:
    return Or(tuple(Phrase(field, word) for word in words))


def _begun(field: str, word: str) -> Node:
    return Wildcard(field, f"{word}*") if len(word) > 1 else Phrase(field, word)


def _by_error(ask: Asking, offers: Offers, typed: str, matching: _Matching, limit: int) -> None:
    """One error is looked for in the word that is rarest in the view, and in the whole text as pinyin."""
    words = matching.words
    some = offers.settled(1) > 0
    wrong, documents = _suspect(ask, words, some)
    if some and documents > RARE:
        return
    matching.wrong = wrong
    spelt = mixed.plain(typed)
    matching.spelt = spelt if spelt.isascii() and len(spelt) >= MIN_SPELT else ""
    there = offers.settled(limit)
    # Names are misspelt most, and a correction serves all kinds.
    doubted = ("name",) if some else ("title", "name")
    kinds = [kind for kind in offers.kinds if kind in doubted] or offers.kinds
    if not _by_dictionary(ask, offers, typed, matching, kinds):
        _by_search(ask, offers, matching, kinds)
    elif not some and offers.settled(limit) == there:
        _by_near_words(ask, offers, matching, kinds)


def _by_dictionary(
    ask: Asking, offers: Offers, typed: str, matching: _Matching, kinds: Sequence[str]
) -> bool:
    """What begins with the text but for an error; False where an engine finds that only in a search."""
    begin = key(typed)
    meant: Counter[str] = Counter()
    for kind in kinds:
        found = ask.engine.near_begun(SOURCES[kind][0], begin, READ)
        if found is None:
            return False
        for term, count in _seen(ask, SOURCES[kind][0], found):
            place, text = read_term(term)
            how = _how_near(begin, place)
            if how is not None:
                offers.add(kind, text, count, how)
                meant[_beginning(begin, place)] += count
    _add_begun(ask, offers, [begin for begin, _ in meant.most_common(MEANT)])
    if matching.spelt:
        found = ask.engine.near_begun("suggest", matching.spelt, READ)
        for term, count in _seen(ask, "suggest", found or Begun()):
            spelling, kind, text = read_spelling(term)
            how = _how_near(matching.spelt, spelling)
            if how is not None:
                offers.add(kind, text, count, how)
    return True


def _seen(ask: Asking, dictionary: str, found: Begun) -> list[tuple[str, int]]:
    """Terms with the view's own counts: what it does not see must not decide what was meant."""
    terms = [term for term, _ in found.terms]
    counts = ask.carriers([(dictionary, term) for term in terms])
    return [(term, count) for term, count in zip(terms, counts, strict=True) if count]


def _beginning(begin: str, place: str) -> str:
    """The beginning of a place in the alphabet that was meant by one with an error."""
    lengths = (len(begin), len(begin) + 1, len(begin) - 1)
    return next((place[:n] for n in lengths if is_near(begin, place[:n])), place)


def _by_near_words(ask: Asking, offers: Offers, matching: _Matching, kinds: Sequence[str]) -> None:
    """By the words that the one with the error may stand for, anywhere in titles and names."""
    words, wrong = matching.words, matching.wrong
    last = wrong == len(words) - 1
    found = ask.engine.near_begun("all", words[wrong], COMPARED)
    near = [t for t, _ in found.terms if last or is_near(words[wrong], t)][:FEW] if found else []
    if near:
        asked = []
        for field in (SOURCES[kind][1] for kind in kinds):
            clauses = _clauses(field, words)
            clauses[wrong : wrong + 1] = [_any_word(field, near)]
            asked.append(And(tuple(clauses)))
        hits = _add_found(ask, offers, Or(tuple(asked)), matching)
        _add_corrected(ask, offers, matching, hits)


def _by_search(ask: Asking, offers: Offers, matching: _Matching, kinds: Sequence[str]) -> None:
    """By a search for words and spellings that are near."""
    words, wrong = matching.words, matching.wrong
    asked: list[Node] = []
    if len(words[wrong]) >= MIN_NEAR:
        for field in (SOURCES[kind][1] for kind in kinds):
            clauses = _clauses(field, words)
            clauses[wrong : wrong + 1] = [Near(field, words[wrong], 1, begins=wrong == len(words) - 1)]
            asked.append(And(tuple(clauses)))
    if matching.spelt:
        # So many letters find few texts, and a longer comparison costs engines dear.
        asked.append(Near("suggest", matching.spelt[:MAX_SPELT], 1, begins=True))
    if asked:
        hits = _add_found(ask, offers, Or(tuple(asked)), matching)
        # What begins with the word as it should be is more frequent than what happened to be among the hits.
        _add_corrected(ask, offers, matching, hits)


def _add_corrected(ask: Asking, offers: Offers, matching: _Matching, hits: EngineResults) -> None:
    """What begins with the words as they were meant, by the documents found."""
    words, wrong = matching.words, matching.wrong
    if word := matching.corrected(hits):
        _add_begun(ask, offers, [key(" ".join([*words[:wrong], word, *words[wrong + 1 :]]))])


def _add_begun(ask: Asking, offers: Offers, meant: Sequence[str]) -> None:
    walks: dict[Source, str] = {(SOURCES[kind][0], m): kind for m in meant for kind in offers.kinds}
    for (walk, kind), found in zip(walks.items(), ask.begun(list(walks)) if walks else (), strict=True):

        def add(term: str, count: int, source: Source | None, kind: str = kind, begin: str = walk[1]) -> None:
            place, text = read_term(term)
            offers.add(kind, text, count, NEAR_WHOLE if place == begin else NEAR, source)

        offers.walked(walk, found, add)


def _how_near(spelt: str, spelling: str) -> int | None:
    if is_near(spelt, spelling):
        return NEAR_WHOLE
    return NEAR if begins_near(spelt, spelling) else None


def _suspect(ask: Asking, words: Sequence[str], some: bool) -> tuple[int, int]:
    """The place of the word that the fewest documents have, and how many have it; where there is no choice
    and nothing depends on the number, it is not counted.
    """
    places = [n for n, word in enumerate(words) if len(word) >= MIN_NEAR]
    if len(places) == 1 and not some:
        return places[0], 0
    last = len(words) - 1
    begun = _meant(ask, words[last]) if last in places else None
    trees: list[Node] = [Phrase("all", words[n]) for n in places]
    if last in places:
        trees[-1] = _begun("all", words[last]) if begun is None else _any_word("all", begun)
    totals = ask.totals(trees)
    least, place = min((total, -n) for total, n in zip(totals, places, strict=True))
    return -place, least


def _add_found(ask: Asking, offers: Offers, tree: Node, matching: _Matching) -> EngineResults:
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


def _add_subjects(ask: Asking, offers: Offers, begun: tuple[str, ...] | None, matching: _Matching) -> None:
    """Subjects with the words inside. Hits do not show theirs: they are counted where that is soon done."""
    tree = And(tuple(_clauses("subject", matching.words, begun)))
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
            if (how := _how_near(self.spelt, read_spelling(term)[0])) is not None:
                return how
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
