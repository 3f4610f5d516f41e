"""Terms that hold a folded key and, as briefly as can be, the form that is shown (显示形式).

Of *Austen, Jane, 1775-1817* the key is ``austen jane 1775 1817``; what the shown form adds to it is two
capitals, two commas and a hyphen. Written out beside the key it would make the dictionaries of an index half
as long again, and building these is much of what writing an index takes. So a term is the key, a separator,
and a letter for each word of the key: how it is capitalised, and what follows it. A text of which this cannot
be said (one of Han characters, for one) stands there as it is, after another separator.
"""

from __future__ import annotations

import re

from indexer.index.fields import SEPARATOR
from indexer.text.fold import COMBINING

IN_FULL = SEPARATOR * 2  # stands between a key and a shown form that is written out
# What often follows a word: in headings, names of publishers, titles.
_MARKS = (
    "", " ", ", ", "-", "--", ". ", ".", " (", ") ", ")", "/", " : ", ": ", "; ", " ; ", " & ", "'", " -- ",
    " = ", "., ", "), ", ",", "...", "?", "!", ")--", ".--", " - ",
)  # fmt: skip
_REST = "."  # all words that are left, in lower case with blanks between
_INSTEAD = "`"  # stands around what is written instead of a word of the key and the marks after it
_BESIDE = "~"  # stands around what is written beside the words of the key
_ARTICLES = {"The ": "<", "A ": ">", "An ": "^"}  # in front of a key, which has none
_TAKEN = frozenset((_REST, _INSTEAD, _BESIDE, '"', "\\", *_ARTICLES.values()))
_LETTERS = tuple(c for c in map(chr, range(0x21, 0x7F)) if c not in _TAKEN)[: 3 * len(_MARKS)]
# The letter for what follows a word that is in lower case, begins with a capital, or is in capitals.
_LOWER: dict[str, str] = dict(zip(_MARKS, _LETTERS[0::3], strict=True))
_CAPITAL: dict[str, str] = dict(zip(_MARKS, _LETTERS[1::3], strict=True))
_UPPER: dict[str, str] = dict(zip(_MARKS, _LETTERS[2::3], strict=True))
_OTHER: dict[str, str] = {}  # for a word that is not the key's in any of these ways
_READ = {letter: (place % 3, _MARKS[place // 3]) for place, letter in enumerate(_LETTERS)}
_ARTICLE_OF = {letter: article for article, letter in _ARTICLES.items()}
# What may stand in front of the first word of a key: an article, brackets.
_FRONT = re.compile(r"[^\W\d_]{1,3}[ '’]|[\W_]+")
# A word in its own spelling, with what combines with its letters.
_SPELT = re.compile(f"(?:[^\\W_]|[{COMBINING}])*")
# Scripts whose words have no blanks between them or whose characters are tokens, and what a brief form is
# made with.
_OTHERWISE = re.compile(
    r"[\u1100-\u11ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff`~\x1f]"
)


def term_of(key: str, shown: str) -> str:
    """The term of a shown form and its key (词条); `read_term` gives both back."""
    brief = _brief(key, shown)
    return f"{key}{SEPARATOR}{brief}" if brief else full_term(key, shown)


def full_term(key: str, shown: str) -> str:
    """The term of a key with the shown form in full; `read_term` gives both back."""
    return f"{key}{IN_FULL}{shown}"


def read_term(term: str) -> tuple[str, str]:
    """(key, shown form) of a term; of one that `term_of` did not make, what stands behind its key."""
    key, _, brief = term.partition(SEPARATOR)
    if brief[:1] == SEPARATOR:
        return key, brief[1:]
    try:
        return key, _written_out(key, brief)
    except (KeyError, IndexError):
        return key, brief


def _brief(key: str, shown: str) -> str:
    """What a shown form adds to its key; "" where that is not shorter than the shown form."""
    if not shown.isascii():
        if _OTHERWISE.search(shown):
            return ""
    elif "`" in shown or "~" in shown or SEPARATOR in shown:
        return ""
    brief = ""
    # How far the shown form and the key are told, in characters.
    told = known = 0
    end, all_known = len(shown), len(key)
    for folded in key.split(" "):
        if told == end:
            break
        if end - told == all_known - known and shown.endswith(key[known:]):
            brief += _REST
            told = end
            break
        size = len(folded)
        word = shown[told : told + size]
        if not known and word not in (folded, folded.capitalize()):
            start = _FRONT.match(shown)
            if start is not None and start.end() < end:
                front = start.group()
                brief = _ARTICLES.get(front) or f"{_BESIDE}{front}{_BESIDE}"
                told = len(front)
                word = shown[told : told + size]
        after = told + size
        if word == folded:
            codes = _LOWER
        elif word == folded.capitalize():
            codes = _CAPITAL
        elif word == folded.upper():
            codes = _UPPER
        else:
            codes = _OTHER
            spelt = _SPELT.match(shown, told)
            after = spelt.end() if spelt is not None else told
        marks = after
        while after < end and not shown[after].isalnum():
            after += 1
        brief += codes.get(shown[marks:after]) or f"{_INSTEAD}{shown[told:after]}{_INSTEAD}"
        told = after
        known += size + 1
    if told < end:
        brief += f"{_BESIDE}{shown[told:]}{_BESIDE}"
    return brief if len(brief) <= end else ""


def _written_out(key: str, brief: str) -> str:
    words = key.split(" ")
    shown = ""
    at, place = 0, 0
    while place < len(brief):
        letter = brief[place]
        place += 1
        if letter == _REST:
            return shown + " ".join(words[at:])
        if letter in (_INSTEAD, _BESIDE):
            end = brief.find(letter, place)
            shown += brief[place:end]
            place = end + 1
            at += letter == _INSTEAD
            continue
        article = _ARTICLE_OF.get(letter)
        if article is not None:
            shown += article
            continue
        case, marks = _READ[letter]
        word = words[at]
        shown += (word if case == 0 else word.capitalize() if case == 1 else word.upper()) + marks
        at += 1
    return shown
