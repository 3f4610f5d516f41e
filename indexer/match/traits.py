"""What is compared of records: keys and features (匹配特征)."""

from __future__ import annotations

import msgspec


class Key(msgspec.Struct, frozen=True):
    """One key (匹配键); ``label`` says it to people: ``isbn 9787… and title``."""

    number: int
    label: str


class Features(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What comparing needs of a record (特征): its keys, and the values that may veto a match.

    ``edition`` is a number as text, or a folded word (``增订``); ``year`` and ``edition`` are None and empty
    when unknown.
    """

    uid: str
    keys: tuple[int, ...] = ()
    year: int | None = None
    edition: str = ""
