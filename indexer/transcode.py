"""Text files that are not UTF-8 turned into it while they are read (转码)."""

from __future__ import annotations

import codecs

_WIDER = {
    "gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "cp936": "gb18030", "big5": "big5hkscs",
    "big-5": "big5hkscs", "shift-jis": "cp932", "shift_jis": "cp932", "iso-8859-1": "cp1252", "latin1": "cp1252",
}  # fmt: skip


def decoder(head: bytes, declared: str, legacy: str) -> tuple[codecs.IncrementalDecoder | None, str]:
    """A decoder where the bytes are not UTF-8 (else None), and the name of the character set.

    The bytes decide: what reads as UTF-8 is UTF-8 whatever a declaration says; else the declared set counts, and
    where that says UTF-8, nothing or nonsense, the library's legacy set. Sets are taken in their widest form.
    """
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head, False)
    except UnicodeDecodeError:
        for name in (declared.lower(), legacy.lower(), "gb18030", "cp1252"):
            candidate = _WIDER.get(name, name)
            if candidate in ("", "utf-8", "utf8"):
                continue
            try:
                codecs.getincrementaldecoder(candidate)().decode(head, False)
                return codecs.getincrementaldecoder(candidate)("replace"), candidate
            except (LookupError, UnicodeDecodeError, TypeError):
                continue
    return None, "utf-8"
