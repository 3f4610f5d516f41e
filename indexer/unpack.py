"""Packed files as plain streams, within limits (解包): gzip, tar, UTF-16.

Nothing here reads a whole file into memory. Damage in the middle of a packed stream ends the stream
and is noted, so that the records in front of it still come through.
"""

from __future__ import annotations

import codecs
import io
import tarfile
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO, cast

from indexer.reader import UnreadableFile

_BUFFER = 256 * 1024
_CHUNK = 128 * 1024
MAX_UNPACKED = 64 * 1024**3
MAX_RATIO = 200  # Catalogue files pack by 3 to 20; only an attack packs by more than this,
RATIO_FROM = 512 * 1024**2  # and a small one does no harm.
MAX_MEMBERS = 1_000_000


class _Pulled(io.RawIOBase):
    """A raw stream that is filled by calling ``pull`` until it answers with no bytes."""

    def __init__(self, pull: Callable[[], bytes]) -> None:
        super().__init__()
        self._pull = pull
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        target = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        done = 0
        # A raw read that fills the whole buffer lets ``peek`` see the first 64 KiB at once.
        while done < len(target):
            if not self._rest:
                self._rest = memoryview(self._pull())
                if not self._rest:
                    break
            count = min(len(self._rest), len(target) - done)
            target[done : done + count] = self._rest[:count]
            self._rest = self._rest[count:]
            done += count
        return done


def _stream(pull: Callable[[], bytes]) -> io.BufferedReader:
    return io.BufferedReader(_Pulled(pull), _BUFFER)


def plain(stream: BinaryIO, filename: str) -> tuple[io.BufferedReader, list[str]]:
    """The stream without its gzip packing, and a list that later tells of damage (it grows while reading).

    A gzip file inside a gzip file is refused: nobody needs it and it is how small files explode.
    """
    damage: list[str] = []
    buffered = _stream(lambda: stream.read(_CHUNK))
    if not _is_gzip(buffered.peek(4)):
        return buffered, damage
    chunks = _gunzip(buffered, damage)
    unpacked = _stream(lambda: next(chunks, b""))
    if _is_gzip(unpacked.peek(4)):
        raise UnreadableFile(f"{filename or 'the file'}: a gzip file inside a gzip file; unpack it first")
    if not unpacked.peek(1) and damage:
        raise UnreadableFile(f"{filename or 'the file'}: {damage[0]}")
    return unpacked, damage


def _is_gzip(head: bytes) -> bool:
    return head[:3] == b"\x1f\x8b\x08"


def _gunzip(packed: io.BufferedReader, damage: list[str]) -> Iterator[bytes]:
    """Unpacks one or several gzip members (RFC 1952 section 2.2), at most _CHUNK bytes at a time."""
    inflater = zlib.decompressobj(31)
    pending = b""
    taken = given = 0
    while True:
        if not pending:
            pending = packed.read1(_CHUNK)
            taken += len(pending)
            if not pending:
                if not inflater.eof:
                    damage.append("the packed data breaks off; what was in front of the break was read")
                return
        if inflater.eof:
            pending = pending.lstrip(b"\0")  # Tapes and some servers fill the last block with zeros.
            if not pending:
                continue
            if pending[0] != 0x1F:
                damage.append("there is something else behind the packed data; it was left out")
                return
            inflater = zlib.decompressobj(31)
        try:
            out = inflater.decompress(pending, _CHUNK)
        except zlib.error as error:
            damage.append(f"the packed data is damaged ({error}); what was in front of it was read")
            return
        pending = inflater.unused_data if inflater.eof else inflater.unconsumed_tail
        given += len(out)
        if given > MAX_UNPACKED or (given > RATIO_FROM and given > MAX_RATIO * taken):
            damage.append(f"{given >> 20} MB out of {taken >> 10} KB: refused as an archive bomb")
            return
        if out:
            yield out


def is_tar(head: bytes) -> bool:
    return head[257:262] == b"ustar" and len(head) >= tarfile.BLOCKSIZE


def members(stream: io.BufferedReader, damage: list[str]) -> Iterator[tuple[str, io.BufferedReader | None]]:
    """The regular files of a tar stream, one after the other; None for a member that is packed again.

    Each content must be used before the next is asked for. Names are only names: nothing is written to disk.
    """
    try:
        with tarfile.open(fileobj=stream, mode="r|") as archive:
            for count, member in enumerate(archive, 1):
                if count > MAX_MEMBERS:
                    damage.append(f"more than {MAX_MEMBERS} files in the archive; the rest was left out")
                    return
                if not member.isreg() or not member.size:
                    continue
                content = archive.extractfile(member)
                if content is None:
                    continue
                unpacked = _stream(_forgiving(cast(BinaryIO, content), damage))
                yield member.name, None if _is_gzip(unpacked.peek(4)) else unpacked
                archive.members.clear()  # type: ignore[attr-defined]
    except (tarfile.TarError, EOFError, OSError) as error:
        damage.append(f"the archive is damaged ({error}); the files in front of the damage were read")


def _forgiving(content: BinaryIO, damage: list[str]) -> Callable[[], bytes]:
    def pull() -> bytes:
        try:
            return content.read(_CHUNK)
        except (tarfile.TarError, EOFError, OSError) as error:
            damage.append(f"a file in the archive breaks off ({error})")
            return b""

    return pull


def wide_charset(head: bytes) -> str:
    """``utf-16-le`` or ``utf-16-be`` when the text has two bytes a character (UCS-2), else empty.

    Without a byte order mark: zero bytes stand on one side of the pairs only. In ISO 2709 this must be known
    before the file is cut, because 246 Han characters hold a byte that is a delimiter there.
    """
    if head[:2] == b"\xff\xfe" and head[2:4] != b"\0\0":
        return "utf-16-le"
    if head[:2] == b"\xfe\xff":
        return "utf-16-be"
    sample = head[: len(head) // 2 * 2][:8192]
    if len(sample) < 8:
        return ""
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    pairs = len(sample) // 2
    for charset, many, few in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if many * 10 >= pairs and many >= 8 * few and _decodes(sample, charset):
            return charset
    return ""


def _decodes(sample: bytes, charset: str) -> bool:
    text = sample.decode(charset, "replace")
    # Noise decodes too, but a text has hardly any broken pairs and control characters.
    broken = text.count("�") + sum(1 for c in text if c < " " and c not in "\t\r\n\x1a\x1b\x1d\x1e\x1f")
    return broken * 100 <= len(text)


def as_utf8(stream: io.BufferedReader, charset: str) -> io.BufferedReader:
    """The stream in UTF-8, without its byte order mark."""
    decoder = codecs.getincrementaldecoder(charset)("replace")
    first = True

    def pull() -> bytes:
        nonlocal first
        while True:
            chunk = stream.read(_CHUNK)
            text = decoder.decode(chunk, final=not chunk)
            if first and text:
                text = text.removeprefix("\ufeff")
                first = False
            if text or not chunk:
                return text.encode("utf-8")

    return _stream(pull)
