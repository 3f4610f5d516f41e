"""From text to tokens (分词): the same function makes the tokens of a document and of a query.

Words of alphabetic scripts are one token each. Every Han character is a token of its own, so a title is found
by any of its characters and a longer query never finds more. Kana, Hangul, Thai and other scripts that are
written without dependable spaces are cut into characters too, but a query needs a run of them together (see
``groups``), which makes spacing in Korean irrelevant. Punctuation never matters; C++, C# and .NET are kept as
words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from indexer.text.fold import BETWEEN, fold, remember

HAN = "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
# Kana, Bopomofo, Hangul, Thai, Lao, Myanmar and Khmer: no spaces, or spaces that nobody writes alike.
_RUNS = (
    "\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3100-\u312f\u31a0-\u31ff\u1100-\u11ff\uac00-\ud7ff"
    "\u0e01-\u0eff\u1000-\u109f\u1780-\u17d3"
)
# Vowel signs of the scripts of India and Tibet belong to their word although they are no letters.
_SIGNED = "\u0900-\u0963\u0966-\u0dff\u0f40-\u0fbc"
_SYMBOLS = (
    r"[a-z]+\+\+(?![a-z0-9])|(?<![a-z0-9])[a-z]#(?![a-z0-9])"
    r"|(?:(?<![a-z0-9])|(?<=asp)|(?<=vb)|(?<=ado))\.net(?![a-z0-9])"
)
# The most frequent first: a pattern tries one after the other at every character.
_PIECES = re.compile(f"[{HAN}]|[{_RUNS}]+|{_SYMBOLS}|[^\\W_{HAN}{_RUNS}]+")
_SIGNED_PIECES = re.compile(f"[{HAN}]|[{_RUNS}]+|{_SYMBOLS}|(?:[^\\W_{HAN}{_RUNS}]|[{_SIGNED}])+")
_HAS_SIGNED = re.compile(f"[{_SIGNED}]")
_HAS_HAN = re.compile(f"[{HAN}]")
_FIRST_RUN = re.compile(f"[{_RUNS}]")
# In French and Italian a vowel falls out in front of a vowel or h; L'vov and d'Ka are words of their own.
_ELISION = re.compile(r"\b(l|d|qu|dell|nell|all)'(?=[aeiouyh])")

# Bytes are translated several times as fast as characters.
_ASCII_TABLE = bytes(ord(chr(c).lower()) if c < 128 and chr(c).isalnum() else 32 for c in range(256))
_ASCII_LINES = _ASCII_TABLE[:10] + b"\n" + _ASCII_TABLE[11:]  # the same, but lines stay lines

MAX_TOKEN = 64  # characters; longer ones are noise, and are cut alike in documents and queries
_LONG = re.compile(rf"(\S{{{MAX_TOKEN}}})\S+")

HAN_DIGITS = {char: digit for digit, char in enumerate("〇一二三四五六七八九")} | {"零": 0}
TO_ARABIC = str.maketrans({char: str(digit) for char, digit in HAN_DIGITS.items()})
HAN_YEAR = re.compile(
    f"(?<![〇零一二三四五六七八九])[〇零一二三四五六七八九]{{4}}(?![〇零一二三四五六七八九])(?=([{HAN}]?))"
)
FOUR_DIGITS = re.compile("[0-9〇零一二三四五六七八九]{4}")  # what both begin with; quick where there is none


def _spaced(folded: str) -> str:
    """Tokens of a folded ASCII text, separated by blanks, perhaps several."""
    if "`" in folded:  # A grave for an apostrophe, as `fold` has it where a text is more than ASCII.
        folded = folded.replace("`", "'")
    if "'" in folded:
        folded = _ELISION.sub(r"\1 ", folded)
    if "++" in folded or "#" in folded or ".net" in folded:
        return " ".join(m[0] for m in _PIECES.finditer(folded.replace("'", "")))
    return folded.encode().translate(_ASCII_TABLE, b"'").decode()


def _pieces(text: str) -> list[str]:
    return _pieces_of(fold(text))


def _pieces_of(folded: str) -> list[str]:
    if folded.isascii():
        return _cut(_spaced(folded)).split()
    if "'" in folded:
        folded = _ELISION.sub(r"\1 ", folded).replace("'", "")
    pattern = _SIGNED_PIECES if _HAS_SIGNED.search(folded) else _PIECES
    found: list[str] = pattern.findall(folded)
    if len(folded) > MAX_TOKEN:
        found = [p if len(p) <= MAX_TOKEN or _FIRST_RUN.match(p) else p[:MAX_TOKEN] for p in found]
    return found


def _cut(spaced: str) -> str:
    """Cuts tokens that are too long; looks at one place in 64 characters, as hardly any is."""
    start, end = 0, len(spaced)
    while end - start > MAX_TOKEN:
        start = spaced.rfind(" ", start, start + MAX_TOKEN + 1) + 1
        if not start:
            return _LONG.sub(r"\1", spaced)
    return spaced


def analyse(text: str) -> list[str]:
    """The tokens of a text in their order; their positions are their indexes. Never raises, may be empty."""
    return _tokens_of(fold(text))


def _tokens_of(folded: str) -> list[str]:
    if not _FIRST_RUN.search(folded):
        return _pieces_of(folded)
    tokens: list[str] = []
    for piece in _pieces_of(folded):
        if len(piece) > 1 and _FIRST_RUN.match(piece):
            tokens.extend(piece)
        else:
            tokens.append(piece)
    return tokens


def groups(text: str) -> list[tuple[str, ...]]:
    """The tokens of a query, those together that must stand together (a run of kana, Hangul, Thai …)."""
    return [tuple(p) if len(p) > 1 and _FIRST_RUN.match(p) else (p,) for p in _pieces(text)]


def index_text(text: str) -> str:
    """The tokens of a text separated by blanks, as the index takes them: quick for ASCII, the same as
    ``analyse``.
    """
    if text.isascii():
        return _cut(_spaced(text.lower()))
    return " ".join(analyse(text))


def index_texts(texts: Sequence[str]) -> tuple[list[str], list[str]]:
    """``index_text`` of all texts of a record at once, and their folded forms; those of ASCII as they are.

    Nearly all texts are Latin, and taking a few hundred characters together costs little more than a single
    word.
    """
    if not texts:
        return [], []
    folded = list(texts)
    if not "".join(texts).isascii():
        others = [number for number, text in enumerate(texts) if not text.isascii()]
        found = fold(BETWEEN.join([texts[number] for number in others])).split(BETWEEN)
        if len(found) != len(others):
            found = [fold(texts[number]) for number in others]
        for number, text in zip(others, found, strict=True):
            folded[number] = text
            remember(texts[number], text)
        if not "".join(folded).isascii():
            tokens = iter(_spaced_lines([text for text in folded if text.isascii()]))
            return [next(tokens) if t.isascii() else " ".join(_tokens_of(t)) for t in folded], folded
    return _spaced_lines(folded), folded


def _spaced_lines(folded: list[str]) -> list[str]:
    lines = "\n".join(folded).lower()
    if "#" in lines or "++" in lines or ".net" in lines or lines.count("\n") != len(folded) - 1:
        return [_cut(_spaced(text.lower())) for text in folded]
    if "`" in lines:
        lines = lines.replace("`", "'")
    if "'" in lines:
        lines = _ELISION.sub(r"\1 ", lines)
    lines = lines.encode().translate(_ASCII_LINES, b"'").decode()
    flat = lines.replace("\n", " ")
    return lines.split("\n") if _cut(flat) is flat else [_cut(line) for line in lines.split("\n")]


def has_han(text: str) -> bool:
    """Whether a text holds a Han character."""
    return not text.isascii() and _HAS_HAN.search(text) is not None


AND = frozenset({"and", "et", "und"})  # for which catalogues write & as often
_AND = re.compile(f" (?:{'|'.join(sorted(AND))})(?= )")


def without_and(folded: str) -> str:
    """A folded text without *and* between its words (省连词)."""
    if " and " in folded or " et " in folded or " und " in folded:
        return _AND.sub("", folded)
    return folded


_ARTICLES = frozenset(
    (
        "the",
        "a",
        "an",
        "der",
        "die",
        "das",
        "ein",
        "eine",
        "le",
        "la",
        "les",
        "l",
        "un",
        "une",
        "el",
        "los",
        "las",
    )
)
MAX_KEY = 180


def key(text: str) -> str:
    """The text as one comparable key (整体键): its tokens with a leading article left out and years in Arabic
    digits.

    Two titles with the same key are the same title to a reader: script, case, width, punctuation and spaces
    between Han characters do not count. A text without any token (``?``) keeps its characters.
    """
    tokens = index_text(text) if text.isascii() else " ".join(_pieces_of(_arabic(fold(text))))
    return key_of(tokens) or "".join(fold(text).split())[:MAX_KEY]


def key_of(spaced: str) -> str:
    """The key of a text whose tokens are known, where ``tokens_are_key``; "" when it has none."""
    tokens = spaced.split()
    if len(tokens) > 1 and tokens[0] in _ARTICLES:
        del tokens[0]
    return " ".join(tokens)[:MAX_KEY]


def tokens_are_key(folded: str) -> bool:
    """Whether the tokens of a folded text are what its ``key`` is made of: not where numbers have another
    form, nor where characters of one word are tokens.
    """
    return folded.isascii() or not (_FIRST_RUN.search(folded) or FOUR_DIGITS.search(folded))


def _arabic(folded: str) -> str:
    if folded.isascii() or not FOUR_DIGITS.search(folded):
        return folded
    return HAN_YEAR.sub(lambda m: m[0].translate(TO_ARABIC), folded)
