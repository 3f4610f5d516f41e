"""The order of the ways (排序): free and direct first, own before others, sure before unsure."""

from __future__ import annotations

from resolver.service import Answer

_TYPES = {"fulltext": 0, "landing": 1, "holding": 2, "document_delivery": 3, "help": 4, "web_link": 5}
_MATCHES = {"exact": 0, "edition": 1, "unsure": 2}
SortKey = tuple[int, int, int, int, int, int, str, str]


def rank_key(answer: Answer) -> SortKey:
    """What an answer is worth, lowest first.

    A text that is surely the one wanted comes before one that may be another; then what is free, then what
    leads to the thing itself, then the library's own. Among holdings the own shelf is the nearest. The rest
    is by name, so that the order is always the same.
    """
    unsure = int(answer.match == "unsure")
    own = int(not answer.own)
    near = (own, 0) if answer.type == "holding" else (int(not answer.free), int(not answer.direct))
    return (
        _TYPES.get(answer.type, 9),
        unsure,
        *near,
        own,
        _MATCHES[answer.match],
        answer.label,
        answer.url,
    )
