"""A drawn cover where there is no picture (封面占位): the title laid out on a binding that fits the type."""

from __future__ import annotations

import unicodedata

from ui.presenters.text import language_tag, plain, script_of
from ui.record_pages import Cover

THREAD = frozenset(("ancient-book", "gazetteer", "genealogy", "manuscript"))
SHEET = frozenset(("map", "image", "rubbing"))
DISC = frozenset(("audio",))
SCREEN = frozenset(
    ("video", "web-resource", "courseware", "domestic-course", "foreign-course", "teacher", "ebook")
)


def style_of(type: str) -> str:
    """How a thing of this type is bound: thread (线装), sheet, disc, screen, or an ordinary binding."""
    if type in THREAD:
        return "thread"
    if type in SHEET:
        return "sheet"
    if type in DISC:
        return "disc"
    return "screen" if type in SCREEN else "bound"


def _han(text: str) -> bool:
    letters = [c for c in text if unicodedata.category(c).startswith("L")]
    return bool(letters) and sum(c > "\u2e7f" for c in letters) * 2 > len(letters)


def _lines(title: str, width: int, most: int) -> tuple[str, ...]:
    lines: list[str] = []
    for word in title.split():
        if lines and len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += " " + word
        else:
            lines.append(word if len(word) <= width else word[: width - 1] + "…")
    if len(lines) > most:
        lines = [*lines[: most - 1], lines[most - 1].rstrip(",.;:") + " …"]
    return tuple(lines)


def cover(type: str, title: str, author: str = "", icon: str = "") -> Cover:
    """The cover of a resource; Chinese titles stand upright on the slip, others run across."""
    title = plain(title).strip()
    vertical = _han(title)
    style = style_of(type)
    if vertical:
        tall = 9 if style == "thread" else 8
        text = "".join(title.split())
        for stop in "：:（(/=;；—":
            if 2 <= text.find(stop) <= 16:
                text = text[: text.find(stop)]
        pieces = [text[i : i + tall] for i in range(0, len(text), tall)]
        if len(pieces) > 2:
            pieces = [pieces[0], pieces[1][:-1] + "…"]
        lines = tuple(pieces)
    else:
        lines = _lines(title, 14, 6)
    foot = plain(author)
    foot = foot if len(foot) <= (10 if _han(foot) else 22) else foot[: (9 if _han(foot) else 21)] + "…"
    return Cover(style, lines, vertical, foot, language_tag(script_of(title)), icon or type, len(title) % 4)
