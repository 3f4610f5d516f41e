"""Copies in the records that SRU servers give (馆藏记录解析): OPAC XML, ISO 20775, MARCXML.

Sources: the OPAC record of Z39.50 (ISO 23950, appendix 5) in the XML form of the YAZ toolkit; MARC 21 Format
for Holdings Data, 852 and 876, and Koha's field 952.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from holdings.availability import Copy, Status
from holdings.foreign_xml import anywhere, below, day_of, local_name, text_below, text_of
from holdings.iso_holdings import read_iso

# What the parts of an item's field are called in `items` of an endpoint, and how Koha writes them.
KOHA: Mapping[str, str] = {
    "tag": "952", "call_number": "o", "location": "c", "department": "b", "barcode": "p", "due": "q",
    "volume": "h", "not_for_loan": "7", "lost": "1", "damaged": "4", "withdrawn": "0", "note": "z",
}  # fmt: skip
_WORDS: dict[str, Status] = {
    "available": "available", "not available": "unavailable", "unavailable": "unavailable",
    "possibly available": "unknown", "unknown": "unknown",
}  # fmt: skip


def read_record(element: Any, items: Mapping[str, Any] | None = None) -> list[Copy]:
    """The copies that a record tells of, whichever of the three forms it has; none for any other."""
    name = local_name(element)
    if name == "opacRecord":
        held = [h for e in below(element, "holdings") for h in e if local_name(h) == "holding"]
        if held:
            return [copy for h in held for copy in _opac(h)]
        return [c for r in anywhere(element, "record") for c in _marc(r, items)]
    if name in ("holdings", "holding", "resource"):
        found = [element] if name == "holding" else list(anywhere(element, "holding"))
        opac = any(local_name(e) in ("circulations", "localLocation") for h in found for e in h)
        return [copy for h in found for copy in (_opac(h) if opac else read_iso(h))]
    if name == "collection":
        return [c for r in anywhere(element, "record") for c in _marc(r, items)]
    return _marc(element, items) if name == "record" else []


def _opac(holding: Any) -> Iterator[Copy]:
    department, shelf = text_below(holding, "localLocation"), text_below(holding, "shelvingLocation")
    call_number = text_below(holding, "callNumber")
    note = text_below(holding, "publicNote")
    summary = next((text_of(e) for e in below(holding, "enumAndChron")), "")
    volumes = [
        text_below(v, "enumAndChron")
        or " ".join(filter(None, (text_below(v, "enumeration"), text_below(v, "chronology"))))
        for v in below(holding, "volumes", "volume")
    ]
    circulations = list(below(holding, "circulations", "circulation"))
    for one in circulations:
        now = _flag(one, "availableNow")
        due = day_of(text_below(one, "availabilityDate"))
        restricted = text_below(one, "restrictions")
        held = _flag(one, "onHold")
        status: Status = "unknown"
        if now in ("1", "true"):
            status = "reference" if _library_only(restricted) else "available"
        elif now in ("0", "false"):
            status = "on-loan" if due else "unavailable"
        yield Copy(
            status=status,
            barcode=text_below(one, "itemId"),
            call_number=call_number,
            department=department,
            location=text_below(one, "temporaryLocation") or shelf,
            volume=text_below(one, "enumAndChron"),
            due=due if status == "on-loan" else "",
            queue=1 if held in ("1", "true") else None,
            note="; ".join(filter(None, (note, restricted))),
        )
    if not circulations and (call_number or shelf or department or summary):
        yield Copy(
            call_number=call_number,
            department=department,
            location=shelf,
            volume="; ".join(filter(None, (summary, *volumes)))[:500],
            note=note,
        )


def _flag(element: Any, name: str) -> str:
    """A flag as YAZ writes it, in an attribute, or as others do, as text."""
    found = next(iter(below(element, name)), None)
    return "" if found is None else (str(found.get("value") or "").strip() or text_of(found)).casefold()


def _library_only(restrictions: str) -> bool:
    said = restrictions.casefold()
    words = (
        "library use",
        "in-library",
        "in library",
        "reference",
        "not for loan",
        "non-circ",
        "馆内",
        "阅览",
    )
    return any(word in said for word in words)


def _marc(record: Any, items: Mapping[str, Any] | None) -> list[Copy]:
    fields = [
        (
            str(e.get("tag") or ""),
            [(str(s.get("code") or ""), text_of(s)) for s in e if local_name(s) == "subfield"],
        )
        for e in record.iter()
        if local_name(e) == "datafield"
    ]
    mapping = dict(items or KOHA)
    found = [_mapped(pairs, mapping) for tag, pairs in fields if tag == mapping.get("tag")]
    copies = [copy for copy in found if copy is not None]
    if copies:
        return copies
    # Without fields of items: locations (852), and pieces (876) that follow them.
    last = Copy()
    for tag, pairs in fields:
        first = dict(reversed(pairs))
        if tag == "852":
            call = " ".join(first[c] for c in "khim" if c in first) or first.get("j", "")
            last = Copy(
                department=first.get("b", ""), location=first.get("c", ""), call_number=call,
                barcode=first.get("p", ""),
            )  # fmt: skip
            copies.append(last)
        elif tag == "876":
            if copies and copies[-1] is last and not last.barcode:
                copies.pop()
            status = _WORDS.get(first.get("j", "").casefold(), "unknown")
            copies.append(
                Copy(
                    status=status,
                    barcode=first.get("p", ""),
                    department=last.department,
                    location=first.get("l", last.location),
                    call_number=last.call_number,
                    note=first.get("z", ""),
                )
            )
    return copies


def _mapped(pairs: list[tuple[str, str]], mapping: Mapping[str, Any]) -> Copy | None:
    first = dict(reversed(pairs))

    def said(name: str) -> str:
        return first.get(str(mapping.get(name, "")), "")

    if not (said("call_number") or said("barcode") or said("location")):
        return None
    due = day_of(said("due"))
    gone = any(said(name) not in ("", "0") for name in ("lost", "withdrawn", "damaged"))
    status: Status = "available"
    statuses = mapping.get("statuses")
    word = said("status")
    if isinstance(statuses, dict) and word:
        told = statuses.get(word, "unknown")
        status = told if told in ("available", "reference", "on-loan", "unavailable") else "unknown"
    elif gone:
        status = "unavailable"
    elif due:
        status = "on-loan"
    elif said("not_for_loan") not in ("", "0"):
        # Koha's numbers below 0 are "ordered" and such, above 0 "in the library only".
        status = "unavailable" if said("not_for_loan").startswith("-") else "reference"
    return Copy(
        status=status,
        barcode=said("barcode"),
        call_number=said("call_number"),
        department=said("department"),
        location=said("location"),
        volume=said("volume"),
        due=due if status == "on-loan" else "",
        note=said("note"),
    )
