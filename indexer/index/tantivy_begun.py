"""Beginnings of terms in the embedded engine's dictionaries (词典前缀), soon enough for every key.

A dictionary knows for nothing how many documents have a term, deleted and hidden ones among them. That is
never less than what a view sees, so it decides what is looked at, and only what is shown is counted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

from tantivy import Query

from indexer.index.clause import Narrowing, Value
from indexer.index.dictionary import column_of
from indexer.index.engine import Begun
from indexer.index.keywords import well_formed
from indexer.index.tantivy_render import Renderer
from indexer.index.tantivy_state import State
from indexer.index.tantivy_tops import KEPT, NONE
from indexer.text.fold import fold
from indexer.text.nearness import begins_near

FEW = 24  # terms of one corrected beginning that are looked at
SHORT = 4  # letters of a beginning that is looked up
COMPARED = 200  # terms of a beginning up to which each is compared with a text
BLOCK = 128  # characters of Unicode among which the letters of a script are
_LATIN = "abcdefghijklmnopqrstuvwxyz"
Walk = Callable[[str, int | None], list[tuple[str, int]]]


def begun(
    render: Renderer, state: State, narrowed: Narrowing, dictionary: str, start: str, limit: int
) -> Begun:
    """Terms that begin with something; see ``Engine.begun``."""
    column, start = column_of(dictionary), well_formed(start)
    if not column:
        return Begun()
    listed = state.tops.under(column, start) if limit <= KEPT else None
    exact = state.whole and not narrowed
    if listed is not None:
        if state.tops.state != state.now:
            count = state.searcher.doc_freq
            listed = sorted(((t, int(count(column, t))) for t, _ in listed), key=lambda f: (-f[1], f[0]))
        return Begun(tuple(listed[:limit]), exact, listed[-1][1])
    found = state.searcher.terms_with_prefix(column, start, None, limit + 1)
    if len(found) > limit and narrowed:
        # What is hidden must not decide which of the equally frequent ones are left out.
        among = render.narrowed(Query.all_query(), narrowed)
        walked = state.searcher.terms_with_prefix(column, start, among, limit)
        return Begun(tuple((term, count) for term, count in walked if count))
    return Begun(tuple(found[:limit]), exact, found[limit - 1][1] if len(found) > limit else 0)


def carriers(
    render: Renderer, state: State, narrowed: Narrowing, terms: Sequence[tuple[str, str]]
) -> list[int]:
    """How many documents within a filter have each (dictionary, term); see ``Engine.carriers``."""
    found = []
    for dictionary, term in terms:
        column = column_of(dictionary)
        if state.whole and not narrowed:
            found.append(int(state.searcher.doc_freq(column, term)))
            continue
        query = render.narrowed(Query.const_score_query(render(Value(column, term)), 1.0), narrowed)
        found.append(int(state.searcher.search(query, 1).count))
    return found


def words_begun(state: State, start: str, limit: int) -> Begun:
    """Words of any field that begin with something; see ``Engine.words_begun``."""
    found = state.searcher.terms_with_prefix("all", well_formed(start), None, limit + 1)
    return Begun(tuple(found[:limit]), False, found[limit - 1][1] if len(found) > limit else 0)


def near_begun(state: State, dictionary: str, start: str, limit: int) -> Begun:
    """Terms that begin with a text in which one letter is too many, missing, another, or swapped with its
    neighbour; see ``Engine.near_begun``.
    """
    column = column_of(dictionary)
    known = state.tops if state.tops.state == state.now else NONE

    def walk(begin: str, most: int | None) -> list[tuple[str, int]]:
        found = state.tops.under(column, begin) if most is not None and most <= FEW else None
        return found[:most] if found else state.searcher.terms_with_prefix(column, begin, None, most)

    text = well_formed(start)
    at, listed = _behind(state, column, walk, text)
    found = {term: n for term, n in listed if begins_near(text, term)}
    for begin in _with_an_error(walk, text, at):
        if known.may_begin(column, begin):
            found.update(walk(begin, FEW))
    best = sorted((f for f in found.items() if not f[0].startswith(text)), key=lambda f: (-f[1], f[0]))
    return Begun(tuple(best[:limit]), False, best[limit - 1][1] if len(best) > limit else 0)


def _behind(state: State, column: str, walk: Walk, text: str) -> tuple[int, list[tuple[str, int]]]:
    """A place in a text, and all terms that begin like what is in front of it: few enough to be compared, so
    that no error behind the place has to be guessed.
    """
    for at in range(SHORT + 1, len(text)):
        if state.tops.under(column, text[:at]) is None:
            listed = walk(text[:at], COMPARED)
            if len(listed) < COMPARED:
                return at, listed
    return len(text), []


def _with_an_error(walk: Walk, text: str, end: int) -> list[str]:
    """Beginnings one error away from a text, the error in front of a place.

    A walk to where nothing is costs a few microseconds; so all of them are tried, up to where the dictionary
    has nothing that begins like the text. Walks to where much is are dear: three letters are not looked up.
    """
    reach = end
    while reach >= SHORT and not walk(text[:reach], 1):
        reach -= 1
    found: dict[str, None] = {}
    letters = _alphabet(text)
    for at in range(min(reach + 1, end)):
        before, rest = text[:at], text[at:]
        found[before + rest[1:]] = None
        found |= dict.fromkeys(before + letter + rest[1:] for letter in letters)
        found |= dict.fromkeys(before + letter + rest for letter in letters)
        if len(rest) > 1:
            found[before + rest[1] + rest[0] + rest[2:]] = None
    found.pop(text, None)
    return [begin for begin in found if len(begin) >= SHORT]


def _alphabet(text: str) -> str:
    """The letters that may stand in a word beside those it has."""
    others = sorted({ord(char) // BLOCK for char in text if char.isalpha() and not char.isascii()})
    return _LATIN if not others else "".join(dict.fromkeys("".join(_block(n) for n in others[:2]) + " "))


@cache
def _block(number: int) -> str:
    """The letters of a block of Unicode as they stand in the index."""
    chars = (chr(code) for code in range(number * BLOCK, (number + 1) * BLOCK))
    return "".join(dict.fromkeys(f for c in chars if c.isalpha() and len(f := fold(c)) == 1))
