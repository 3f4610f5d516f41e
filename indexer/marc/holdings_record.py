"""Holdings records behind their bibliographic record (独立馆藏记录, MFHD): joined to it before it is read.

Systems write bibliographic records each followed by its holdings: leader/06 is u, v, x or y, and 004 is the
control number of the record they belong to. Their holdings fields become fields of that record, in their
order, so a title that is loaded again with other holdings is a changed record. A holdings record that belongs
to nothing before it stays a record of its own, which has no title. Source: MARC 21 Format for Holdings Data.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec

from indexer.reader import Raw

TAGS = frozenset(
    ("852", "853", "854", "855", "856", "863", "864", "865", "866", "867", "868", "876", "877", "878")
)
MOST = 500  # holdings records of one record
_KINDS = frozenset(b"uvxy")
_LEADER = re.compile(rb"<(?:[\w.-]+:)?leader[^>]*>([^<]{7})")
_CONTROL = re.compile(rb"<(?:[\w.-]+:)?controlfield[^>]*\btag\s*=\s*[\"'](00[14])[\"'][^>]*>([^<]*)<")
_DATAFIELD = re.compile(
    rb"<((?:[\w.-]+:)?)datafield\b[^>]*\btag\s*=\s*[\"'](\w{3})[\"'].*?</\1datafield\s*>", re.DOTALL
)
_END = re.compile(rb"</(?:[\w.-]+:)?record\s*>")


def with_holdings(raws: Iterable[Raw]) -> Iterator[Raw]:
    """The records, each with the holdings records behind it in it."""
    held: Raw | None = None
    parts: list[bytes] = []
    for raw in raws:
        if held is not None and len(parts) < MOST and _belongs(raw, held):
            parts.append(raw.data)
            continue
        if held is not None:
            yield _joined(held, parts)
        held, parts = raw, []
    if held is not None:
        yield _joined(held, parts)


def _belongs(raw: Raw, held: Raw) -> bool:
    """Whether it is a holdings record of the one held. Hardly any record is, so the first byte decides."""
    data = raw.data
    if data[:1] == b"<":
        leader = _LEADER.search(data, 0, 4_096)
        if leader is None or leader[1][6] not in _KINDS:
            return False
        own = dict(_CONTROL.findall(data))
        tags = {tag.decode() for _, tag in _DATAFIELD.findall(data)}
        number = own.get(b"004", b"").strip()
        wanted = dict(_CONTROL.findall(held.data)).get(b"001", b"").strip()
    else:
        if len(data) < 25 or data[6] not in _KINDS or not held.data:
            return False
        fields = _fields(data)
        tags = {tag for tag, _ in fields}
        number = next((text for tag, text in fields if tag == "004"), b"").strip(b" \x1e")
        wanted = next((text for tag, text in _fields(held.data) if tag == "001"), b"").strip(b" \x1e")
    # An authority record of UNIMARC has one of these kinds too, and no field of holdings.
    return bool(tags & TAGS) and (number == wanted if number else bool(wanted))


def _joined(held: Raw, parts: list[bytes]) -> Raw:
    if not parts:
        return held
    if held.data[:1] == b"<":
        more = b"".join(
            field[0] for part in parts for field in _DATAFIELD.finditer(part) if field[2].decode() in TAGS
        )
        ends = list(_END.finditer(held.data))
        at = ends[-1].start() if ends else len(held.data)
        return msgspec.structs.replace(held, data=held.data[:at] + more + held.data[at:])
    return msgspec.structs.replace(held, data=_bound(held.data, parts))


def _fields(data: bytes) -> list[tuple[str, bytes]]:
    """Tag and bytes, with their terminator, of each field that the directory names and that is there."""
    base = data.find(b"\x1e", 24) + 1
    if base <= 0:
        return []
    found = []
    for at in range(24, base - 12, 12):
        entry = data[at : at + 12]
        if entry[3:].isdigit():
            start, length = base + int(entry[7:]), int(entry[3:7])
            found.append((entry[:3].decode("latin-1"), data[start : start + length]))
    return found


def _bound(bib: bytes, parts: list[bytes]) -> bytes:
    """One ISO 2709 record of all fields; a length that five digits cannot say is written as nines, for the
    reader goes by the terminator then.
    """
    fields = [*_fields(bib), *(f for part in parts for f in _fields(part) if f[0] in TAGS)]
    directory, body = bytearray(), bytearray()
    for tag, text in fields:
        text = text.rstrip(b"\x1e\x1d") + b"\x1e"
        directory += b"%s%04d%05d" % (tag.encode("latin-1"), min(len(text), 9_999), min(len(body), 99_999))
        body += text
    base = 24 + len(directory) + 1
    whole = min(base + len(body) + 1, 99_999)
    head = b"%05d%s%05d%s" % (whole, bib[5:12], min(base, 99_999), bib[17:24])
    return bytes(head + directory + b"\x1e" + body + b"\x1d")
