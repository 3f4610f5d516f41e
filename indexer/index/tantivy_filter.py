"""What narrows a search besides its words (过滤): who is asking, where, which years, which facet values."""

from __future__ import annotations

from typing import Any

import msgspec
import tantivy
from tantivy import Occur, Query

from holdings.members.view import PUBLIC, View
from indexer.index.engine import SearchCall
from indexer.index.fields import BY_NAME
from indexer.index.keywords import well_formed
from indexer.index.tantivy_compile import either, facet_query, number_range


class State(msgspec.Struct, frozen=True):
    """An index as it was at one moment (索引快照); a search uses one state from beginning to end."""

    index: tantivy.Index
    searcher: Any
    generation: int
    restricted: bool  # whether any document is hidden from some View


class Filter:
    """Clauses every found document must fulfil, and clauses it must not."""

    def __init__(self, must: list[Query], never: list[Query]) -> None:
        self.must = must
        self.never = never

    def __call__(self, query: Query) -> Query:
        """The query narrowed by this filter; scores stay as they are."""
        if not self.must and not self.never:
            return query
        return Query.boolean_query(
            [
                (Occur.Must, query),
                *((Occur.Must, Query.const_score_query(q, 0.0)) for q in self.must),
                *((Occur.MustNot, q) for q in self.never),
            ]
        )

    def __bool__(self) -> bool:
        return bool(self.must or self.never)


def sight(schema: tantivy.Schema, state: State, view: View) -> Filter:
    """What a document needs to be seen in a View.

    The tokens are those of ``holdings.members.view.encode``. While every document is public nothing has to be
    checked but the repositories that were withdrawn since they were indexed.
    """

    def term(token: str) -> Query:
        return Query.term_query(schema, "sight", token, "basic")

    must: list[Query] = []
    never = [term(f"r:{repository}") for repository in sorted(view.denied)]
    if state.restricted:
        must.append(either([term(f"+{token}") for token in view.tokens()]))
        never += [term(f"-{atom}") for atom in sorted(view.atoms) if atom != PUBLIC]
    return Filter(must, never)


def narrowing(
    schema: tantivy.Schema, state: State, call: SearchCall, *, leave_out: str = "", year: bool = True
) -> Filter:
    """All filters of a call; ``leave_out`` is the facet whose own selection does not count for its values."""
    found = sight(schema, state, call.view)
    if call.scope:
        found.must.append(Query.term_query(schema, "sight", f"@{well_formed(call.scope)}", "basic"))
    if year and call.year is not None and call.year != (None, None):
        found.must.append(number_range(schema, "year", *call.year))
    for selection in call.selections:
        if selection.facet == leave_out:
            continue
        field = BY_NAME.get(selection.facet)
        if field is None or not field.facet:
            found.must.append(Query.empty_query())
            continue
        if selection.any_of:
            found.must.append(either([facet_query(schema, field, value) for value in selection.any_of]))
        found.never += [facet_query(schema, field, value) for value in selection.none_of]
    return found
