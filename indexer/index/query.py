"""The query tree that both engines compile (检索树).

The user's text never reaches an engine's own parser; ``ereader.search.parser`` makes this tree, engines
turn it into their objects. ``field`` is the public name of a field in ``fields.py`` (``all``, ``title``,
``author`` …).
"""

from __future__ import annotations

from typing import Union

import msgspec

from indexer.index.fields import BY_NAME


class Everything(msgspec.Struct, frozen=True, tag=True):
    """All documents (an empty box)."""


class Nothing(msgspec.Struct, frozen=True, tag=True):
    """No document (a field that cannot match, a contradiction)."""


class Words(msgspec.Struct, frozen=True, tag=True):
    """All words of the text, each Han character required, in any order; nearness and order only rank."""

    field: str
    text: str


class Phrase(msgspec.Struct, frozen=True, tag=True):
    """The words of the text next to each other in this order; with ``start`` a title begins with them."""

    field: str
    text: str
    start: bool = False


class Wildcard(msgspec.Struct, frozen=True, tag=True):
    """One word with ``*`` (any run) and ``?`` (one character); at least two leading characters are
    literal.
    """

    field: str
    pattern: str


class Near(msgspec.Struct, frozen=True, tag=True):
    """A word with a few typing errors in it, or the beginning of one; ``field`` may also be ``suggest``, the
    dictionary of other spellings. Only suggestions ask this, the parser never makes one.
    """

    field: str
    word: str
    edits: int = 1
    begins: bool = False


class Range(msgspec.Struct, frozen=True, tag=True):
    """A closed range of a number field (``year``); None is open."""

    field: str
    low: int | None
    high: int | None


class Exact(msgspec.Struct, frozen=True, tag=True):
    """The exact value of a keyword field (an identifier, a facet value)."""

    field: str
    value: str


class And(msgspec.Struct, frozen=True, tag=True):
    children: tuple[Node, ...]


class Or(msgspec.Struct, frozen=True, tag=True):
    children: tuple[Node, ...]


class Not(msgspec.Struct, frozen=True, tag=True):
    child: Node


Node = Union[Everything, Nothing, Words, Phrase, Wildcard, Near, Range, Exact, And, Or, Not]  # noqa: UP007


def ranks(tree: Node) -> bool:
    """Whether a tree gives scores that differ; filters alone do not."""
    match tree:
        case Exact(field):  # the very call number comes before those that begin with it
            return field in BY_NAME and BY_NAME[field].prefix
        case Everything() | Nothing() | Range() | Not():
            return False
        case And(children) | Or(children):
            return any(map(ranks, children))
        case _:
            return True
