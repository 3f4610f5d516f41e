"""ISO 2709 records as tags and bytes (字段字节), for what moves fields and reads none of them."""

from __future__ import annotations

from collections.abc import Iterable

END = b"\x1e"
STOP = b"\x1d"
ByteField = tuple[bytes, bytes]  # tag, content without its terminator


def byte_fields(data: bytes) -> list[ByteField]:
    """The fields that the directory names and that are there."""
    base = data.find(END, 24) + 1
    if base <= 0:
        return []
    found = []
    for at in range(24, base - 12, 12):
        entry = data[at : at + 12]
        if entry[3:].isdigit():
            start, length = base + int(entry[7:]), int(entry[3:7])
            found.append((entry[:3], data[start : start + length].rstrip(END + STOP)))
    return found


def record_bytes(leader: bytes, fields: Iterable[ByteField]) -> bytes:
    """A record of these fields; a length that five digits cannot say is written as nines, for readers go by
    the terminator then.
    """
    directory, body = bytearray(), bytearray()
    for tag, content in fields:
        directory += b"%s%04d%05d" % (tag, min(len(content) + 1, 9_999), min(len(body), 99_999))
        body += content + END
    base = 24 + len(directory) + 1
    whole = min(base + len(body) + 1, 99_999)
    head = b"%05d%s%05d%s" % (whole, leader[5:12], min(base, 99_999), leader[17:24])
    return bytes(head + directory + END + body + STOP)
