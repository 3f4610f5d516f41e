"""The one door to the search index (检索索引)."""

from __future__ import annotations

from pathlib import Path

from indexer.index.engine import Engine


def open_engine(kind: str = "tantivy", path: Path | None = None) -> Engine:
    """Opens an engine: ``tantivy`` at a folder, or in memory when there is none. Never fails on an index that
    is absent, damaged or of another version: ``usable()`` says so."""
    if kind == "tantivy":
        from indexer.index.tantivy import TantivyEngine

        return TantivyEngine(path)
    raise ValueError(f"unknown search engine: {kind}")
