"""Answers of the server about streams (流应答)."""

from __future__ import annotations

from typing import Any

Entry = tuple[bytes, dict[bytes, bytes]]


def entries_of(answer: Any) -> list[tuple[bytes, list[Entry]]]:
    """(stream, its entries) of what reading streams answered, in whichever of the server's two protocols."""
    if isinstance(answer, dict):
        return [(name, entries[0] if entries else []) for name, entries in answer.items()]
    return [(name, entries) for name, entries in answer or ()]
