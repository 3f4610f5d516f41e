"""The table of fields as a Tantivy schema (索引结构)."""

from __future__ import annotations

from pathlib import Path

import tantivy

from indexer.index.fields import FIELDS, Field

TOKENIZER = "blanks"  # tokens come ready-made from indexer.text, separated by blanks
RAW = "raw"


def build_schema() -> tantivy.Schema:
    """Text fields keep positions; facets are columns that are also searchable; orders are columns of
    numbers.
    """
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name=RAW, index_option="basic")
    builder.add_bytes_field("display", stored=True)
    for field in FIELDS:
        if field.kind == "text":
            builder.add_text_field(field.name, tokenizer_name=TOKENIZER, index_option="position")
        elif field.kind == "keyword":
            builder.add_text_field(field.name, tokenizer_name=RAW, index_option="basic")
        elif field.kind == "number":
            builder.add_integer_field(field.name, fast=True, indexed=True)
        if field.facet:
            # What is stored makes digests readable again and similar items findable.
            stored = field.hashed or field.levels > 0
            for depth in range(max(1, field.levels)):
                column = facet_column(field, depth)
                builder.add_text_field(
                    column, tokenizer_name=RAW, index_option="basic", fast=not field.hashed, stored=stored
                )
        if field.hashed:
            builder.add_integer_field(digest_column(field), fast=True, indexed=True)
    for name in ("suggest", "sight"):
        builder.add_text_field(name, tokenizer_name=RAW, index_option="basic")
    builder.add_integer_field("exact", indexed=True)
    for name in ("s_title", "s_author"):
        builder.add_text_field(name, tokenizer_name=RAW, index_option="basic", fast=True)
    for name in ("walk", "newest", "oldest", "added"):
        builder.add_integer_field(name, fast=True)
    return builder.build()


def facet_column(field: Field, depth: int = 0) -> str:
    """Where the values of a facet are; those of a hierarchy have a column for each depth."""
    return f"f_{field.name}_{depth}" if field.levels else f"f_{field.name}"


def digest_column(field: Field) -> str:
    return f"h_{field.name}"


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
