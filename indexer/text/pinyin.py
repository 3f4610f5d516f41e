"""Pinyin of Han text (拼音): toneless, ü written v, with the readings that surnames have."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from importlib.resources import files
from typing import cast

from indexer.text.analyse import HAN, MAX_KEY, analyse, has_han
from indexer.text.fold import fold


@cache
def _surnames() -> dict[str, str]:
    lines = files(__package__).joinpath("surnames.tsv").read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t") for line in lines if not line.startswith("#"))


_RUN = re.compile(f"[{HAN}]+")
_NAME = re.compile(f"[{HAN}]{{2,4}}")


@cache
def _words() -> Callable[[str], Iterable[str]]:
    """Cuts Han text into the words whose reading the dictionary knows, and single characters."""
    # Its tables take a while to load, and a catalogue without Han text never needs them.
    from pypinyin.contrib.mmseg import seg

    return cast(Callable[[str], Iterable[str]], seg.cut)


@lru_cache(maxsize=65536)
def _spoken(word: str) -> tuple[str, ...]:
    from pypinyin import Style, lazy_pinyin

    return tuple(s for s in lazy_pinyin([word], style=Style.NORMAL, v_to_u=False, errors="ignore") if s)


@lru_cache(maxsize=16384)
def _syllables(han: str) -> tuple[str, ...]:
    # Some thousand words make nearly all titles; looking one up is four times as dear as cutting it off.
    found: list[str] = []
    for word in _words()(han):
        found.extend(_spoken(word))
    return tuple(found)


def syllables(text: str, *, name: bool = False) -> list[str]:
    """The syllables of the Han characters of a text, other words between them as they are (``3D打印`` → 3d da
    yin).

    With ``name`` the text is a person's name, whose first characters are read as a surname.
    """
    result: list[str] = []
    end = 0
    for run in _RUN.finditer(text):
        if run.start() > end:
            result.extend(analyse(text[end : run.start()]))
        han = run[0]
        if name and _NAME.fullmatch(text.strip()):
            for length in (2, 1):
                reading = _surnames().get(han[:length]) if len(han) > length or length == 1 else None
                if reading is not None:
                    result.extend(reading.split())
                    han = han[length:]
                    break
        result.extend(_syllables(han))
        end = run.end()
    if end < len(text):
        result.extend(analyse(text[end:]))
    return result


@lru_cache(maxsize=65536)
def pinyin_keys(text: str, *, name: bool = False) -> tuple[str, str] | None:
    """(full, initials) as readers type them, ``hongloumeng`` and ``hlm``; None for a text without Han
    characters.
    """
    if not has_han(text):
        return None
    spelled = syllables(text[:60], name=name)
    if not spelled:
        return None
    return "".join(spelled), "".join(s if s.isdecimal() else s[0] for s in spelled)


def spelled_title(text: str, *, name: bool = False) -> str:
    """The pinyin of a whole title or name in the form it is searched by, ü written u; "" without Han
    characters.
    """
    keys = pinyin_keys(text, name=name)
    return keys[0].replace("v", "u")[:MAX_KEY] if keys else ""


_BETWEEN = re.compile(r"[^a-z0-9]+")
_TYPED = re.compile(r"[a-z0-9]+(?:[\s'’·-]+[a-z0-9]+)*\Z")


def typed_pinyin(text: str) -> str:
    """What may be the pinyin of a title in a query, in the form of ``spelled_title``; "" where it cannot be.

    Tones, ü, blanks and apostrophes are of no importance: ``Hóng lóu mèng``, ``hongloumeng``.
    """
    folded = fold(text.replace("u:", "u")).strip()
    if not folded[:1].isascii() or len(folded) > 2 * MAX_KEY or not _TYPED.match(folded):
        return ""
    return _BETWEEN.sub("", folded).replace("v", "u")[:MAX_KEY]


@lru_cache(maxsize=4096)
def spelled_out(text: str) -> int:
    """How many syllables a text has, if it is nothing but pinyin; 0 otherwise (拼音音节数)."""
    count = 0
    for word in re.split(r"[\s'’·-]+", fold(text.replace("u:", "u")).strip()):
        found = _SYLLABLES.fullmatch(word)
        if found is None:
            return 0
        count += len(_SYLLABLE.findall(word))
    return count


_FINALS = (
    "iang|iong|uang|ang|eng|ing|ong|ian|iao|uan|uai|ai|ei|ao|ou|an|en|in|un|ia|ie|iu|ua|uo|ui|ue|er"
    "|a|o|e|i|u|v"
)
_SYLLABLE = re.compile(f"(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?(?:{_FINALS})")
_SYLLABLES = re.compile(f"(?:{_SYLLABLE.pattern})+")


def pinyin_query(text: str) -> str:
    """What a reader typed as pinyin, ready to compare with `pinyin_keys`: ü and u: become v, blanks and '
    vanish.
    """
    lowered = text.strip().lower().replace("ü", "v").replace("u:", "v")
    return re.sub(r"[\s'’·-]+", "", lowered)
