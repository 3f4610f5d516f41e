"""Plain text out of what web forms, databases and publishers put into fields (去标记).

Catalogue data that has passed through programs carries HTML and JATS tags, entities, line ends, control
characters and the words that languages print for "nothing". A Record holds none of them.
"""

from __future__ import annotations

import html
import re
import unicodedata
from typing import Any
from urllib.parse import urlsplit

# Only the names of real mark-up count as tags, so that "<孟子>" and "a < b" stay as they are.
_INLINE = (
    "a|abbr|acronym|b|bdi|bdo|big|bold|cite|code|del|dfn|em|ext-link|fn|font|i|ins|italic|kbd|label|mark|monospace|named-content|nobr|"
    "q|roman|s|samp|sans-serif|sc|scp|small|span|strike|strong|styled-content|sub|sup|tt|u|underline|uri|var|wbr|xref|"
    "math|mi|mn|mo|mrow|msub|msup|msubsup|mtext|mfrac|msqrt|mover|munder|mstyle|mspace|mfenced|semantics|annotation|"
    "inline-formula|disp-formula|tex-math|inline-graphic|alternatives"
)
_BLOCK = (
    "address|article|aside|blockquote|body|br|caption|center|dd|div|dl|dt|figcaption|figure|footer|h[1-6]|head|header|hr|html|iframe|"
    "img|input|li|list|list-item|main|meta|nav|o:p|ol|p|para|pre|sec|section|source|table|tbody|td|tfoot|th|thead|title|tr|ul|"
    "video|abstract|break"
)
_INLINE_TAG = re.compile(rf"</?(?:jats:|mml:|m:)?(?:{_INLINE})(?:\s[^<>]*)?/?>", re.I)
_BLOCK_TAG = re.compile(rf"</?(?:jats:|mml:|m:)?(?:{_BLOCK})(?:\s[^<>]*)?/?>", re.I)
_UNSEEN = re.compile(
    r"<!--.{0,20000}?-->|<!\[CDATA\[|\]\]>|<(script|style)\b[^<>]*>.{0,200000}?</\1\s*>", re.I | re.S
)
_CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\u200b\u2060\ufeff\ufffe\uffff\ud800-\udfff]"
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_NOTHING = frozenset(
    {
        "none",
        "null",
        "nil",
        "undefined",
        "nan",
        "n/a",
        "[null]",
        "(null)",
        "[none]",
        "-",
        "--",
        "[]",
        "{}",
        "#n/a",
    }
)
_WRITTEN_BREAK = re.compile(r"(?:\\[nrt])+(?![a-z])")  # line ends that were escaped once too often
_NOTHING_IN_FRONT = re.compile(r"^(?:null|undefined|None)\s+(?=[\u3400-\u9fff])")
_MAX = 200_000  # characters of one value; what is longer is a full text, not a description


def plain(value: Any) -> str:
    """One value as one line of plain text (纯文本); empty for what stands for nothing (``null``, ``N/A`` …).

    Numbers become their digits, booleans and structures become empty. Never raises.
    """
    if isinstance(value, str):
        text = value
    elif isinstance(value, bool) or value is None:
        return ""
    elif isinstance(value, int):
        return str(value) if value.bit_length() < 400 else ""
    elif isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):
            return ""
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    else:
        return ""
    if len(text) > _MAX:
        text = text[:_MAX]
    if "&" in text:
        # Twice, because exports escape what was escaped already; not oftener, so that text about
        # entities survives.
        text = _ENTITY.sub(_unescape, _ENTITY.sub(_unescape, text))
    if "<" in text:
        text = _INLINE_TAG.sub("", _BLOCK_TAG.sub(" ", _UNSEEN.sub(" ", text)))
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    if "\\" in text:
        text = _WRITTEN_BREAK.sub(" ", text)
    text = " ".join(_CONTROL.sub("", text).split())
    text = _NOTHING_IN_FRONT.sub("", text)
    return "" if text.casefold() in _NOTHING else text


def _unescape(match: re.Match[str]) -> str:
    return html.unescape(match.group())


def texts(value: Any) -> list[str]:
    """Plain texts of a value that may be one or a list, without empty ones and repetitions, in their order
    (多值)."""
    if value is None or value == "":
        return []
    values = value if isinstance(value, list) else [value]
    return list(dict.fromkeys(text for text in map(plain, values) if text))


def text(value: Any) -> str:
    """The first plain text of a value that may be one or a list (首值)."""
    if isinstance(value, list):
        return next((found for found in map(plain, value) if found), "")
    return plain(value)


def web_address(value: Any) -> str:
    """An http, https or ftp address, or nothing (网址): ``javascript:`` never gets into a Record."""
    if not isinstance(value, str):
        return ""
    address = _CONTROL.sub("", value).strip().replace("&amp;", "&")
    if not address.lower().startswith(("http://", "https://", "ftp://")) or len(address) > 4000:
        return ""
    address = re.sub(r"\s", "%20", address).replace('"', "%22").replace("<", "%3C").replace(">", "%3E")
    try:
        return address if urlsplit(address).netloc else ""
    except ValueError:
        return ""
