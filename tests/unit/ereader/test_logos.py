"""Pictures of portals: known by their bytes, kept by their digest, never half written."""

from __future__ import annotations

import struct
from pathlib import Path

import branded_portal as branded
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ereader import logos

JPEG = (
    b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
    b"\xff\xdb\x00\x43" + b"\x01" * 65 + b"\xff\xc0\x00\x11\x08\x00\x30\x00\x90\x03" + b"\x00" * 12
)
LOSSY = b"RIFF\x00\x00\x00\x00WEBPVP8 \x00\x00\x00\x00\x00\x00\x00\x9d\x01\x2a" + struct.pack("<HH", 144, 48)
LOSSLESS = b"RIFF\x00\x00\x00\x00WEBPVP8L\x00\x00\x00\x00\x2f" + struct.pack("<I", 143 | 47 << 14)
EXTENDED = b"RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00" + b"\x8f\x00\x00\x2f\x00\x00"


@pytest.mark.parametrize(
    ("data", "kind"),
    [(branded.png(144, 48), "png"), (JPEG, "jpg"), (LOSSY, "webp"), (LOSSLESS, "webp"), (EXTENDED, "webp")],
)
def test_a_picture_is_known_with_its_size(data: bytes, kind: str) -> None:
    assert logos.picture_of(data) == logos.Picture(kind, 144, 48)


@pytest.mark.parametrize(
    "data",
    [b"", b"<svg/>", b"<html>", b"GIF89a\x01\x00\x01\x00", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", JPEG[:40], LOSSY[:20],
     b"RIFF\x00\x00\x00\x00WEBPVP8 ", b"\xff\xd8\xff\xe0\x00\x00" * 20, b"%PDF-1.7"],
)  # fmt: skip
def test_what_is_no_picture_is_none(data: bytes) -> None:
    assert logos.picture_of(data) is None


@given(
    st.binary(max_size=80),
    st.sampled_from([b"", JPEG[:20], LOSSY[:16], b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR"]),
)
def test_no_bytes_are_too_odd(data: bytes, begin: bytes) -> None:
    logos.picture_of(begin + data)


def test_the_same_picture_is_kept_once_and_read_by_its_name_alone(tmp_path: Path) -> None:
    name, fault = logos.keep(tmp_path, branded.png())
    assert fault is None and logos.keep(tmp_path, branded.png()) == (name, None)
    assert [p.name for p in (tmp_path / logos.FOLDER).iterdir()] == [name]
    assert logos.read(tmp_path, name) == (branded.png(), "image/png")
    assert logos.size_of(tmp_path, name) == logos.Picture("png", 120, 40)
    (tmp_path / "secret.png").write_bytes(branded.png())
    for other in ("../secret.png", "secret.png", "", "0" * 32 + ".png", "0" * 32 + ".svg", name.upper()):
        assert logos.read(tmp_path, other) is None and logos.size_of(tmp_path, other) is None


@pytest.mark.parametrize(
    ("data", "fault"),
    [(b"<svg/>", "picture_kind"), (branded.png(4097, 1), "picture_pixels"), (branded.png() + b"x" * 262_144, "picture_size"),
     (branded.png(0, 1), "picture_pixels")],
)  # fmt: skip
def test_what_cannot_be_taken_is_not_kept(tmp_path: Path, data: bytes, fault: str) -> None:
    assert logos.keep(tmp_path, data) == ("", fault)
    assert not (tmp_path / logos.FOLDER).exists()
