"""What narrows a search besides its words (过滤): who is asking, where, which years, which facet values."""

from __future__ import annotations

from holdings.members.view import View
from indexer.index.clause import Between, Clause, Key, MatchNone, Narrowing, Value, either
from indexer.index.columns import facet_column
from indexer.index.engine import SearchCall, Selection
from indexer.index.fields import BY_NAME, Field
from indexer.index.keywords import facet_term, title_term, well_formed
from indexer.index.sight import ANY, Marks


def sight(view: View, *, marks: Marks = ANY) -> Narrowing:
    """What a document needs to be seen in a View.

    The tokens are those of ``holdings.members.view.encode``, the rule is `View.opens`. ``marks`` are what the
    documents of the index carry; when every document is public, nothing has to be checked but what was taken
    away since it was indexed.
    """
    never: list[Clause] = [
        Value("sight", f"r:{repository}") for repository in sorted(view.denied | view.hushed)
    ]
    never += [Value("id", id) for id in sorted(view.withheld)]
    if marks.depth:
        never.append(marks.unseen(view.keys()))
    return Narrowing((), tuple(never))


def narrowing(call: SearchCall, *, marks: Marks = ANY, leave_out: str = "", year: bool = True) -> Narrowing:
    """All filters of a call; ``leave_out`` is the facet whose own selection does not count for its values."""
    seen = sight(call.view, marks=marks)
    must, never = list(seen.must), list(seen.never)
    if call.scope:
        must.append(Value("sight", f"@{well_formed(call.scope)}"))
    if year and call.year is not None and call.year != (None, None):
        must.append(between("year", *call.year))
    if call.since > 0:
        # The column has the second in front of a tie-break (``document.assemble``).
        must.append(between("added", call.since << 24, None))
    if call.works:
        must.append(either([Key("exact", digest) for digest in call.works]))
    for selection in call.selections:
        if selection.facet != leave_out:
            chosen = selected(selection)
            must += chosen.must
            never += chosen.never
    return Narrowing(tuple(must), tuple(never))


def selected(selection: Selection) -> Narrowing:
    """What is chosen in one facet; a facet that does not exist has no documents."""
    any_of = [_carriers(selection.facet, value) for value in selection.any_of]
    never = tuple(_carriers(selection.facet, value) for value in selection.none_of)
    return Narrowing((either(any_of),) if any_of else (), never)


def _carriers(facet: str, value: str) -> Clause:
    if facet == "title":  # a title as it is printed can be chosen, although nobody counts titles
        return Value("s_title", title_term(value))
    field = BY_NAME.get(facet)
    return MatchNone() if field is None or not field.facet else facet_clause(field, value)


def facet_clause(field: Field, value: str) -> Clause:
    """The documents that carry a facet value."""
    value = value.strip()
    depth = value.count(" / ") if field.levels else 0
    if depth >= max(1, field.levels):
        return MatchNone()
    return Value(facet_column(field, depth), facet_term(field.name, value))


def between(column: str, low: int | None, high: int | None) -> Clause:
    """A range of a column of numbers, held to what every engine's integers can take."""
    low, high = (None if n is None else max(-(2**62), min(2**62, n)) for n in (low, high))
    if low is not None and high is not None and low > high:
        return MatchNone()
    return Between(column, low, high)
