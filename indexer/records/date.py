"""Years out of dates as sources write them (出版年).

``parse`` understands years, ranges, uncertain and approximate years (RDA, AACR2, MARC 21 008/07-14, UNIMARC
100/9-16), years before our era, Chinese numerals, reign years with numbers or cyclical signs (康熙五十年,
光緒甲辰), 民国, Japanese eras, and Hebrew, Hijri and Dangi years. Where the source adds our year in brackets,
the brackets win.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files

import msgspec

_LIMIT = 200
NEWEST = 2100  # no sound year is later


class YearSpan(msgspec.Struct, frozen=True):
    """The years a date can mean (年代范围), both ends included; negative before our era.

    None where nothing was understood.
    """

    start: int | None = None
    end: int | None = None
    circa: bool = False
    uncertain: bool = False


_NONE = YearSpan()
_PLAIN = re.compile(r"[\[(]?[c©p℗]?\s?([12][0-9]{3})\??[\])]?[.,;]?")
_ISO = re.compile(r"([12][0-9]{3})(?:[-/.]?(0[1-9]|1[0-2]))(?:[-/.]?([0-3][0-9]))?(?:[T ].*)?")
_FLOAT = re.compile(r"(-?[0-9]{1,4})\.0+")
_NEGATIVE = re.compile(r"-([0-9]{1,4})(?:\.0+)?")
_RANGE = re.compile(
    r"([12][0-9]{3})(?:年(?:[0-9]{1,2}月)?)?\s*\??\s*(?:[-–—~～至到/]|\bto\b|\band\b"
    r"|\bor\b)\s*[c©]?\[?([12][0-9]{3}|[0-9]{2}(?![0-9.]))?"
)
_PARTIAL = re.compile(r"(?<![0-9])([12][0-9])([0-9])?(?:[uU?xX_]|-(?![0-9]))([uU?xX_-])?(?=[\]?.,;)\s]|$)")
_CENTURY = re.compile(r"(?<![0-9])([0-9]{1,2})\s?(?:th|st|nd|rd)[ -]?cent", re.I)
_DECADE = re.compile(r"(?<![0-9])([12][0-9]{2})0\s?(?:'?s\b|年代)")
_BCE = re.compile(r"([0-9]{1,4})\s*(?:-\s*([0-9]{1,4})\s*)?(?:b\.?\s?c\.?(?:\s?e\.?)?)(?![a-z])", re.I)
_BCE_ZH = re.compile(r"(?:公元|西元)?前\s?([0-9]{1,4})(?:\s?[-—~至]\s?(?:前\s?)?([0-9]{1,4}))?\s?年?")
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
_NUMERAL = "一二三四五六七八九十百千〇零○廿卅卌元両两兩0-9"
_ZH_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_ZH_YEAR = re.compile(r"[一二三四五六七八九〇零○]{4}(?=年|$|[^一二三四五六七八九〇零○十百])")
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_CYCLE = re.compile(f"([{_STEMS}])([{_BRANCHES}])")
_TRADITIONAL = str.maketrans(
    "紀暦國曆歷慶緒統啟啓禎萬順樂豐漢龍觀顯總儀調開證聖歲長寶應廣貞祿祐乾會紹興寧天淳嘉靖隆德憲陽啟維齊陳吳"
    "蜀魏晉梁遼後節鳳黃神竟鴻壽綏攝漢質安康青龍興監寶禎臨達",
    "纪历国历历庆绪统启启祯万顺乐丰汉龙观显总仪调开证圣岁长宝应广贞禄祐乾会绍兴宁天淳嘉靖隆德宪阳启维齐陈吴"
    "蜀魏晋梁辽后节凤黄神竟鸿寿绥摄汉质安康青龙兴监宝祯临达",
)
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
    match = _FLOAT.fullmatch(text) or _NEGATIVE.fullmatch(text)
    if match:
        value = int(text.split(".")[0])
        return _span(value, value, "") if value else _NONE
    match = _BCE_ZH.search(text) if "前" in text else None
    if match:
        first = -int(match.group(1))
        return _span(first, -int(match.group(2)) if match.group(2) else first, text)
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
        number = int(match.group(1))
        return _span((number - 1) * 100 + 1, number * 100, text, uncertain=True) if 0 < number < 22 else _NONE
    match = _DECADE.search(text)
    if match:
        return _span(int(match.group(1)) * 10, int(match.group(1)) * 10 + 9, text, uncertain=True)
    era = _romanised_era(text)
    if era is not None:
        return era
    match = _HIJRI.search(text)
    if match:
        lunar = int(match.group(1))
        first = int(lunar * 0.970224 + 621.5774)
        return _span(first, first + 1, text)
    match = _YEAR.search(text)
    if match and int(match.group(1)) <= NEWEST:
        return _span(int(match.group(1)), int(match.group(1)), text)
    match = _HEBREW.search(text)
    if match:
        first = int(match.group(1)) - 3761
        return _span(first, first + 1, text)
    match = _SMALL_YEAR.search(text)
    if match:
        return _span(int(match.group(1)), int(match.group(1)), text)
    match = re.search(r"(?<![0-9])([12][0-9]{3})(?:[01][0-9])(?:[0-3][0-9])(?![0-9])", text)
    if match and int(match.group(1)) <= NEWEST:
        return _span(int(match.group(1)), int(match.group(1)), text)
    return _NONE


def _eastern(text: str) -> YearSpan | None:
    """Dates with Han characters; None hands on to the western rules."""
    if _BCE_ZH.search(text):
        return None
    bracket = _BRACKET_YEAR.search(text)
    if bracket:
        return None
    match = _ZH_YEAR.search(text)
    if match:
        value = int(match.group().translate(_ZH_DIGITS))
        if 1000 <= value <= NEWEST:
            rest = text[match.end() :]
            again = _ZH_YEAR.search(rest)
            if again and re.match(r"年?\s?[-—~～至到]", rest):
                return _span(value, int(again.group().translate(_ZH_DIGITS)), text)
            return _span(value, value, text)
    plain = text.translate(_TRADITIONAL)
    found = _era(plain, text)
    if found is not None:
        return found
    if _YEAR.search(text) or _PARTIAL.search(text) or _DECADE.search(text):
        return None
    century = re.search(r"([0-9]{1,2}|十[一二三四五六七八九]?|二十一?)世[纪紀]", text)
    if century:
        number = number_of(century.group(1))
        return _span((number - 1) * 100 + 1, number * 100, text, uncertain=True) if 0 < number < 22 else None
    dynasty = _DYNASTY.search(plain)
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


def number_of(numeral: str) -> int:
    """A number in Chinese or Arabic digits (数目): 五十 → 50, 廿三 → 23, 元 → 1, 二〇〇四 → 2004.

    0 where it is none.
    """
    if numeral.isascii():
        return int(numeral) if numeral.isdigit() and len(numeral) < 10 else 0
    if numeral == "元":
        return 1
    if re.fullmatch(r"[〇零○一二三四五六七八九]+", numeral) and len(numeral) < 10:
        return int(numeral.translate(_ZH_DIGITS))
    total = 0
    digit = 0
    for char in numeral[:12]:
        if char in "0123456789":
            digit = digit * 10 + int(char)
        elif char in "一二三四五六七八九":
            digit = "一二三四五六七八九".index(char) + 1
        elif char in "両两兩":
            digit = 2
        elif char == "十":
            total += (digit or 1) * 10
            digit = 0
        elif char == "百":
            total += (digit or 1) * 100
            digit = 0
        elif char == "千":
            total += (digit or 1) * 1000
            digit = 0
        elif char in "廿卅卌":
            total += {"廿": 20, "卅": 30, "卌": 40}[char]
            digit = 0
    return total + digit


class _Era(msgspec.Struct, frozen=True):
    dynasty: str
    start: int
    end: int


@cache
def _eras() -> tuple[dict[str, list[_Era]], re.Pattern[str], dict[str, _Era], re.Pattern[str]]:
    """The table of reign titles: by name, the pattern that finds one, by romanised name, the pattern for
    those.
    """
    by_name: dict[str, list[_Era]] = {}
    romanised: dict[str, _Era] = {}
    for line in (files(__package__) / "eras.tsv").read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        name, dynasty, start, end, *rest = line.split("\t")
        era = _Era(dynasty, int(start), int(end))
        by_name.setdefault(name.translate(_TRADITIONAL), []).append(era)
        for form in rest[0].split("|") if rest else ():
            romanised[_plain_latin(form)] = era
    names = "|".join(sorted(map(re.escape, by_name), key=len, reverse=True))
    pattern = re.compile(
        rf"({names})(?:皇帝)?\s?(?:([{_NUMERAL}]{{1,6}})\s?年?(?![卷册冊回])"
        rf"|(?:[岁歲])?([{_STEMS}][{_BRANCHES}])|(?=[间間年朝刻刊抄鈔写寫初末中\s,，;；)\]）】]|$))"
    )
    latin = re.compile(
        r"(?<![a-z])("
        + "|".join(sorted(map(re.escape, romanised), key=len, reverse=True))
        + r")\.?,?\s?(gannen|yuan nian|[0-9]{1,2})(?![0-9])"
    )
    return by_name, pattern, romanised, latin


def _plain_latin(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char) and char not in "'ʼ’`")


def _choose(eras: list[_Era], before: str) -> _Era:
    """The era whose dynasty stands in front of the name; a Japanese one when the text says so.

    Else the first.
    """
    if len(eras) > 1:
        named = [era for era in eras if era.dynasty in before[-4:]]
        if named:
            return max(named, key=lambda era: len(era.dynasty))
    return eras[0]


def _era(plain: str, text: str) -> YearSpan | None:
    by_name, pattern, _, _ = _eras()
    spans: list[tuple[int, int, bool]] = []
    for match in pattern.finditer(plain):
        name, number, cycle = match.groups()
        era = _choose(by_name[name], plain[: match.start()])
        if number:
            offset = number_of(number) - 1
            first = era.start + offset
            if era.start < 0 <= first:
                first += 1
            if offset < 0 or first > era.end + 3:
                continue
            spans.append((first, first, False))
        elif cycle:
            years = [value for value in range(era.start, era.end + 1) if value and cycle_of(value) == cycle]
            if years:
                spans.append((years[0], years[0], len(years) > 1))
        else:
            spans.append((era.start, min(era.end, 1949 if name == "民国" else era.end), True))
    if not spans:
        return None
    start = min(span[0] for span in spans)
    end = max(span[1] for span in spans)
    return _span(start, end, text, uncertain=any(span[2] for span in spans))


def cycle_of(value: int) -> str:
    """The cyclical sign of a year (干支): 1984 is 甲子.

    Negative years are before our era, there is no year 0.
    """
    index = (value if value > 0 else value + 1) - 4
    return _STEMS[index % 10] + _BRANCHES[index % 12]


def _romanised_era(text: str) -> YearSpan | None:
    if not any(char.isalpha() for char in text):
        return None
    _, _, romanised, pattern = _eras()
    match = pattern.search(_plain_latin(text))
    if not match:
        return None
    era = romanised[match.group(1)]
    number = 1 if not match.group(2).isdigit() else int(match.group(2))
    first = era.start + number - 1 + (1 if era.start < 0 else 0)
    if number < 1 or first > era.end + 3:
        return None
    return _span(first, first, text)
