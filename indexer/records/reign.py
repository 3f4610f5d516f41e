"""Reign years, cyclical signs and Chinese numerals (年号、干支、数目); ``eras.tsv`` lists the reigns."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.resources import files

import msgspec

_NUMERAL = "一二三四五六七八九十百千〇零○廿卅卌元両两兩0-9"
DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
TRADITIONAL = str.maketrans(
    "紀暦國曆歷慶緒統啟啓禎萬順樂豐漢龍觀顯總儀調開證聖歲長寶應廣貞祿祐乾會紹興寧天淳嘉靖隆德憲陽啟維齊陳吳"
    "蜀魏晉梁遼後節鳳黃神竟鴻壽綏攝漢質安康青龍興監寶禎臨達",
    "纪历国历历庆绪统启启祯万顺乐丰汉龙观显总仪调开证圣岁长宝应广贞禄祐乾会绍兴宁天淳嘉靖隆德宪阳启维齐陈吴"
    "蜀魏晋梁辽后节凤黄神竟鸿寿绥摄汉质安康青龙兴监宝祯临达",
)


def number_of(numeral: str) -> int:
    """A number in Chinese or Arabic digits (数目): 五十 → 50, 廿三 → 23, 元 → 1, 二〇〇四 → 2004.

    0 where it is none.
    """
    if numeral.isascii():
        return int(numeral) if numeral.isdecimal() and len(numeral) < 10 else 0
    if numeral == "元":
        return 1
    if re.fullmatch(r"[〇零○一二三四五六七八九]+", numeral) and len(numeral) < 10:
        return int(numeral.translate(DIGITS))
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
        by_name.setdefault(name.translate(TRADITIONAL), []).append(era)
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


_SAME_REIGN = re.compile(rf"\s?[-—–~～至到]+\s?([{_NUMERAL}]{{1,6}})\s?年")


def _year_in(era: _Era, number: int) -> int | None:
    """The year of our calendar of a year of a reign, None where the reign had none."""
    first = era.start + number - 1
    if era.start < 0 <= first:
        first += 1
    return first if number > 0 and first <= era.end + 3 else None


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


def years_of_reigns(text: str) -> tuple[int, int, bool] | None:
    """(first year, last year, whether uncertain) of the reign years a text names (年号纪年), None without
    any.
    """
    plain = text.translate(TRADITIONAL)
    by_name, pattern, _, _ = _eras()
    spans: list[tuple[int, int, bool]] = []
    for match in pattern.finditer(plain):
        name, number, cycle = match.groups()
        era = _choose(by_name[name], plain[: match.start()])
        if number:
            first = _year_in(era, number_of(number))
            if first is None:
                continue
            # 康熙五十年至五十二年: the second year is of the same reign.
            further = _SAME_REIGN.match(plain, match.end())
            last = _year_in(era, number_of(further.group(1))) if further else None
            spans.append((first, max(first, last or first), False))
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
    return start, end, any(span[2] for span in spans)


def cycle_of(value: int) -> str:
    """The cyclical sign of a year (干支): 1984 is 甲子.

    Negative years are before our era, there is no year 0.
    """
    index = (value if value > 0 else value + 1) - 4
    return _STEMS[index % 10] + _BRANCHES[index % 12]


def year_of_romanised_reign(text: str) -> int | None:
    """The year of a reign year in letters (``Shōwa 63``), None where there is none."""
    if not any(char.isalpha() for char in text):
        return None
    _, _, romanised, pattern = _eras()
    match = pattern.search(_plain_latin(text))
    if not match:
        return None
    era = romanised[match.group(1)]
    number = 1 if not match.group(2).isdecimal() else int(match.group(2))
    first = era.start + number - 1 + (1 if era.start < 0 else 0)
    if number < 1 or first > era.end + 3:
        return None
    return first
