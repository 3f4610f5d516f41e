"""What must not be in a design (设计检查): a sentence each, for whoever applies a file or saves a form.

A design that has been checked needs no second look where it is shown, but for its style rules, which are read
anew every time.
"""

from __future__ import annotations

import ipaddress
import re
from collections import Counter
from collections.abc import Collection, Iterator
from urllib.parse import urlsplit

import msgspec

from holdings.members.colour import AA, LIGHT_GROUNDS, is_colour, least_contrast, readable
from holdings.members.design import REPEATED, Design, Link
from holdings.members.names import Name
from holdings.members.safe_css import safe_css

MOST_BLOCKS, MOST_NOTICES, MOST_LINKS, MOST_ORIGINS = 20, 20, 30, 50
LONGEST_LABEL, LONGEST_TEXT, LONGEST_ADDRESS = 200, 5000, 2000
_LOGO = re.compile(r"[0-9a-f]{32}\.(?:png|jpg|webp)")
_HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(?:\.(?!-)[a-z0-9-]{1,63})*")


class Fault(msgspec.Struct, frozen=True):
    """One thing that is wrong (设计错误): the key of the design, a code, and what its sentence needs."""

    key: str
    code: str
    values: dict[str, str] = {}

    def sentence(self) -> str:
        """In English, as ``ereader apply`` says it."""
        text = _SENTENCES[self.code]
        for name, value in self.values.items():
            text = text.replace("{" + name + "}", value)
        return text


# The interface has the same in both languages (design.fault.*); this is for the command line.
_SENTENCES = {
    "colour": "{value} is no colour of the form #rrggbb",
    "contrast": "{value} has a contrast of {ratio} on the ground of the pages, and text needs {least} "
    "(WCAG 2.2, 1.4.3); the nearest that has it is {nearest}",
    "logo": "{value} is no name of an uploaded picture",
    "address": "{value} is neither a web or mail address nor a path that begins with one slash",
    "label": "a link needs words",
    "long": "longer than {most} characters",
    "many": "more than {most}",
    "twice": "{value} stands there twice",
    "unknown": "there is no {value}",
    "signs": "control characters cannot be shown",
    "none": "the start page needs one block at least",
    "empty": "needs words in one language at least",
    "dates": "ends before it begins",
    "origin": "{value} is no origin of the form https://host or https://host:port",
}


def faults(
    design: Design,
    *,
    types: Collection[str] = (),
    facets: Collection[str] = (),
    places: Collection[str] | None = None,
) -> list[Fault]:
    """All that is wrong. ``types`` and ``facets`` are the codes there are, ``places`` what ``scope`` may be
    beside ``own``; each is only compared where it is given.
    """
    return [
        *_colours(design),
        *_texts(design),
        *_lists(design, types, facets),
        *_links(design),
        *_rest(design, places),
    ]


def remarks(design: Design) -> list[str]:
    """What of the style rules is left out, in English."""
    return [
        f"css, line {left.line}: left out ({left.reason}) {left.what}".rstrip()
        for left in safe_css(design.css).left_out
    ]


def _colours(design: Design) -> Iterator[Fault]:
    for key in ("accent", "band"):
        value: str = getattr(design, key)
        if value and not is_colour(value):
            yield Fault(key, "colour", {"value": value[:40]})
    # Black or white can be read on any band; the accent is itself read on the grounds of the pages.
    if is_colour(design.accent) and (ratio := least_contrast(design.accent, LIGHT_GROUNDS)) < AA:
        nearest = readable(design.accent, LIGHT_GROUNDS, "#000000")
        told = {"value": design.accent, "ratio": f"{int(ratio * 100) / 100:.2f}", "least": f"{AA}"}
        yield Fault("accent", "contrast", {**told, "nearest": nearest})


def _names(design: Design) -> Iterator[tuple[str, Name, int]]:
    yield "tagline", design.tagline, LONGEST_LABEL
    for number, block in enumerate(design.blocks, 1):
        yield f"blocks.{number}.title", block.title, LONGEST_LABEL
        yield f"blocks.{number}.text", block.text, LONGEST_TEXT
        for link in block.links:
            yield f"blocks.{number}.links", link.label, LONGEST_LABEL
    for number, notice in enumerate(design.notices, 1):
        yield f"notices.{number}.text", notice.text, LONGEST_TEXT
    for link in design.footer:
        yield "footer", link.label, LONGEST_LABEL


