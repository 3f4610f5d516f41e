"""Where a SolrCloud is (检索集群位置)."""

from __future__ import annotations

import msgspec


class SolrPlace(msgspec.Struct, frozen=True):
    """Where the collection is and how it is made (集群位置). ``nodes`` are addresses of some nodes; ``alias``
    is the name it stands behind, another one for every installation; the numbers count for new collections.
    """

    nodes: tuple[str, ...] = ("http://127.0.0.1:8983/solr",)
    alias: str = "ereader"
    shards: int = 2
    replicas: int = 2
    patience: float = 1.8  # seconds a search may take before it is given up
