"""Pinyin typed without blanks, cut into its syllables (拼音音节切分)."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

MAX_LETTERS = 60
MAX_SPELLINGS = 12
LONGEST = 6  # letters of zhuang
_UMLAUTS = frozenset(("lv", "nv", "lve", "nve"))  # the table writes these with u, order keys with v


@cache
def _known() -> tuple[frozenset[str], frozenset[str]]:
    """All syllables, and all their beginnings."""
    text = files(__package__).joinpath("syllables.txt").read_text(encoding="utf-8")
    whole = frozenset(text.split()) | _UMLAUTS
    return whole, frozenset(s[:n] for s in whole for n in range(1, len(s) + 1))


def spellings(text: str) -> list[str]:
    """The ways in which a text is pinyin, with blanks between the syllables: ``luxun`` → ``lu xun``.

    The last syllable may still be incomplete. Long syllables come before short ones (``xian`` before ``xi
    an``); a text that is no pinyin has none. At most `MAX_SPELLINGS`.
    """
    letters = "".join(text.lower().replace("ü", "v").replace("u:", "v").replace("'", " ").split())
    if not letters.isascii() or not letters.isalpha() or len(letters) > MAX_LETTERS:
        return []
    whole, begun = _known()
    ends = [False] * len(letters) + [True]  # whether the rest from here can be cut at all
    for at in range(len(letters) - 1, -1, -1):
        ends[at] = letters[at:] in begun or any(
            ends[at + n]
            for n in range(1, LONGEST + 1)
            if letters[at : at + n] in whole and at + n < len(ends)
        )
    found: list[str] = []

    def cut(at: int, parts: tuple[str, ...]) -> None:
        if len(found) >= MAX_SPELLINGS:
            return
        if at == len(letters):
            found.append(" ".join(parts))
            return
        for n in range(min(LONGEST, len(letters) - at), 0, -1):
            piece = letters[at : at + n]
            last = at + n == len(letters)
            if (piece in whole and ends[at + n]) or (last and piece in begun):
                cut(at + n, (*parts, piece))

    if letters and ends[0]:
        cut(0, ())
    return found
