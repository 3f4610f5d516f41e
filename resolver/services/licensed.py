"""What the library has licensed, and what is free, by the lists of the knowledge base (授权资源)."""

from __future__ import annotations

from urllib.parse import urlsplit

from resolver.citation import Citation
from resolver.identifiers import value_of
from resolver.knowledge_base.coverage import Asked, covers
from resolver.knowledge_base.holdings import Offer
from resolver.knowledge_base.link_template import fill
from resolver.knowledge_base.terms import refusal
from resolver.service import Answer, AnswerType, LeftOut, Said, Wanted, as_address

# Whose licence it is, is nothing that other libraries' readers could use.
_FOR_STAFF = frozenset(("not-licensed-here", "not-in-group", "licence-not-begun"))


class Licensed:
    """Every row for the numbers of the citation is tried: terms, then coverage, then an address."""

    name = "knowledge-base"
    types: tuple[AnswerType, ...] = ("fulltext",)
    wave = 0
    remote = False
    seconds = 0.0
    preempted_by: frozenset[str] = frozenset()

    def ask(self, wanted: Wanted) -> Said:
        answers: list[Answer] = []
        left_out: list[LeftOut] = []
        fields = template_fields(wanted.citation)
        for offer in wanted.offers:
            made = _tried(offer, wanted, fields)
            if isinstance(made, Answer):
                answers.append(made)
            else:
                left_out.append(made)
        # A title with several rows is left out only where none of them leads there.
        reached = {answer.label for answer in answers}
        return Said(tuple(answers), tuple(dict.fromkeys(out for out in left_out if out.label not in reached)))


def _tried(offer: Offer, wanted: Wanted, fields: dict[str, str]) -> Answer | LeftOut:
    package, citation = offer.package, wanted.citation
    if code := refusal(package.terms, wanted.asker):
        ends = (("date", str(package.terms.ends or package.terms.starts or "")),)
        return LeftOut(package.name, code, ends, for_staff=code in _FOR_STAFF)
    if offer.depth == "abstracts":
        return LeftOut(package.name, "abstracts-only")
    asked = Asked(citation.date or "", citation.volume or "", citation.issue or "")
    verdict = covers(offer.extent, asked, wanted.today)
    if not verdict.covered:
        return LeftOut(package.name, verdict.code, verdict.detail)
    link = fill(package.terms.templates, {**fields, "title_id": offer.title_id})
    url = as_address(link or offer.url)
    if not url:
        return LeftOut(package.name, "no-address")
    return Answer(
        service="knowledge-base",
        type="fulltext",
        label=package.name,
        url=url,
        reason="free-by-list" if offer.free else "licensed",
        values=(("package", package.name), ("title", offer.title)),
        platform=package.platform or urlsplit(url).netloc.lower(),
        extent=offer.extent,
        free=offer.free,
        licensed=not offer.free,
        # What was asked for as a whole is reached by the page of the title.
        direct=bool(link) or citation.kind in ("journal", "book", "dissertation", "report"),
        own=wanted.asker.library in package.terms.libraries,
        match="exact" if offer.exact else "unsure",
        as_of=package.as_of,
    )


def template_fields(citation: Citation) -> dict[str, str]:
    """What link templates may name of a citation, as it is known."""
    return {
        "doi": _identifier(citation, "doi"),
        "pmid": _identifier(citation, "pmid"),
        "issn": citation.issn or "",
        "issn8": (citation.issn or "").replace("-", ""),
        "isbn": citation.isbn or "",
        "volume": citation.volume or "",
        "issue": citation.issue or "",
        "spage": citation.spage or "",
        "epage": citation.epage or "",
        "year": str(citation.year or ""),
        "title": citation.title or "",
    }


def _identifier(citation: Citation, scheme: str) -> str:
    return next((value for i in citation.identifiers if (value := value_of(i, scheme))), "")


SERVICE = Licensed()
