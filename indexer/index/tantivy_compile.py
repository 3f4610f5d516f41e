"""From the query tree to Tantivy's own query objects (检索式编译).

Words *match* by what is required of them and *rank* by what is only hoped for. Where the score is of no
interest (facets, counts, filters) only the required half is built. The reader's text reaches Tantivy as
terms, never as syntax.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import tantivy
from tantivy import FieldType, Occur, Query

from indexer.index.fields import BY_NAME, START, WEIGHTS, Field
from indexer.index.keywords import exact_key, facet_term, keyword
from indexer.index.query import And, Everything, Exact, Node, Not, Nothing, Or, Phrase, Range, Wildcard, Words
from indexer.index.tantivy_schema import facet_column
from indexer.text.analyse import groups, has_han, key
from indexer.text.fold import fold

MAX_TOKENS = 128  # words of one clause that are required; readers paste whole pages
MAX_PAIRS = 24
MAX_PIECES = 5
MAX_PATTERN = 64
_NUMBER_LIKE = re.compile(r"[\dxX][\dxX -]{6,22}|10\.\d{4,9}/\S+")
_REGEX_SPECIAL = re.compile(r"([\\.+*?()|\[\]{}^$#&~\-])")
_WILDCARD_LITERALS = re.compile(r"[*?]+")


class Compiler:
    """Compiles trees for one schema. Without ``scoring`` queries match the same documents, all with the same
    score.
    """

    def __init__(self, schema: tantivy.Schema, *, scoring: bool) -> None:
        self.schema = schema
        self.scoring = scoring

    def query(self, node: Node) -> Query:
        """The query of a whole tree; nothing but punctuation finds nothing, or the titles that are just these
        signs.
        """
        query = self._compile(node)
        if query is None and isinstance(node, Words | Phrase) and node.field in ("all", "title"):
            query = self._title("proper", key(node.text))
        return query or Query.empty_query()

    def _compile(self, node: Node) -> Query | None:
        """None stands for a clause without any word: it neither narrows nor widens what stands beside it."""
        match node:
            case Everything():
                return Query.all_query()
            case Nothing():
                return Query.empty_query()
            case Words(field, text):
                return self._words(BY_NAME.get(field), text)
            case Phrase(field, text):
                return self._phrase(BY_NAME.get(field), text)
            case Wildcard(field, pattern):
                return self._wildcard(BY_NAME.get(field), pattern)
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
                return None if inner is None else without(Query.all_query(), [inner])

    def _and(self, children: Sequence[Node]) -> Query | None:
        wanted: list[Query] = []
        unwanted: list[Query] = []
        for child in children:
            if isinstance(child, Not):
                query = self._compile(child.child)
                if query is not None:
                    unwanted.append(query)
            else:
                query = self._compile(child)
                if query is not None:
                    wanted.append(query)
        if not wanted and not unwanted:
            return None
        found = every(wanted) if wanted else Query.all_query()
        return without(found, unwanted) if unwanted else found

    def _term(self, field: str, token: str) -> Query:
        return Query.term_query(self.schema, field, token, "freq" if self.scoring else "basic")

    def _title(self, step: str, title: str) -> Query:
        return Query.term_query(self.schema, "exact", exact_key(step, title), "basic")

    def _group(self, field: str, tokens: Sequence[str]) -> Query:
        if len(tokens) == 1:
            return self._term(field, tokens[0])
        return Query.phrase_query(self.schema, field, list(tokens))

    def _words(self, field: Field | None, text: str) -> Query | None:
        if field is None:
            return Query.empty_query()
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
        return Query.boolean_query([(Occur.Must, required), *((Occur.Should, q) for q in hoped)])

    def _number(self, text: str) -> Query | None:
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
        return either([Query.term_query(self.schema, name, term, "basic") for name, term in terms if term])

    def _hoped(self, field: Field, text: str, wanted: Sequence[tuple[str, ...]]) -> list[Query]:
        """What lifts a document that has all words: exactness first, each step above all below it
        together.
        """
        flat: list[str | tuple[int, str]] = [token for group in groups(text)[:MAX_TOKENS] for token in group]
        if field.name not in ("all", "title"):
            if len(flat) < 2:
                return []
            return [self._lift("phrase", Query.phrase_query(self.schema, field.name, flat))]
        whole = key(text)
        found = [
            self._lift("whole", self._title("whole", whole)),
            self._lift("proper", self._title("proper", whole)),
            self._lift("variant", self._title("variant", whole)),
            self._lift("prefix", Query.phrase_query(self.schema, "title", [START, *flat])),
        ]
        pieces = text.split()
        if 1 < len(pieces) <= MAX_PIECES:
            found += [self._lift("piece", self._title("proper", key(piece))) for piece in pieces]
        if len(flat) > 1:
            found.append(self._lift("phrase", Query.phrase_query(self.schema, "title", flat)))
            if len(wanted) > 1 and field.name == "all":
                inside = every([self._group("title", group) for group in wanted])
                found.append(self._lift("inside", inside))
            if has_han(text):
                pairs = list(dict.fromkeys(pairwise(flat)))[:MAX_PAIRS]
                share = WEIGHTS["bigrams"].value / len(pairs)
                found += [
                    Query.const_score_query(Query.phrase_query(self.schema, "title", list(pair)), share)
                    for pair in pairs
                ]
        if field.name == "all":
            for name in ("title", "author", "subject"):
                boost = BY_NAME[name].boost
                found += [Query.boost_query(self._group(name, group), boost) for group in wanted[:16]]
            if 1 < len(flat) <= 8:
                found.append(self._lift("name", Query.phrase_query(self.schema, "author", flat)))
        return found

    def _lift(self, step: str, query: Query) -> Query:
        return Query.const_score_query(query, WEIGHTS[step].value)

    def _phrase(self, field: Field | None, text: str) -> Query | None:
        if field is None:
            return Query.empty_query()
        if field.kind != "text":
            return self._exact(field, text)
        tokens = [token for group in groups(text) for token in group][:MAX_TOKENS]
        if not tokens:
            return None
        query = self._group(field.name, tokens)
        if not self.scoring or field.name not in ("all", "title"):
            return query
        whole = key(text)
        hoped = [self._lift(step, self._title(step, whole)) for step in ("whole", "proper", "variant")]
        hoped.append(self._lift("prefix", Query.phrase_query(self.schema, "title", [START, *tokens])))
        if field.name == "all":
            hoped.append(self._lift("phrase", self._group("title", tokens)))
        return Query.boolean_query([(Occur.Must, query), *((Occur.Should, q) for q in hoped)])

    def _wildcard(self, field: Field | None, pattern: str) -> Query | None:
        if field is None or field.kind == "number":
            return Query.empty_query()
        folded = fold(pattern)
        if field.kind != "text":
            compact = "".join(
                keyword(field, p) if p not in ("*", "?") else p for p in re.split(r"([*?])", folded)
            )
            return self._regex(field.name, compact) if field.kind == "keyword" else Query.empty_query()
        # Han characters and kana are tokens of their own, so a wildcard beside them is nothing but distance.
        parts = folded.split()
        found: list[Query] = []
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

    def _regex(self, field: str, pattern: str) -> Query:
        literal = _WILDCARD_LITERALS.split(pattern)[0]
        if len(literal) < 2 or len(pattern) > MAX_PATTERN or pattern.count("*") > 4:
            return Query.empty_query()
        regex = "".join(
            ".*" if c == "*" else "." if c == "?" else _REGEX_SPECIAL.sub(r"\\\1", c) for c in pattern
        )
        try:
            return Query.const_score_query(Query.regex_query(self.schema, field, regex), 1.0)
        except ValueError:  # It is too large for the engine, as many ? in a row are.
            return Query.empty_query()

    def _range(self, field: Field | None, low: int | None, high: int | None) -> Query:
        if field is None or field.kind != "number":
            return Query.empty_query()
        return number_range(self.schema, field.name, low, high)

    def _exact(self, field: Field | None, value: str) -> Query | None:
        if field is None:
            return Query.empty_query()
        if field.kind == "number":
            text = fold(value).strip()
            if not re.fullmatch(r"-?[0-9]{1,4}", text):
                return Query.empty_query()
            return number_range(self.schema, field.name, int(text), int(text))
        if field.kind == "keyword":
            return self._keyword(field, value)
        return Query.const_score_query(facet_query(self.schema, field, value), 1.0)

    def _keyword(self, field: Field, value: str) -> Query | None:
        """A number as printed; ``identifier`` means any kind of number. None when it holds no letter or
        digit.
        """
        fields = (
            [BY_NAME[n] for n in ("identifier", "isbn", "issn", "doi")]
            if field.name == "identifier"
            else [field]
        )
        terms = [(f.name, keyword(f, value)) for f in fields]
        found = [Query.term_query(self.schema, name, term, "basic") for name, term in terms if term]
        if field.prefix and terms[0][1][1:]:
            found.append(self._regex(field.name, f"{terms[0][1]}*"))
        return Query.const_score_query(either(found), 1.0) if found else None


def facet_query(schema: tantivy.Schema, field: Field, value: str) -> Query:
    """The documents that carry a facet value."""
    value = value.strip()
    depth = value.count(" / ") if field.levels else 0
    if depth >= max(1, field.levels):
        return Query.empty_query()
    return Query.term_query(schema, facet_column(field, depth), facet_term(field.name, value), "basic")


def number_range(schema: tantivy.Schema, name: str, low: int | None, high: int | None) -> Query:
    if low is None and high is None:
        return Query.exists_query(name)
    low, high = (None if n is None else max(-(2**62), min(2**62, n)) for n in (low, high))
    if low is not None and high is not None and low > high:
        return Query.empty_query()
    return Query.const_score_query(Query.range_query(schema, name, FieldType.Integer, low, high), 1.0)


def every(queries: Sequence[Query]) -> Query:
    return queries[0] if len(queries) == 1 else Query.boolean_query([(Occur.Must, q) for q in queries])


def either(queries: Sequence[Query]) -> Query:
    return queries[0] if len(queries) == 1 else Query.boolean_query([(Occur.Should, q) for q in queries])


def without(query: Query, unwanted: Sequence[Query]) -> Query:
    return Query.boolean_query([(Occur.Must, query), *((Occur.MustNot, q) for q in unwanted)])
