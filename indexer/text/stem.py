"""Base forms of inflected words (词形还原), so that *libraries* also finds *library*.

Only endings of number and case are taken off (``stems.tsv``), as the light stemmers of retrieval research do
(J. Savoy, "Light stemming approaches for the French, Portuguese, German and Hungarian languages", SAC 2006):
what goes further joins *university* with *universe*, which nobody forgives a catalogue. A document holds
the base forms of the inflected words of its title and subjects, marked; a query asks for its words, for their
base forms and for these marks.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache, lru_cache
from importlib.resources import files

MAX_BASES = 3  # base forms a word of a query is looked for by, itself included
MARK = "\u2403"  # stands in front of a base form in the index, so that it is never taken for a word
SHORTEST = 4  # letters of an inflected word; shorter ones are left alone


@cache
def _rules() -> dict[str, dict[str, list[tuple[str, str | None, int]]]]:
    """The rules of each language by the last letter of their endings."""
    table: dict[str, dict[str, list[tuple[str, str | None, int]]]] = {}
    for line in files(__package__).joinpath("stems.tsv").read_text(encoding="utf-8").splitlines():
        if line.startswith("#") or not line.strip():
            continue
        languages, ending, instead, left = line.split("\t")
        new = None if instead == "=" else "" if instead == "-" else instead
        for language in languages.split(","):
            table.setdefault(language, {}).setdefault(ending[-1], []).append((ending, new, int(left)))
    return table


@cache
def languages() -> tuple[str, ...]:
    """The languages there are rules for, by their MARC codes; English first, as most words are."""
    return tuple(sorted(_rules(), key=lambda code: (code != "eng", code)))


def stem(word: str, language: str) -> str:
    """The base form of a folded word; the word itself where no rule of the language fits."""
    if len(word) < SHORTEST:
        return word
    for ending, instead, left in _rules().get(language, {}).get(word[-1], ()):
        if word.endswith(ending) and len(word) - len(ending) >= left:
            return word if instead is None else word[: len(word) - len(ending)] + instead
    return word


class _Stems(dict[str, str]):
    """What a document holds for a word of a language: its marked base form, "" where it is one itself."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __missing__(self, word: str) -> str:
        if len(self) > 200_000:
            self.clear()
        base = stem(word, self.language) if word.isalpha() else word
        value = self[word] = "" if base == word else MARK + base
        return value


_STEMS: dict[str, _Stems] = {}


def marked(tokens: str, language: str) -> str:
    """The marked base forms of the inflected words of a text (tokens separated by blanks)."""
    known = _STEMS.get(language)
    if known is None:
        if language not in _rules():
            return ""
        known = _STEMS[language] = _Stems(language)
    return " ".join([base for word in tokens.split() if (base := known[word])])


_WORD = re.compile("[a-z]+|[\u0430-\u045f\u0491]+")
_CYRILLIC = frozenset({"rus", "ukr"})


@lru_cache(maxsize=16384)
def bases(token: str) -> tuple[str, ...]:
    """The base forms that a word of a query or of a shown text may have, itself included where it is one.

    The language is not known: English has its say, then the forms that most languages agree on.
    """
    if len(token) < SHORTEST - 1 or not _WORD.fullmatch(token):
        return ()
    cyrillic = token[0] > "z"
    votes = Counter(stem(token, code) for code in languages() if (code in _CYRILLIC) == cyrillic)
    first = [token if cyrillic else stem(token, "eng")]
    return tuple(dict.fromkeys([*first, *(base for base, _ in votes.most_common())]))[:MAX_BASES]


@lru_cache(maxsize=16384)
def forms(token: str) -> tuple[str, ...]:
    """Other tokens of the index that a word is found by: its base forms, and all of them marked."""
    found: list[str] = []
    for base in bases(token):
        found += [MARK + base] if base == token else [base, MARK + base]
    return tuple(found)
