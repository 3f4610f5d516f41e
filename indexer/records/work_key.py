"""One key of a work (作品键), in a module of its own because compiled modules hold no named tuples."""

from __future__ import annotations

from typing import NamedTuple


class WorkKey(NamedTuple):
    """One key (作品键). ``loose`` ones join only records of which the other has it as a firm one."""

    text: str
    loose: bool = False
