"""One reason to believe in a resource type (类型依据)."""

from __future__ import annotations

from typing import Literal

import msgspec

Strength = Literal["declared", "coded", "class", "words"]


class Evidence(msgspec.Struct, frozen=True):
    """One reason to believe in a type (类型依据).

    ``text`` is shown to staff: ``leader/06 = a``, ``title: …县志``.
    """

    type: str
    strength: Strength
    text: str
