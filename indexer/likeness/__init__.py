"""Whether two descriptions mean the same thing, by evidence of all their fields (相似判定): block, compare,
decide, cluster.

``indexer.match`` joins at loading what shares an identifier and the title; here every field is weighed, short
and damaged records too, and there is a third outcome: ask a person. ``rules.toml`` holds the rules,
``docs/matching.md`` tells them.
"""

from __future__ import annotations

from indexer.likeness.cluster import Answer, Question, match
from indexer.likeness.decide import VERSION, Verdict, decide, why
from indexer.likeness.description import Description, describe

__all__ = ["VERSION", "Answer", "Description", "Question", "Verdict", "decide", "describe", "match", "why"]
