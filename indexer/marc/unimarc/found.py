"""What the fields of one UNIMARC record have said so far."""

from __future__ import annotations

import re

from indexer.marc.found import MarcFound
from indexer.marc.values import (
    trim_end,
)

_INITIAL = re.compile(r"[\s.,][A-Z]$")


class Found(MarcFound):
    """What the fields of one UNIMARC record have said so far."""

    __slots__ = ("analytic", "coded", "electronic_link", "meeting", "publications", "series", "thesis")

    def __init__(self, leader: str) -> None:
        super().__init__()
        self.analytic = leader[7:8] == "a"
        self.coded: dict[str, str] = {}
        self.publications: list[str] = []
        self.series: list[str] = []
        self.meeting = self.thesis = self.electronic_link = False


def unmarked(value: str) -> str:
    """A value without the marks around words that do not sort (``<<The >>``, ISO 6630 in text)."""
    if "<<" in value and ">>" in value:
        value = value.replace("<<", "").replace(">>", "")
    return value


def finished(name: str) -> str:
    """A name without marks at its end; an initial has its full stop."""
    name = trim_end(name)
    return f"{name}." if _INITIAL.search(name) else name
