"""The dictionary of other spellings (异写词典): what readers type of Han titles, names and subjects instead
of their characters.

A term is the spelling, the letter of the kind and the shown form with separators between, so that one walk
from what was typed meets all kinds. Spellings are the full pinyin and the initials, of titles also the
characters themselves (their place in the dictionary of titles is by pinyin), of persons also the pinyin with
the given name in front. ü is written u.
"""

from __future__ import annotations

import re
from functools import lru_cache

from indexer.index.fields import SEPARATOR
from indexer.text.analyse import HAN
from indexer.text.pinyin import pinyin_keys, syllables

_NOT_HAN = re.compile(f"[^{HAN}]")
LETTERS = {"title": "t", "name": "n", "subject": "s", "journal": "j"}
_KINDS = {letter: kind for kind, letter in LETTERS.items()}


@lru_cache(maxsize=32768)
def spellings(letter: str, value: str, person: bool = False) -> tuple[str, ...]:
    """The terms of a value of a kind; none without Han characters. ``value`` is cut to what is shown."""
    keys = pinyin_keys(value, name=person)
    if keys is None:
        return ()
    made = dict.fromkeys(key.replace("v", "u") for key in keys)
    if person and 2 <= len(value) <= 4 and not _NOT_HAN.search(value):
        surname, *given = syllables(value, name=True)
        made["".join((*given, surname)).replace("v", "u")] = None
    return tuple(f"{key}{SEPARATOR}{letter}{SEPARATOR}{value}" for key in made if key)


def written(letter: str, key: str, value: str) -> str:
    """The term of a value by its own characters; ``key`` is its ``analyse.key``."""
    return f"{key}{SEPARATOR}{letter}{SEPARATOR}{value}"


def read_spelling(term: str) -> tuple[str, str, str]:
    """(spelling, kind, shown form) of a term; the kind is "" where the term is not one of these."""
    parts = term.split(SEPARATOR, 2)
    return (parts[0], _KINDS.get(parts[1], ""), parts[2]) if len(parts) == 3 else ("", "", "")
