"""Names of the columns that a field of the index has (列名), the same in every engine."""

from __future__ import annotations

from indexer.index.fields import Field


def facet_column(field: Field, depth: int = 0) -> str:
    """Where the values of a facet are; those of a hierarchy have a column for each depth."""
    return f"f_{field.name}_{depth}" if field.levels else f"f_{field.name}"


def digest_column(field: Field) -> str:
    """Where the digests of a facet with very many values are."""
    return f"h_{field.name}"
