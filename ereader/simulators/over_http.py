"""Simulated systems that answer over HTTP (模拟 HTTP 系统): DAIA, SRU, ILS-DI, and pages for a mapping.

They are written from the specifications, apart from the plug-ins that ask them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

from ereader.simulators.shelf import Answering, Piece, Shelf

JSON, XML, HTML = "application/json; charset=utf-8", "text/xml; charset=utf-8", "text/html; charset=utf-8"
STATE_WORDS = {"available": "在架可借", "reference": "阅览", "on-loan": "借出", "unavailable": "装订中"}


def daia(shelf: Shelf, params: Mapping[str, str], path: str) -> tuple[int, str, bytes]:
    """DAIA 1.0: every request identifier is the id of a record, with or without ``urn:x-simulated:``."""
    if params.get("format") != "json" or not params.get("id"):
        error = {"error": "invalid_request", "code": 422, "error_description": f"{path}: id, format=json"}
        return 422, JSON, json.dumps(error).encode()
    documents = []
    for name in params["id"].split("|"):
        pieces = shelf.of(name.removeprefix("urn:x-simulated:"))
        if pieces is not None:
            items = [_daia_item(piece) for piece in pieces]
            id = f"urn:x-simulated:{re.sub('[^A-Za-z0-9.-]', '-', name)}"
            documents.append({"id": id, "requested": name, "item": items})
    told = {"document": documents, "institution": {"content": "Simulated library"}}
    return 200, JSON, json.dumps(told, ensure_ascii=False).encode()


def _daia_item(piece: Piece) -> dict[str, object]:
    item: dict[str, object] = {
        "id": f"urn:x-simulated:item:{piece.barcode}",
        "label": piece.call_number,
        "storage": {"content": piece.location},
    }
    here, lent = {"service": "presentation"}, {"service": "loan"}
    if piece.state == "available":
        return item | {"available": [here, lent]}
    if piece.state == "reference":
        return item | {"available": [here], "unavailable": [lent]}
    if piece.state == "on-loan":
        gone: dict[str, object] = {"expected": piece.due or "unknown", "queue": piece.queue}
        return item | {"unavailable": [here | gone, lent | gone]}
    return item | {"unavailable": [here, lent]}


def sru(shelf: Shelf, params: Mapping[str, str], path: str) -> tuple[int, str, bytes]:
    """SRU 1.1 to 2.0 with OPAC XML; the last word of a query is the id."""
    version = params.get("version", "2.0" if "operation" not in params else "1.1")
    query = params.get("query", "")
    if not query:
        return 200, XML, _sru(version, 0, "", _diagnostic(7, "Mandatory parameter not supplied", "query"))
    if params.get("recordSchema", "opacxml") not in ("opacxml", "opac", "marcxml"):
        told = _diagnostic(66, "Unknown schema for retrieval", params["recordSchema"])
        return 200, XML, _sru(version, 0, "", told)
    words = re.findall(r'"((?:[^"\\]|\\.)*)"|([^\s="]+)', query)
    id = re.sub(r"\\(.)", r"\1", words[-1][0] or words[-1][1]) if words else ""
    pieces = shelf.of(id)
    if pieces is None:
        return 200, XML, _sru(version, 0, "", "")
    record = (
        f"<opacRecord><bibliographicRecord/><holdings>{''.join(map(_opac, pieces))}</holdings></opacRecord>"
    )
    _ = path
    return 200, XML, _sru(version, 1, record, "")


def _sru(version: str, count: int, record: str, diagnostics: str) -> bytes:
    name = "http://docs.oasis-open.org/ns/search-ws/sruResponse" if version[:1] == "2" else (
        "http://www.loc.gov/zing/srw/"
    )  # fmt: skip
    records = diagnosed = ""
    if record:
        records = (
            "<records><record><recordSchema>opacxml</recordSchema><recordPacking>xml</recordPacking>"
            f"<recordData>{record}</recordData><recordPosition>1</recordPosition></record></records>"
        )
    if diagnostics:
        diagnosed = f"<diagnostics>{diagnostics}</diagnostics>"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><searchRetrieveResponse xmlns="{name}"><version>'
        f"{escape(version)}</version><numberOfRecords>{count}</numberOfRecords>{records}{diagnosed}"
        "</searchRetrieveResponse>"
    ).encode()


def _diagnostic(number: int, message: str, details: str) -> str:
    return (
        '<diagnostic xmlns="http://www.loc.gov/zing/srw/diagnostic/">'
        f"<uri>info:srw/diagnostic/1/{number}</uri><details>{escape(details)}</details>"
        f"<message>{escape(message)}</message></diagnostic>"
    )


def _opac(piece: Piece) -> str:
    now = "1" if piece.state in ("available", "reference") else "0"
    due = f"<availabilityDate>{piece.due.replace('-', '')}</availabilityDate>" if piece.due else ""
    restricted = "<restrictions>Library use only</restrictions>" if piece.state == "reference" else ""
    return (
        "<holding xmlns=''><localLocation>Simulated library</localLocation>"
        f"<shelvingLocation>{escape(piece.location)}</shelvingLocation><callNumber>{escape(piece.call_number)}</callNumber><circulations><circulation>"
        f'<availableNow value="{now}"/>{due}{restricted}<itemId>{escape(piece.barcode)}</itemId>'
        f'<renewable value="0"/><onHold value="{int(piece.queue > 0)}"/></circulation></circulations>'
        "</holding>"
    )


def ils_di(shelf: Shelf, params: Mapping[str, str], path: str) -> tuple[int, str, bytes]:
    """GetAvailability as Koha answers it, for records or items."""
    if params.get("service") != "GetAvailability" or not params.get("id"):
        return 200, XML, b"<GetAvailability><code>MissingParameter</code></GetAvailability>"
    _ = path
    records = []
    for id in re.split(r"[ +]", params["id"]):
        if params.get("id_type", "bib") == "item":
            piece = shelf.by_barcode(id)
            pieces: Sequence[Piece] | None = None if piece is None else [piece]
        else:
            pieces = shelf.of(id)
        if pieces is None:
            inside = _simple(id, "unknown", "Error: could not retrieve availability for this ID", "", "")
            records.append(f"<dlf:record><dlf:bibliographic id={quoteattr(id)}/>{inside}</dlf:record>")
        else:
            items = "".join(f"<dlf:item id={quoteattr(p.barcode)}>{_item(p)}</dlf:item>" for p in pieces)
            inside = f"<dlf:items>{items}</dlf:items>"
            records.append(f"<dlf:record><dlf:bibliographic id={quoteattr(id)}/>{inside}</dlf:record>")
    told = f'<dlf:collection xmlns:dlf="http://diglib.org/ilsdi/1.1">{"".join(records)}</dlf:collection>'
    return 200, XML, f'<?xml version="1.0" encoding="UTF-8"?>{told}'.encode()


def _item(piece: Piece) -> str:
    status = "available" if piece.state in ("available", "reference") else "not available"
    words = {"on-loan": "Checked out", "unavailable": "Damaged"}.get(piece.state, "")
    return _simple(piece.barcode, status, words, piece.location, piece.due)


def _simple(id: str, status: str, words: str, location: str, due: str) -> str:
    parts = {"identifier": id, "availabilitystatus": status, "availabilitymsg": words, "location": location,
             "dateavailable": due}  # fmt: skip
    inside = "".join(f"<dlf:{name}>{escape(text)}</dlf:{name}>" for name, text in parts.items() if text)
    return f"<dlf:simpleavailability>{inside}</dlf:simpleavailability>"


def mapped(shelf: Shelf, params: Mapping[str, str], path: str) -> tuple[int, str, bytes]:
    """A system of its own kind: JSON at ``/api/ID``, a page with a table at any other path, ``?id=ID``."""
    id = path.removeprefix("/api/") if path.startswith("/api/") else params.get("id", "")
    pieces = shelf.of(id)
    if path.startswith("/api/"):
        if pieces is None:
            return 404, JSON, b'{"code": 404}'
        listed = [
            {
                "barCode": p.barcode,
                "callNo": p.call_number,
                "place": {"name": p.location},
                "state": STATE_WORDS[p.state],
                "dueDate": p.due,
                "reserved": p.queue,
            }
            for p in pieces
        ]
        return 200, JSON, json.dumps({"code": 0, "data": {"list": listed}}, ensure_ascii=False).encode()
    if pieces is None:
        return 200, HTML, "<p>没有找到这条记录</p>".encode()
    rows = "".join(
        f"<tr><td>{escape(p.call_number)}</td><td>{escape(p.barcode)}</td><td>{escape(p.location)}</td><td>"
        f"{STATE_WORDS[p.state]}{f'-应还日期：{p.due}' if p.due else ''}</td></tr>"
        for p in pieces
    )
    table = "<tr><th>索书号</th><th>条码号</th><th>馆藏地</th><th>书刊状态</th></tr>" + rows
    page = f"<!doctype html><html><meta charset='utf-8'><table id='item'>{table}</table></html>"
    return 200, HTML, page.encode()


ANSWERS: dict[str, Answering] = {"daia": daia, "sru": sru, "ils-di": ils_di, "mapped": mapped}
