"""What is left where nothing leads there at once (代为获取): a copy or loan asked for, a librarian, the web.

The offer to ask for it stands also beside full text, since a resolver that says yes may be wrong.
"""

from __future__ import annotations

from urllib.parse import quote_plus

import msgspec

from resolver.citation import Citation
from resolver.context_object import ContextObject
from resolver.kev import write_kev
from resolver.service import Answer, AnswerType, LeftOut, Said, Wanted, web_address

WEB_SEARCH = "https://scholar.google.com/scholar?q="
MOST_NAMED = 5


class Delivery:
    """The library's own form for document delivery and loans, filled in by the OpenURL."""

    name = "delivery"
    types: tuple[AnswerType, ...] = ("document_delivery",)
    wave = 1
    remote = False
    seconds = 0.0
    preempted_by: frozenset[str] = frozenset()

    def ask(self, wanted: Wanted) -> Said:
        citation, place = wanted.citation, wanted.place
        if not (citation.title or citation.container_title or citation.identifiers):
            return Said(left_out=(LeftOut("", "nothing-to-ask-for"),))
        holders = [
            held.name
            for found in wanted.records
            for held in found.held
            if held.shelved and held.library != wanted.asker.library
        ]
        values = (("libraries", ", ".join(list(dict.fromkeys(holders))[:MOST_NAMED])),)
        if web_address(place.ill):
            joined = "&" if "?" in place.ill else "?"
            url = f"{place.ill}{joined}{write_kev(requested(wanted.context, citation))}"
        else:
            url = place.contact
        reason = "ill-held-by" if holders else "ill-nobody-here"
        return Said((Answer("delivery", "document_delivery", "", url, reason, values, own=True),))


def requested(context: ContextObject, citation: Citation) -> ContextObject:
    """The context object that a request is filled in by: what was sent, with what is known better now."""
    known = {
        "issn": citation.issn,
        "isbn": citation.isbn,
        "volume": citation.volume,
        "issue": citation.issue,
        "spage": citation.spage,
        "epage": citation.epage,
        "date": citation.date,
    }
    metadata = {**context.referent.metadata, **{key: (value,) for key, value in known.items() if value}}
    referent = msgspec.structs.replace(context.referent, metadata=metadata, identifiers=citation.identifiers)
    # Who asks is nobody's business but the form's own.
    return ContextObject(referent=referent, referrers=context.referrers)


class Librarian:
    """A person, where the library gives an address."""

    name = "librarian"
    types: tuple[AnswerType, ...] = ("help",)
    wave = 1
    remote = False
    seconds = 0.0
    preempted_by: frozenset[str] = frozenset()

    def ask(self, wanted: Wanted) -> Said:
        url = wanted.place.contact
        if not url:
            return Said()
        return Said((Answer("librarian", "help", "", url, "ask-librarian", own=True),))


class WebSearch:
    """The web, where nothing else leads there."""

    name = "web"
    types: tuple[AnswerType, ...] = ("web_link",)
    wave = 2
    remote = False
    seconds = 0.0
    preempted_by = frozenset(("fulltext", "holding"))

    def ask(self, wanted: Wanted) -> Said:
        title = wanted.citation.title or wanted.citation.container_title
        if not title:
            return Said()
        words = " ".join(filter(None, (f'"{title[:200]}"', (wanted.citation.author or "").partition(",")[0])))
        return Said(
            (Answer("web", "web_link", "Google Scholar", WEB_SEARCH + quote_plus(words), "last-resort"),)
        )


DELIVERY = Delivery()
LIBRARIAN = Librarian()
WEB = WebSearch()
