"""From clauses to Tantivy's own query objects (检索式转换): nothing is decided here."""

from __future__ import annotations

import re
from functools import lru_cache

import tantivy
from tantivy import FieldType, Occur, Query

from indexer.index.clause import (
    Between,
    Boost,
    Clause,
    Either,
    Every,
    Key,
    Lift,
    MatchAll,
    MatchNone,
    Narrowing,
    Near,
    Pattern,
    Ranked,
    Run,
    Term,
    Unseen,
    Value,
    Without,
)
from indexer.index.sight import expanded

REMEMBERED = 512  # views
_REGEX_SPECIAL = re.compile(r"([\\.+*?()|\[\]{}^$#&~\-])")


class Renderer:
    """Renders clauses for one schema."""

    def __init__(self, schema: tantivy.Schema) -> None:
        self.schema = schema
        # A portal that shows many consortia has hundreds of terms in it, and they are in every question.
        self._unseen = lru_cache(maxsize=REMEMBERED)(self._rendered)

    def __call__(self, clause: Clause) -> Query:
        match clause:
            case Term(column, token, scored):
                return Query.term_query(self.schema, column, token, "freq" if scored else "basic")
            case Run(column, tokens):
                return Query.phrase_query(self.schema, column, list(tokens))
            case Key(column, value) | Value(column, value):
                return Query.term_query(self.schema, column, value, "basic")
            case Lift(inner, score):
                return Query.const_score_query(self(inner), score)
            case Boost(inner, factor):
                return Query.boost_query(self(inner), factor)
            case Every(clauses):
                return Query.boolean_query([(Occur.Must, self(c)) for c in clauses])
            case Either(clauses):
                return Query.boolean_query([(Occur.Should, self(c)) for c in clauses])
            case Ranked(required, hoped):
                return Query.boolean_query(
                    [(Occur.Must, self(required)), *((Occur.Should, self(c)) for c in hoped)]
                )
            case Without(wanted, unwanted):
                return Query.boolean_query(
                    [(Occur.Must, self(wanted)), *((Occur.MustNot, self(c)) for c in unwanted)]
                )
            case Between(column, None, None):
                return Query.exists_query(column)
            case Between(column, low, high):
                found = Query.range_query(self.schema, column, FieldType.Integer, low, high)
                return Query.const_score_query(found, 1.0)
            case Pattern(column, pattern):
                return self._regex(column, pattern)
            case Near(column, text, edits, begins):
                return Query.fuzzy_term_query(self.schema, column, text, edits, True, begins)
            case MatchAll():
                return Query.all_query()
            case MatchNone():
                return Query.empty_query()
            case Unseen():
                return Query.boolean_query([(Occur.Should, c) for c in self._unseen(clause)])

    def narrowed(self, query: Query, narrowing: Narrowing) -> Query:
        """The query narrowed by a filter; scores stay as they are."""
        if not narrowing:
            return query
        return Query.boolean_query(
            [
                (Occur.Must, query),
                *((Occur.Must, Query.const_score_query(self(c), 0.0)) for c in narrowing.must),
                *((Occur.MustNot, q) for c in narrowing.never for q in self._each(c)),
            ]
        )

    def _each(self, clause: Clause) -> tuple[Query, ...]:
        return self._unseen(clause) if isinstance(clause, Unseen) else (self(clause),)

    def _rendered(self, unseen: Unseen) -> tuple[Query, ...]:
        # Inside a fixed score nothing is looked up that only scores need.
        return tuple(Query.const_score_query(self(c), 0.0) for c in expanded(unseen))

    def _regex(self, column: str, pattern: str) -> Query:
        regex = "".join(
            ".*" if c == "*" else "." if c == "?" else _REGEX_SPECIAL.sub(r"\\\1", c) for c in pattern
        )
        try:
            return Query.regex_query(self.schema, column, regex)
        except ValueError:  # It is too large for the engine.
            return Query.empty_query()
