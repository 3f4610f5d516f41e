"""Availability by SRU (检索协议查询): records with holdings as OPAC XML, ISO 20775 or MARCXML.

Source: SRU 1.1, 1.2 (Library of Congress) and 2.0 (OASIS searchRetrieve); diagnostics are errors. Options:
``version`` (1.1, 1.2, 2.0), ``query`` (CQL with places: ``rec.id={local}``, ``bath.isbn={isbn}``), ``schema``
(the name the server has for its format), ``items`` (how MARC fields say copies: see `marc_items`).
One query is one record.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from holdings.availability import Availability, summed
from holdings.foreign_xml import anywhere, local_name, parsed, text_below, text_of
from holdings.holdings_xml import read_record
from holdings.lookup import LookupFailed, Outside, Question, TimeLeft, fetched, number_option, text_option
from holdings.members.endpoint import Endpoint

# Diagnostics of SRU that say "there is none", not "it went wrong": first record out of range, no such record.
_NOTHING = frozenset({"61", "65"})


class SruLookup:
    """Speaks SRU."""

    kinds: tuple[str, ...] = ("sru",)

    def most(self, endpoint: Endpoint) -> int:
        return number_option(endpoint, "batch", 5, most=20)

    def ask(
        self,
        endpoint: Endpoint,
        questions: Sequence[Question],
        outside: Outside,
        seconds: float,
        secret: Callable[[str], str],  # noqa: ARG002 - SRU knows no users
    ) -> dict[str, Availability]:
        time_left = TimeLeft(seconds)
        found: dict[str, Availability] = {}
        for question in questions:
            query = _query(question, text_option(endpoint, "query", "rec.id={local}"))
            if query:
                try:
                    found[question.key] = self._one(endpoint, query, outside, time_left.seconds())
                except LookupFailed:
                    # What is known already is worth more than one error for all.
                    if not found:
                        raise
                    break
        return found

    def _one(self, endpoint: Endpoint, query: str, outside: Outside, seconds: float) -> Availability:
        version = text_option(endpoint, "version", "1.1")
        params = {"operation": "searchRetrieve", "version": version, "query": query, "maximumRecords": "5"}
        if version.startswith("2"):
            params = {"query": query, "maximumRecords": "5", "recordXMLEscaping": "xml"}
        schema = text_option(endpoint, "schema")
        if schema:
            params["recordSchema"] = schema
        if not version.startswith("2"):
            params["recordPacking"] = "xml"
        answer = fetched(outside, endpoint.address, seconds, params)
        if answer.status_code >= 400 and b"searchRetrieveResponse" not in answer.content[:2_000]:
            raise LookupFailed("protocol", f"status {answer.status_code}")
        items = endpoint.options.get("items")
        return read(answer.content, items if isinstance(items, dict) else None)


def read(data: bytes, items: dict[str, Any] | None = None) -> Availability:
    """What a searchRetrieve response says of the copies of the records found; LookupFailed for diagnostics
    and for what is no such response.
    """
    root = parsed(data)
    if local_name(root) not in ("searchRetrieveResponse", "explainResponse", "diagnostics"):
        raise LookupFailed("protocol", f"<{local_name(root)[:40]}> is no answer of SRU")
    # Surrogate diagnostics stand in the place of a record; those of the whole beside the records.
    records = list(anywhere(root, "recordData"))
    usable = []
    problem: LookupFailed | None = None
    for record in records:
        inside = _inside(record)
        if inside is not None and local_name(inside) in ("diagnostic", "diagnostics"):
            problem = _diagnosed(inside)
        elif inside is not None:
            usable.append(inside)
    if not usable:
        diagnostic = next((e for e in anywhere(root, "diagnostic") if not _within(e, "recordData")), None)
        if diagnostic is not None:
            failed = _diagnosed(diagnostic)
            if failed.code == "not-found":
                return Availability(error="not-found")
            raise failed
        if problem is not None:
            if problem.code == "not-found":
                return Availability(error="not-found")
            raise problem
        return Availability(error="not-found")
    copies = [copy for record in usable for copy in read_record(record, items)]
    return summed(copies)


def _inside(record: Any) -> Any:
    """The element that a record consists of, also where it is written as text (recordPacking string)."""
    for child in record:
        if local_name(child):
            return child
    text = "".join(record.itertext()).strip()
    if not text.startswith("<"):
        return None
    try:
        return parsed(text.encode("utf-8"))
    except LookupFailed:
        return None


def _within(element: Any, name: str) -> bool:
    return any(local_name(parent) == name for parent in element.iterancestors())


def _diagnosed(element: Any) -> LookupFailed:
    uri = text_below(element, "uri")
    number = uri.rpartition("/")[2]
    words = "; ".join(
        text
        for name in ("message", "details")
        if (text := next((text_of(e) for e in anywhere(element, name)), ""))
    )
    code = "not-found" if number in _NOTHING and "diagnostic" in uri else "refused-by-remote"
    return LookupFailed(code, f"{words or 'diagnostic'} ({uri})" if uri else words or "diagnostic")


def _query(question: Question, template: str) -> str:
    """CQL with the record's values in it, quoted as CQL 1.2 says: no value becomes an operator."""
    quoted = Question(
        question.key,
        _quoted(question.local),
        tuple(map(_quoted, question.isbns)),
        tuple(map(_quoted, question.issns)),
        tuple(map(_quoted, question.barcodes)),
    )
    return quoted.filled(template.replace('"', ""))


def _quoted(value: str) -> str:
    if not value:
        return ""
    # The signs of truncation and anchoring are meant as they are.
    masked = "".join(f"\\{c}" if c in '"\\*?^' else c for c in value if c.isprintable())
    return f'"{masked}"'


LOOKUP = SruLookup()
