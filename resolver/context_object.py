"""The context object of an OpenURL (上下文对象): what is cited, by whom, for whom, ANSI/NISO Z39.88-2004.

A context object has six kinds of entities (part 1, clause 5): the referent (what is cited), the referring
entity (what cites it), the requester, service types, resolvers and the referrer. Each is described by
identifiers, by metadata in a registered format, by a reference to metadata kept elsewhere, or by private
data.
"""

from __future__ import annotations

from urllib.parse import unquote

import msgspec

VERSION = "Z39.88-2004"
KEV = "info:ofi/fmt:kev:mtx:"
XML = "info:ofi/fmt:xml:xsd:"
KEV_CONTEXT = "info:ofi/fmt:kev:mtx:ctx"
XML_CONTEXT = "info:ofi/fmt:xml:xsd:ctx"

ELSEWHERE = "metadata kept elsewhere is not fetched while parsing"
# Formats by their short names; any other is named by its whole address.
FORMATS = frozenset(("journal", "book", "dissertation", "patent", "dc", "sch_svc", "pro", "sap", "marc21"))

# The format of each genre; some sources name the genre in its place.
OF_GENRE = {
    **dict.fromkeys(("article", "journal", "issue", "proceeding", "conference", "preprint"), "journal"),
    **dict.fromkeys(("book", "bookitem", "report", "document"), "book"),
    "dissertation": "dissertation",
    "thesis": "dissertation",
}


class Entity(msgspec.Struct, frozen=True, omit_defaults=False):
    """One entity (实体), empty members where nothing is said.

    ``format`` is the short name of a metadata format (book, journal, dissertation, patent, dc …);
    ``metadata`` has every value of every key in the order given; ``reference`` is an address where metadata
    could be fetched, which is never done by parsing.
    """

    format: str | None = None
    metadata: dict[str, tuple[str, ...]] = {}
    identifiers: tuple[str, ...] = ()
    private_data: str | None = None
    reference: str | None = None
    reference_format: str | None = None

    def __bool__(self) -> bool:
        return bool(self.metadata or self.identifiers or self.private_data or self.reference)

    def first(self, *keys: str) -> str:
        """The first value of the first of these keys that has one, or ""."""
        for key in keys:
            for value in self.metadata.get(key, ()):
                if value:
                    return value
        return ""


class ContextObject(msgspec.Struct, frozen=True):
    """A whole context object; ``admin`` holds its own keys (ctx_ver, ctx_id, ctx_tim …), ``referrers`` the
    names of the referrer, ``referrer`` what else is said of it.
    """

    referent: Entity = Entity()
    referring_entity: Entity = Entity()
    requester: Entity = Entity()
    service_types: tuple[Entity, ...] = ()
    resolvers: tuple[Entity, ...] = ()
    referrers: tuple[str, ...] = ()
    referrer: Entity = Entity()
    admin: dict[str, str] = {}

    @property
    def source(self) -> str:
        """The source that sent it, ``info:sid/`` left out; "" when it is unknown."""
        for referrer in self.referrers:
            if referrer.startswith("info:sid/"):
                return referrer.removeprefix("info:sid/")
        return self.referrers[0] if self.referrers else ""


class OpenUrlProblem(msgspec.Struct, frozen=True):
    """What had to be mended or left out while an OpenURL was read (问题)."""

    code: str
    message: str
    field: str = ""
    value: str = ""


def short_format(address: str) -> str:
    """The short name of a metadata format, "" for one that is cut off or no format at all."""
    text = address.strip()
    if "%3a" in text.lower():
        text = unquote(text)
    lowered = text.lower()
    for prefix in (KEV, XML):
        if lowered.startswith(prefix):
            name = lowered[len(prefix) :]
            if name in FORMATS:
                return name
            if name in ("oai_dc", "dc:oai", "dublincore"):
                return "dc"
            if name in OF_GENRE:
                return OF_GENRE[name]
            begun = [known for known in FORMATS if len(name) > 2 and known.startswith(name)]
            if begun:
                return begun[0] if len(begun) == 1 else ""
            return "" if len(name) < 3 or name == "unknown" else text
    if lowered in FORMATS:
        return lowered
    if lowered.rstrip("/").endswith(("/oai_dc", "purl.org/dc/elements/1.1")):
        return "dc"
    if lowered.rstrip("/").endswith("/marc21/slim"):
        return "marc21"
    if lowered.startswith(("info:ofi/fmt", "info:ofi")) and len(lowered) < len(KEV) + 3:
        return ""
    return text
