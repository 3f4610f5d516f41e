"""MARC records into ISO 2709 bytes (编码)."""

from __future__ import annotations

from indexer import marc8
from indexer.marc.record import FIELD_END, RECORD_END, Marc, dialect
from indexer.problem import Problem


def encode(marc: Marc, charset: str = "utf-8") -> tuple[bytes, list[Problem]]:
    """ISO 2709 bytes of a record in utf-8, marc-8 or gb18030 (编码), with lengths that are true.

    Leader/09 is set for MARC 21 (``a`` for UTF-8, blank for MARC-8) and left alone for UNIMARC, whose
    100$a/26-29 the caller writes. A record too long for ISO 2709 is written with lengths cut to what fits,
    and reported.
    """
    problems: list[Problem] = []
    body = bytearray()
    directory = bytearray()
    for tag, text in marc.fields:
        if charset == "marc-8":
            piece, missing = marc8.from_text(text)
            if missing:
                message = f"{missing} characters have no MARC-8 code; written as numeric references"
                problems.append(Problem("charset-unencodable", "warning", message, tag))
        else:
            piece = text.encode(charset, "replace")
        piece += FIELD_END
        directory += b"%3s%04d%05d" % (
            tag.encode("ascii", "replace")[:3],
            len(piece) % 10_000,
            len(body) % 100_000,
        )
        body += piece
    base = 24 + len(directory) + 1
    size = base + len(body) + 1
    if size > 99_999:
        message = f"the record has {size} bytes, more than ISO 2709 can say"
        problems.append(Problem("record-too-long", "warning", message, "leader"))
    leader = f"{marc.leader[:24]:<24}"
    ninth = leader[9]
    if dialect({tag for tag, _ in marc.fields}) == "marc21":
        ninth = " " if charset == "marc-8" else "a"
    written = (
        f"{min(size, 99_999):05d}{leader[5:9]}{ninth}22{min(base, 99_999):05d}{leader[17:20]}{leader[20:24]}"
    )
    head = written.encode("ascii", "replace")
    return head + bytes(directory) + FIELD_END + bytes(body) + RECORD_END, problems
