"""From the query tree to clauses (检索式编译): every decision about matching and ranking, for all engines.

Words *match* by what is required of them and *rank* by what is only hoped for. Where the score is of no
interest (facets, counts, filters) only the required half is built.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from indexer.index import clause as clauses
from indexer.index.clause import (
    Boost,
    Clause,
    Key,
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
from indexer.index.fields import BY_NAME, START, WEIGHTS, Field
from indexer.index.keywords import exact_key, keyword
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
from indexer.text.analyse import groups, has_han, key
from indexer.text.fold import fold

MAX_TOKENS = 128  # words of one clause that are required; readers paste whole pages
MAX_PAIRS = 24
MAX_PIECES = 5
MAX_PATTERN = 64
MAX_RUNS = 4  # * in a pattern
MAX_SINGLE = 10  # ? in a pattern; each multiplies what an engine has to look through
_NUMBER_LIKE = re.compile(r"[\dxX][\dxX -]{6,22}|10\.\d{4,9}/\S+")
_WILDCARD_LITERALS = re.compile(r"[*?]+")


class Compiler:
    """Compiles trees. Without ``scoring`` clauses match the same documents, all with the same score."""

    def __init__(self, *, scoring: bool) -> None:
        self.scoring = scoring

    def __call__(self, node: Node) -> Clause:
        """The clause of a whole tree; nothing but punctuation finds nothing, or the titles that are just
        these signs.
        """
        clause = self._compile(node)
        if clause is None and isinstance(node, Words | Phrase) and node.field in ("all", "title"):
            clause = self._title("proper", key(node.text))
        return MatchNone() if clause is None else clause

    def _compile(self, node: Node) -> Clause | None:
        """None stands for a clause without any word: it neither narrows nor widens what stands beside it."""
        match node:
            case Everything():
                return MatchAll()
            case Nothing():
                return MatchNone()
            case Words(field, text):
                return self._words(BY_NAME.get(field), text)
            case Phrase(field, text):
                return self._phrase(BY_NAME.get(field), text)
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

    def _term(self, field: str, token: str) -> Clause:
        return Term(field, token, self.scoring)

    def _title(self, step: str, title: str) -> Clause:
        return Key("exact", exact_key(step, title))

    def _group(self, field: str, tokens: Sequence[str]) -> Clause:
        if len(tokens) == 1:
            return self._term(field, tokens[0])
        return Run(field, tuple(tokens))

    def _words(self, field: Field | None, text: str) -> Clause | None:
        if field is None:
            return MatchNone()
        if field.kind != "text":
            return self._exact(field, text)
        wanted = list(dict.fromkeys(groups(text)))[:MAX_TOKENS]
        if not wanted:
            return None
        required = every([self._group(field.name, group) for group in wanted])
        if field.name == "all":
            number = self._number(text)
            if number is not None:
                return either([required, number])
        if not self.scoring:
            return required
        hoped = self._hoped(field, text, wanted)
        if not hoped:
            return required
        return Ranked(required, tuple(hoped))

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

    def _hoped(self, field: Field, text: str, wanted: Sequence[tuple[str, ...]]) -> list[Clause]:
        """What lifts a document that has all words: exactness first, each step above all below it
        together.
        """
        flat: list[str] = [token for group in groups(text)[:MAX_TOKENS] for token in group]
        if field.name not in ("all", "title"):
            if len(flat) < 2:
                return []
            return [self._lift("phrase", Run(field.name, tuple(flat)))]
        whole = key(text)
        found = [
            self._lift("whole", self._title("whole", whole)),
            self._lift("proper", self._title("proper", whole)),
            self._lift("variant", self._title("variant", whole)),
            self._lift("prefix", Run("title", (START, *flat))),
        ]
        pieces = text.split()
        if 1 < len(pieces) <= MAX_PIECES:
            found += [self._lift("piece", self._title("proper", key(piece))) for piece in pieces]
        if len(flat) > 1:
            found.append(self._lift("phrase", Run("title", tuple(flat))))
            if len(wanted) > 1 and field.name == "all":
                inside = every([self._group("title", group) for group in wanted])
                found.append(self._lift("inside", inside))
            if has_han(text):
                pairs = list(dict.fromkeys(pairwise(flat)))[:MAX_PAIRS]
                share = WEIGHTS["bigrams"].value / len(pairs)
                found += [Lift(Run("title", pair), share, "bigrams") for pair in pairs]
        if field.name == "all":
            for name in ("title", "author", "subject"):
                boost = BY_NAME[name].boost
                found += [Boost(self._group(name, group), boost) for group in wanted[:16]]
            if 1 < len(flat) <= 8:
                found.append(self._lift("name", Run("author", tuple(flat))))
        return found

    def _lift(self, step: str, clause: Clause) -> Clause:
        return Lift(clause, WEIGHTS[step].value, step)

    def _phrase(self, field: Field | None, text: str) -> Clause | None:
        if field is None:
            return MatchNone()
        if field.kind != "text":
            return self._exact(field, text)
        tokens = [token for group in groups(text) for token in group][:MAX_TOKENS]
        if not tokens:
            return None
        clause = self._group(field.name, tokens)
        if not self.scoring or field.name not in ("all", "title"):
            return clause
        whole = key(text)
        hoped = [self._lift(step, self._title(step, whole)) for step in ("whole", "proper", "variant")]
        hoped.append(self._lift("prefix", Run("title", (START, *tokens))))
        if field.name == "all":
            hoped.append(self._lift("phrase", self._group("title", tokens)))
        return Ranked(clause, tuple(hoped))

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
        if field.prefix and terms[0][1][1:]:
            found.append(self._regex(field.name, f"{terms[0][1]}*"))
        return Lift(either(found), 1.0) if found else None


def _has_words(name: str) -> bool:
    field = BY_NAME.get(name)
    return field is not None and field.kind == "text"
