"""Zotero's Extra field (Zotero 附加栏): what Zotero has no field for, as lines of ``Key: value``.

Translators of Chinese sites put class numbers, prices, subjects of degrees, funds, English titles and the
countries of authors there, and counters of views and downloads, which are dropped.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from indexer.formats.draft import Draft, full_name, has_han
from indexer.formats.markup import plain

_EXTRA_LINE = re.compile(r"^\s*([A-Za-z][A-Za-z .\-]{0,30}?|[一-鿿]{1,8})\s*[:：]\s*(.*)$")
_CLASSES = {
    "clc": "clc",
    "中图分类号": "clc",
    "分类号": "clc",
    "ddc": "ddc",
    "lcc": "lcc",
    "ccs": "other",
    "ccs number": "other",
    "ics": "other",
    "ics number": "other",
}
_CLC = re.compile(r"(?<![A-Za-z0-9])([A-Z]{1,2}\d[\d.\-+]*|[A-KN-VXZ](?![a-z]))")
_COUNTERS = frozenset(
    [
        "citation",
        "view",
        "like",
        "download",
        "cnkicite",
        "weipucite",
        "views",
        "downloads",
        "rating",
        "ratingpeople",
        "comments",
        "comment",
        "collect",
        "share",
        "if",
        "publicationtag",
        "filename",
        "dbname",
        "dbcode",
        "publisherurl",
        "style",
        "album",
        "tex.referencetype",
        "citation",
        "key",
    ]
) | {"citation key", "citeas"}
_THESIS_KEYS = {
    "major": "major",
    "学科专业": "major",
    "专业": "major",
    "学位": "degree",
    "degree": "degree",
    "导师": "advisor",
}
NAME_SEPARATOR = re.compile(r"\s*\|\|\s*")

Extra = dict[str, list[str]]


def parse(value: Any) -> Extra:
    """``Key: value`` lines of the Extra field by lower-case key; other lines under the empty key."""
    found: dict[str, list[str]] = {}
    for line in value[:100_000].splitlines() if isinstance(value, str) else ():
        match = _EXTRA_LINE.match(line)
        key, value = (match.group(1).casefold(), match.group(2)) if match else ("", line)
        if key in ("creatorsext", "creatorextra"):
            found.setdefault(key, []).append(value)
        elif plain(value) and not value.startswith("#PDF"):
            found.setdefault(key, []).append(plain(value))
    return found


def first(extra: Extra, *keys: str) -> str:
    """The first value of the first of some keys that has one."""
    return next((extra[key][0] for key in keys if extra.get(key)), "")


def countries(extra: Extra) -> dict[str, tuple[str, str]]:
    """Country and original name by name, out of ``creatorsExt``."""
    found: dict[str, tuple[str, str]] = {}
    for value in [*extra.pop("creatorsext", []), *extra.pop("creatorextra", [])]:
        try:
            people = msgspec.json.decode(value[:50_000].encode())
        except (msgspec.DecodeError, UnicodeError, RecursionError, ValueError):
            continue
        for person in people if isinstance(people, list) else ():
            if isinstance(person, dict):
                name = full_name(person.get("lastName"), person.get("firstName"))
                original = person.get("original")
                if isinstance(original, dict):
                    original = full_name(original.get("lastName"), original.get("firstName"))
                spelled = " ".join(NAME_SEPARATOR.split(plain(original)))
                found[name] = (
                    plain(person.get("country")).strip("()（）[]"),
                    "" if has_han(spelled) else spelled,
                )
    return found


def rest(draft: Draft, extra: Extra, kind: str) -> None:
    """What is left of the Extra field: classes, prices, subjects of degrees; counters of a site are
    dropped."""
    for key, values in extra.items():
        for value in values:
            if key in _CLASSES and kind == "patent":
                draft.classify(value, "other")  # of patents sites give the IPC, whatever they call it
            elif key in _CLASSES:
                numbers = (
                    _CLC.findall(value)
                    if _CLASSES[key] == "clc"
                    else [value.split()[0]]
                    if value.split()
                    else []
                )
                for number in dict.fromkeys(numbers):
                    draft.classify(number.rstrip(".-+"), _CLASSES[key])
                if not numbers:
                    draft.subject(re.split(r"[;；>]", value)[-1])
            elif key in ("price", "定价"):
                draft.price = draft.price or value
            elif key in _THESIS_KEYS:
                draft.more(_THESIS_KEYS[key], value)
            elif key in ("remark", "附注", "note"):
                draft.note(value)
            elif key in ("fund", "foundation", "基金"):
                draft.more("funding", value)
            elif key == "original-abstract" or key == "":
                draft.note(value)
            elif key not in _COUNTERS and key not in (
                "type",
                "genre",
                "grenre",
                "medium",
                "place",
                "status",
                "advisor",
            ):
                draft.more(key, value)
