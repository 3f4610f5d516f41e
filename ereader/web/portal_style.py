"""The style sheet of a portal (门户样式): its colours, made readable in light and dark, and its own rules."""

from __future__ import annotations

import hashlib
from functools import lru_cache

import msgspec

from holdings.members.colour import AA, DARK_GROUNDS, LIGHT_GROUNDS, contrast, is_colour, mixed, on, readable
from holdings.members.design import Design
from holdings.members.safe_css import safe_css

MOST_TINT = 12  # hundredths of the accent in the ground of what is chosen
# Pages on which a portal's own rules hold: those of readers. Where somebody signs in or manages something,
# nothing that a library wrote may change what stands there.
OWN_RULES = (
    "/search",
    "/browse",
    "/record",
    "/advanced",
    "/about",
    "/help",
    "/searches",
    "/resolver",
    "/widget",
)


class Sheet(msgspec.Struct, frozen=True):
    """A style sheet with the digest that stands in its address; "" when there is nothing to say."""

    text: str
    digest: str


class Tone(msgspec.Struct, frozen=True):
    """A colour in use (用色): what for, on which ground, and how well it is read there."""

    use: str
    colour: str
    ground: str
    ratio: float

    @property
    def enough(self) -> bool:
        return self.ratio >= AA


def tones(design: Design) -> list[Tone]:
    """The colours that follow from a design: of links in light and dark, and of words in the head."""
    found = []
    if is_colour(design.accent):
        grounds = (("light", design.accent, LIGHT_GROUNDS), ("dark", dark_of(design.accent), DARK_GROUNDS))
        for use, colour, every in grounds:
            ground = min(every, key=lambda g: contrast(colour, g))
            found.append(Tone(use, colour, ground, contrast(colour, ground)))
    if is_colour(design.band):
        ink = on(design.band)
        found.append(Tone("band", ink, design.band, contrast(ink, design.band)))
    return found


def dark_of(accent: str) -> str:
    """The accent as it is on dark grounds."""
    return readable(accent, DARK_GROUNDS, "#ffffff")


def sheet_of(design: Design, path: str) -> Sheet:
    """The style sheet for a page of a portal."""
    own = path == "/" or path.startswith(OWN_RULES)
    return made(design.accent, design.band, design.css if own else "")


def sheets_of(design: Design) -> tuple[Sheet, Sheet]:
    """With the portal's own rules, and without them."""
    return made(design.accent, design.band, design.css), made(design.accent, design.band, "")


@lru_cache(maxsize=1024)
def made(accent: str, band: str, css: str) -> Sheet:
    """The style sheet of two colours and a library's own rules."""
    parts = []
    if is_colour(accent):
        dark = dark_of(accent)
        parts.append(f":root{{{_accent(accent, LIGHT_GROUNDS[0])}}}")
        parts.append(f"@media (prefers-color-scheme:dark){{:root{{{_accent(dark, DARK_GROUNDS[0])}}}}}")
    if is_colour(band):
        ink = on(band)
        parts.append(f".top{{background:{band};border-color:{mixed(band, ink, 0.25)}}}")
        parts.append(f".top :is(.brand,nav a,.tagline),.top :is(.brand,nav a):hover{{color:{ink}}}")
        parts.append(
            f".top nav a:hover{{text-decoration:underline}}.top :focus-visible{{outline-color:{ink}}}"
        )
        # The accent may be the same colour as the band.
        parts.append(f".top .box button{{border-color:{ink}}}")
        parts.append(".top .box :focus-visible{outline-color:var(--accent)}")
    own = safe_css(css).sheet
    text = "\n".join([*parts, own] if own else parts)
    return Sheet(text, hashlib.blake2b(text.encode(), digest_size=8).hexdigest() if text else "")


def _accent(accent: str, ground: str) -> str:
    tints = (mixed(ground, accent, part / 100) for part in range(MOST_TINT, 0, -1))
    tint = next((found for found in tints if contrast(accent, found) >= AA), ground)
    return f"--accent:{accent};--on-accent:{on(accent)};--tint:{tint}"
