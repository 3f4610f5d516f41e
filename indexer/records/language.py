"""Languages made one code list (语种): ISO 639-3, or the ISO 639-2 code of a group.

Understands ISO 639-1, 639-2/B and /T, 639-3, discontinued MARC codes, language tags (``zh-Hans-CN``) and
names in English and Chinese.
"""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.resources import files

import msgspec


class Language(msgspec.Struct, frozen=True):
    """One language (语种) with its names."""

    code: str
    en: str
    zh: str


_EMPTY = frozenset({"und", "zxx", "|||", "n/a", "xxx", "zzz", "---", "###"})


@cache
def _tables() -> tuple[dict[str, Language], dict[str, str]]:
    by_code: dict[str, Language] = {}
    by_word: dict[str, str] = {}
    for line in (files(__package__) / "languages.tsv").read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        code, aliases, en, zh, other = [*line.split("\t"), "", "", ""][:5]
        by_code[code] = Language(code, en, zh or en)
        by_word[code] = code
        for word in (*aliases.split(), en, zh, *other.split("|")):
            if word:
                by_word.setdefault(word.casefold(), code)
    return by_code, by_word


@cache
def _rare() -> dict[str, str]:
    """The codes that catalogues seldom use, read only when one is met."""
    lines = (files(__package__) / "languages_rare.tsv").read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t") for line in lines if line and not line.startswith("#"))


@lru_cache(maxsize=8192)
def to_iso639_3(text: str) -> str:
    """The ISO 639-3 code of a code or name (转为 ISO 639-3); '' where it says nothing or is not known."""
    word = text[:80].strip().casefold().strip(".;,[]()|# ")
    if not word or word in _EMPTY:
        return ""
    by_word = _tables()[1]
    found = by_word.get(word)
    if found is None:
        head = word.replace("_", "-").partition("-")[0]
        found = by_word.get(head) if head != word and len(head) in (2, 3) else None
    if found is None and word.endswith((" language", "语言")):
        found = by_word.get(word.removesuffix(" language").removesuffix("语言"))
    if found is None and len(word) == 3 and word in _rare():
        return word
    return found or ""


@lru_cache(maxsize=2048)
def split_codes(text: str) -> tuple[str, ...]:
    """Codes of a cell (拆分语种): ``engfre`` run together as old 041 fields have it, or divided by signs."""
    word = text.strip()
    if len(word) > 3 and len(word) % 3 == 0 and word.isascii() and word.isalpha() and word.islower():
        parts = [word[at : at + 3] for at in range(0, min(len(word), 60), 3)]
        codes = [to_iso639_3(part) for part in parts]
        if all(codes):
            return tuple(dict.fromkeys(codes))
    found = to_iso639_3(word)
    if found:
        return (found,)
    for sign in (";", ",", "，", "；", "、", "/", "|", " and ", "和"):
        if sign in word[:200]:
            codes = [to_iso639_3(part) for part in word[:200].split(sign)]
            return tuple(dict.fromkeys(code for code in codes if code))
    return ()


def of(code: str) -> Language | None:
    """The language of an ISO 639-3 code (语种名称)."""
    found = _tables()[0].get(code)
    if found is None and len(code) == 3 and code in _rare():
        return Language(code, _rare()[code], _rare()[code])
    return found
