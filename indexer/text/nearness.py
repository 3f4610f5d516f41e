"""Words that differ by a typing error (近形): a letter more, less, another, or swapped with its neighbour."""

from __future__ import annotations

from rapidfuzz.distance import OSA


def is_near(word: str, other: str, edits: int = 1) -> bool:
    """Whether two words are a few errors apart, or the same."""
    return abs(len(word) - len(other)) <= edits and OSA.distance(word, other, score_cutoff=edits) <= edits


def begins_near(word: str, other: str, edits: int = 1) -> bool:
    """Whether the beginning of the other word is that near."""
    if len(other) < len(word) - edits:
        return False
    lengths = range(max(1, len(word) - edits), len(word) + edits + 1)
    return any(OSA.distance(word, other[:length], score_cutoff=edits) <= edits for length in lengths)
