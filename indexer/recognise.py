"""From a file to raw records: unpack, recognise the format, hand over to its reader (识别).

The format is recognised from the content, never from the name alone; a format that was asked for is
taken without doubt, unless the file is plainly something else (an image, an archive). Everything streams:
the memory used does not depend on the size of the file, packed or unpacked.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

import msgspec

from indexer import plugins, unpack
from indexer.problem import Problem
from indexer.profile import Profile
from indexer.reader import Raw, Reader, UnreadableFile

HEAD = 64 * 1024
_MARGIN = 0.1  # a reader that is less sure than this does not know the format

# First bytes of files that hold no bibliographic records, with what to call them.
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF87a", "a GIF image"),
    (b"GIF89a", "a GIF image"),
    (b"II*\x00", "a TIFF image"),
    (b"MM\x00*", "a TIFF image"),
    (b"BM", "a Windows bitmap image"),
    (b"AT&TFORM", "a DjVu document"),
    (b"%PDF-", "a PDF document"),
    (b"{\\rtf", "an RTF document; save it as plain text"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Word or Excel document; save the table as CSV"),
    (b"PK\x03\x04", "a ZIP archive (or a Word or Excel document): unpack it, or save the table as CSV"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"Rar!\x1a\x07", "a RAR archive: unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive: unpack it first"),
    (b"BZh", "packed with bzip2: unpack it first"),
    (b"\xfd7zXZ\x00", "packed with xz: unpack it first"),
    (b"\x28\xb5\x2f\xfd", "packed with zstd: unpack it first"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90\x00", "a Windows program"),
    (b"ID3", "an MP3 recording"),
    (b"OggS", "an Ogg recording"),
    (b"fLaC", "a FLAC recording"),
    (b"RIFF", "a WAVE, AVI or WebP file"),
    (b"wOFF", "a font"),
    (b"\x00\x01\x00\x00\x00", "a font"),
)
_TEXTUAL_MAGIC = frozenset({b"BM", b"ID3", b"BZh", b"RIFF"})  # These could also begin a text.


def open_file(
    source: Path | str | BinaryIO, filename: str = "", format: str = "", profile: Profile | None = None
) -> Iterator[Raw]:
    """Raw records of a file, in its order, numbered from 1 (逐条读取).

    ``source`` is a path or a binary stream; ``format`` (or the profile's, or its mapping's) overrides
    recognition. Gzip and tar archives are unpacked on the way, UTF-16 (UCS-2) text is turned into UTF-8
    before it is cut. Raises UnreadableFile at the first ``next`` when the file as a whole is of no use;
    later damage comes as a Raw with an error and without data.
    """
    profile = profile or Profile()
    format = format or profile.format or str(profile.mapping.get("format", ""))
    if isinstance(source, (str, Path)):
        path = Path(source)
        filename = filename or path.name
        try:
            stream = path.open("rb")
        except OSError as error:
            raise UnreadableFile(f"{filename}: cannot be opened: {error.strerror or error}") from error
        with stream:
            yield from _read(stream, filename, format, profile)
    else:
        yield from _read(source, filename, format, profile)


def _read(stream: BinaryIO, filename: str, format: str, profile: Profile) -> Iterator[Raw]:
    buffered, damage = unpack.plain(stream, filename)
    head = _head(buffered)
    position = 0
    if unpack.is_tar(head):
        for member, content in unpack.members(buffered, damage):
            if content is None:
                position += 1
                message = f"{member}: packed again inside the archive; unpack it first"
                yield _broken(position, "archive-member", message)
                continue
            try:
                for raw in _cut(content, _head(content), member, format, profile):
                    position += 1
                    context = {**raw.context, "member": member}
                    yield msgspec.structs.replace(raw, position=position, context=context)
            except UnreadableFile as error:
                position += 1
                yield _broken(position, "unreadable-member", str(error))
    else:
        for raw in _cut(buffered, head, filename, format, profile):
            position = raw.position
            yield raw
    if not position and not damage:
        raise UnreadableFile(f"{filename or 'the file'}: no record was found in it")
    for message in damage:
        position += 1
        yield _broken(position, "file-damaged", f"{filename}: {message}")


def _cut(
    stream: io.BufferedReader, head: bytes, filename: str, format: str, profile: Profile
) -> Iterator[Raw]:
    charset = unpack.wide_charset(head)
    if charset:
        stream = unpack.as_utf8(stream, charset)
        head = _head(stream)
    code, reader = recognise(head, filename, format, mapped=bool(profile.mapping))
    for raw in reader.read(cast(BinaryIO, stream), code, filename, profile):
        yield msgspec.structs.replace(raw, charset="utf-16") if charset and raw.data else raw


def _head(stream: io.BufferedReader) -> bytes:
    return stream.peek(HEAD)[:HEAD]


def _broken(position: int, code: str, message: str) -> Raw:
    problem = Problem(code, "error", message[:500], position=position)
    return Raw("", b"", position, problems=(problem,))


def recognise(
    head: bytes, filename: str = "", format: str = "", *, mapped: bool = False
) -> tuple[str, Reader]:
    """Format code and reader for a file that begins with ``head`` (格式识别); raises UnreadableFile.

    With ``format`` given, only readers that accept it are asked, and the surest of them is taken even when
    it is not sure at all. Several readers may accept one code: ``cnmarc`` comes as ISO 2709, as MARCXML and
    as a worksheet. With ``mapped`` (a mapping says what is in the list), the faintest guess will do.
    """
    name = filename or "the file"
    _refuse_the_plainly_foreign(head, name)
    candidates = plugins.readers()
    if format:
        candidates = {key: reader for key, reader in candidates.items() if format in reader.formats}
        if not candidates:
            raise UnreadableFile(f"unknown format {format!r}; known formats: {', '.join(plugins.formats())}")
    best: tuple[float, str, Reader] | None = None
    for key in sorted(candidates):
        reader = candidates[key]
        try:
            code, confidence = reader.sniff(head, filename)
        except Exception:  # noqa: S112 - a reader that fails on a file's first bytes does not know the format
            continue
        if best is None or confidence > best[0]:
            best = (confidence, code, reader)
    if format:
        if best is None or best[0] <= 0:
            preferred = format if format in candidates else sorted(candidates)[0]
            return format, candidates[preferred]
        return format, best[2]
    if best is None or best[0] <= 0 or (best[0] < _MARGIN and not mapped):
        if _is_noise(head):
            told = f"{name}: binary data in no known format; if it has one, say --format"
            raise UnreadableFile(told, "noise")
        told = f"{name}: the format is not recognised; say --format, or --mapping for a list"
        raise UnreadableFile(told, "unrecognised")
    return best[1], best[2]


def _refuse_the_plainly_foreign(head: bytes, name: str) -> None:
    if not head:
        raise UnreadableFile(f"{name}: the file is empty", "empty")
    if not head.strip(b"\x00"):
        raise UnreadableFile(f"{name}: the file begins with {len(head)} zero bytes and no record", "empty")
    if not head.strip(b" \t\r\n\x00\x1a\xef\xbb\xbf"):
        raise UnreadableFile(f"{name}: the file holds nothing but blanks", "empty")
    for magic, what in _MAGIC:
        if head.startswith(magic) and (magic not in _TEXTUAL_MAGIC or _is_noise(head)):
            kind = "packed" if "unpack it" in what else "foreign"
            raise UnreadableFile(f"{name}: this is {what}, not a file of bibliographic records", kind)
    if head[4:8] == b"ftyp":
        told = f"{name}: this is an MP4 or HEIF file, not a file of bibliographic records"
        raise UnreadableFile(told, "foreign")


def _is_noise(head: bytes) -> bool:
    """Control characters that no text and no ISO 2709 file has make up more than 1 % of the first 4 KiB."""
    sample = head[:4096]
    allowed = b"\t\n\r\x0b\x0c\x1a\x1b\x1d\x1e\x1f"
    odd = sum(1 for byte in sample if byte < 32 and byte not in allowed)
    return odd * 100 > len(sample)