def _texts(design: Design) -> Iterator[Fault]:
    for key, name, most in _names(design):
        for value in (name.zh, name.en):
            if len(value) > most:
                yield Fault(key, "long", {"most": str(most)})
            if re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", value):
                yield Fault(key, "signs")
    for number, notice in enumerate(design.notices, 1):
        if not (notice.text.zh or notice.text.en):
            yield Fault(f"notices.{number}.text", "empty")
        if notice.begins and notice.ends and notice.ends < notice.begins:
            yield Fault(f"notices.{number}.ends", "dates")
    if not design.blocks:
        yield Fault("blocks", "none")
    for number, block in enumerate(design.blocks, 1):
        if block.kind == "text" and not (block.text.zh or block.text.en):
            yield Fault(f"blocks.{number}.text", "empty")


def _lists(design: Design, types: Collection[str], facets: Collection[str]) -> Iterator[Fault]:
    kinds = [block.kind for block in design.blocks if block.kind not in REPEATED]
    for key, values, known in (
        ("blocks", kinds, ()),
        ("channels", design.channels, types),
        ("facets", design.facets, facets),
        ("origins", design.origins, ()),
    ):
        for value, n in Counter(values).items():
            if n > 1:
                yield Fault(key, "twice", {"value": value[:100]})
            if known and value not in known:
                yield Fault(key, "unknown", {"value": value[:100]})
    for key, there, most in (
        ("blocks", len(design.blocks), MOST_BLOCKS),
        ("notices", len(design.notices), MOST_NOTICES),
        ("footer", len(design.footer), MOST_LINKS),
        ("origins", len(design.origins), MOST_ORIGINS),
        ("blocks.links", max((len(b.links) for b in design.blocks), default=0), MOST_LINKS),
    ):
        if there > most:
            yield Fault(key, "many", {"most": str(most)})


def _links(design: Design) -> Iterator[Fault]:
    found: list[tuple[str, Link]] = [("footer", link) for link in design.footer]
    for number, block in enumerate(design.blocks, 1):
        found += [(f"blocks.{number}.links", link) for link in block.links]
    for key, link in found:
        if not is_address(link.href):
            yield Fault(key, "address", {"value": link.href[:100]})
        if not (link.label.zh or link.label.en):
            yield Fault(key, "label")
    for number, notice in enumerate(design.notices, 1):
        if notice.href and not is_address(notice.href):
            yield Fault(f"notices.{number}.href", "address", {"value": notice.href[:100]})


def _rest(design: Design, places: Collection[str] | None) -> Iterator[Fault]:
    if design.logo and not _LOGO.fullmatch(design.logo):
        yield Fault("logo", "logo", {"value": design.logo[:60]})
    if design.scope not in ("", "own") and (places is not None and design.scope not in places):
        yield Fault("scope", "unknown", {"value": design.scope[:60]})
    if len(design.css) > 20_000:
        yield Fault("css", "long", {"most": "20,000"})
    for origin in design.origins:
        if not is_origin(origin):
            yield Fault("origins", "origin", {"value": origin[:100]})


def is_address(text: str) -> bool:
    """Whether a link may lead there: ``http``, ``https`` or ``mailto``, or a path of the portal itself."""
    if not 0 < len(text) <= LONGEST_ADDRESS or not text.isprintable() or re.search(r"[\s\\<>\"]", text):
        return False
    if text.startswith("/"):
        return not text.startswith("//")
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return (parts.scheme in ("http", "https") and bool(parts.hostname)) or (
        parts.scheme == "mailto" and "@" in parts.path
    )


def is_origin(text: str) -> bool:
    """Whether a text is an origin as browsers print it (RFC 6454, 6.2): scheme, host in lower case, port
    where it is not the usual one.
    """
    found = re.fullmatch(r"(https?)://([a-z0-9.-]{1,253}|\[[0-9a-f:]{2,45}\])(?::([1-9][0-9]{0,4}))?", text)
    if not found:
        return False
    scheme, host, port = found.groups()
    if port and (int(port) > 65535 or int(port) == {"http": 80, "https": 443}[scheme]):
        return False
    if host.startswith("["):
        try:
            return ipaddress.IPv6Address(host[1:-1]).compressed == host[1:-1]
        except ValueError:
            return False
    return _HOST.fullmatch(host) is not None
