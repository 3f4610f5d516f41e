"""The one door to the search index (检索索引)."""

from __future__ import annotations

from pathlib import Path

from indexer.index.engine import Engine
from indexer.index.solr_place import SolrPlace

__all__ = ["Engine", "SolrPlace", "open_engine"]


def open_engine(kind: str = "tantivy", path: Path | None = None, solr: SolrPlace | None = None) -> Engine:
    """Opens an engine: ``tantivy`` at a folder, or in memory when there is none; ``solr`` at a place, where
    the folder only holds the lock of the one writer.

    Never fails on an index that is absent, damaged or of another version: ``usable()`` says so.
    """
    if kind == "tantivy":
        from indexer.index.tantivy import TantivyEngine

        return TantivyEngine(path)
    if kind == "solr":
        from indexer.index.solr import SolrEngine

        return SolrEngine(solr or SolrPlace(), path)
    raise ValueError(f"unknown search engine: {kind}")
