"""Numbers of volumes and editions in a form that can be compared (卷次与版次)."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "两": 2,
    "兩": 2,
    "廿": 20,
    "卅": 30,
}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_HAN = r"[零〇一二三四五六七八九十百千两兩廿卅]"
_UNIT_OF_SET = r"[卷册冊集辑輯编編部篇函章回分]"
_HAN_VOLUME = re.compile(
    rf"第?({_HAN}+|[0-9]+|[上中下甲乙丙丁])(?:分)?{_UNIT_OF_SET}|{_UNIT_OF_SET}之?({_HAN}+|[0-9]+|[上中下])"
)
_WORD_VOLUME = re.compile(
    r"\b(?:v|vol|vols|volume|volumes|bd|band|t|tom|tome|tomo|teil|pt|part|parte|partie|book|no|nr|number|issue|bk)\b"
    r"\.? *([0-9]+|[ivxlc]+)\b"
)
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
_ORDER = {"上": "上", "中": "中", "下": "下", "甲": "1", "乙": "2", "丙": "3", "丁": "4"}
# Without the marks on letters, by language; what is written with a figure needs no word.
_EDITION_WORDS = {
    word: number
    for words in (
        "first second third fourth fifth sixth seventh eighth ninth tenth",
        "erste zweite dritte vierte funfte sechste siebte achte neunte zehnte",
        "premiere deuxieme troisieme quatrieme cinquieme sixieme septieme huitieme neuvieme dixieme",
        "primera segunda tercera cuarta quinta sexta septima octava novena decima",
        "primeira segunda terceira quarta quinta sexta setima oitava nona decima",
        "prima seconda terza quarta quinta sesta settima ottava nona decima",
    )
    for number, word in enumerate(words.split(), 1)
}
_REVISED = re.compile(
    r"(修订|修訂|增订|增訂|增补|增補|重订|重訂|rev|enl|enlarged|expanded|abridged|国际|國際|影印)"
)
_MARKS = re.compile("[\u0300-\u036f]")
_SIMPLE = str.maketrans("訂補國", "订补国")


def han_number(text: str) -> int | None:
    """The value of a Chinese numeral below ten thousand: 二十三 → 23, 一〇五 → 105; None when it is none."""
    if not text:
        return None
    if not any(c in _UNITS for c in text):
        digits = [_DIGITS.get(c) for c in text]
        if None in digits:
            return None
        if len(digits) > 1 and max(d or 0 for d in digits) > 9:
            return sum(d or 0 for d in digits)
        return int("".join(str(d) for d in digits))
    total, digit = 0, None
    for c in text:
        if c in _UNITS:
            total += (1 if digit is None else digit) * _UNITS[c]
            digit = None
        elif c in _DIGITS:
            digit = _DIGITS[c]
        else:
            return None
    return total + (digit or 0)


def volume_number(volume: str, remainder: str = "") -> str:
    """The number of a volume as text: ``3``, ``上``, or the folded words when there is no number; empty for
    none.

    It is taken from ``volume``, else from a designation in the rest of the title (第三卷, 上册, vol. 3).
    """
    if not volume and not remainder:
        return ""
    return _volume_number(volume, remainder)


@lru_cache(maxsize=10_000)
def _volume_number(volume: str, remainder: str) -> str:
    for text, whole in ((volume, True), (remainder, False)):
        plain = text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).lower()
        if not plain:
            continue
        found = None if plain.isascii() else _HAN_VOLUME.search(plain)
        if found:
            return _number(found[1] or found[2])
        word = _WORD_VOLUME.search(plain)
        if word:
            return _number(word[1])
        if whole:
            bare = re.search(r"[0-9]+", plain)
            if bare:
                return _number(bare[0])
            # "Number and name" without any number: the name itself tells the volumes apart.
            letters = "".join(filter(str.isalnum, plain))
            return _number(letters)
    return ""


def _number(text: str) -> str:
    if text.isdecimal():
        return str(int(text[:12]))
    if text in _ORDER:
        return _ORDER[text]
    han = han_number(text)
    if han is not None:
        return str(han)
    if text and all(c in _ROMAN for c in text):
        values = [_ROMAN[c] for c in text]
        return str(sum(-v if v < max(values[i:]) else v for i, v in enumerate(values)))
    return text


@lru_cache(maxsize=10_000)
def edition_number(text: str) -> str:
    """The number of an edition statement, or what kind of revision it is: 第2版 = 2nd ed. = ``2``; 增订本 =
    ``增订``.
    """
    if not text:
        return ""
    plain = unicodedata.normalize("NFKC", text).lower()
    found = re.search(r"(?<![0-9])[0-9]{1,3}(?![0-9])", plain)
    if found:
        return str(int(found[0]))
    han = re.search(rf"({_HAN}+)(?:次)?版", plain)
    if han:
        return _number(han[1])
    letters = plain if plain.isascii() else _MARKS.sub("", unicodedata.normalize("NFKD", plain))
    for word in re.findall(r"[a-z]+", letters):
        if word in _EDITION_WORDS:
            return str(_EDITION_WORDS[word])
    revised = _REVISED.search(plain)
    return revised[1].translate(_SIMPLE) if revised else ""
