"""Years out of dates as sources write them (出版年).

``parse`` understands years, ranges, uncertain and approximate years (RDA, AACR2, MARC 21 008/07-14, UNIMARC
100/9-16), years before our era, Chinese numerals, reign years with numbers or cyclical signs (康熙五十年,
光緒甲辰), 民国, Japanese eras, and Hebrew, Hijri and Dangi years. Where the source adds our year in brackets,
the brackets win.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from indexer.records import reign
from indexer.records.year_span import YearSpan as YearSpan

_LIMIT = 200
NEWEST = 2100  # no sound year is later


_NONE = YearSpan()
_PLAIN = re.compile(r"[\[(]?[c©p℗]?\s?([12][0-9]{3})\??[\])]?[.,;]?")
_ISO = re.compile(r"([12][0-9]{3})(?:[-/.]?(0[1-9]|1[0-2]))(?:[-/.]?([0-3][0-9]))?(?:[T ].*)?")
_NO_SUCH_DAY = re.compile(r"([12][0-9]{3})-[0-9]{2}-[0-9]{2}(?:[T ].*)?")
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|spring|summer|autumn|fall|winter)[a-z]*\.?,?"
_MONTHS = re.compile(
    rf"{_MONTH} ([12][0-9]{{3}})\s?[-–—/]\s?(?:[0-9]{{1,2}} )?{_MONTH} ([12][0-9]{{3}})", re.I
)
_FLOAT = re.compile(r"(-?[0-9]{1,4})\.0+")
_NEGATIVE = re.compile(r"-([0-9]{1,4})(?:\.0+)?")
_RANGE = re.compile(
    r"([12][0-9]{3})(?:年(?:[0-9]{1,2}月)?)?\s*\??\s*(?:[-–—~～至到/]|\bto\b|\band\b"
    r"|\bor\b)\s*[c©]?\[?([12][0-9]{3}|[0-9]{2}(?![0-9.]))?"
)
_PARTIAL = re.compile(r"(?<![0-9])([12][0-9])([0-9])?(?:[uU?xX_]|-(?![0-9]))([uU?xX_-])?(?=[\]?.,;)\s]|$)")
_CENTURY = re.compile(
    r"(?:(early|first half|mid|late|second half)(?: of)?(?: the)?[ -]*)?(?<![0-9])([0-9]{1,2})\s?(?:th|st"
    r"|nd|rd)[ -]?c(?:ent|\.|$)",
    re.I,
)
# A year of three digits is believed only where the text goes on as a date does; 199 alone is a mistyped year.
_THREE_DIGITS = re.compile(
    r"([1-9][0-9]{2})(?:\s?[-–—/]\s?([1-9][0-9]{2}))?\s*(?=\(|（|[AC]\.?[DE]\b|CE\b)", re.I
)
_DECADE = re.compile(r"(?<![0-9])([12][0-9]{2})0\s?(?:'?s\b|年代)")
_BCE = re.compile(
    r"([0-9]{1,4})\s*(?:(?:b\.?\s?c\.?(?:\s?e\.?)?\s?)?[-–—]\s*([0-9]{1,4})\s*)?(?:b\.?\s?c\.?(?:\s?e\.?)?)(?![a-z])",
    re.I,
)
_ACROSS_ERAS = re.compile(
    r"([0-9]{1,4})\s?(?:b\.?\s?c\.?(?:\s?e\.?)?)\s?(?:[-–—]|to)\s?(?:a\.?\s?d\.?\s?)?([0-9]{1,4})\s?(?:a\.?\s?d\.?|c\.?\s?e\.?)?$",
    re.I,
)
_BCE_ZH = re.compile(r"(?:公元|西元)?前\s?([0-9]{1,4})(?:\s?[-—~至]\s?(?:前\s?)?([0-9]{1,4}))?\s?年?")
_BCE_CENTURY = re.compile(
    r"([0-9]{1,2})\s?(?:th|st|nd|rd)[ -]?c(?:ent(?:ury|\.)?|\.)?,?\s*b\.?\s?c\.?(?:\s?e\.?)?(?![a-z])", re.I
)
_BCE_CENTURY_ZH = re.compile(r"(?:公元|西元)?前\s?([0-9]{1,2}|十?[一二三四五六七八九十])\s?世[纪紀]")
_ROMAN = re.compile(
    r"[\[(]?\s?(M{1,2}\.? ?(?:CM|CD|D?C{0,4})\.? ?(?:XC|XL|L?X{0,4})\.? ?(?:IX|IV|V?I{0,4}))\.?\s?[\])]?"
)
_BRACKET_YEAR = re.compile(
    r"[\[(（【〔]\s*(?:i\.\s?e\.?,?\s*|即|公元|西元|ca\.? ?|約|约|c"
    r"|©)*([12][0-9]{3})(?![0-9])([^\])）】〕]*)[\])）】〕]"
)
_YEAR = re.compile(r"(?<![0-9])([12][0-9]{3})(?![0-9])")
_SMALL_YEAR = re.compile(r"(?:公元|西元|a\.?d\.?\s?)([0-9]{1,3})(?![0-9])", re.I)
_HEBREW = re.compile(r"(?<![0-9])(5[0-9]{3})(?![0-9])")
_HIJRI = re.compile(r"(?<![0-9])(1[0-4][0-9]{2})\s*(?:a\.?h\.?(?![a-z])|h\.?(?![a-z])|هـ|ه\b|hijri)", re.I)
_CIRCA = re.compile(r"\bca?\.\s?(?=[0-9\[])|\bcirca\b|\bapprox|\babout\b|[约約]", re.I)
_BETWEEN = re.compile(r"between\s+([12][0-9]{3})\s+and\s+([12][0-9]{3})", re.I)
_ZH_YEAR = re.compile(r"[一二三四五六七八九〇零○]{4}(?=年|$|[^一二三四五六七八九〇零○十百])")
# Spans of dynasties, for dates that say no more (清刻本); a word for a part of a dynasty narrows them.
_DYNASTIES: dict[str, tuple[int, int]] = {
    "秦": (-221, -207),
    "西汉": (-206, 8),
    "东汉": (25, 220),
    "汉": (-206, 220),
    "三国": (220, 280),
    "西晋": (265, 317),
    "东晋": (317, 420),
    "晋": (265, 420),
    "南北朝": (420, 589),
    "北魏": (386, 534),
    "北齐": (550, 577),
    "北周": (557, 581),
    "隋": (581, 618),
    "唐": (618, 907),
    "五代": (907, 960),
    "北宋": (960, 1127),
    "南宋": (1127, 1279),
    "宋": (960, 1279),
    "辽": (916, 1125),
    "金": (1115, 1234),
    "西夏": (1038, 1227),
    "元": (1271, 1368),
    "明": (1368, 1644),
    "清": (1644, 1911),
    "民国": (1912, 1949),
    "江户": (1603, 1868),
}
_DYNASTY = re.compile(
    "("
    + "|".join(sorted(_DYNASTIES, key=len, reverse=True))
    + r")(?:代|朝|时期|時期|間|间|刻|抄|写|刊|末|初|中期|前期|后期|早期|晚期|[\])）】\s,，;；]|$)"
)


@lru_cache(maxsize=16384)
def parse(text: str) -> YearSpan:
    """The years a date can mean (解析年代); never raises, ``YearSpan()`` where nothing is understood."""
    match = _PLAIN.fullmatch(text)
    if match:
        year = int(match.group(1))
        if year <= NEWEST:
            return YearSpan(year, year, False, "?" in text)
        return _NONE
    text = text[:_LIMIT].strip()
    if not text:
        return _NONE
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
        found = _eastern(text)
        if found is not None:
            return found
    return _western(text)


_TIMESTAMP = re.compile(
    r"([12][0-9]{3})-?(0[1-9]|1[0-2])-?(0[1-9]|[12][0-9]|3[01])"
    r"(?:[T ]?([01][0-9]|2[0-3]):?([0-5][0-9]):?([0-5][0-9])(?:\.[0-9]+)?(Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)


@lru_cache(maxsize=4096)
def timestamp(text: str) -> str:
    """A date of change in ISO 8601 (时间戳): ``20180925``, ``2019-01-01 00:00:00.0``; '' where it is none."""
    match = _TIMESTAMP.fullmatch(text.strip())
    if not match:
        return ""
    year, month, day, hour, minute, second, zone = match.groups()
    return f"{year}-{month}-{day}" + (f"T{hour}:{minute}:{second}{zone or ''}" if hour else "")


def year(text: str) -> int | None:
    """The first year a date can mean (起始年)."""
    return parse(text).start


def _span(start: int, end: int, text: str, uncertain: bool = False) -> YearSpan:
    if end < start:
        start, end = (start, start) if start > 0 else (end, start)
    if start > NEWEST or start < -5000:
        return _NONE
    return YearSpan(start, min(end, NEWEST), bool(_CIRCA.search(text)), uncertain or "?" in text)


def _western(text: str) -> YearSpan:
    match = _ISO.fullmatch(text)
    if match and int(match.group(1)) <= NEWEST:
        return _span(int(match.group(1)), int(match.group(1)), "")
    match = _NO_SUCH_DAY.fullmatch(text)
    if match and int(match.group(1)) <= NEWEST:
        return _span(int(match.group(1)), int(match.group(1)), "")
    match = _FLOAT.fullmatch(text) or _NEGATIVE.fullmatch(text)
    if match:
        value = int(text.split(".")[0])
        return _span(value, value, "") if value else _NONE
    match = _BCE_CENTURY.search(text) or _BCE_CENTURY_ZH.search(text)
    if match:
        hundreds = reign.number_of(match.group(1))
        return _span(-100 * hundreds, -100 * hundreds + 99, text, uncertain=True)
    match = _BCE_ZH.search(text) if "前" in text else None
    if match:
        first = -int(match.group(1))
        return _span(first, -int(match.group(2)) if match.group(2) else first, text)
    match = _ACROSS_ERAS.search(text)
    if match:
        return _span(-int(match.group(1)), int(match.group(2)), text)
    match = _BCE.search(text)
    if match:
        first = -int(match.group(1))
        return _span(first, -int(match.group(2)) if match.group(2) else first, text)
    match = _BETWEEN.search(text)
    if match:
        return _span(int(match.group(1)), int(match.group(2)), text, uncertain=True)
    match = _BRACKET_YEAR.search(text)
    outside = _YEAR.search(text[: match.start()]) if match else None
    if match and not (outside and int(outside.group(1)) >= 1500 and "i" not in match.group(0)):
        first = int(match.group(1))
        more = _YEAR.search(match.group(2))
        return _span(first, max(first, int(more.group(1))) if more else first, text, uncertain=bool(more))
    match = _MONTHS.search(text)
    if match:
        return _span(int(match.group(1)), int(match.group(2)), text)
    match = _RANGE.search(text)
    if match:
        first = int(match.group(1))
        second = match.group(2)
        if second is None:
            # An open range (1990-) is still going on; its end is not known.
            if re.search(r"[12][0-9]{3}\s*\??\s*[-–—~～]\s*[?\]]?\s*$", text):
                return (
                    YearSpan(first, None, bool(_CIRCA.search(text)), "?" in text)
                    if first <= NEWEST
                    else _NONE
                )
        else:
            last = int(second) if len(second) == 4 else first // 100 * 100 + int(second)
            if second == "00" and first % 100 == 99:
                last = first + 1  # 1999-00: the turn of a century
            if last >= first:
                return _span(first, last, text, uncertain=" or " in text)
            if len(second) == 2 and 1 <= int(second) <= 12:
                return _span(first, first, text)
    match = _PARTIAL.search(text)
    if match and not _YEAR.search(text):
        century, decade, _ = match.groups()
        if decade is not None:
            first = int(century + decade) * 10
            return _span(first, first + 9, text, uncertain=True)
        first = int(century) * 100
        return _span(first, first + 99, text, uncertain=True)
    match = _CENTURY.search(text)
    if match:
        return _century(int(match.group(2)), (match.group(1) or "").lower(), text)
    match = _DECADE.search(text)
    if match:
        return _span(int(match.group(1)) * 10, int(match.group(1)) * 10 + 9, text, uncertain=True)
    era = reign.year_of_romanised_reign(text)
    if era is not None:
        return _span(era, era, text)
    match = _HIJRI.search(text)
    if match:
        lunar = int(match.group(1))
        first = int(lunar * 0.970224 + 621.5774)
        return _span(first, first + 1, text)
    match = _YEAR.search(text)
    if match and int(match.group(1)) <= NEWEST:
        return _span(int(match.group(1)), int(match.group(1)), text)
    match = _ROMAN.fullmatch(text)
    if match:
        value = _roman(match.group(1))
        return _span(value, value, "") if 1400 < value <= NEWEST else _NONE
    match = _HEBREW.search(text)
    if match:
        first = int(match.group(1)) - 3761
        return _span(first, first + 1, text)
    match = _THREE_DIGITS.match(text)
    if match:
        return _span(int(match.group(1)), int(match.group(2) or match.group(1)), text)
    match = _SMALL_YEAR.search(text)
    if match:
        return _span(int(match.group(1)), int(match.group(1)), text)
    match = re.search(r"(?<![0-9])([12][0-9]{3})(?:[01][0-9])(?:[0-3][0-9])(?![0-9])", text)
    if match and int(match.group(1)) <= NEWEST:
        return _span(int(match.group(1)), int(match.group(1)), text)
    return _NONE


def _roman(numeral: str) -> int:
    total = 0
    before = 0
    for char in reversed(numeral):
        value = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}.get(char, 0)
        total += -value if value < before else value
        before = max(before, value)
    return total


def _century(number: int, part: str, text: str) -> YearSpan:
    if not 0 < number < 22:
        return _NONE
    start, end = (number - 1) * 100 + 1, number * 100
    if part in ("early", "first half"):
        end = start + 49
    elif part in ("late", "second half"):
        start = end - 49
    elif part == "mid":
        start, end = start + 25, end - 25
    return _span(start, end, text, uncertain=True)


def _eastern(text: str) -> YearSpan | None:
    """Dates with Han characters; None hands on to the western rules."""
    if _BCE_ZH.search(text) or _BCE_CENTURY_ZH.search(text):
        return None
    bracket = _BRACKET_YEAR.search(text)
    if bracket:
        return None
    match = _ZH_YEAR.search(text)
    if match:
        value = int(match.group().translate(reign.DIGITS))
        if 1000 <= value <= NEWEST:
            rest = text[match.end() :]
            again = _ZH_YEAR.search(rest)
            if again and re.match(r"年?\s?[-—~～至到]", rest):
                return _span(value, int(again.group().translate(reign.DIGITS)), text)
            return _span(value, value, text)
    found = reign.years_of_reigns(text)
    if found is not None:
        return _span(found[0], found[1], text, uncertain=found[2])
    if _YEAR.search(text) or _PARTIAL.search(text) or _DECADE.search(text):
        return None
    century = re.search(r"([0-9]{1,2}|十[一二三四五六七八九]?|二十一?)世[纪紀]", text)
    if century:
        number = reign.number_of(century.group(1))
        decade = re.match(r"([1-9]0|[一二三四五六七八九]十)年代", text[century.end() :])
        if decade and 0 < number < 22:
            start = (number - 1) * 100 + reign.number_of(decade.group(1))
            return _span(start, start + 9, text, uncertain=True)
        return _century(number, "", text) if 0 < number < 22 else None
    dynasty = _DYNASTY.search(plain := text.translate(reign.TRADITIONAL))
    if dynasty:
        start, end = _DYNASTIES[dynasty.group(1)]
        tail = plain[dynasty.end(1) : dynasty.end(1) + 2]
        third = (end - start) // 3
        if tail[:1] in ("初",) or tail in ("前期", "早期"):
            end = start + third
        elif tail[:1] in ("末",) or tail in ("后期", "晚期"):
            start = end - third
        elif tail == "中期":
            start, end = start + third, end - third
        return _span(start, end, text, uncertain=True)
    return None
