"""Lines of a text file in whatever character set it came (逐行读取).

Exports of reference managers and spreadsheets do not say their character set, and files pasted together
have more than one. The set is judged from the first 64 KiB and then tried record by record: UTF-8 first
unless the file is plainly something else, then the legacy set. In all sets read here (UTF-8, GB18030, Big5,
Windows-1252) the bytes of a line end, a tab, a comma and a quotation mark are never part of another
character, so files are cut as bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple, cast

from indexer.problem import Problem
from indexer.profile import Profile
from indexer.reader import Raw

BOM = b"\xef\xbb\xbf"
HEAD = 64 * 1024
LINE_LIMIT = 4 * 1024 * 1024  # bytes; a longer line is given in pieces
_CHUNK = 64 * 1024
_NEWLINE = re.compile(rb"\r\n|\n|\r")
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_UNASSIGNED = re.compile("[\ufffd\ue000-\uf8ff]")


class Line(NamedTuple):
    """One line without its end (行); ``number`` counts from 1."""

    number: int
    data: bytes


def lines(stream: BinaryIO) -> Iterator[Line]:
    """Lines of a stream (行), whatever their ends (CR, LF or both), without the byte order mark of the
    file.
    """
    number = 0
    rest = b""
    first = True
    while True:
        chunk = stream.read(_CHUNK)
        more = bool(chunk)
        block = rest + chunk
        if first and (len(block) >= len(BOM) or not more):
            block = block.removeprefix(BOM)
            first = False
        # A CR at the end of a block may be the first half of a line end, so it waits for the next block.
        held = b"\r" if more and block.endswith(b"\r") else b""
        parts = _NEWLINE.split(block[: len(block) - len(held)])
        rest = (parts.pop() if more else b"") + held
        for part in parts:
            number += 1
            if more or part.strip(b"\x1a\x00"):  # some programs end a file with ^Z
                yield Line(number, part)
        if len(rest) > LINE_LIMIT:
            number += 1
            yield Line(number, rest)
            rest = b""
        if not more:
            return


def charset_of(head: bytes, profile: Profile) -> tuple[str, ...]:
    """Character sets to try on each record of a file that begins with ``head``, the likeliest first
    (字符集判定).
    """
    sound = 0
    damaged: list[bytes] = []
    # The last line of the head may end within a character.
    whole = head.removeprefix(BOM).rsplit(b"\n", 1)[0] if len(head) >= HEAD else head.removeprefix(BOM)
    for line in whole.split(b"\n"):
        if not line.isascii():
            try:
                line.decode("utf-8")
                sound += 1
            except UnicodeDecodeError as error:
                if len(line) < HEAD // 2 or error.start < len(line) - 4:
                    damaged.append(line)
    legacy = _legacy(b"\n".join(damaged), profile)
    if profile.charset:
        return tuple(dict.fromkeys((profile.charset.lower(), "utf-8", legacy)))
    return ("utf-8", legacy) if sound >= len(damaged) else (legacy, "utf-8")


def _legacy(head: bytes, profile: Profile) -> str:
    """GB18030, Big5 or Windows-1252: by the share of the frequent characters of each among the bytes over
    127.
    """
    runs = _HIGH_RUN.findall(head)
    if not runs:
        return profile.legacy_charset
    level_gb = level_big5 = pairs = 0
    index = 0
    while index < len(head) - 1:
        lead = head[index]
        if lead < 0x80:
            index += 1
            continue
        trail = head[index + 1]
        pairs += 1
        level_gb += (0xB0 <= lead <= 0xD7 and trail >= 0xA1) or lead in (0xA1, 0xA3)
        level_big5 += 0xA1 <= lead <= 0xC6 and (0x40 <= trail <= 0x7E or trail >= 0xA1)
        index += 2
    lonely = sum(len(run) == 1 for run in runs)
    if max(level_gb, level_big5) < 0.5 * pairs and lonely >= 0.6 * len(runs):
        return "cp1252"
    # GB2312 text has no trail byte under 0xA1, Big5 text has it in four characters of ten.
    return "big5" if level_big5 > 1.15 * level_gb else "gb18030"


def decode(data: bytes, charsets: tuple[str, ...]) -> tuple[str, str, bool]:
    """Text, the character set it was in, and whether no byte was lost (解码)."""
    if data.isascii():
        return data.decode("ascii"), charsets[0] if charsets else "utf-8", True
    for charset in charsets:
        try:
            return data.decode(_codec(charset)), charset, True
        except (UnicodeDecodeError, LookupError):
            continue
    # No set fits all of it: the set that loses least, without marks of replacement in the text.
    best: tuple[int, str, str] | None = None
    for charset in charsets or ("utf-8",):
        try:
            text = data.decode(_codec(charset), errors="replace")
        except LookupError:
            continue
        lost = len(_UNASSIGNED.findall(text))
        if best is None or lost < best[0]:
            best = (lost, text, charset)
    if best is None:
        return data.decode("utf-8", errors="ignore"), "utf-8", False
    return best[1].replace("\ufffd", ""), best[2], False


_LOST = re.compile(r"\ufffd|&(?:amp;)?#(?:x0*fffd|65533);|\\ufffd", re.I)


def text_of(raw: Raw, profile: Profile) -> tuple[str, list[Problem]]:
    """The text of a Raw, without the marks that stand for characters its source has lost, which are
    reported.
    """
    # What came in UTF-16 has been made UTF-8 before it was cut; the charset tells what the file was.
    charset = "utf-8" if raw.charset.startswith("utf-16") else raw.charset or "utf-8"
    text, _, _ = decode(raw.data, (charset, "utf-8", profile.legacy_charset))
    if "fffd" not in text.lower() and "65533" not in text and "\ufffd" not in text:
        return text, []
    cleaned, lost = _LOST.subn("", text)
    if not lost:
        return text, []
    match = _LOST.search(text)
    sample = text[max(0, match.start() - 30) : match.end() + 30] if match is not None else ""
    message = f"{lost} characters are lost: the source has a mark of replacement (U+FFFD) in their place"
    sample = _LOST.sub("?", " ".join(sample.split()))
    return cleaned, [
        Problem("character-missing", "warning", message, position=raw.position, value=sample[:200])
    ]


def _codec(charset: str) -> str:
    name = charset.lower()
    return {"gbk": "gb18030", "gb2312": "gb18030", "big5": "cp950", "latin-1": "cp1252"}.get(name, name)


def rewound(stream: BinaryIO) -> tuple[bytes, BinaryIO]:
    """The first 64 KiB of a stream and the stream with them still in it (预读)."""
    head = b""
    while len(head) < HEAD:
        chunk = stream.read(HEAD - len(head))
        if not chunk:
            break
        head += chunk
    return head, cast(BinaryIO, _Rewound(head, stream))


class _Rewound:
    """A stream whose first bytes have been looked at; only ``read`` is needed here."""

    def __init__(self, head: bytes, stream: BinaryIO) -> None:
        self._head = head
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        if not self._head:
            return self._stream.read(size)
        if size < 0:
            data, self._head = self._head + self._stream.read(), b""
            return data
        data, self._head = self._head[:size], self._head[size:]
        return data
