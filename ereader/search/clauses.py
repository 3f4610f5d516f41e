"""A query taken apart and put together (检索子句): search within results, and one condition less."""

from __future__ import annotations

import msgspec

from ereader.search.explain import understood
from ereader.search.parser import parse
from ereader.search.request import SearchRequest
from indexer.index.query import And, Everything, Node, Nothing


class Clause(msgspec.Struct, frozen=True):
    """One of several conditions that a query joins by AND, and the request that does without it."""

    node: Node
    without: SearchRequest


def within(request: SearchRequest, text: str) -> SearchRequest:
    """The request narrowed by further words (在结果中检索): both must hold, the filters stay."""
    more = parse(text).tree
    if isinstance(more, Everything | Nothing):
        return request
    if not request.q:
        return request.with_query(text)
    return _asking(request, (*_parts(parse(request.q, request.field).tree), *_parts(more)))


def clauses(request: SearchRequest, tree: Node) -> tuple[Clause, ...]:
    """The conditions of a query, each removable; () for a query that is a single one."""
    if not isinstance(tree, And):
        return ()
    return tuple(
        Clause(child, _asking(request, tuple(c for c in tree.children if c is not child)))
        for child in tree.children
    )


def _parts(tree: Node) -> tuple[Node, ...]:
    match tree:
        case And(children):
            return children
        case Everything():
            return ()
        case _:
            return (tree,)


def _asking(request: SearchRequest, parts: tuple[Node, ...]) -> SearchRequest:
    once = tuple(dict.fromkeys(parts))
    return request.with_query(understood(And(once) if len(once) > 1 else once[0]) if once else "", "all")
