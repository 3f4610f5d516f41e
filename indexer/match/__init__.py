"""Which source records describe the same manifestation (匹配): block, compare, decide, cluster.

**block** gives a record its keys; only records that share a key are ever compared. **compare** looks at two
such records, **decide** says match or keep apart and by which rule, **cluster** groups a whole set of
records. Every step is a pure function of the records, so neither order of arrival nor deletion in between can
change the result; members are always kept, so every merge can be undone. Another issue puts better rules
behind the same four words.
"""

from __future__ import annotations

from indexer.match.block import Features, Key, features, keys_of
from indexer.match.cluster import cluster
from indexer.match.decide import Decision, decide

__all__ = ["Decision", "Features", "Key", "cluster", "decide", "features", "keys_of"]
