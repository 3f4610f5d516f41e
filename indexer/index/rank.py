"""What lifts a document above others that match as well (排序): the rows of ``fields.WEIGHTS`` as clauses.

Nothing here decides about matching. Each clause is a fixed lift, or as much as BM25 gives held within the
limit of its row, so what a document can get from all lower rows together is known beforehand.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise

import msgspec

from indexer.index.clause import Between, Boost, Clause, Key, Lift, Run, Term, Value, either, every
from indexer.index.fields import MOST_COUNTED, START, WEIGHTS
from indexer.index.keywords import exact_key
from indexer.text.analyse import groups, has_han, key
from indexer.text.pinyin import spelled_out, typed_pinyin
from indexer.text.segment import words
from indexer.text.stem import forms

MAX_TOKENS = 128  # of a query that are looked at; readers paste whole pages
MAX_INFLECTED = 6  # words up to which other forms of each are looked for; longer queries are titles
MAX_PAIRS = 16
MAX_SHARES = 12  # words that are looked for one by one in titles, names and subjects
MAX_SPLITS = 3  # places, from either end, where a query may fall into a name and a title
MAX_NAME = 4  # words or Han characters of a name; beside a title in a short query it may be longer
MAX_SPLIT_TOKENS = 40
BROAD = 2  # words of a broad topic
RECENT = (4, 12)  # years back; each of them gives half

Group = tuple[str, ...]
_ARTICLE = "the"


class Text(msgspec.Struct, frozen=True):
    """The words of a query as it is ranked by (检索词).

    ``groups`` are what must stand together (a word, a Han character, a run of kana); ``units`` are groups
    joined to words of the dictionary; ``breaks`` are numbers of groups after which a part may end: the ends
    of units.
    """

    text: str
    groups: tuple[Group, ...]
    units: tuple[Group, ...]
    breaks: tuple[int, ...]
    han: bool

    @property
    def flat(self) -> Group:
        return tuple(token for group in self.groups for token in group)

    def part(self, start: int, end: int) -> str:
        """The text of some groups."""
        return " ".join("".join(group) for group in self.groups[start:end])


def read(text: str) -> Text:
    """Cuts a query into groups and words. Blanks between Han characters are soft: the words are those of the
    unspaced text.
    """
    found = groups(text)[:MAX_TOKENS]
    han = has_han(text)
    units: list[Group] = []
    ends: set[int] = set()
    if not han:
        return Text(text, tuple(found), tuple(found), tuple(range(1, len(found))), False)
    run: list[str] = []

    def close(at: int) -> None:
        done = at - len(run)
        for word in words("".join(run)) if run else ():
            units.append(tuple(word))
            done += len(word)
            ends.add(done)
        run.clear()

    for n, group in enumerate(found):
        if len(group) == 1 and len(group[0]) == 1 and has_han(group[0]):
            run.append(group[0])
            continue
        close(n)
        units.append(group)
        ends |= {n, n + 1}
    close(len(found))
    return Text(text, tuple(found), tuple(units), tuple(sorted(ends - {0, len(found)})), True)


def lift(step: str, clause: Clause, share: int = 1) -> Clause:
    """A clause with the fixed weight of a step, or a share of it."""
    return Lift(clause, WEIGHTS[step].value / share, step)


def counted(step: str, clause: Clause, tokens: int) -> Clause:
    """A clause whose BM25 is held so low that ``tokens`` words together stay within the weight of a step."""
    return Boost(clause, WEIGHTS[step].value / (MOST_COUNTED * max(1, tokens)), step)


def titled(step: str, text: str) -> Clause:
    """The documents that have this as a whole title, or name, in the sense of a step."""
    return Key("exact", exact_key(step, text))


def hoped(field: str, text: str, *, apart: bool = False) -> list[Clause]:
    """What is hoped for of a document that has all words of a text in a field; ``apart`` keeps the steps of
    one clause apart, for explaining.
    """
    query = read(text)
    flat = query.flat
    if field not in ("all", "title"):
        found = [lift("phrase", _together(field, flat))] if len(flat) > 1 else []
        return [*_persons(text), *found] if field == "author" else found
    found = [
        *exactly(text),
        lift("prefix", _begins(flat)),
        *_sounding(field, text),
        *(_persons(text) if field == "all" else ()),
        *(_parted(query) if field == "all" else ()),
        *_in_order(query, field),
        *_one_by_one(query, field),
    ]
    return found if apart else _merged(found)


def exactly(text: str) -> list[Clause]:
    """The text as a title as a whole."""
    whole = key(text)
    return [lift(step, titled(step, whole)) for step in ("whole", "proper", "variant")]


def phrase_hoped(field: str, text: str, tokens: Group) -> list[Clause]:
    """What is hoped for of a document that has a phrase in all fields or in the title."""
    found = [*exactly(text), lift("prefix", _begins(tokens))]
    if field == "all":
        found.append(lift("phrase", _together("title", tokens)))
    return [*found, counted("in title", _together("title", tokens, scored=True), len(tokens))]


def everywhere(text: str, place: str, today: date | None = None) -> list[Clause]:
    """What makes one of equally good hits the better one, whatever the words: ``text`` are those of the whole
    query, ``place`` is where the reader is.
    """
    found = [lift("full text", Value("f_access", "fulltext"))]
    if place.startswith("L:"):
        found.append(lift("held", Value("sight", f"@{place}")))
    if 0 < len(read(text).units) <= BROAD:
        year = (today or date.today()).year
        found += [lift("recent", Between("year", year - back, None), len(RECENT)) for back in RECENT]
    return found


def _begins(tokens: Group) -> Clause:
    """Titles that begin with these words; an English article in front of them does not count."""
    found: list[Clause] = [Run("title", (START, *tokens))]
    if tokens[0].isascii() and tokens[0] != _ARTICLE:
        found.append(Run("title", (START, _ARTICLE, *tokens)))
    return either(found)


def _together(field: str, tokens: Sequence[str], *, scored: bool = False) -> Clause:
    return Term(field, tokens[0], scored) if len(tokens) == 1 else Run(field, tuple(tokens))


def _persons(text: str) -> list[Clause]:
    """The text as a whole name; of a Latin one also with the last word in front, as catalogues have it."""
    names = [key(text)]
    parts = names[0].split()
    if 2 <= len(parts) <= MAX_NAME and not has_han(text):
        names.append(" ".join((parts[-1], *parts[:-1])))
    return [lift("person", titled("name", name)) for name in dict.fromkeys(names)]


def _sounding(field: str, text: str) -> list[Clause]:
    typed = typed_pinyin(text)
    if not typed:
        return []
    syllables = spelled_out(text)
    apart = [spelled_out(word) for word in text.split()]
    sure = syllables > 2 or (len(apart) > 1 and set(apart) == {1})
    found = [lift("pinyin" if sure else "sound", titled("pinyin", typed))]
    if field == "all":
        found.append(lift("sound", titled("pinyin name", typed)))
    return found


def _parted(query: Text) -> list[Clause]:
    """A name and a title in one query, in either order: each place where the one may end and the other begin,
    from both ends of the query.
    """
    count = len(query.groups)
    if not 1 < count <= MAX_SPLIT_TOKENS:
        return []
    found: list[Clause] = []
    if len(query.breaks) <= MAX_SPLITS:
        first = last = list(query.breaks)
    else:
        first = [at for at in query.breaks[:MAX_SPLITS] if at <= MAX_NAME]
        last = [at for at in query.breaks[-MAX_SPLITS:] if count - at <= MAX_NAME]
    sides = [((at, count), (0, at)) for at in first] + [((0, at), (at, count)) for at in last]
    for title, name in sides:
        known = titled("proper", key(query.part(*title)))
        named = [_together("author", group) for group in query.groups[slice(*name)]]
        found += [lift("author and title", every([known, *named])), lift("piece", known)]
    return found


def _in_order(query: Text, field: str) -> list[Clause]:
    """The words together in the title or in a name, words of the dictionary, and pairs of Han characters."""
    flat = query.flat
    if len(flat) < 2:
        return []
    found = [lift("phrase", Run("title", flat))]
    if field == "all" and len(flat) <= 2 * MAX_NAME:
        found.append(lift("name", Run("author", flat)))
    if len(query.groups) > 1:
        found.append(lift("inside", every([_together("title", g) for g in dict.fromkeys(query.groups)])))
    if query.han:
        units = list(dict.fromkeys(query.units))[:MAX_SHARES]
        found += [lift("segments", _together("title", unit), len(units)) for unit in units]
        pairs = list(dict.fromkeys(pairwise(flat)))[:MAX_PAIRS]
        found += [lift("bigrams", Run("title", pair), len(pairs)) for pair in pairs]
    return found


def _one_by_one(query: Text, field: str) -> list[Clause]:
    """How rare and frequent the words are in the title, in names and in subjects."""
    single = list(dict.fromkeys(query.groups))[:MAX_SHARES]
    found = _counted_all("in title", "title", single)
    if len(single) <= MAX_INFLECTED:
        for group in single:
            others = forms(group[0]) if len(group) == 1 else ()
            if others:
                any_form = either([Term("title", token) for token in (group[0], *others)])
                found.append(lift("form in title", any_form, len(single)))
    if field == "all":
        units = list(dict.fromkeys(query.units))[:MAX_SHARES]
        found += _counted_all("in author", "author", units) + _counted_all("in subject", "subject", units)
    return found


def _counted_all(step: str, field: str, wanted: Sequence[Group]) -> list[Clause]:
    tokens = sum(map(len, wanted))
    return [counted(step, _together(field, group, scored=True), tokens) for group in wanted]


def _merged(found: Iterable[Clause]) -> list[Clause]:
    """Fixed lifts for the same thing as one, under the name of the first: an engine looks for it once.

    The pair and the word and the phrase are one where a query has two characters.
    """
    merged: dict[Clause, Clause] = {}
    others: list[Clause] = []
    for clause in found:
        if isinstance(clause, Lift):
            known = merged.get(clause.clause)
            if isinstance(known, Lift):
                clause = Lift(clause.clause, known.score + clause.score, known.step)
            merged[clause.clause] = clause
        else:
            others.append(clause)
    return [*merged.values(), *others]
