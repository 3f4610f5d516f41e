"""Characters of key/value pairs (字符解码): declared, UTF-8, GB18030, or replaced and told.

OpenURL says UTF-8 unless ``ctx_enc`` names another set (Z39.88-2004 part 2, clause 6.2); many sources say
nothing and send what their system uses. Each value is decided by itself, because a link is often put
together from parts of different origin.
"""

from __future__ import annotations

import re

# Names of ctx_enc (info:ofi/enc:…) and their codecs.
_DECLARED = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "utf-8",
    "iso-8859-1": "iso-8859-1",
    "iso8859-1": "iso-8859-1",
    "latin1": "iso-8859-1",
    "iso-8859-15": "iso-8859-15",
    "windows-1252": "cp1252",
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "gb18030": "gb18030",
    "big5": "big5hkscs",
    "euc-kr": "euc-kr",
    "euc-jp": "euc-jp",
    "shift_jis": "shift_jis",
}
# Two bytes of GB 2312, which nearly all Chinese text is written in. Accented letters of a Western set stand
# alone or behind small letters.
_GB2312 = re.compile(rb"(?<![a-z])[\xa1-\xa9\xb0-\xf7][\xa1-\xfe]")
# Characters of three and four bytes in UTF-8, which other sets hardly ever look like.
_UTF_8 = re.compile(rb"\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xef][\x80-\xbf]{2}|\xf0[\x90-\xbf][\x80-\xbf]{2}")


def declared_codec(ctx_enc: str) -> str:
    """The codec that ``ctx_enc`` names, "" where it names none that is known."""
    return _DECLARED.get(ctx_enc.strip().lower().removeprefix("info:ofi/enc:"), "")


def decode(data: bytes, declared: str = "") -> tuple[str, str]:
    """(text, character set): the set is the one that fitted, or ``replaced`` where none did."""
    if data.isascii():
        return data.decode("ascii"), "utf-8"
    if declared and declared != "utf-8" and not _surely_utf_8(data, declared):
        try:
            return data.decode(declared), "iso-8859-1" if declared == "cp1252" else declared
        except UnicodeDecodeError:
            pass
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    if _GB2312.search(data) and not _cut_off(data):
        try:
            return data.decode("gb18030"), "gb18030"
        except UnicodeDecodeError:
            pass
    return data.decode("utf-8", "replace"), "replaced"


_WESTERN = frozenset(("iso-8859-1", "iso-8859-15", "cp1252"))


def _surely_utf_8(data: bytes, declared: str) -> bool:
    """Whether the declaration is wrong: all that is not ASCII are characters of UTF-8, some of three bytes.
    One of those may be chance where a set of two bytes a character is declared, several are not.
    """
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return len(_UTF_8.findall(data)) >= (1 if declared in _WESTERN else 2)


def _cut_off(data: bytes) -> bool:
    """Whether this is UTF-8 of which a piece was lost: most of what is not ASCII are whole characters."""
    whole = sum(len(found) for found in _UTF_8.findall(data))
    return whole * 5 >= sum(byte > 0x7F for byte in data) * 3
