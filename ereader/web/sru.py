"""Our own SRU server (SRU 服务): GET /sru, searchRetrieve and explain of SRU 1.1, 1.2 and 2.0.

Records come as MARCXML, Dublin Core or OPAC XML, which has the copies and whether they can be had now, as the
libraries' systems say. Source: SRU 1.2 (Library of Congress), searchRetrieve 1.0 (OASIS); the OPAC record of
ISO 23950 in the XML form of the YAZ toolkit.
"""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

import msgspec
from starlette.responses import Response

from ereader.search.cql import CqlRefused, read
from ereader.web import availability
from ereader.web.availability import AtLibrary, Plan
from ereader.web.handler import Waiting, waiting
from ereader.web.visit import Visit
from holdings.availability import Availability, Copy
from holdings.natural import natural
from indexer.index.engine import SearchCall, SearchUnavailable
from indexer.records.export import one
from indexer.records.union import UnionRecord

MOST_RECORDS = 50
DEFAULT = 10
DEEPEST = 5_000  # records that a client can reach
SCHEMAS = {
    "marcxml": "info:srw/schema/1/marcxml-v1.1",
    "dc": "info:srw/schema/1/dc-v1.1",
    "opacxml": "http://indexdata.com/xml/opac/",
}
_NAMESPACE = {"1": "http://www.loc.gov/zing/srw/", "2": "http://docs.oasis-open.org/ns/search-ws/sruResponse"}
_DIAGNOSTIC = {
    "1": "http://www.loc.gov/zing/srw/diagnostic/",
    "2": "http://docs.oasis-open.org/ns/search-ws/diagnostic",
}
EXPLAINED = (
    "cql.serverChoice", "dc.title", "dc.creator", "dc.subject", "dc.publisher", "bath.isbn", "bath.issn",
    "rec.id",
)  # fmt: skip
_MESSAGES = {
    4: "Unsupported operation", 5: "Unsupported version", 6: "Unsupported parameter value",
    7: "Mandatory parameter not supplied", 10: "Query syntax error",
    12: "Too many characters in query", 13: "Invalid or unsupported use of parentheses",
    16: "Unsupported index", 19: "Unsupported relation", 20: "Unsupported relation modifier",
    27: "Empty term unsupported", 28: "Masking character not supported", 37: "Unsupported boolean operator",
    38: "Too many boolean operators in query", 46: "Unsupported boolean modifier",
    61: "First record position out of range", 66: "Unknown schema for retrieval",
    71: "Unsupported record packing", 80: "Sort not supported", 2: "System temporarily unavailable",
}  # fmt: skip
_UNFIT = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class _Asked(msgspec.Struct, frozen=True):
    version: str
    schema: str
    packing: str
    start: int
    total: int
    query: str
    records: tuple[UnionRecord, ...]
    plan: Plan


def _prepare(visit: Visit) -> Response | Waiting:
    """GET /sru"""
    version = visit.parameter("version") or ("1.2" if visit.parameter("operation") else "2.0")
    if version not in ("1.1", "1.2", "2.0"):
        return _refused("1.2", CqlRefused(5, "1.1, 1.2, 2.0"))
    query = visit.parameter("query", most=8_000)
    operation = visit.parameter("operation") or ("searchRetrieve" if query else "explain")
    if operation == "explain":
        return _xml(_explain(visit, version))
    try:
        if operation != "searchRetrieve":
            raise CqlRefused(4, operation)
        return _searched(visit, version, query)
    except CqlRefused as refused:
        return _refused(version, refused)
    except SearchUnavailable:
        return _refused(version, CqlRefused(2))


def _searched(visit: Visit, version: str, query: str) -> Waiting:
    if not query:
        raise CqlRefused(7, "query")
    schema = _schema(visit.parameter("recordSchema", "marcxml"))
    packing = visit.parameter("recordXMLEscaping" if version == "2.0" else "recordPacking", "xml")
    if packing not in ("xml", "string"):
        raise CqlRefused(71, packing)
    start = _number(visit, "startRecord", 1)
    size = min(_number(visit, "maximumRecords", DEFAULT), MOST_RECORDS)
    if start < 1 or start > DEEPEST:
        raise CqlRefused(61, str(start))
    tree, id = read(query)
    if tree is None:
        named = availability.union_of(visit, id)
        total, ids = int(named is not None), [id] if named and size and start == 1 else []
    else:
        call = SearchCall(tree=tree, view=visit.view, offset=start - 1, limit=max(size, 1))
        found = visit.service.engine.search(call)
        total, ids = found.total, [hit.id for hit in found.hits][:size]
    if total and start > total:
        raise CqlRefused(61, str(start))
    records = tuple(union for i in ids if (union := availability.union_of(visit, i)) is not None)
    held = records if schema == "opacxml" else ()
    planned = availability.plan(visit, tuple(u.id for u in held), {u.id: u for u in held})
    asked = _Asked(version, schema, packing, start, total, query, records, planned)
    return Waiting(visit.service.desk.begin(planned.asked), availability.PATIENCE, asked)


def _schema(given: str) -> str:
    known = {
        **{name: name for name in SCHEMAS},
        **{uri: name for name, uri in SCHEMAS.items()},
        "opac": "opacxml",
    }
    if given not in known:
        raise CqlRefused(66, given)
    return known[given]


def _number(visit: Visit, name: str, default: int) -> int:
    number = natural(visit.parameter(name, str(default)), 12)
    if number is None:
        raise CqlRefused(6, name)
    return number


