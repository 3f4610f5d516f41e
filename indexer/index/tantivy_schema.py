"""The table of fields as a Tantivy schema (索引结构)."""

from __future__ import annotations

import tantivy

from indexer.index.fields import FIELDS, Field

TOKENIZER = "blanks"  # tokens come ready-made from indexer.text, separated by blanks
RAW = "raw"


def build_schema() -> tantivy.Schema:
    """Text fields keep positions; facets are columns that are also searchable; orders are columns of numbers."""
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
            builder.add_text_field(facet_column(field), tokenizer_name=RAW, index_option="basic", fast=True)
    for name in ("suggest", "sight"):
        builder.add_text_field(name, tokenizer_name=RAW, index_option="basic")
    builder.add_integer_field("exact", indexed=True)
    for name in ("s_title", "s_author"):
        builder.add_text_field(name, tokenizer_name=RAW, index_option="basic", fast=True)
    for name in ("walk", "newest", "oldest", "added"):
        builder.add_integer_field(name, fast=True)
    return builder.build()


def facet_column(field: Field) -> str:
    return f"f_{field.name}"


def register_tokenizer(index: tantivy.Index) -> None:
    """Gives the index its tokenizer; Tantivy does not store it with the index."""
    index.register_tokenizer(TOKENIZER, tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
