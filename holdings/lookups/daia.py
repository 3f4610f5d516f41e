"""Availability from a DAIA server (DAIA 客户端): DAIA 1.0.0, and what 0.5 did otherwise.

Options: ``id`` is how the server calls a record (``{local}``; ``ppn:{local}``, ``urn:isbn:{isbn}``),
``batch`` how many it is asked for at once (joined by ``|``), ``services`` which of its services count, for
servers whose ``openaccess`` or ``interloan`` mislead. ``secrets.token`` is sent as a bearer token.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from urllib.parse import parse_qs, urlsplit

import httpx

from holdings.availability import Availability, Copy, due_of, queue_of, status_of, summed
from holdings.daia import Document, read
from holdings.daia.read import Item
from holdings.lookup import LookupFailed, Outside, Question, TimeLeft, fetched, number_option, text_option
from holdings.members.endpoint import Endpoint

MOST_CALLS = 10  # with which one batch is followed


class DaiaLookup:
    """Speaks DAIA."""

    kinds: tuple[str, ...] = ("daia",)

    def most(self, endpoint: Endpoint) -> int:
        return number_option(endpoint, "batch", 20, most=100)

    def ask(
        self,
        endpoint: Endpoint,
        questions: Sequence[Question],
        outside: Outside,
        seconds: float,
        secret: Callable[[str], str],
    ) -> dict[str, Availability]:
        template = text_option(endpoint, "id", "{local}")
        named = {q.key: q.filled(template) for q in questions}
        wanted = list(dict.fromkeys(name for name in named.values() if name))
        services = endpoint.options.get("services")
        counted = frozenset(services) if isinstance(services, list) else None
        token = secret("token")
        found: dict[str, list[Document]] = {}
        time_left = TimeLeft(seconds)
        for _ in range(MOST_CALLS):
            if not wanted:
                break
            answered, wanted_next = _asked(endpoint.address, wanted, outside, time_left.seconds(), token)
            for document in answered:
                for name in {document.id, document.requested} & set(wanted):
                    found.setdefault(name, []).append(document)
            # A server may answer for some and link to the rest. Only names are taken from that link, and
            # only fewer than before: where to ask is not the server's to say.
            wanted = wanted_next if len(wanted_next) < len(wanted) else []
        return {
            key: availability_of(found[name], counted) if name in found else Availability(error="not-found")
            for key, name in named.items()
            if name
        }


def _asked(
    address: str, names: Sequence[str], outside: Outside, seconds: float, token: str
) -> tuple[tuple[Document, ...], list[str]]:
    """The documents, and the names that the server wants to be asked for in another request."""
    headers = {"accept": "application/json"} | ({"authorization": f"Bearer {token}"} if token else {})
    answer = fetched(outside, address, seconds, {"id": "|".join(names), "format": "json"}, headers)
    daia = read(answer.content)
    if daia.refusal is not None:
        raise LookupFailed("refused-by-remote", f"{daia.refusal.error}: {daia.refusal.description}")
    if answer.status_code >= 400:
        raise LookupFailed("protocol", f"status {answer.status_code}")
    if not daia.documents and any(p.code in ("not-json", "not-an-object") for p in daia.problems):
        raise LookupFailed("protocol", daia.problems[0].message)
    if len(names) == 1 and len(daia.documents) == 1 and not daia.documents[0].requested:
        # Many answer with a URI of their own and do not repeat what was asked.
        only = daia.documents[0]
        only = Document(only.id, names[0], only.href, only.about, only.items, only.messages)
        return (only,), []
    return daia.documents, [name for name in _rest(answer) if name in names]


def _rest(answer: httpx.Response) -> list[str]:
    """The names in the link to the next request (section "Processing the query id")."""
    try:
        href = answer.links.get("next", {}).get("url", "")
        return "|".join(parse_qs(urlsplit(href[:8_000]).query).get("id", [])).split("|")
    except ValueError:
        return []


def availability_of(documents: Sequence[Document], counted: frozenset[str] | None = None) -> Availability:
    """What the documents that a server has for one record mean; ``counted`` are the services that count."""
    copies = [_copy(item, counted) for document in documents for item in document.items]
    notes = [note for document in documents for note in document.messages]
    return summed(copies, "; ".join(notes), documents[0].href)


def _copy(item: Item, counted: frozenset[str] | None) -> Copy:
    uses = tuple(use for use in item.uses if counted is None or use.service in counted)
    return Copy(
        status=status_of(uses),
        id=item.id,
        call_number=item.label,
        location=item.storage.content or item.storage.id if item.storage else "",
        department=item.department.content or item.department.id if item.department else "",
        volume=item.about if item.part == "narrower" else "",
        due=due_of(uses),
        queue=queue_of(uses),
        note="; ".join((*([item.about] if item.about and item.part != "narrower" else []), *item.messages)),
        href=next((use.href for use in uses if use.href), item.href),
        uses=uses,
    )


LOOKUP = DaiaLookup()
