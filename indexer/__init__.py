"""Many files in, one union index out (联合仓储与索引)."""

from __future__ import annotations

from indexer import native

native.install()