def _finish(visit: Visit, asked: _Asked) -> Response:
    known = availability.found_out(visit, asked.plan)
    tag = "recordXMLEscaping" if asked.version == "2.0" else "recordPacking"
    records = []
    for number, union in enumerate(asked.records, asked.start):
        inside = _inside(visit, asked.schema, union, known)
        data = inside if asked.packing == "xml" else escape(inside)
        records.append(
            f"<record><recordSchema>{escape(SCHEMAS[asked.schema])}</recordSchema><{tag}>{asked.packing}</{tag}>"
            f"<recordData>{data}</recordData><recordPosition>{number}</recordPosition></record>"
        )
    following = asked.start + len(asked.records)
    next_one = f"<nextRecordPosition>{following}</nextRecordPosition>" if following <= asked.total else ""
    listed = f"<records>{''.join(records)}</records>" if records else ""
    body = f"<numberOfRecords>{asked.total}</numberOfRecords>{listed}{next_one if records else ''}"
    return _xml(_response(asked.version, body))


def _inside(
    visit: Visit,
    schema: str,
    union: UnionRecord,
    known: dict[str, list[tuple[AtLibrary, Availability]]],
) -> str:
    marc = _element(one(union.record, "marcxml")[0], "record", ' xmlns="http://www.loc.gov/MARC21/slim"')
    if schema == "marcxml":
        return marc
    if schema == "dc":
        return _element(one(union.record, "dc")[0], "oai_dc:dc", "")
    holdings = "".join(
        _holding(visit.names.library(at.library), copy)
        for at, told in known.get(union.id, [])
        for copy in told.copies
    )
    return (
        f'<opacRecord xmlns=""><bibliographicRecord>{marc}</bibliographicRecord>'
        f"<holdings>{holdings}</holdings></opacRecord>"
    )


def _element(document: bytes, name: str, attributes: str) -> str:
    text = document.decode("utf-8")
    start, end = text.find(f"<{name}"), text.rfind(f"</{name}>")
    return f"<{name}{attributes}{text[start + len(name) + 1 : end]}</{name}>"


def _holding(library: str, copy: Copy) -> str:
    """One copy as the OPAC record of ISO 23950 has it."""
    parts = {
        "localLocation": " ".join(p for p in (library, copy.department) if p),
        "shelvingLocation": copy.location,
        "callNumber": copy.call_number,
        "publicNote": copy.note,
        "enumAndChron": copy.volume,
    }
    inside = "".join(f"<{name}>{_text(value)}</{name}>" for name, value in parts.items() if value)
    if copy.status == "unknown":
        return f"<holding>{inside}</holding>"
    now = int(copy.status in ("available", "reference"))
    due = f"<availabilityDate>{_text(copy.due[:10].replace('-', ''))}</availabilityDate>" if copy.due else ""
    only = "<restrictions>Library use only</restrictions>" if copy.status == "reference" else ""
    barcode = f"<itemId>{_text(copy.barcode)}</itemId>" if copy.barcode else ""
    return (
        f'<holding>{inside}<circulations><circulation><availableNow value="{now}"/>{due}{only}{barcode}'
        f'<renewable value="0"/><onHold value="{int(bool(copy.queue))}"/></circulation></circulations>'
        "</holding>"
    )


def _text(value: str) -> str:
    return escape(_UNFIT.sub("", value))


def _response(version: str, body: str, name: str = "searchRetrieveResponse") -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<{name} xmlns={quoteattr(_NAMESPACE[version[0]])}>'
        f"<version>{version}</version>{body}</{name}>"
    )


def _refused(version: str, refused: CqlRefused) -> Response:
    """A diagnostic; SRU answers it with status 200."""
    details = f"<details>{_text(refused.details)}</details>" if refused.details else ""
    message = _MESSAGES.get(refused.number, "General system error")
    diagnostic = (
        f"<diagnostics><diagnostic xmlns={quoteattr(_DIAGNOSTIC[version[0]])}>"
        f"<uri>info:srw/diagnostic/1/{refused.number}</uri>{details}<message>{message}</message>"
        "</diagnostic></diagnostics>"
    )
    return _xml(_response(version, f"<numberOfRecords>0</numberOfRecords>{diagnostic}"))


def _explain(visit: Visit, version: str) -> str:
    place = visit.request.base_url
    path = f"{visit.prefix}/sru".lstrip("/")
    schemas = "".join(
        f'<schema identifier="{uri}" name="{name}"><title>{name}</title></schema>'
        for name, uri in SCHEMAS.items()
    )
    indexes = "".join(
        f'<index><map><name set="{prefix}">{name}</name></map></index>'
        for prefix, _, name in (index.partition(".") for index in EXPLAINED)
    )
    port = place.port or (443 if place.scheme == "https" else 80)
    explained = (
        '<explain xmlns="http://explain.z3950.org/dtd/2.0/">'
        f'<serverInfo protocol="SRU" version="{version}"><host>{_text(place.hostname or "")}</host>'
        f"<port>{port}</port><database>{_text(path)}</database>"
        f"</serverInfo><databaseInfo><title>{_text(visit.title())}</title></databaseInfo>"
        f"<indexInfo>{indexes}</indexInfo><schemaInfo>{schemas}</schemaInfo>"
        f'<configInfo><default type="numberOfRecords">{DEFAULT}</default>'
        f'<setting type="maximumRecords">{MOST_RECORDS}</setting></configInfo></explain>'
    )
    tag = "recordXMLEscaping" if version == "2.0" else "recordPacking"
    record = (
        f"<record><recordSchema>http://explain.z3950.org/dtd/2.0/</recordSchema><{tag}>xml</{tag}>"
        f"<recordData>{explained}</recordData></record>"
    )
    return _response(version, record, "explainResponse")


def _xml(text: str) -> Response:
    response = Response(text.encode("utf-8", "replace"), 200, media_type="application/xml; charset=utf-8")
    response.headers["cache-control"] = "no-store"
    return response


sru = waiting(_prepare, _finish)
