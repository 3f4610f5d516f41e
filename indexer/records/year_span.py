"""The years a date can mean (年代范围)."""

from __future__ import annotations

import msgspec


class YearSpan(msgspec.Struct, frozen=True):
    """The years a date can mean (年代范围), both ends included; negative before our era.

    None where nothing was understood.
    """

    start: int | None = None
    end: int | None = None
    circa: bool = False
    uncertain: bool = False
