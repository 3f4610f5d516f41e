"""Availability by the ILS-DI recommendation (ILS-DI 查询): GetAvailability, as Koha and others answer it.

Source: DLF ILS Discovery Interface Task Group Technical Recommendation 1.1, function 3, namespace
``http://diglib.org/ilsdi/1.1``. Options: ``id`` (``{local}``), ``id_type`` (bib or item), ``batch``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from holdings.availability import Availability, Copy, Status, summed
from holdings.foreign_xml import day_of, local_name, parsed, text_below
from holdings.lookup import LookupFailed, Outside, Question, fetched, number_option, text_option
from holdings.members.endpoint import Endpoint

_STATUSES: dict[str, Status] = {
    "available": "available",
    "not available": "unavailable",
    "possibly available": "unknown",
    "unknown": "unknown",
}


class IlsDiLookup:
    """Speaks ILS-DI."""

    kinds: tuple[str, ...] = ("ils-di",)

    def most(self, endpoint: Endpoint) -> int:
        return number_option(endpoint, "batch", 20, most=100)

    def ask(
        self,
        endpoint: Endpoint,
        questions: Sequence[Question],
        outside: Outside,
        seconds: float,
        secret: Callable[[str], str],  # noqa: ARG002 - GetAvailability knows no users
    ) -> dict[str, Availability]:
        of_items = text_option(endpoint, "id_type", "bib") == "item"
        template = text_option(endpoint, "id", "{barcode}" if of_items else "{local}")
        named = {q.key: q.filled(template) for q in questions}
        wanted = list(dict.fromkeys(name for name in named.values() if name))
        if not wanted:
            return {}
        params = {
            "service": "GetAvailability",
            "id": " ".join(wanted),
            "id_type": "item" if of_items else "bib",
        }
        answer = fetched(outside, endpoint.address, seconds, params)
        if answer.status_code >= 400:
            raise LookupFailed("protocol", f"status {answer.status_code}")
        found = read(answer.content)
        return {key: found.get(name, Availability(error="not-found")) for key, name in named.items() if name}


def read(data: bytes) -> dict[str, Availability]:
    """What an answer to GetAvailability says, by id. Raises LookupFailed for what is none."""
    root = parsed(data)
    name = local_name(root)
    code = text_below(root, "code")
    if name in ("GetAvailability", "error", "Error") or code:
        raise LookupFailed("refused-by-remote", code or text_below(root, "message") or "an error of ILS-DI")
    if name not in ("collection", "record"):
        raise LookupFailed("protocol", f"<{name[:40]}> is no answer of ILS-DI")
    found: dict[str, Availability] = {}
    records = [root] if name == "record" else [e for e in root if local_name(e) == "record"]
    for record in records:
        bib = next((str(e.get("id") or "") for e in record.iter() if local_name(e) == "bibliographic"), "")
        items = [e for e in record.iter() if local_name(e) == "item"]
        direct = [e for e in record if local_name(e) == "simpleavailability"]
        copies = [_copy(e, str(e.get("id") or "")) for e in items]
        if not items and direct:
            told = _copy(direct[0], "")
            failed = told.status == "unknown" and told.note.lower().startswith("error")
            # A record that is not there is told as one whose availability is unknown, with an error as words.
            found[bib or told.id] = Availability(error="not-found") if failed else summed([told])
            continue
        if bib:
            found[bib] = summed(copies)
        for copy in copies:
            if copy.id:
                found.setdefault(copy.id, summed([copy]))
    return found


def _copy(element: Any, id: str) -> Copy:
    words = text_below(element, "availabilitymsg")
    said = text_below(element, "availabilitystatus").casefold()
    status = _STATUSES.get(said, "unknown")
    due = day_of(text_below(element, "dateavailable"))
    lent = status == "unavailable" and (bool(due) or "checked out" in words.casefold())
    return Copy(
        status="on-loan" if lent else status,
        id=id or text_below(element, "identifier"),
        location=text_below(element, "location"),
        due=due,
        note=words,
    )


LOOKUP = IlsDiLookup()
