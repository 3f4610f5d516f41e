"""Values of coded fields as a reader writes them: ``type:图书``, ``language:English`` (代码字段的取值)."""

from __future__ import annotations

import unicodedata
from functools import cache

from indexer.records.language import to_iso639_3
from indexer.records.resource_type import RESOURCE_TYPES


def keyword_value(field: str, text: str) -> str:
    """The code that a reader's word stands for in a keyword field; a word that is no name stays as it is."""
    text = unicodedata.normalize("NFKC", text).strip()
    if field == "type":
        return _types().get(text.casefold(), text.casefold())
    if field == "language":
        return to_iso639_3(text) or text.casefold()
    return text


@cache
def _types() -> dict[str, str]:
    return {word.casefold(): row.code for row in RESOURCE_TYPES for word in (row.zh, row.en, row.code)}
