"""Text files that are not UTF-8 turned into it while they are read (转码)."""

from __future__ import annotations

import codecs
import re

# Each declared set in the widest form that programs write under its name.
_WIDER = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb_2312-80": "gb18030",
    "cp936": "gb18030",
    "big5": "big5hkscs",
    "big-5": "big5hkscs",
    "shift-jis": "cp932",
    "shift_jis": "cp932",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
}
_SOUND = re.compile(rb"[\xc3-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


def decoder(head: bytes, declared: str, legacy: str) -> tuple[codecs.IncrementalDecoder | None, str]:
    """A decoder where the bytes are not UTF-8 (else None), and the name of the character set.

    The bytes decide: what reads as UTF-8, but for a few damaged places, is UTF-8 whatever a declaration says;
    else the declared set counts, and where that says UTF-8, nothing or nonsense, the library's legacy set.
    """
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head, False)
    except UnicodeDecodeError:
        broken = head.decode("utf-8", "replace").count("\ufffd")
        if len(_SOUND.findall(head)) > 2 * broken:
            return None, "utf-8"
        for name in (declared.lower(), legacy.lower(), "gb18030"):
            candidate = _WIDER.get(name, name)
            if candidate in ("", "utf-8", "utf8"):
                continue
            try:
                codecs.getincrementaldecoder(candidate)().decode(head, False)
                return codecs.getincrementaldecoder(candidate)("replace"), candidate
            except (LookupError, UnicodeDecodeError, TypeError):
                continue
    return None, "utf-8"


def text_of(data: bytes, legacy: str) -> str:
    """The text of one damaged piece: as UTF-8, the legacy set or Latin-1, whichever reads it without a
    fault."""
    for candidate in ("utf-8", _WIDER.get(legacy.lower(), legacy), "cp1252"):
        try:
            return data.decode(candidate)
        except (LookupError, UnicodeDecodeError):
            continue
    return data.decode("utf-8", "ignore")
