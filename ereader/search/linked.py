"""Values of a record as searches: every name, subject or number on a record page leads on (检索链接)."""

from __future__ import annotations

from ereader.search.facet_list import FACETS, UNLISTED
from ereader.search.query_fields import FIELDS
from ereader.search.request import SearchRequest
from ereader.search.typed_text import clean


def search_for(field: str, value: str) -> SearchRequest:
    """The search for a value of a record in a field: exactly these words in this order, whatever signs they
    hold.

    >>> search_for("author", "Brontë, Charlotte").to_url()
    '/search?q=%22Bront%C3%AB%2C+Charlotte%22&in=author'
    """
    if field not in FIELDS:
        field = "all"
    if FIELDS[field].kind == "text":
        return SearchRequest().with_query(quoted(value), field)
    return SearchRequest().with_query(clean(value[:400]), field)


def having(facet: str, value: str) -> SearchRequest:
    """Everything that has this value in a facet: for codes (type, language, class number) rather than
    words.
    """
    known = facet in FACETS or facet in UNLISTED
    return SearchRequest().with_filter(facet, value) if known else SearchRequest()


def quoted(value: str) -> str:
    """A text as one phrase of the query language."""
    return '"' + " ".join(clean(value[:400]).translate(_NO_QUOTES).split()) + '"'


_NO_QUOTES = str.maketrans(dict.fromkeys('"＂“”„‟〝〞', " "))
