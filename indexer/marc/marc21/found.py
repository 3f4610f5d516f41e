"""What the fields of one MARC 21 record have said so far, and its fields in two scripts (880)."""

from __future__ import annotations

import re

from indexer.marc.found import MarcFound

_LINKED = re.compile("\x1f6880-([0-9]{2})")
_LINKING = re.compile("\x1f6([0-9A-Z]{3})-([0-9]{2})")


class Found(MarcFound):
    """What the fields of one MARC 21 record have said so far."""

    __slots__ = (
        "content",
        "deleted",
        "f006",
        "f007",
        "f008",
        "kind",
        "lccn",
        "pairs",
        "publications",
        "series",
        "suppressed",
        "thesis",
    )

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = kind
        self.pairs: dict[str, str] = {}
        self.f008 = self.lccn = self.thesis = ""
        self.f006: list[str] = []
        self.f007: list[str] = []
        self.content: list[str] = []
        self.publications: list[tuple[int, str, str]] = []
        self.series: list[tuple[str, str]] = []
        self.suppressed = self.deleted = False


def pair(fields: list[tuple[str, str]], pairs: dict[str, str]) -> list[tuple[str, str]]:
    """Put the 880s that have a partner into ``pairs`` (``245-01`` → text); the others become fields of
    their tag.
    """
    partners = set()
    for tag, text in fields:
        if "\x1f6880-" in text and tag != "880":
            linked = _LINKED.search(text)
            if linked:
                partners.add(f"{tag}-{linked.group(1)}")
    kept: list[tuple[str, str]] = []
    loose: list[tuple[str, str]] = []
    for tag, text in fields:
        if tag != "880":
            kept.append((tag, text))
            continue
        linking = _LINKING.search(text)
        if not linking:
            continue
        key = f"{linking.group(1)}-{linking.group(2)}"
        if key in partners and key not in pairs:
            pairs[key] = text
        else:
            loose.append((linking.group(1), text))
    return kept + loose


def _other(found: Found, tag: str, text: str) -> str:
    """The field in the other script, empty where there is none."""
    if found.pairs and "\x1f6880-" in text:
        linked = _LINKED.search(text)
        if linked:
            return found.pairs.get(f"{tag}-{linked.group(1)}", "")
    return ""


def both(found: Found, tag: str, text: str) -> tuple[str, str]:
    """The field in its original script, and romanised where there are two."""
    other = _other(found, tag, text)
    if not other:
        return text, ""
    if not _is_original(other) and _is_original(text):
        return text, other
    return other, text


def _is_original(text: str) -> bool:
    return not text.isascii() and any(character >= "\u0370" for character in text if character not in "ʹʺ")
