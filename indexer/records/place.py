"""Countries and places (国家与地区): one list of codes, names in English and Chinese, plain forms of place
names.

Countries are MARC country codes (``cc``, ``nyu``), whatever list the source used; ISO 3166-1 codes come in
capitals.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib.resources import files

import msgspec


class Country(msgspec.Struct, frozen=True):
    """A country or a part that MARC lists of its own (国家或地区); ``part_of`` is the code of the whole."""

    code: str
    iso: str
    en: str
    zh: str
    part_of: str


_UNKNOWN = frozenset({"xx", "xx ", "vp", "vp ", "|||", "   ", "zz", "uuu", "und", ""})


@cache
def _tables() -> tuple[dict[str, Country], dict[str, str]]:
    by_code: dict[str, Country] = {}
    by_word: dict[str, str] = {}
    for line in (files(__package__) / "countries.tsv").read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        code, iso, en, zh, part_of = [*line.split("\t"), "", "", ""][:5]
        by_code[code] = Country(code, iso, en, zh, part_of)
        for word in (iso, en.casefold(), zh, zh.removeprefix("中国") if iso in ("TW", "HK", "MO") else ""):
            if word:
                by_word.setdefault(word, code)
    by_word.update(
        {
            "usa": "xxu",
            "u.s.a.": "xxu",
            "united states of america": "xxu",
            "us": "xxu",
            "uk": "xxk",
            "great britain": "xxk",
            "england": "enk",
            "p.r. china": "cc",
            "people's republic of china": "cc",
            "中华人民共和国": "cc",
            "prc": "cc",
            "russian federation": "ru",
            "korea": "ko",
            "south korea": "ko",
            "ussr": "ur",
            "CHN": "cc",
            "USA": "xxu",
            "GBR": "xxk",
            "JPN": "ja",
            "DEU": "gw",
            "FRA": "fr",
        }
    )
    return by_code, by_word


@lru_cache(maxsize=4096)
def to_country(text: str) -> str:
    """The MARC country code of a MARC code, an ISO 3166-1 code in capitals or a name (国家代码).

    '' where unknown.
    """
    word = text[:60].strip().rstrip(".,;:")
    if word.lower() in _UNKNOWN:
        return ""
    by_code, by_word = _tables()
    if word in by_code:
        return word
    if word.isascii() and word.isupper() and len(word) in (2, 3):
        return by_word.get(word) or (word.lower() if word.lower() in by_code and len(word) == 3 else "")
    # Discontinued codes of states end in u, c or k with the country behind a blank; a code may also come
    # padded.
    low = word.casefold()
    return low if low in by_code else by_word.get(low) or by_word.get(word) or ""


def of(code: str) -> Country | None:
    """The country of a MARC code (国家名称)."""
    return _tables()[0].get(code)


def path(code: str) -> tuple[str, ...]:
    """Codes from the country down to the part (国家层级): ``nyu`` → ``("xxu", "nyu")``.

    ``()`` for an unknown code.
    """
    country = of(code)
    if country is None:
        return ()
    return (country.part_of, code) if country.part_of else (code,)


_SUFFIXES = ("特别行政区", "维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "省", "市")
_SAME: dict[str, str] = {
    "北平": "北京",
    "燕京": "北京",
    "京师": "北京",
    "京師": "北京",
    "beijing": "北京",
    "beijing shi": "北京",
    "peking": "北京",
    "peiping": "北京",
    "shanghai": "上海",
    "shanghai shi": "上海",
    "沪": "上海",
    "taibei": "台北",
    "taipei": "台北",
    "taibei shi": "台北",
    "臺北": "台北",
    "xianggang": "香港",
    "hong kong": "香港",
    "hongkong": "香港",
    "aomen": "澳门",
    "macau": "澳门",
    "macao": "澳门",
    "澳門": "澳门",
    "tianjin": "天津",
    "tianjin shi": "天津",
    "guangzhou": "广州",
    "guangzhou shi": "广州",
    "canton": "广州",
    "廣州": "广州",
    "nanjing": "南京",
    "nanjing shi": "南京",
    "nanking": "南京",
    "金陵": "南京",
    "江宁": "南京",
    "xi'an": "西安",
    "xi'an shi": "西安",
    "xiʼan": "西安",
    "长安": "西安",
    "chengdu": "成都",
    "chengdu shi": "成都",
    "wuhan": "武汉",
    "wuhan shi": "武汉",
    "hangzhou": "杭州",
    "shenyang": "沈阳",
    "奉天": "沈阳",
    "changchun": "长春",
    "chongqing": "重庆",
    "重慶": "重庆",
    "tokyo": "東京",
    "tōkyō": "東京",
    "东京": "東京",
}
_MARKS = re.compile(r"^[\[(（【〔\s]+|[\])）】〕\s:：;；,，.。?？]+$")
_NO_PLACE = re.compile(r"s\.?\s?l\.?$|place of publication|^n\.?p\.?$|出版地不[详詳明]|不[详詳]$", re.I)


@lru_cache(maxsize=16384)
def plain(text: str) -> str:
    """One form of a place of publication for comparing and facets (出版地规范): ``[北京市]``, ``Beijing :`` →
    ``北京``.
    """
    word = _MARKS.sub("", _MARKS.sub("", text[:120]))
    if not word or _NO_PLACE.search(word):
        return ""
    same = _SAME.get(word.casefold())
    if same:
        return same
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) > len(suffix) + 1:
            word = word.removesuffix(suffix)
            break
    return _SAME.get(word, word)
