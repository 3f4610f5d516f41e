"""A DAIA response from what is known here (生成 DAIA 响应): "Data format", with its integrity rules."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Any

import msgspec

from holdings.availability import Availability, Copy, Limitation, Status, Use
from holdings.daia import values

VERSION = "1.0.0"
# What a status means in services, where a system tells none.
_USES: dict[Status, tuple[tuple[str, bool], ...]] = {
    "available": (("presentation", True), ("loan", True)),
    "reference": (("presentation", True), ("loan", False)),
    "on-loan": (("presentation", False), ("loan", False)),
    "unavailable": (("presentation", False), ("loan", False)),
    "unknown": (),
}


class Told(msgspec.Struct, frozen=True):
    """A document to tell of (待述文献): URI, what was asked, page, words, and who has it how.

    ``held`` are (name of a department or "", its URI or "", availability); ``online`` are addresses and
    whether everyone may use them.
    """

    id: str
    requested: str
    href: str
    about: str
    held: tuple[tuple[str, str, Availability], ...] = ()
    online: tuple[tuple[str, bool], ...] = ()


def response(documents: Iterable[Told], institution: dict[str, str], timestamp: str) -> dict[str, Any]:
    """The response as a value for JSON."""
    taken: set[str] = set()
    made = []
    listed = list(documents)
    taken |= {d.id for d in listed}
    for told in listed:
        value = _some(
            id=told.id,
            requested=told.requested if told.requested != told.id else "",
            href=told.href if values.is_url(told.href) else "",
            about=told.about,
            item=[*_items(told, institution.get("id", ""), taken)],
        )
        made.append(value)
    return {
        "document": made,
        **_some(institution=_entity(**institution) or {}, timestamp=timestamp),
    }


def _items(told: Told, institution: str, taken: set[str]) -> Iterable[dict[str, Any]]:
    for name, uri, held in told.held:
        for copy in held.copies:
            yield _item(copy, name, uri if uri != institution else "", taken)
        if not held.copies and held.status != "unknown":
            yield _item(Copy(held.status, due=held.due, queue=held.queue, href=held.href), name, uri, taken)
    for address, free in told.online:
        if values.is_url(address):
            service = "openaccess" if free else "remote"
            yield {"available": [{"service": service, "href": address}]}


def _item(copy: Copy, department: str, uri: str, taken: set[str]) -> dict[str, Any]:
    # A URI names one item in a response; the second copy that claims it goes without.
    id = copy.id if values.is_uri(copy.id) and copy.id not in taken else ""
    taken.add(id)
    branch = " ".join(p for p in (department, copy.department) if p)
    can, cannot = _services(copy)
    return _some(
        id=id,
        href=copy.href if values.is_url(copy.href) else "",
        part="narrower" if copy.volume else "",
        label=copy.call_number or copy.barcode,
        about="; ".join(p for p in (copy.volume, copy.note) if p),
        department=_entity(uri, "", branch),
        storage=_entity("", "", copy.location),
        available=can,
        unavailable=cannot,
    )


def _services(copy: Copy) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    uses = copy.uses or tuple(
        Use(
            service,
            available,
            expected="" if available or copy.status != "on-loan" else copy.due or "unknown",
            queue=None if available or service != "loan" else copy.queue,
        )
        for service, available in _USES[copy.status]
    )
    open_to = {(u.service, _told(_limited(u.limitations))) for u in uses if u.available}
    can, cannot = [], []
    for use in uses:
        limited = {"limitation": _limited(use.limitations)}
        href = use.href if values.is_url(use.href) else ""
        if use.available:
            delay = use.delay if values.is_duration(use.delay) else ""
            can.append(_some(service=use.service, href=href, delay=delay, **limited))
        elif (use.service, _told(limited["limitation"])) not in open_to:
            expected = use.expected if values.is_anydate(use.expected) else ""
            value = _some(service=use.service, href=href, expected=expected, **limited)
            if use.queue is not None:
                value["queue"] = use.queue
            cannot.append(value)
    return can, cannot


def _limited(limitations: tuple[Limitation, ...]) -> list[dict[str, str]]:
    return [e for x in limitations if (e := _entity(x.id, x.href, x.content))]


def _told(limitations: list[dict[str, str]]) -> frozenset[tuple[str, str]]:
    """What makes limitations equal (rule 6)."""
    return frozenset(
        (x["id"], "") if "id" in x else (x.get("href", ""), x.get("content", "")) for x in limitations
    )


def _entity(id: str = "", href: str = "", content: str = "") -> dict[str, str] | None:
    found = _some(
        id=id if values.is_uri(id) else "", href=href if values.is_url(href) else "", content=content
    )
    return found or None


def _some(**members: Any) -> dict[str, Any]:
    """What is not empty; texts in the normal form that the specification asks for (NFC)."""
    cleaned = {n: _clean(value) if isinstance(value, str) else value for n, value in members.items()}
    return {name: value for name, value in cleaned.items() if value not in ("", None, [], {})}


def _clean(text: str) -> str:
    printable = "".join(c for c in text if c.isprintable() or c in "\n\t")
    return unicodedata.normalize("NFC", printable).strip()
