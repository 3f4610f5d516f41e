"""Where a call number stands on the shelf (排架号): a key that puts call numbers in their scheme's order.

Keys of one scheme stand together, and compare as plain strings. Sources of the rules: 《中国图书馆分类法》
第五版使用手册 (decimal class numbers, order of the auxiliary signs; 种次号 and 著者号 by their number),
Library of Congress Classification with Cutter numbers (class by number, Cutters as decimals, nothing before
something), DDC (decimal). A call number of no known scheme is put in order by its letters and numbers.

>>> shelf_key("I210.97/12") > shelf_key("I210.97/2")
True
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

LONGEST = 120  # characters of a call number that are compared
MARK = "\u241e"  # between call number, library and scheme in a value of the dictionary ``shelf``
SCHEMES = {"clc": "c", "ddc": "d", "lcc": "l"}  # and "z" for all others, which stand at the end

_CLC = re.compile(r"(T[A-NP-SUVQ]|[A-KN-VXZ])(\d{0,9})((?:\.\d{1,9})?)")
_CLC_SIGNED = re.compile(r"[-a(\"=#<:+\[][^\s/]{0,40}")
_LETTERS = re.compile(r"([A-Z]{0,3})(?![A-Z])")
_LCC = re.compile(r"([A-HJ-NP-VZ][A-Z]{0,2})\s?(\d{1,4})((?:\.\d{1,6})?)(?![\d])")
_DDC = re.compile(r"(\d{3})((?:\.\d{1,20})?)(?!\d)")
_CUTTER = re.compile(r"\s*\.?\s*([A-Z])(\d{1,12})([a-z]?)(?![A-Za-z])")
_PIECE = re.compile(r"\d+|[^\W\d_]+|[^\w\s]")
# Between the end of a number, which a blank marks, and its next digit: 总论复分号 and its kin in their order.
_SIGNS = str.maketrans(dict(zip('a-()"=#<>:+', "!#$$%&'(()+", strict=True)))


def value_of(number: str, library: str = "", scheme: str = "") -> str:
    """A call number as a value of the dictionary ``shelf``, with whose it is and its scheme where known."""
    return f"{number.replace(MARK, ' ')}{MARK}{library}{MARK}{scheme}"


def parts_of(value: str) -> tuple[str, str, str]:
    """(call number, library, scheme) of a value of the dictionary ``shelf``; of a bare number, the number."""
    number, _, rest = value.partition(MARK)
    library, _, scheme = rest.partition(MARK)
    return number, library, scheme


@lru_cache(maxsize=8192)
def shelf_key(value: str) -> str:
    """The place of a call number among others: ASCII, apart from numbers of no known scheme (排架键).

    ``value`` is a call number as printed or a value of the dictionary ``shelf``. Anything has a key.
    """
    number, _, scheme = parts_of(value)
    text = " ".join(unicodedata.normalize("NFKC", number[: 2 * LONGEST]).split())[:LONGEST]
    scheme = scheme if scheme in SCHEMES else scheme_of(text)
    made = _MAKERS[scheme](text) if scheme in _MAKERS else ""
    return f"{SCHEMES[scheme]}{made}" if made else f"z{_natural(text)}"


@lru_cache(maxsize=8192)
def scheme_of(number: str) -> str:
    """The scheme that a call number is written in by its looks: clc, lcc, ddc or "" (猜测).

    CLC and LCC both write letters and digits. Two letters are LCC unless CLC has them (T and one more), four
    digits together are LCC, and so is a Cutter number behind a full stop.
    """
    text = number.strip(" []").upper()
    if _DDC.match(text):
        return "ddc"
    lcc = _LCC.match(text)
    clc = _CLC.match(text)
    if lcc and (not clc or _looks_lcc(text, lcc)):
        return "lcc"
    if not clc:
        return ""
    rest = text[clc.end() :]
    return "clc" if (_LETTERS.match(rest) if clc[2] else not rest or _CLC_SIGNED.match(rest)) else ""


def _looks_lcc(text: str, found: re.Match[str]) -> bool:
    letters, digits, _ = found.groups()
    if len(letters) > 1 and not re.match(r"T[A-NP-SUVQ]\Z", letters):
        return True
    return len(digits) == 4 or bool(re.match(r"\s*\.\s*[A-Z]\d", text[found.end() :]))


def _clc(text: str) -> str:
    text = text.strip(" []")
    found = _CLC.match(text.upper())
    if not found:
        return ""
    letters, digits, decimals = found.groups()
    rest = text[found.end() :]
    signed = _CLC_SIGNED.match(rest)
    signs = signed[0].translate(_SIGNS).upper() if signed else ""
    # A full stop after every third digit only parts the digits; behind letters (TP312C) it stands for itself.
    behind = None if signed else _LETTERS.match(rest.upper())
    letter = behind[1] if behind else ""
    rest = rest[len(signed[0]) :] if signed else rest[len(letter) :]
    return f"{letters}{digits}{decimals[1:]}{signs}{letter} {_natural(rest.lstrip(' /]'))}".rstrip()


def _lcc(text: str) -> str:
    found = _LCC.match(text.strip(" []").upper())
    if not found:
        return ""
    letters, digits, decimals = found.groups()
    rest = text.strip(" []")[found.end() :]
    made = [f"{letters} {int(digits):04d}{decimals[1:]}"]
    while cutter := _CUTTER.match(rest if rest[:1] in " ." else f" {rest}"):
        taken = cutter.end() if rest[:1] in " ." else cutter.end() - 1
        made.append(f"{cutter[1]}{cutter[2]}{cutter[3]}")
        rest = rest[taken:]
    # A date or a volume stands before a further Cutter number, as digits stand before letters.
    return " ".join([*made, _natural(rest)]).rstrip()


def _ddc(text: str) -> str:
    found = _DDC.match(text.replace("'", "").replace("/.", "."))
    if not found:
        return ""
    rest = text.replace("'", "").replace("/.", ".")[found.end() :]
    return f"{found[1]}{found[2][1:]} {_natural(rest)}".rstrip()


def _natural(text: str) -> str:
    """Letters by the alphabet, numbers by their size; what stands between them only parts them."""
    made = []
    for piece in _PIECE.findall(text):
        if piece[0].isdecimal():
            number = piece.lstrip("0") or "0"
            made.append(f"{min(len(number), 9)}{number}" if number.isascii() else piece)
        elif piece[0].isalpha():
            made.append(piece.upper())
    return " ".join(made)


_MAKERS = {"clc": _clc, "lcc": _lcc, "ddc": _ddc}
