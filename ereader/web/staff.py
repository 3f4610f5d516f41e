"""The staff view (编目员视图): where a record comes from, what is wrong with it, and what was received."""

from __future__ import annotations

import re

from starlette.responses import Response

from ereader.web import answer, errors, together
from ereader.web.handler import handler
from ereader.web.record import struct_rows, text
from ereader.web.visit import Visit
from indexer.reader import Raw
from indexer.records.union import SourceRecord
from ui import record_pages
from ui.presenters.text import visible

SHOWN_BYTES = 20_000
SOURCES_WITH_ORIGINAL = 20
_SAFE = re.compile(r"[^A-Za-z0-9._-]+")


@handler
def staff(visit: Visit, id: str) -> Response:
    """GET /record/ID/staff"""
    view = visit.view
    union = visit.service.store.union(id, view) if len(id) <= 64 else None
    if union is None:
        return errors.page(visit, 404)
    record = union.record
    shown = record_pages.StaffPage(
        site=visit.site(),
        id=union.id,
        title=text(record.title, record),
        type_label=visit.names.type(record.type),
        evidence=record.type_evidence,
        sources=tuple(
            _source(
                visit,
                union.id,
                s,
                visit.service.store.original(s.uid, view) if n < SOURCES_WITH_ORIGINAL else None,
            )
            for n, s in enumerate(union.sources)
        ),
        record_href=visit.url(f"/record/{union.id}"),
        explain_href=visit.url(f"/record/{union.id}/explain"),
        together_href=visit.url(f"/record/{union.id}/together") if together.opens(visit, union) else "",
    )
    return answer.html(visit, visit.service.renderer.render("staff.html", shown))


def _source(visit: Visit, union_id: str, source: SourceRecord, raw: Raw | None) -> record_pages.SourceView:
    return record_pages.SourceView(
        uid=source.uid,
        library=visit.names.library(source.library),
        repository=visit.names.repository(source.repository),
        local_id=source.id,
        format=source.format or source.record.source.format,
        charset=source.charset or source.record.source.charset,
        type_label=visit.names.type(source.record.type),
        evidence=source.record.type_evidence,
        merged_by=tuple(together.reason_of(visit, m) for m in source.merged_by),
        problems=tuple(
            record_pages.ProblemLine(p.severity, p.code, p.field, p.message, p.value) for p in source.problems
        ),
        fields=struct_rows(source.record),
        original=_readable(raw, source.charset) if raw is not None else "",
        original_cut=raw is not None and len(raw.data) > SHOWN_BYTES,
        original_size=len(raw.data) if raw is not None else 0,
        original_href=visit.url(f"/record/{union_id}/original", [("source", source.uid)]),
        first_seen=source.first_seen[:10],
        changed=source.changed[:10],
    )


def _readable(raw: Raw, charset: str) -> str:
    """The bytes as text: each field of MARC on its own line, ‡ for subfields, other controls made visible."""
    data = raw.data[:SHOWN_BYTES]
    try:
        decoded = data.decode(charset or raw.charset or "utf-8", "backslashreplace")
    except LookupError:
        decoded = data.decode("utf-8", "backslashreplace")
    decoded = _fields(decoded) or decoded
    for sign, shown in (("\r\n", "\n"), ("\x1f", " ‡"), ("\x1e", "\n"), ("\x1d", "\n")):
        decoded = decoded.replace(sign, shown)
    return visible(decoded)


def _fields(text: str) -> str:
    """A record of ISO 2709 with its tags before its fields; "" where leader and directory do not say them."""
    leader, directory = text[:24], text[24:].partition("\x1e")[0]
    fields = text[24 + len(directory) + 1 :].rstrip("\x1d\n\r").removesuffix("\x1e").split("\x1e")
    tags = [directory[n : n + 3] for n in range(0, len(directory), 12)]
    if not leader[:5].isdecimal() or len(directory) % 12 or len(tags) != len(fields):
        return ""
    return "\n".join((f"LDR {leader}", *(f"{tag} {field}" for tag, field in zip(tags, fields, strict=True))))


@handler
def original(visit: Visit, id: str) -> Response:
    """GET /record/ID/original?source=UID"""
    view = visit.view
    union = visit.service.store.union(id, view) if len(id) <= 64 else None
    uid = visit.parameter("source", most=64) or (union.sources[0].uid if union else "")
    raw = (
        visit.service.store.original(uid, view)
        if union and any(s.uid == uid for s in union.sources)
        else None
    )
    if raw is None:
        return errors.page(visit, 404)
    # Bytes of strangers are never shown by a browser as what they claim to be.
    name = _SAFE.sub("-", f"{uid}.{raw.format}")
    headers = {
        "content-disposition": f'attachment; filename="{name}"',
        "cache-control": answer.PRIVATE,
        "vary": answer.VARY,
        "content-security-policy": "sandbox; default-src 'none'",
    }
    return Response(raw.data, 200, headers, "application/octet-stream")
