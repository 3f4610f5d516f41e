"""Keys for putting things in order (排序键): Han by pinyin, Latin folded and without its leading article."""

from __future__ import annotations

from functools import lru_cache

from indexer.text.analyse import MAX_KEY, analyse, has_han, key
from indexer.text.pinyin import syllables

_END = "\x01"  # below the blank between syllables, so that 红楼梦 stands before 红楼梦影


def title_sort_key(title: str) -> str:
    """The place of a title in an alphabetical list: 红楼梦 stands under ``hong lou meng``, *The nature* under
    ``nature``.
    """
    if title.isascii() or not has_han(title):
        return key(title)
    return f"{' '.join(syllables(title[:40]))}{_END}{''.join(analyse(title[:40]))}"[:MAX_KEY]


@lru_cache(maxsize=32768)
def name_sort_key(name: str) -> str:
    """The place of a name in an alphabetical list; a Chinese surname is read as such (曾 → zeng)."""
    if name.isascii() or not has_han(name):
        return " ".join(analyse(name))[:MAX_KEY]
    return f"{' '.join(syllables(name[:40], name=True))}{_END}{''.join(analyse(name[:40]))}"[:MAX_KEY]
