"""What catalogues write of a copy, as a status (馆藏状态用语), by ``status_words.tsv``."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from holdings.availability import STATUSES, Status


@cache
def _words() -> tuple[tuple[str, Status], ...]:
    lines = files("holdings").joinpath("status_words.tsv").read_text("utf-8").splitlines()
    pairs = (line.split("\t") for line in lines if line and not line.startswith("#"))
    known: dict[str, Status] = {status: status for status in STATUSES}
    return tuple((word, known[status]) for word, status in pairs)


@cache
def _of(word: str) -> Status:
    return next((status for begin, status in _words() if word.startswith(begin)), "unknown")


def status_of_words(text: str) -> Status:
    """The status that words mean; unknown for words that nobody explained."""
    return _of(" ".join(text.split()).casefold()[:80])
