"""Other spellings of what a text says, for the index only (异写): numbers, compounds, initials, umlauts.

Because a query itself is never rewritten, each of its words and characters still narrows the result.
"""

from __future__ import annotations

import re

from indexer.text.analyse import FOUR_DIGITS, HAN, HAN_DIGITS, HAN_YEAR, TO_ARABIC, has_han
from indexer.text.fold import fold

_HAN = "〇一二三四五六七八九"
_TO_HAN = str.maketrans("0123456789", _HAN)
# What numbers below a hundred count where titles have either kind of digits, in folded characters. A digit
# alone in front of a unit of the second line is part of a phrase as often (一天, 三部曲) and needs a 第.
_OF_TIME = "世纪|年代|月|卷|册|版|届|期|集|辑"
_UNIT = f"{_OF_TIME}|年|日|次|部|号|回|章|讲|周|课|编|篇|天|岁|世"
_DIGIT = "[一二三四五六七八九]"
_HAN_SMALL = re.compile(
    f"(?<![{''.join(HAN_DIGITS)}十百千万亿数几])"
    f"(?:(第?)({_DIGIT}?)十({_DIGIT}?)(?={_UNIT})|(第)({_DIGIT})(?={_UNIT})|({_DIGIT})(?={_OF_TIME}))"
)
_ARABIC_SMALL = re.compile(f"[1-9](?<![0-9a-z.,-].)[0-9]?(?=\\s*(?:{_UNIT}))")
_HAS_UNIT = re.compile(f"[{_UNIT.replace('|', '')}]")
_ARABIC_NUMBER = re.compile(f"(?<![0-9a-z])(?:1[0-9]{{3}}|20[0-9]{{2}})(?![0-9a-z])(?=\\s*([{HAN}]?))")

# A compound of up to four parts, letters with a point behind each, initials of a name with blanks between.
_PART = "a-z0-9\u0400-\u04ff"
_COMPOUND = re.compile(
    rf"(?<![-.{_PART}])(?:[{_PART}]+(?:-[{_PART}]+){{1,3}}(?![-{_PART}])"
    rf"|(?:[a-z]{{1,2}}\.){{2,}}(?![{_PART}])|(?:[a-z]\. ){{1,4}}[a-z]\.(?![{_PART}]))"
)
_BETWEEN_PARTS = str.maketrans("", "", "-. ")
MAX_COMPOUND = 40
_SPELT_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
_UMLAUT = re.compile("[äöüåøÄÖÜÅØ]")
_LATIN = "a-z\u00df-\u00f6\u00f8-\u024f\u1e00-\u1eff"
_WITH_UMLAUT = re.compile(f"(?<![{_LATIN}])[{_LATIN}]{{0,40}}?[äöüåø][{_LATIN}]{{0,40}}")


def variants(text: str, folded: str) -> list[str]:
    """Other spellings in a title, name or heading, given its folded form too (题名、人名异写)."""
    found = numeral_aliases(folded)
    if "-" in folded or "." in folded:
        found += [one for _, one in closed_up(folded.lower())]
    if not text.isascii():
        found += spelt_out(text)
    return found


def numeral_aliases(folded: str) -> list[str]:
    """Other spellings of years and small numbers in a folded text with Han characters (数字异写).

    二〇〇〇年 is also 2000 年, 2000年 also 二 〇 〇 〇 年, 20世纪 also 二 十.
    """
    found: list[str] = []
    if folded.isascii():
        return found
    if _HAS_UNIT.search(folded):
        found += [_small_arabic(m) for m in _HAN_SMALL.finditer(folded)]
        found += [" ".join(_small_han(int(m[0]))) for m in _ARABIC_SMALL.finditer(folded)]
    if FOUR_DIGITS.search(folded) and has_han(folded):
        found += [f"{m[0].translate(TO_ARABIC)} {m[1]}".rstrip() for m in HAN_YEAR.finditer(folded)]
        found += [" ".join(m[0].translate(_TO_HAN) + m[1]) for m in _ARABIC_NUMBER.finditer(folded)]
    return found


def _small_arabic(found: re.Match[str]) -> str:
    """A Han number below a hundred in Arabic digits, behind its 第."""
    _, tens, ones, _, nth, one = found.groups()
    if tens is None:
        return f"{'第 ' if nth else ''}{HAN_DIGITS[nth or one]}"
    number = 10 * (HAN_DIGITS[tens] if tens else 1) + (HAN_DIGITS[ones] if ones else 0)
    return f"{'第 ' if found[1] else ''}{number}"


def _small_han(number: int) -> str:
    tens, ones = divmod(number, 10)
    return (_HAN[tens] if tens > 1 else "") + ("十" if tens else "") + (_HAN[ones] if ones else "")


def closed_up(folded: str) -> list[tuple[str, str]]:
    """Compounds and abbreviations of a folded text with what they are as one word (连写), in their order.

    ``e-mail`` and ``email``, ``u.s.`` and ``us``, ``j. k.`` and ``jk``: catalogues write either, and readers
    do. Years and other numbers are none.
    """
    found = [(m[0], m[0].translate(_BETWEEN_PARTS)) for m in _COMPOUND.finditer(folded)]
    return [(apart, one) for apart, one in found if len(one) <= MAX_COMPOUND and not one.isdecimal()]


def spelt_out(text: str) -> list[str]:
    """Words with umlauts as typed without a key for them (变音拼写): ``Schrödinger`` as schroedinger."""
    if not _UMLAUT.search(text):
        return []
    return [fold(word.translate(_SPELT_OUT)) for word in _WITH_UMLAUT.findall(text.lower())]
