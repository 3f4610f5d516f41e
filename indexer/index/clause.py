"""Clauses (检索子句): what an engine is asked, in terms that every engine has.

``compile.py`` makes them of the query tree, an engine only translates them. Texts in them are tokens, terms
and numbers as they stand in the index, never syntax.
"""

from __future__ import annotations

from typing import Union

import msgspec


class MatchAll(msgspec.Struct, frozen=True, gc=False):
    """Every document, all with the same score."""


class MatchNone(msgspec.Struct, frozen=True, gc=False):
    """No document."""


class Term(msgspec.Struct, frozen=True, gc=False):
    """One token of a text column; where it is ``scored``, rare and frequent ones count as BM25 has it."""

    column: str
    token: str
    scored: bool = False


class Run(msgspec.Struct, frozen=True, gc=False):
    """Two or more tokens of a text column, next to each other in this order."""

    column: str
    tokens: tuple[str, ...]


class Value(msgspec.Struct, frozen=True, gc=False):
    """A whole term of a column that is not cut into tokens: a keyword, a facet term, a token of sight."""

    column: str
    term: str


class Key(msgspec.Struct, frozen=True, gc=False):
    """A value of a column of integers."""

    column: str
    value: int


class Pattern(msgspec.Struct, frozen=True, gc=False):
    """A term of a column with ``*`` (any run) and ``?`` (one character), beginning with two literal
    characters at least.
    """

    column: str
    pattern: str


class Near(msgspec.Struct, frozen=True, gc=False):
    """A term of a column that is ``text`` but for a few typing errors (one character more, less, another or
    swapped with its neighbour); with ``begins`` only its beginning has to be.
    """

    column: str
    text: str
    edits: int = 1
    begins: bool = False


class Between(msgspec.Struct, frozen=True, gc=False):
    """A column of integers within limits, both included; None is open, and both open mean any value."""

    column: str
    low: int | None
    high: int | None


class Every(msgspec.Struct, frozen=True, gc=False):
    """All of them; scores are added."""

    clauses: tuple[Clause, ...]


class Either(msgspec.Struct, frozen=True, gc=False):
    """At least one of them; scores are added."""

    clauses: tuple[Clause, ...]


class Ranked(msgspec.Struct, frozen=True, gc=False):
    """What is required; what is hoped for only adds to the score."""

    required: Clause
    hoped: tuple[Clause, ...]


class Without(msgspec.Struct, frozen=True, gc=False):
    """What is wanted, but none of the unwanted."""

    wanted: Clause
    unwanted: tuple[Clause, ...]


class Lift(msgspec.Struct, frozen=True, gc=False):
    """A clause that gives a fixed score to what it matches; ``step`` names its row in ``fields.WEIGHTS``."""

    clause: Clause
    score: float
    step: str = ""


class Boost(msgspec.Struct, frozen=True, gc=False):
    """A clause whose score is multiplied; ``step`` names its row in ``fields.WEIGHTS``."""

    clause: Clause
    factor: float
    step: str = ""


class Unseen(msgspec.Struct, frozen=True, gc=False):
    """Documents that a View does not see, by tokens of sight: one of ``opening`` opens a document that is
    not for everyone, or one of each slot of an entry of ``together``; none with one of ``barred`` is seen.
    ``sight`` says it in other clauses. Views are few and ask often, so an engine may remember what it makes
    of this.
    """

    opening: tuple[str, ...]
    together: tuple[tuple[tuple[str, ...], ...], ...]
    barred: tuple[str, ...]


Clause = Union[  # noqa: UP007
    MatchAll,
    MatchNone,
    Term,
    Run,
    Value,
    Key,
    Pattern,
    Near,
    Between,
    Every,
    Either,
    Ranked,
    Without,
    Lift,
    Boost,
    Unseen,
]


class Narrowing(msgspec.Struct, frozen=True, gc=False):
    """What a found document must fulfil besides, and what it must not; neither changes scores (过滤)."""

    must: tuple[Clause, ...] = ()
    never: tuple[Clause, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.must or self.never)


def every(clauses: list[Clause]) -> Clause:
    return clauses[0] if len(clauses) == 1 else Every(tuple(clauses))


def either(clauses: list[Clause]) -> Clause:
    return clauses[0] if len(clauses) == 1 else Either(tuple(clauses))
