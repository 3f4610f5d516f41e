"""The table of fields as a Tantivy schema (索引结构)."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, NamedTuple

import tantivy

from indexer.index.columns import digest_column, facet_column
from indexer.index.fields import FIELDS, fingerprint

TOKENIZER = "blanks"  # tokens come ready-made from indexer.text, separated by blanks
RAW = "raw"


class Column(NamedTuple):
    """One column of the index (列): its name, what it holds, and how."""

    name: str
    holds: str  # text, bytes, integer
    options: dict[str, Any]


def columns() -> list[Column]:
    """Text fields keep positions; facets are columns that are also searchable; orders are columns of
    numbers.
    """
    found = [_raw("id", stored=True), Column("display", "bytes", {"stored": True})]
    for field in FIELDS:
        if field.kind == "text":
            options = {"tokenizer_name": TOKENIZER, "index_option": "position"}
            found.append(Column(field.name, "text", options))
        elif field.kind == "keyword":
            found.append(_raw(field.name))
        elif field.kind == "number":
            found.append(_integer(field.name, fast=True, indexed=True))
        if field.facet:
            # What is stored makes digests readable again and similar items findable.
            stored = field.hashed or field.levels > 0
            found += [
                _raw(facet_column(field, depth), fast=field.counted and not field.hashed, stored=stored)
                for depth in range(max(1, field.levels))
            ]
        if field.hashed:
            found.append(_integer(digest_column(field), fast=True, indexed=True))
    found += [_raw(name) for name in ("suggest", "sight")]
    found.append(_integer("exact", indexed=True))
    found += [_raw(name, fast=True) for name in ("s_title", "s_author")]
    found += [_integer(name, fast=True) for name in ("walk", "newest", "oldest", "added")]
    return found


def _raw(name: str, **options: bool) -> Column:
    return Column(name, "text", {"tokenizer_name": RAW, "index_option": "basic", **options})


def _integer(name: str, **options: bool) -> Column:
    return Column(name, "integer", options)


def build_schema() -> tantivy.Schema:
    """The columns as Tantivy wants them."""
    builder = tantivy.SchemaBuilder()
    add: dict[str, Any] = {
        "text": builder.add_text_field,
        "bytes": builder.add_bytes_field,
        "integer": builder.add_integer_field,
    }
    for name, holds, options in columns():
        add[holds](name, **options)
    return builder.build()


def index_mark() -> str:
    """Names everything an index is made of (索引指纹): the table of fields, how they are filled, the columns.

    It is stored with an index; one with another mark is rebuilt, for reading it would crash the engine.
    """
    content = repr((fingerprint(), [(name, holds, sorted(o.items())) for name, holds, o in columns()]))
    return hashlib.blake2b(content.encode(), digest_size=12).hexdigest()


def prepare(index: tantivy.Index) -> tantivy.Index:
    """Gives an index its tokenizer, which is not stored with it; what it shows changes only when it is told
    to look.
    """
    index.register_tokenizer(TOKENIZER, tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
    index.config_reader("manual", 0)
    return index


def make_index(folder: Path | None) -> tantivy.Index:
    """A new index in an empty folder, or in memory."""
    return prepare(tantivy.Index(build_schema(), None if folder is None else str(folder)))
