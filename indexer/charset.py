"""Which character set a record is in, told from its bytes, and its text (字符集判定).

What a leader or 100$a/26-29 says about the character set is a hint at best: exports do not rewrite it. The
order: strict UTF-8; MARC-8 where there are escape sequences or single marks in front of letters; then the
two-byte sets, GB18030 and Big5, by how much of the text would be common Han characters. Chinese text in GBK
practically never passes strict UTF-8.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from importlib.resources import files

from indexer import marc8

LOST = "〓"  # the mark that Chinese and Japanese catalogues print for a character that could not be set

_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
# A run of high bytes with what follows it, and the shape of such a run in ANSEL: a letter of its own, then
# marks.
_RUN_AND_NEXT = re.compile(rb"([\x80-\xff]+)([^\x80-\xff]?)")
_HORNED = b"\xac\xad\xbc\xbd"  # ơ and ư, the only letters of their own that take marks
_ANSEL_RUN = re.compile(rb"((?:[\xa1-\xc8]|[\xe0-\xfe]{1,2}[" + _HORNED + rb"]){0,2})([\xe0-\xfe]{0,3})")


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    """Some 1,200 Han characters and marks that make up most of any Chinese catalogue, both scripts."""
    text = (files(__package__) / "common_han.txt").read_text(encoding="utf-8")
    return frozenset("".join(line for line in text.splitlines() if not line.startswith("#")))


def legacy_charset(data: bytes, preferred: str = "gb18030", *, marc8_declared: bool = False) -> str:
    """The character set of bytes that are not UTF-8 (旧字符集): marc-8, gb18030, big5 or cp1252.

    ``preferred`` wins among the two-byte sets when the text says nothing; ``marc8_declared`` when the
    leader of a MARC 21 record is blank at 09.
    """
    if marc8.has_escapes(data):
        return "marc-8"
    runs = _RUN_AND_NEXT.findall(data)
    if not runs:
        return "ascii"
    plausible = sum(1 for run, letter in runs if _is_ansel(run, letter, strict=not marc8_declared))
    if plausible * 10 >= len(runs) * 8:
        whole = marc8.to_text(data)[1] == 0
        if whole and marc8_declared:
            return "marc-8"
        if (whole or marc8_declared) and _best_two_byte_score(data) < 0.6:
            return "marc-8"
    high = sum(len(run) for run, _ in runs)
    if _lone_bytes(data) * 2 >= high and _two_byte_score(data, preferred)[0] < 0.3:
        return "cp1252"
    scores = sorted(
        (*_two_byte_score(data, charset), charset == preferred, charset) for charset in ("gb18030", "big5")
    )
    return scores[-1][-1]


def _is_ansel(run: bytes, letter: bytes, *, strict: bool) -> bool:
    """Whether high bytes and the byte behind them are ANSEL: marks stand in front of a letter.

    Without a leader that says MARC-8, one mark must make a usual letter with its base, which tells it from
    Latin-1.
    """
    found = _ANSEL_RUN.fullmatch(run)
    if not found:
        return False
    letters, marks = found.groups()
    if not marks:
        return len(letters) == 1 or letters[-1] in _HORNED
    if not letter.isalpha() and (strict or letter != b" "):
        return False
    if not strict or len(marks) > 1 or marks in b"\xeb\xec\xfa\xfb\xf2\xf3\xf4\xf0":
        return True
    return _composes(marks, letter)


def _composes(marks: bytes, letter: bytes) -> bool:
    """Whether the ANSEL marks make one letter with the base behind them."""
    return len(marc8.to_text(marks + letter)[0]) == 1


def _lone_bytes(data: bytes) -> int:
    return sum(1 for run in _HIGH_RUN.findall(data) if len(run) == 1)


def _two_byte_score(data: bytes, charset: str) -> tuple[float, float]:
    """How well the bytes read in a two-byte set: share of common characters minus five times the broken
    ones.
    """
    text = _lenient(data, charset)
    common = _common()
    wide = [c for c in text if c >= "\x80"]
    if not wide:
        return 0.0, 0.0
    broken = text.count("\ufffd") + sum(1 for c in wide if "\ue000" <= c <= "\uf8ff")
    known = sum(1 for c in wide if c in common)
    return round((known - 5 * broken) / len(wide), 6), -float(len(wide))


def _best_two_byte_score(data: bytes) -> float:
    return max(_two_byte_score(data, charset)[0] for charset in ("gb18030", "big5"))


def _lenient(data: bytes, charset: str) -> str:
    if charset == "big5":
        try:
            return data.decode("cp950")
        except UnicodeDecodeError:
            return data.decode("big5hkscs", "replace")
    return data.decode(charset, "replace")


def to_text(data: bytes, charset: str) -> tuple[str, int]:
    """Decode in a known character set; the text and how many characters were lost (each stands as 〓)."""
    if charset == "marc-8":
        return marc8.to_text(data)
    try:
        if charset == "big5":
            text = _lenient(data, charset)
        elif charset in ("utf-8", "utf-16"):
            text = data.decode("utf-8", "replace")
        else:
            text = data.decode(charset, "replace")
    except LookupError:
        text = data.decode("utf-8", "replace")
    if charset == "gb18030":
        text = text.translate(_GB_PRIVATE)
    elif charset == "big5":
        text = text.replace("\u2215", "／")  # The two mappings of Big5 differ in this sign.
    lost = text.count("\ufffd")
    return (text.replace("\ufffd", LOST), lost) if lost else (text, 0)


def decode_text(data: bytes, preferred: str = "gb18030") -> tuple[str, str]:
    """Text and character set of a whole text file or of a piece of one, without its byte order mark
    (文本解码).
    """
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        if _mostly_utf8(data, error):
            return data.decode("utf-8", "replace").replace("\ufffd", LOST), "utf-8"
    charset = legacy_charset(data, preferred)
    if charset == "marc-8" and not marc8.has_escapes(data):
        charset = "cp1252"
    return to_text(data, charset)[0], charset


def _mostly_utf8(data: bytes, error: UnicodeDecodeError) -> bool:
    """A few broken bytes in a text that is UTF-8 otherwise: at least nine of ten high bytes are in good
    sequences.
    """
    high = sum(len(run) for run in _HIGH_RUN.findall(data))
    good = sum(len(found) for found in _UTF8_SEQUENCE.findall(data))
    return high > 0 and good * 10 >= high * 9 and error.start >= 0


_UTF8_SEQUENCE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xef][\x80-\xbf]{2}"
    rb"|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}"
)


def mostly_utf8(data: bytes) -> bool:
    """Whether bytes that are not strict UTF-8 are UTF-8 with a few broken characters."""
    high = sum(len(run) for run in _HIGH_RUN.findall(data))
    return high > 0 and sum(len(found) for found in _UTF8_SEQUENCE.findall(data)) * 10 >= high * 8


# Two-byte codes of GB18030-2005 that the older mapping sends to the private use area (GB 18030-2005 table 1
# A.1).
_GB_PRIVATE = {
    0xE81E: 0x9FB4, 0xE826: 0x9FB5, 0xE82B: 0x9FB6, 0xE82C: 0x9FB7, 0xE832: 0x9FB8, 0xE843: 0x9FB9,
    0xE854: 0x9FBA, 0xE864: 0x9FBB, 0xE816: 0x20087, 0xE817: 0x20089, 0xE818: 0x200CC, 0xE831: 0x215D7,
    0xE83B: 0x2298F, 0xE855: 0x241FE, 0xE7C7: 0x1E3F,
}  # fmt: skip

# UTF-8 that was read as Latin-1 or Windows-1252 leaves these: a lead byte's letter, then continuation bytes.
_CP1252 = {chr(code): bytes([code]) for code in range(0x80, 0x100)}
_CP1252.update(
    (bytes([code]).decode("cp1252"), bytes([code]))
    for code in range(0x80, 0xA0)
    if code not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
)
_TAIL = "".join(c for c, b in _CP1252.items() if b < b"\xc0")
_MOJIBAKE = re.compile(
    f"(?:[\u00c2-\u00df][{re.escape(_TAIL)}]|[\u00e0-\u00ef][{re.escape(_TAIL)}]{{2}}"
    f"|[\u00f0-\u00f4][{re.escape(_TAIL)}]{{3}})+"
)


def repair_mojibake(text: str) -> tuple[str, int]:
    """Undo UTF-8 read as Latin-1 (乱码修复) where it is certain; the text and how many places were mended.

    Certain is a run of characters whose bytes are strict UTF-8 for characters that exist: no language
    writes ``Ã©`` or ``ä¸\xad``. A capital A with circumflex in front of a sign alone (``Â«``) is mended
    too: it is never a word.
    """
    mended = 0

    def mend(found: re.Match[str]) -> str:
        nonlocal mended
        try:
            better = b"".join(_CP1252[c] for c in found.group()).decode("utf-8")
        except (UnicodeDecodeError, KeyError):
            return found.group()
        if any(unicodedata.category(c) in ("Cn", "Co", "Cs") for c in better):
            return found.group()
        mended += 1
        return better

    text = _MOJIBAKE.sub(mend, text)
    return text, mended


# A program that took Windows-1252 for its character set dropped the five bytes that are not in it (81, 8D,
# 8F, 90, 9D). What is left of a character is its first byte's letter and perhaps another.
_OR_LEFTOVER = re.compile(
    f"({_MOJIBAKE.pattern})|(\u00d9)|((?<=[A-LN-Za-ln-z])\u00cc)|[\u00e2-\u00ef][{re.escape(_TAIL)}]?"
    f"|[\u00f0-\u00f4][{re.escape(_TAIL)}]{{0,2}}|[\u00c2-\u00df]"
)
_ARABIC = re.compile("[\u0600-\u06ff]")
_ENOUGH = 3  # places mended in a record before its other letters are taken for leftovers


def repair(text: str) -> tuple[str, int, int]:
    """Mend the text of one record that was read in a wrong set; the text, places mended, characters lost.

    Where UTF-8 was read as Windows-1252 and bytes were dropped, the two characters that can be told from
    the rest are put back (Arabic feh, the acute accent of romanisation); of the others nothing is left but
    〓.
    """
    better, mended = repair_mojibake(text)
    if not mended:
        return *repair_marc8(text), 0
    if mended < _ENOUGH:
        return better, mended, 0
    arabic = _ARABIC.search(better) is not None
    lost = 0

    def mend(found: re.Match[str]) -> str:
        nonlocal lost
        whole, feh, acute = found.group(1, 2, 3)
        if whole:
            return repair_mojibake(whole)[0]
        if feh and arabic:
            return "\u0641"
        if acute:
            return "\u0301"
        lost += 1
        return LOST

    return _OR_LEFTOVER.sub(mend, text), mended, lost


# MARC-8 that was read as Latin-1 has its marks in front of the letters: åOe for Ōe, Garcâia for García.
_MARK_FIRST = re.compile("([\u00e0-\u00fe]{1,2})([A-Za-z])")
# Pairs that no language writes; one of them makes the rest of the same record certain.
_NEVER = re.compile("[\u00e0-\u00fe][A-Z]|[\u00e2][eou]|[\u00e5][OU]")


def repair_marc8(text: str) -> tuple[str, int]:
    """Undo MARC-8 read as Latin-1 in the text of one record where it is certain; the text and places mended.

    Certain means that at least one pair of mark and letter is never written in any language, and that every
    character beyond ASCII is such a mark in front of a letter with which it makes a letter that exists.
    """
    if not _NEVER.search(text):
        return text, 0
    pairs = _MARK_FIRST.findall(text)
    if sum(len(marks) for marks, _ in pairs) != sum(1 for character in text if character >= "\x80"):
        return text, 0
    if not all(_composes(marks.encode("latin-1"), letter.encode()) for marks, letter in pairs):
        return text, 0

    def mend(found: re.Match[str]) -> str:
        return marc8.to_text(found.group().encode("latin-1"))[0]

    return _MARK_FIRST.sub(mend, text), len(pairs)


# Characters that no value holds: C0 and C1 controls (with the non-sorting marks U+0098 and U+009C of MARC
# 21), byte order marks, and the marks of direction that would turn the rest of a page round.
_UNWANTED = re.compile(
    "[\x00-\x1c\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufff9-\ufffb]"
)
_BLANKS = str.maketrans(
    {"\u3000": " ", "\u00a0": " ", "\t": " ", "\n": " ", "\r": " ", "\x0b": " ", "\x0c": " "}
)


def normalize(text: str) -> str:
    """NFC; the same object when nothing has to change."""
    found = unicodedata.normalize("NFC", text)
    return text if found == text else found


def clean(text: str) -> str:
    """NFC without control characters (清洗); ideographic and hard blanks become blanks; keeps 0x1D-0x1F."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    if _UNWANTED.search(text):
        text = _UNWANTED.sub("", text.translate(_BLANKS))
    elif "\u3000" in text or "\u00a0" in text:
        text = text.translate(_BLANKS)
    return text
