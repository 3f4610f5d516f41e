"""From the query tree to clauses (检索式编译): every decision about matching and ranking, for all engines.

Words *match* by what is required of them and *rank* by what is only hoped for. Where the score is of no
interest (facets, counts, filters) only the required half is built.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from indexer.index import clause as clauses
from indexer.index import rank
from indexer.index.clause import (
    Clause,
    Lift,
    MatchAll,
    MatchNone,
    Pattern,
    Ranked,
    Run,
    Term,
    Value,
    Without,
    either,
    every,
)
from indexer.index.fields import BY_NAME, START, Field
from indexer.index.keywords import keyword
from indexer.index.narrow import between, facet_clause
from indexer.index.query import (
    And,
    Everything,
    Exact,
    Near,
    Node,
    Not,
    Nothing,
    Or,
    Phrase,
    Range,
    Wildcard,
    Words,
)
from indexer.text.analyse import AND, groups, has_han, key
from indexer.text.fold import akin, fold
from indexer.text.pinyin import typed_pinyin
from indexer.text.stem import forms
from indexer.text.variants import closed_up

MAX_TOKENS = rank.MAX_TOKENS  # words of one clause that are required
MAX_PATTERN = 64
MAX_RUNS = 4  # * in a pattern
MAX_SINGLE = 10  # ? in a pattern; each multiplies what an engine has to look through
_INFLECTED = frozenset({"all", "title", "subject"})
_CLOSED_UP = frozenset({*_INFLECTED, "author"})  # where documents have compounds as one word too
# Where authority records have other forms of what a field holds; finding by them adds nothing to the score.
_KNOWN = {"author": "known_author", "subject": "known_subject"}
_ARTICLE = re.compile(r"\s*(?:the|an|a)\s")
_NUMBER_LIKE = re.compile(r"[\dxX][\dxX -]{6,22}|10\.\d{4,9}/\S+")
_WILDCARD_LITERALS = re.compile(r"[*?]+")


def _required(field: str, text: str) -> list[tuple[str, ...]]:
    """The words of a query that a document must have, unless there are no others (必备词).

    Not *and*, for which catalogues write & as often, nor an article in front. They count for the ranking.
    """
    found = groups(text)
    article = field != "author" and _ARTICLE.match(fold(text)) is not None
    needed = [group for n, group in enumerate(found) if group[0] not in AND and (n or not article)]
    return list(dict.fromkeys(needed or found))[:MAX_TOKENS]


def _closed_up(text: str) -> str:
    """The text with compounds as one word (``e-mail`` as email), as some records have it; "" without any."""
    folded = fold(text)
    changed = folded
    for apart, one in closed_up(folded):
        changed = changed.replace(apart, f" {one} ")
    return changed if changed != folded else ""


class Compiler:
    """Compiles trees. Without ``scoring`` clauses match the same documents, all with the same score.

    With ``apart`` each step of the ranking is a clause of its own, so that it can be told by itself.
    """

    def __init__(self, *, scoring: bool, apart: bool = False) -> None:
        self.scoring = scoring
        self.apart = apart

    def __call__(self, node: Node, place: str = "") -> Clause:
        """The clause of a whole tree; ``place`` is where the reader is (``View.place``).

        Nothing but punctuation finds nothing, or the titles that are just these signs.
        """
        clause = self._compile(node)
        if clause is None and isinstance(node, Words | Phrase) and node.field in ("all", "title"):
            clause = rank.titled("proper", key(node.text))
        if clause is None:
            return MatchNone()
        words = _words_of(node) if self.scoring else []
        if not words:
            return clause
        better = rank.everywhere(" ".join(leaf.text for leaf in words), place)
        if isinstance(node, And) and len(words) > 1 and len(words) == len(node.children):
            # A title with signs in it that mean something in a query, as (quotes) or a "phrase".
            better += rank.exactly(" ".join(leaf.text for leaf in words))
        if isinstance(clause, Ranked):
            return Ranked(clause.required, (*clause.hoped, *better))
        return Ranked(clause, tuple(better))

    def _compile(self, node: Node) -> Clause | None:
        """None stands for a clause without any word: it neither narrows nor widens what stands beside it."""
        match node:
            case Everything():
                return MatchAll()
            case Nothing():
                return MatchNone()
            case Words(field, text):
                return self._words(BY_NAME.get(field), text)
            case Phrase(field, text, start):
                return self._phrase(BY_NAME.get(field), text, start)
            case Wildcard(field, pattern):
                return self._wildcard(BY_NAME.get(field), pattern)
            case Near(field, word, edits, begins):
                return self._near(field, word, edits, begins)
            case Range(field, low, high):
                return self._range(BY_NAME.get(field), low, high)
            case Exact(field, value):
                return self._exact(BY_NAME.get(field), value)
            case And(children):
                return self._and(children)
            case Or(children):
                found = [q for q in map(self._compile, children) if q is not None]
                return either(found) if found else None
            case Not(child):
                inner = self._compile(child)
                return None if inner is None else Without(MatchAll(), (inner,))

    def _and(self, children: Sequence[Node]) -> Clause | None:
        wanted: list[Clause] = []
        unwanted: list[Clause] = []
        for child in children:
            if isinstance(child, Not):
                clause = self._compile(child.child)
                if clause is not None:
                    unwanted.append(clause)
            else:
                clause = self._compile(child)
                if clause is not None:
                    wanted.append(clause)
        if not wanted and not unwanted:
            return None
        found = every(wanted) if wanted else MatchAll()
        return Without(found, tuple(unwanted)) if unwanted else found

    def _group(self, field: str, tokens: Sequence[str]) -> Clause:
        if len(tokens) == 1:
            return Term(field, tokens[0], self.scoring)
        return Run(field, tuple(tokens))

    def _wanted(self, field: str, tokens: Sequence[str], inflected: bool) -> Clause:
        """One word in any of its forms, one Han character or one akin to it; another form only matches."""
        found = self._group(field, tokens)
        if len(tokens) > 1:
            return found
        others = forms(tokens[0]) if inflected else tuple(akin(tokens[0]))
        if not others:
            return found
        form = either([Term(field, other) for other in others])
        return either([found, Lift(form, 0.0) if self.scoring else form])

    def _words(self, field: Field | None, text: str) -> Clause | None:
        if field is None:
            return MatchNone()
        if field.kind != "text":
            return self._exact(field, text)
        name = field.name
        wanted = _required(name, text)
        if not wanted:
            return None
        inflected = name in _INFLECTED and len(wanted) <= rank.MAX_INFLECTED
        found = every([self._wanted(name, group, inflected and not has_han(group[0])) for group in wanted])
        if self.scoring:
            found = rank.counted("words", found, sum(map(len, wanted)))
        others = self._otherwise(name, text)
        if others:
            found = either([found, *others])
        hoped = rank.hoped(name, text, apart=self.apart) if self.scoring else []
        return Ranked(found, tuple(hoped)) if hoped else found

    def _otherwise(self, field: str, text: str) -> list[Clause]:
        """What else a text may mean than words: a number as it is printed, the pinyin of a title or name, a
        form that authority records know.
        """
        found: list[Clause] = []
        if field in _CLOSED_UP and (one_word := _closed_up(text)):
            found.append(every([self._group(field, group) for group in _required(field, one_word)]))
        if field in _KNOWN:
            found.append(every([self._group(_KNOWN[field], group) for group in groups(text)[:MAX_TOKENS]]))
        if self.scoring:
            found = [Lift(clause, 0.0) for clause in found]
        if field not in ("all", "title") or has_han(text):
            return found
        if field == "all" and (number := self._number(text)) is not None:
            found.append(rank.lift("number", number) if self.scoring else number)
        if typed := typed_pinyin(text):
            for step in ("pinyin", "pinyin name") if field == "all" else ("pinyin",):
                sounding = rank.titled(step, typed)
                found.append(Lift(sounding, 0.0) if self.scoring else sounding)
        return found

    def _number(self, text: str) -> Clause | None:
        """An ISBN, ISSN, DOI or other number typed as it is printed is found whatever its hyphens."""
        text = fold(text).strip()
        if not _NUMBER_LIKE.fullmatch(text):
            return None
        fields = (
            [BY_NAME["doi"]]
            if text.startswith("10.")
            else [BY_NAME["isbn"], BY_NAME["issn"], BY_NAME["identifier"]]
        )
        terms = [(f.name, keyword(f, text)) for f in fields]
        found: list[Clause] = [Value(name, term) for name, term in terms if term]
        return either(found) if found else None

    def _phrase(self, field: Field | None, text: str, start: bool) -> Clause | None:
        if field is None:
            return MatchNone()
        if field.kind != "text":
            return self._exact(field, text)
        tokens = tuple(token for group in groups(text) for token in group)[:MAX_TOKENS]
        if not tokens:
            return None
        clause = self._group(field.name, tokens)
        if start:  # only titles have a mark where they begin
            clause = Run("title", (START, *tokens))
        known = self._group(_KNOWN[field.name], tokens) if field.name in _KNOWN else None
        if not self.scoring:
            return either([clause, known]) if known is not None else clause
        clause = rank.counted("words", clause, len(tokens))
        if known is not None:
            return either([clause, Lift(known, 0.0)])
        if field.name not in ("all", "title"):
            return clause
        return Ranked(clause, tuple(rank.phrase_hoped(field.name, text, tokens)))

    def _wildcard(self, field: Field | None, pattern: str) -> Clause | None:
        if field is None or field.kind == "number":
            return MatchNone()
        folded = fold(pattern)
        if field.kind != "text":
            compact = "".join(
                keyword(field, p) if p not in ("*", "?") else p for p in re.split(r"([*?])", folded)
            )
            return self._regex(field.name, compact) if field.kind == "keyword" else MatchNone()
        # Han characters and kana are tokens of their own, so a wildcard beside them is nothing but distance.
        parts = folded.split()
        found: list[Clause] = []
        for part in parts:
            literals = [piece for piece in _WILDCARD_LITERALS.split(part) if piece]
            tokens = [group for piece in literals for group in groups(piece)]
            words_only = len(tokens) == len(literals) and all(len(t) == 1 and len(t[0]) > 1 for t in tokens)
            if words_only or part.isascii():
                cleaned = "".join(c for c in part if c.isalnum() or c in "*?+#")
                if cleaned.strip("*?"):
                    found.append(self._regex(field.name, cleaned))
            else:
                found += [self._group(field.name, group) for group in tokens]
        return every(found) if found else None

    def _regex(self, field: str, pattern: str) -> Clause:
        literal = _WILDCARD_LITERALS.split(pattern)[0]
        if len(literal) < 2 or len(pattern) > MAX_PATTERN:
            return MatchNone()
        if pattern.count("*") > MAX_RUNS or pattern.count("?") > MAX_SINGLE:
            return MatchNone()
        return Lift(Pattern(field, pattern), 1.0)

    def _near(self, field: str, word: str, edits: int, begins: bool) -> Clause:
        if len(word) > MAX_PATTERN or (field != "suggest" and not _has_words(field)):
            return MatchNone()
        return Lift(clauses.Near(field, word, max(0, min(2, edits)), begins), 1.0)

    def _range(self, field: Field | None, low: int | None, high: int | None) -> Clause:
        if field is None or field.kind != "number":
            return MatchNone()
        return between(field.name, low, high)

    def _exact(self, field: Field | None, value: str) -> Clause | None:
        if field is None:
            return MatchNone()
        if field.kind == "number":
            text = fold(value).strip()
            if not re.fullmatch(r"-?[0-9]{1,4}", text):
                return MatchNone()
            return between(field.name, int(text), int(text))
        if field.kind == "keyword":
            return self._keyword(field, value)
        return Lift(facet_clause(field, value), 1.0)

    def _keyword(self, field: Field, value: str) -> Clause | None:
        """A number as printed; ``identifier`` means any kind of number. None when it holds no letter or
        digit.
        """
        fields = (
            [BY_NAME[n] for n in ("identifier", "isbn", "issn", "doi")]
            if field.name == "identifier"
            else [field]
        )
        terms = [(f.name, keyword(f, value)) for f in fields]
        found: list[Clause] = [Value(name, term) for name, term in terms if term]
        if not found:
            return None
        exact = either(found)
        if not field.prefix or not terms[0][1][1:]:
            return rank.lift("number", exact)
        begins = self._regex(field.name, f"{terms[0][1]}*")
        if isinstance(begins, Lift):
            begins = rank.lift("number begins", begins.clause)
        return either([rank.lift("number", exact), begins])


def _words_of(node: Node) -> list[Words | Phrase]:
    """The texts of a query that are looked for in all fields or in titles, each at the top of the tree."""
    if isinstance(node, And | Or):
        return [
            leaf for child in node.children for leaf in _words_of(child) if not isinstance(child, And | Or)
        ]
    return [node] if isinstance(node, Words | Phrase) and node.field in ("all", "title") else []


def _has_words(name: str) -> bool:
    field = BY_NAME.get(name)
    return field is not None and field.kind == "text"
