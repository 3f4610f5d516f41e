"""Availability from any page or JSON that a table explains (映射查询), for systems without a protocol.

The endpoint's address has places (``https://opac.example/api/{local}``, ``…?isbn={isbn}``), or ``id`` is
added to it as the parameter ``id_parameter``. Options, texts unless said otherwise:

| option | what it is |
| --- | --- |
| ``format`` | json, xml or html |
| ``copies`` | where the copies are: ``data.items`` (JSON), an XPath (XML, HTML) |
| ``fields`` | table: member of a copy → a path below it (JSON), an XPath from it (XML, HTML) |
| ``statuses`` | table: what the system says → available, reference, on-loan, unavailable, unknown |
| ``charset`` | of HTML that does not say its own |
| ``missing`` | a text that says that there is no such record |
| ``headers`` | table: header → name of a secret |
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import msgspec
from lxml import etree, html

from holdings.availability import STATUSES, Availability, Copy, Status, summed
from holdings.foreign_xml import day_of, parsed
from holdings.lookup import LookupFailed, Outside, Question, TimeLeft, fetched, number_option, text_option
from holdings.members.endpoint import Endpoint
from holdings.natural import natural

FIELDS = ("status", "call_number", "location", "department", "barcode", "due", "queue", "volume", "note")
MOST_HTML = 2_000_000
_DEEPEST = 20


class MappedLookup:
    """Reads what a table explains."""

    kinds: tuple[str, ...] = ("mapped",)

    def most(self, endpoint: Endpoint) -> int:
        return number_option(endpoint, "batch", 5, most=20)

    def ask(
        self,
        endpoint: Endpoint,
        questions: Sequence[Question],
        outside: Outside,
        seconds: float,
        secret: Callable[[str], str],
    ) -> dict[str, Availability]:
        time_left = TimeLeft(seconds)
        wanted = endpoint.options.get("headers")
        headers = {}
        if isinstance(wanted, dict):
            headers = {str(name): secret(str(of)) for name, of in wanted.items() if secret(str(of))}
        found: dict[str, Availability] = {}
        for question in questions:
            address = _address(endpoint, question)
            if not address:
                continue
            try:
                answer = fetched(outside, address, time_left.seconds(), headers=headers)
                if answer.status_code == 404:
                    found[question.key] = Availability(error="not-found")
                    continue
                if answer.status_code >= 400:
                    raise LookupFailed("protocol", f"status {answer.status_code}")
                found[question.key] = read(answer.content, endpoint.options, answer.charset_encoding or "")
            except LookupFailed:
                if not found:
                    raise
                break
        return found


def _address(endpoint: Endpoint, question: Question) -> str:
    """The address of a record; values stand in it percent-encoded, so they change nothing else of it."""
    safe = Question(
        question.key,
        quote(question.local, safe=""),
        tuple(quote(v, safe="") for v in question.isbns),
        tuple(quote(v, safe="") for v in question.issns),
        tuple(quote(v, safe="") for v in question.barcodes),
    )
    if "{" in endpoint.address:
        return safe.filled(endpoint.address)
    value = safe.filled(text_option(endpoint, "id", "{local}"))
    joint = "&" if "?" in endpoint.address else "?"
    return f"{endpoint.address}{joint}{text_option(endpoint, 'id_parameter', 'id')}={value}" if value else ""


def read(data: bytes, options: Mapping[str, Any], charset: str = "") -> Availability:
    """The copies in an answer by the options of an endpoint; LookupFailed for what cannot be read."""
    missing = options.get("missing")
    if isinstance(missing, str) and missing and missing.encode() in data:
        return Availability(error="not-found")
    kind = options.get("format", "json")
    path = options.get("copies", "")
    fields = options.get("fields")
    if not isinstance(path, str) or not isinstance(fields, dict):
        raise LookupFailed("settings", "copies is a path, fields a table")
    if kind == "json":
        copies = _json_copies(data, path, fields)
    else:
        copies = _tree_copies(data, kind, path, fields, options, charset)
    statuses = options.get("statuses")
    return summed([_copy(said, statuses if isinstance(statuses, dict) else {}) for said in copies])


def _json_copies(data: bytes, path: str, fields: Mapping[str, Any]) -> Iterable[dict[str, str]]:
    try:
        value = msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise LookupFailed("protocol", f"no JSON: {error}"[:300]) from error
    found = list(_steps(value, path))
    listed = [each for one in found for each in (one if isinstance(one, list) else [one])]
    if not found:
        raise LookupFailed("protocol", f"there is no {path!r} in the answer")
    for each in listed[:1_000]:
        yield {n: _first(_steps(each, p)) for n, p in fields.items() if n in FIELDS and isinstance(p, str)}


def _steps(value: Any, path: str) -> Iterable[Any]:
    """What a path of names leads to; ``*`` is every one of a list or table, a number one of a list."""
    reached = [value]
    for step in [s for s in path.split(".") if s][:_DEEPEST]:
        further: list[Any] = []
        number = natural(step)
        for each in reached:
            if step == "*":
                further += (
                    each if isinstance(each, list) else list(each.values()) if isinstance(each, dict) else []
                )
            elif isinstance(each, dict) and step in each:
                further.append(each[step])
            elif isinstance(each, list) and number is not None and number < len(each):
                further.append(each[number])
        reached = further[:10_000]
    return reached


def _first(values: Iterable[Any]) -> str:
    for value in values:
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, str | int | float):
            return str(value).strip()[:500]
    return ""


def _tree_copies(
    data: bytes, kind: Any, path: str, fields: Mapping[str, Any], options: Mapping[str, Any], charset: str
) -> Iterable[dict[str, str]]:
    try:
        if kind == "html":
            said = str(options.get("charset") or charset or "") or None
            parser = html.HTMLParser(encoding=said, no_network=True, huge_tree=False)
            root = html.document_fromstring(data[:MOST_HTML], parser=parser)
        else:
            root = parsed(data)
        for element in _reached(root, path)[:1_000]:
            if isinstance(element, etree._Element):
                yield {
                    n: _words(_reached(element, p))
                    for n, p in fields.items()
                    if n in FIELDS and isinstance(p, str)
                }
    except (etree.XPathError, etree.ParserError, LookupError, ValueError) as error:
        raise LookupFailed("protocol", f"cannot be read: {error}"[:300]) from error


def _reached(element: Any, path: str) -> list[Any]:
    found = element.xpath(path)
    return found if isinstance(found, list) else [found]


def _words(found: list[Any]) -> str:
    for each in found:
        text = "".join(each.itertext()) if isinstance(each, etree._Element) else str(each)
        if text.strip():
            return " ".join(text.split())[:500]
    return ""


def _copy(said: Mapping[str, str], statuses: Mapping[str, Any]) -> Copy:
    word = said.get("status", "")
    status: Status = "unknown"
    told = statuses.get(word)
    if told is None:
        # The longest text of the table that what is said begins with: 借出-应还日期：2026-01-01
        fitting = [key for key in statuses if key and word.startswith(key)]
        told = statuses[max(fitting, key=len)] if fitting else None
    if told in STATUSES:
        status = told
    queue = said.get("queue", "")
    return Copy(
        status=status,
        barcode=said.get("barcode", ""),
        call_number=said.get("call_number", ""),
        location=said.get("location", ""),
        department=said.get("department", ""),
        volume=said.get("volume", ""),
        due=day_of(said.get("due", "") or word) if status == "on-loan" else "",
        queue=natural(queue, 5),
        note=said.get("note", "") or (word if status == "unknown" else ""),
    )


LOOKUP = MappedLookup()
