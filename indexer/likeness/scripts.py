"""Scripts of folded texts, and how catalogues spell some of them in Latin letters (文字与罗马化)."""

from __future__ import annotations


def script_of(text: str) -> str:
    """The script that the first letter of a folded text beyond figures is of: latin, han, cyrillic …"""
    for sign in text:
        if sign.isalpha():
            point = ord(sign)
            return next((name for end, name in _SCRIPTS if point < end), "han")
    return "latin"


_SCRIPTS = (
    (0x370, "latin"), (0x400, "greek"), (0x530, "cyrillic"), (0x590, "armenian"), (0x600, "hebrew"),
    (0x780, "arabic"), (0xE00, "indic"), (0xE80, "thai"), (0x1100, "other"), (0x1200, "hangul"),
    (0x1E00, "other"), (0x2000, "latin"), (0x3040, "other"), (0x3100, "kana"), (0xAC00, "han"),
    (0xD7B0, "hangul"),
)  # fmt: skip
# Letters of Cyrillic in the two ways that catalogues romanise them, folded: ALA-LC (1997) and ISO 9 (1968).
_ALA = str.maketrans(
    dict(zip("абвгдезийклмнопрстуфыэіїґў", "abvgdeziiklmnoprstufyeiigu", strict=True))
    | dict(zip("ёжхцчшъь", ("e", "zh", "kh", "ts", "ch", "sh", "", ""), strict=True))
    | dict(zip("щюяє", ("shch", "iu", "ia", "ie"), strict=True))
)
_ISO = _ALA | str.maketrans(
    dict(zip("жхцчшйщюя", ("z", "h", "c", "c", "s", "j", "sc", "ju", "ja"), strict=True))
)


# Greek by the rules of ALA-LC (2010); the vowel signs that folding takes away are not told apart.
_GREEK_LETTERS = str.maketrans(
    dict(zip("αβγδεζηικλμνξοπρσςτυω", "avgdezeiklmnxoprsstyo", strict=True))
    | dict(zip("θφχψ", ("th", "ph", "ch", "ps"), strict=True))
)


def romanised(text: str) -> tuple[str, str]:
    """A folded Cyrillic text in Latin letters, by the rules of ALA-LC and of ISO 9; a Greek one by ALA-LC."""
    if script_of(text) == "greek":
        latin = text.replace("ου", "ou").replace("αυ", "au").replace("ευ", "eu").translate(_GREEK_LETTERS)
        return latin, latin
    return text.translate(_ALA), text.translate(_ISO)
