"""The fields a reader may name in the box, and the words that name them (检索字段).

``indexer.index.fields`` says which fields are public, ``query_fields.toml`` which further words name them.
A word that names none is plain text, with its colon.
"""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Literal

import msgspec

from indexer.index.fields import TYPED
from indexer.text.fold import fold

FieldKind = Literal["text", "identifier", "keyword", "years"]
_KINDS: dict[str, FieldKind] = {
    "text": "text",
    "keyword": "identifier",
    "facet": "keyword",
    "number": "years",
}


class QueryField(msgspec.Struct, frozen=True):
    """One field of the query language (检索字段) by its public name.

    Text is cut into words; an identifier is one comparable value; a keyword is a code with names; years are
    a range.
    """

    name: str
    kind: FieldKind
    zh: str
    en: str

    def label(self, lang: str) -> str:
        return self.en if lang.startswith("en") else self.zh


FIELDS: dict[str, QueryField] = {
    field.name: QueryField(field.name, _KINDS[field.kind], field.zh, field.en) for field in TYPED
}


def _folded(name: str) -> str:
    return " ".join(fold(name[:200]).split())


def _names() -> dict[str, str]:
    further: dict[str, list[str]] = tomllib.loads(
        (files(__package__) / "query_fields.toml").read_text(encoding="utf-8")
    )
    names: dict[str, str] = {}
    for field in FIELDS.values():
        for word in (field.name, field.zh, field.en, *further.get(field.name, ())):
            names.setdefault(_folded(word), field.name)
    return names


_BY_WORD = _names()
LONGEST_NAME = max(map(len, _BY_WORD))


def field_named(word: str) -> str | None:
    """The public name of the field that this word names, None where there is none."""
    return _BY_WORD.get(_folded(word)) if len(word) <= 2 * LONGEST_NAME else None
