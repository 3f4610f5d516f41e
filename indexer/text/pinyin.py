"""Pinyin of Han text (拼音): toneless, ü written v, with the readings that surnames have."""

from __future__ import annotations

import re
from functools import lru_cache

from indexer.text.analyse import HAN, analyse, has_han

# Surnames whose reading differs from the usual one of the character (姓氏读音).
_SURNAMES = {
    "单": "shan", "單": "shan", "曾": "zeng", "任": "ren", "解": "xie", "仇": "qiu", "区": "ou", "區": "ou", "查": "zha",
    "盖": "ge", "蓋": "ge", "朴": "piao", "翟": "zhai", "华": "hua", "華": "hua", "尉迟": "yu chi", "尉遲": "yu chi", "万俟": "mo qi",
    "萬俟": "mo qi", "长孙": "zhang sun", "長孫": "zhang sun", "宓": "mi", "乐": "yue", "樂": "yue", "召": "shao", "缪": "miao",
    "繆": "miao", "冼": "xian", "逄": "pang", "员": "yun", "員": "yun", "折": "she", "黑": "he", "秘": "bi", "繁": "po", "覃": "qin",
    "佴": "nai", "仉": "zhang", "阚": "kan", "闞": "kan", "纪": "ji", "紀": "ji", "澹台": "tan tai", "澹臺": "tan tai", "尹": "yin",
}  # fmt: skip
_RUN = re.compile(f"[{HAN}]+")
_NAME = re.compile(f"[{HAN}]{{2,4}}")


@lru_cache(maxsize=16384)
def _syllables(han: str) -> tuple[str, ...]:
    # Its tables take a while to load, and a catalogue without Han text never needs them.
    from pypinyin import Style, lazy_pinyin

    return tuple(s for s in lazy_pinyin(han, style=Style.NORMAL, v_to_u=False, errors="ignore") if s)


def syllables(text: str, *, name: bool = False) -> list[str]:
    """The syllables of the Han characters of a text, other words between them as they are (``3D打印`` → 3d da yin).

    With ``name`` the text is a person's name, whose first characters are read as a surname.
    """
    result: list[str] = []
    end = 0
    for run in _RUN.finditer(text):
        result.extend(analyse(text[end : run.start()]))
        han = run[0]
        if name and _NAME.fullmatch(text.strip()):
            for length in (2, 1):
                reading = _SURNAMES.get(han[:length]) if len(han) > length or length == 1 else None
                if reading is not None:
                    result.extend(reading.split())
                    han = han[length:]
                    break
        result.extend(_syllables(han))
        end = run.end()
    result.extend(analyse(text[end:]))
    return result


@lru_cache(maxsize=65536)
def pinyin_keys(text: str, *, name: bool = False) -> tuple[str, str] | None:
    """(full, initials) as readers type them, ``hongloumeng`` and ``hlm``; None for a text without Han characters."""
    if not has_han(text):
        return None
    spelled = syllables(text[:60], name=name)
    if not spelled:
        return None
    return "".join(spelled), "".join(s if s.isdigit() else s[0] for s in spelled)


def pinyin_query(text: str) -> str:
    """What a reader typed as pinyin, ready to compare with `pinyin_keys`: ü and u: become v, blanks and ' vanish."""
    lowered = text.strip().lower().replace("ü", "v").replace("u:", "v")
    return re.sub(r"[\s'’·-]+", "", lowered)
