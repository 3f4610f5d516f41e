"""Terms, near words and similar items of the embedded engine (词典前缀、近形词、相似文献), only from what a
View sees.
"""

from __future__ import annotations

from tantivy import Query

from holdings.members.view import PUBLIC, View
from indexer.index import near
from indexer.index.clause import Narrowing, Term
from indexer.index.dictionary import dictionary_column
from indexer.index.fields import BY_NAME
from indexer.index.keywords import well_formed
from indexer.index.narrow import facet_clause, sight
from indexer.index.tantivy_render import Renderer
from indexer.index.tantivy_state import State

_WALK = 20_000  # words compared with one that may be misspelled


def terms(
    render: Renderer, state: State, dictionary: str, start: str, view: View, limit: int, type: str = ""
) -> list[tuple[str, int]]:
    """Terms of a dictionary with their count in a View; see ``Engine.terms``."""
    column = dictionary if dictionary == "suggest" else dictionary_column(dictionary)
    if not column:
        return []
    found = sight(view, marks=state.marks)
    if type:
        found = Narrowing((*found.must, facet_clause(BY_NAME["type"], type)), found.never)
    # The dictionary goes on counting documents that were deleted, until their segment is merged.
    whole = not found and state.searcher.doc_freq("sight", f"+{PUBLIC}") == state.searcher.num_docs
    among = None if whole else render.narrowed(Query.all_query(), found)
    walked = state.searcher.terms_with_prefix(column, well_formed(start), among, limit)
    return [(term, count) for term, count in walked if count]


def near_terms(
    render: Renderer, state: State, field: str, token: str, view: View, limit: int
) -> list[tuple[str, int]]:
    """Tokens of a text field like this one, with their frequency in the View; see ``Engine.near_terms``."""

    def walk(begin: str) -> list[tuple[str, int]]:
        found: list[tuple[str, int]] = state.searcher.terms_with_prefix(field, begin, None, _WALK)
        return found

    seen = sight(view, marks=state.marks)
    result: list[tuple[str, int]] = []
    for term in near.near(field, token, walk)[: limit * 4]:
        query = render.narrowed(render(Term(field, term)), seen)
        if count := state.searcher.search(query, 1).count:
            result.append((term, count))
    return result[:limit]


def similar_query(render: Renderer, state: State, id: str, view: View) -> Query | None:
    """A query for documents like the one with this id; None when the View does not see it or nothing can be
    shared.
    """
    seen = sight(view, marks=state.marks)
    itself = near.itself(id)
    hits = state.searcher.search(render.narrowed(render(itself), seen), 1).hits
    if not hits:
        return None
    document = state.searcher.doc(hits[0][1])
    columns = {column: document.get_all(column) for column in near.SHARED}
    clause = near.like(bytes(document.get_first("display")), columns)
    if clause is None:
        return None
    return render.narrowed(render(clause), Narrowing(seen.must, (*seen.never, itself)))
