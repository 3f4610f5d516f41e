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

from indexer.marc.byte_fields import byte_fields, record_bytes
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
        fields = byte_fields(data)
        tags = {tag.decode("latin-1") for tag, _ in fields}
        number = next((text for tag, text in fields if tag == b"004"), b"").strip(b" \x1e")
        wanted = next((text for tag, text in byte_fields(held.data) if tag == b"001"), b"").strip(b" \x1e")
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
    fields = byte_fields(held.data)
    fields += (field for part in parts for field in byte_fields(part) if field[0].decode("latin-1") in TAGS)
    return msgspec.structs.replace(held, data=record_bytes(held.data, fields))
