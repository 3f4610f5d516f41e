"""Dictionaries (词典): the values of facets, and titles, as terms of a column that can be walked through.

The terms of a dictionary are what `values` of an engine lists and `counts` counts. A term is a folded key, a
separator and the value as it is shown.
"""

from __future__ import annotations

from indexer.index.clause import Clause, MatchNone, Value
from indexer.index.columns import facet_column
from indexer.index.fields import BY_NAME
from indexer.index.keywords import facet_value, title_term
from indexer.index.narrow import facet_clause

TITLE = "title"


def dictionary_column(dictionary: str) -> str:
    """The column of a dictionary; "" for a name that is none. A hierarchy is not one list of values."""
    if dictionary == TITLE:
        return "s_title"
    field = BY_NAME.get(dictionary)
    return facet_column(field) if field is not None and field.facet and not field.levels else ""


def column_of(dictionary: str) -> str:
    """The same where other spellings (``suggest``) and words (``all``) are dictionaries too."""
    return dictionary if dictionary in ("suggest", "all") else dictionary_column(dictionary)


def dictionary_value(dictionary: str, term: str) -> str:
    """The shown value in a term."""
    field = BY_NAME.get(dictionary)
    return term if field is not None and field.coded else facet_value(term)


def value_clause(dictionary: str, value: str) -> Clause:
    """The documents that have a value of a dictionary."""
    column = dictionary_column(dictionary)
    if not column:
        return MatchNone()
    if dictionary == TITLE:
        return Value(column, title_term(value))
    return facet_clause(BY_NAME[dictionary], value)
