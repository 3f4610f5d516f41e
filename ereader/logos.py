"""The pictures that portals show beside their names (标识图片), kept in the home by their digests.

What a picture is, is told by its first bytes, never by its name or by what a browser says of it. PNG, JPEG
and WebP can hold no script; SVG can, so it is not taken.
"""

from __future__ import annotations

import hashlib
import os
import re
import struct
from pathlib import Path
from typing import Literal

import msgspec

FOLDER = "logos"
MOST_BYTES = 262_144
MOST_PIXELS = 4096  # of a side
MEDIA_TYPES = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp"}
Fault = Literal["picture_kind", "picture_size", "picture_pixels"]
_NAME = re.compile(r"[0-9a-f]{32}\.(png|jpg|webp)")


class Picture(msgspec.Struct, frozen=True):
    """What a picture is (图片): ``kind`` png, jpg or webp, and its size in pixels."""

    kind: str
    width: int
    height: int


_known: dict[Path, Picture] = {}  # as many as there are logos


def keep(home: Path, data: bytes) -> tuple[str, Fault | None]:
    """Keeps a picture and answers with its name; or with what is wrong with it, keeping nothing."""
    if len(data) > MOST_BYTES:
        return "", "picture_size"
    found = picture_of(data)
    if found is None:
        return "", "picture_kind"
    if not (0 < found.width <= MOST_PIXELS and 0 < found.height <= MOST_PIXELS):
        return "", "picture_pixels"
    name = f"{hashlib.blake2b(data, digest_size=16).hexdigest()}.{found.kind}"
    path = home / FOLDER / name
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        # Written beside and moved, so nobody ever reads half of it.
        beside = path.with_suffix(f".{os.getpid()}.new")
        beside.write_bytes(data)
        beside.replace(path)
    return name, None


def read(home: Path, name: str) -> tuple[bytes, str] | None:
    """A kept picture and its media type; None where there is none of this name."""
    found = _NAME.fullmatch(name)
    if not found:
        return None
    try:
        return (home / FOLDER / name).read_bytes(), MEDIA_TYPES[found[1]]
    except OSError:
        return None


def size_of(home: Path, name: str) -> Picture | None:
    """What a kept picture is; None where there is none of this name."""
    if not _NAME.fullmatch(name):
        return None
    path = home / FOLDER / name
    if path not in _known:
        try:
            with path.open("rb") as file:
                found = picture_of(file.read(MOST_BYTES))
        except OSError:
            return None
        if found is None:
            return None
        # A name is made of the content, so what it stands for never changes.
        _known[path] = found
    return _known[path]


def picture_of(data: bytes) -> Picture | None:
    """What bytes are, by their signature and head; None for all that is no picture we take. Never raises."""
    try:
        if data[:8] == b"\x89PNG\r\n\x1a\n" and data[12:16] == b"IHDR":
            return Picture("png", *struct.unpack(">II", data[16:24]))
        if data[:3] == b"\xff\xd8\xff":
            return _jpeg(data)
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return _webp(data)
    except (struct.error, IndexError):
        pass
    return None


def _jpeg(data: bytes) -> Picture | None:
    # ISO/IEC 10918-1, B.1.1.3: segments with their length, until a frame header says the size.
    at = 2
    while at + 9 < len(data):
        if data[at] != 0xFF:
            return None
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return Picture("jpg", width, height)
        (length,) = struct.unpack(">H", data[at + 2 : at + 4])
        if length < 2:
            return None
        at += 2 + length
    return None


def _webp(data: bytes) -> Picture | None:
    # RFC 9649: lossy, lossless and extended heads say the size each in its own way.
    kind = data[12:16]
    if kind == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack("<HH", data[26:30])
        return Picture("webp", width & 0x3FFF, height & 0x3FFF)
    if kind == b"VP8L" and data[20] == 0x2F:
        (bits,) = struct.unpack("<I", data[21:25])
        return Picture("webp", (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    if kind == b"VP8X":
        width = int.from_bytes(data[24:27], "little") + 1
        height = int.from_bytes(data[27:30], "little") + 1
        return Picture("webp", width, height)
    return None
