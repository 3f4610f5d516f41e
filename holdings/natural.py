"""Numbers that somebody else wrote (外来的数): in addresses, forms, and answers of systems elsewhere."""

from __future__ import annotations


def natural(text: str, digits: int = 9) -> int | None:
    """What a text of one to ``digits`` digits 0 to 9 says; None for any other text (读取非负整数).

    ``int`` alone takes signs, blanks, underscores and the digits of every script, and raises ValueError
    beyond 4,300 digits.
    """
    return int(text) if len(text) <= digits and text.isascii() and text.isdecimal() else None
