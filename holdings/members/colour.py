"""Colours and how well they can be told apart (颜色与对比度).

Relative luminance and contrast ratio as WCAG 2.2 defines them ("relative luminance", "contrast ratio"); AA
asks for 4.5 of text (success criterion 1.4.3).
"""

from __future__ import annotations

import re

AA = 4.5
_HEX = re.compile(r"#[0-9a-fA-F]{6}")
# The grounds of the pages on which links and buttons stand, light and dark; ui/static/site.css has the same.
LIGHT_GROUNDS = ("#fbfaf7", "#ffffff", "#f3f1ea")
DARK_GROUNDS = ("#16181b", "#1d2024", "#212429")


def is_colour(text: str) -> bool:
    """Whether a text is ``#rrggbb``."""
    return _HEX.fullmatch(text) is not None


def luminance(colour: str) -> float:
    """0 for black to 1 for white."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    """1 for the same colour to 21 for black and white."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def least_contrast(colour: str, grounds: tuple[str, ...]) -> float:
    """The contrast with that ground on which the colour is read worst."""
    return min(contrast(colour, ground) for ground in grounds)


def mixed(one: str, other: str, part: float) -> str:
    """``part`` of the second colour in the first, channel by channel."""
    pairs = [(int(one[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(a + (b - a) * part):02x}" for a, b in pairs)


def readable(colour: str, grounds: tuple[str, ...], towards: str, least: float = AA) -> str:
    """The colour, moved ``towards`` black or white only as far as it must be for all ``grounds``."""
    for step in range(101):
        found = mixed(colour, towards, step / 100)
        if least_contrast(found, grounds) >= least:
            return found
    return towards


def on(colour: str) -> str:
    """Black or white, whichever is read better on the colour: one of them always has 4.5 or more."""
    return max(("#ffffff", "#000000"), key=lambda ink: contrast(ink, colour))
