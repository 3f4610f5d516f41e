"""The fields a reader may name in the box, and the words that name them (检索字段).

``query_fields.toml`` lists them. An index has more columns than these; what is not in the list is not a field for a
reader, and its name with a colon is plain text.
"""

from __future__ import annotations

import tomllib
import unicodedata
from importlib.resources import files
from typing import Any, Literal

import msgspec

FieldKind = Literal["text", "identifier", "keyword", "years"]


class QueryField(msgspec.Struct, frozen=True):
    """One field of the query language; ``name`` is its public name in the index."""

    name: str
    kind: FieldKind
    zh: str
    en: str
    names: tuple[str, ...] = ()

    def label(self, lang: str) -> str:
        return self.en if lang.startswith("en") else self.zh


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold().strip()


def _load() -> dict[str, QueryField]:
    text = (files(__package__) / "query_fields.toml").read_text(encoding="utf-8")
    rows: list[dict[str, Any]] = tomllib.loads(text)["field"]
    return {row["name"]: msgspec.convert(row, QueryField) for row in rows}


FIELDS: dict[str, QueryField] = _load()
_BY_WORD: dict[str, str] = {
    _folded(word): field.name
    for field in reversed(FIELDS.values())
    for word in (*field.names, field.zh, field.en, field.name)
}
LONGEST_NAME = max(map(len, _BY_WORD))


def field_named(word: str) -> str | None:
    """The public name of the field that this word names, None where there is none."""
    return _BY_WORD.get(_folded(word)) if len(word) <= 2 * LONGEST_NAME else None
