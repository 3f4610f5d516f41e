"""Which elements of an XML file are records (XML 记录元素的识别).

Names decide, with a namespace where a name has several meanings (``record``, ``book``, ``article``). In
Crossref's schemas the articles of a journal come after what is said of the journal, so that is carried
along to each of them.
"""

from __future__ import annotations

from typing import NamedTuple
from xml.sax.saxutils import quoteattr

OAI = "http://www.openarchives.org/OAI/2.0/"
MARC = "http://www.loc.gov/MARC21/slim"
_DC_SPACES = ("http://purl.org/dc/elements/", "http://purl.org/dc/terms/")
_DC_CONTAINERS = frozenset({"dc", "qualifieddc", "qdc", "simpledc", "dublin_core", "dim", "oai_dc"})
_CARRIED = {
    "journal": frozenset({"journal_metadata", "journal_issue"}),
    "conference": frozenset({"event_metadata", "proceedings_metadata", "proceedings_series_metadata"}),
    "book": frozenset({"book_metadata", "book_series_metadata", "book_set_metadata"}),
    "database": frozenset({"database_metadata"}),
    "report-paper": frozenset[str](),
}
# The root of EndNote's export is named "xml"; these elements tell it from other lists of records.
_ENDNOTE = frozenset({"source-app", "rec-number", "ref-type"})
CARRIERS = frozenset({"journal", "conference", "book", "database"})
BOOK_METADATA = frozenset({"book_metadata", "book_series_metadata", "book_set_metadata"})
_ITEMS = {
    "journal": "journal_article",
    "conference": "conference_paper",
    "book": "content_item",
    "database": "dataset",
}
_CROSSREF_WHOLE = frozenset(
    {
        "dissertation",
        "report-paper",
        "standard",
        "posted_content",
        "peer_review",
        "sa_component",
        "pending_publication",
    }
)
_CROSSREF_PARENTS = frozenset({"body", "crossref", "doi_record"})
FORMATS = {
    "mods": "mods", "tei": "tei", "jats": "jats", "dc": "dc", "crossref": "crossref-xml",
    "query": "crossref-xml", "endnote": "endnote-xml",
    "item": "crossref-xml", "carry": "crossref-xml",
}  # fmt: skip
# OAI-PMH metadata prefixes in use, for records that have a header only.
PREFIXES = {
    "oai_dc": "oai-dc", "qdc": "qdc", "oai_qdc": "qdc", "dcterms": "qdc", "mods": "mods", "tei": "tei",
    "oai_tei": "tei",
    "jats": "jats", "pmc": "jats", "pmc_fm": "jats", "nlm": "jats", "cr_unixml": "crossref-xml", "dim": "dc",
}  # fmt: skip


class Open:
    """An open element (打开的元素): its names, the namespaces in scope, what it carries for its records."""

    __slots__ = ("carried", "children", "declared", "emitted", "local", "name", "offset", "scope", "space")

    def __init__(self, name: str, scope: dict[str, str], declared: frozenset[str], offset: int) -> None:
        self.name = name
        prefix, _, local = name.rpartition(":")
        self.local = local
        self.scope = scope
        self.space = scope.get(prefix, "")
        self.declared = declared
        self.offset = offset
        self.children = 0
        self.emitted = 0
        self.carried: list[bytes] = []

    @classmethod
    def of(cls, name: str, attributes: dict[str, str], offset: int, parent: Open | None) -> Open:
        scope = parent.scope if parent is not None else {}
        declared: frozenset[str] = frozenset()
        for key in attributes:
            if key.startswith("xmlns") and (key == "xmlns" or key[5] == ":"):
                own = {k[6:]: v for k, v in attributes.items() if k == "xmlns" or k.startswith("xmlns:")}
                scope = {**scope, **own}
                declared = frozenset(own)
                break
        return cls(name, scope, declared, offset)

    def _declarations(self, without: frozenset[str]) -> bytes:
        parts = [
            f" xmlns{':' if prefix else ''}{prefix}={quoteattr(uri)}"
            for prefix, uri in self.scope.items()
            if prefix not in without and (uri or not prefix)
        ]
        return "".join(parts).encode()

    def with_namespaces(self, data: bytes) -> bytes:
        """The element's bytes with the namespaces it inherits declared in its first tag."""
        inherited = self._declarations(self.declared)
        cut = 1 + len(self.name.encode())
        return data[:cut] + inherited + data[cut:] if inherited else data

    def open_tag(self) -> bytes:
        """A tag that opens the element again, with all namespaces in scope."""
        return b"<" + self.name.encode() + self._declarations(frozenset()) + b">"

    def wrap(self, data: bytes) -> bytes:
        """Bytes of children inside this element."""
        return self.open_tag() + data + b"</" + self.name.encode() + b">"


class Capture:
    """A record that is being read (正在截取的记录)."""

    __slots__ = ("broken", "cut_at", "depth", "format", "kind", "opened", "pieces", "start")

    def __init__(self, kind: str, opened: Open, depth: int) -> None:
        self.kind = kind
        self.opened = opened
        self.depth = depth  # of the record's element; the root element has 1
        self.start = opened.offset
        self.pieces: list[bytes] = []
        self.cut_at: int | None = None  # depth of the body that is being left out
        self.format = ""
        self.broken = False


class _Name(NamedTuple):
    local: str
    space: str


def is_marc(opened: Open) -> bool:
    """Whether an element belongs to MARCXML, with or without its namespace."""
    return opened.space.startswith(MARC) or opened.local in ("leader", "datafield", "controlfield")


def kind_of(opened: Open, around: list[Open]) -> str:
    """What an element is: a kind of record, "dc-child", "alien" for what other readers read, or nothing."""
    local, space = opened.local, opened.space
    parent = around[-1].local if around else ""
    if (
        local == "record"
        and (space == OAI or parent in ("ListRecords", "GetRecord"))
        and not space.startswith(MARC)
    ):
        return "oai"
    if local == "header" and parent == "ListIdentifiers":
        return "oai"
    if local in ("record", "collection") and space.startswith(MARC):
        return "alien" if local == "record" else ""
    if parent in _CARRIED:
        if local == _ITEMS.get(parent):
            return "item"
        if local in _CARRIED[parent]:
            return "carry"
    if local in _CROSSREF_WHOLE and parent in _CROSSREF_PARENTS:
        return "crossref"
    if local == "query" and parent == "body":
        return "query"
    if local == "record" and not space and [opened.local for opened in around[-2:]] == ["xml", "records"]:
        return "endnote"
    if local == "mods":
        return "mods"
    if local in ("TEI", "TEI.2"):
        return "tei"
    if local == "article" and not space.startswith("http://docbook.org") and "PubmedData" not in parent:
        return "jats"
    if local in ("book", "book-part-wrapper") and parent not in _CROSSREF_PARENTS and not space:
        return "jats" if not around or around[-1].local in ("books", "collection") else ""
    if local in _DC_CONTAINERS or (local == "thesis" and "etdms" in space):
        return "dc"
    if around and around[-1].children == 0 and space.startswith(_DC_SPACES):
        return "dc-child"
    return ""


def format_of(opened: Open, around: list[Open]) -> str:
    """The format a file has whose scan comes to this element, or nothing yet."""
    kind = kind_of(opened, around)
    if kind in ("oai", "alien", "endnote"):
        return ""
    if opened.local in _ENDNOTE and [each.local for each in around[:3]] == ["xml", "records", "record"]:
        return "endnote-xml"
    if kind in ("dc", "dc-child"):
        if "OAI" in opened.space or any(element.local == "OAI-PMH" for element in around):
            return "oai-dc" if opened.local == "dc" else "qdc"
        return "qdc" if "terms" in opened.space else "dc"
    if kind:
        return FORMATS[kind]
    if opened.local in ("doi_batch", "crossref_result", "doi_records", "doi_record"):
        return "crossref-xml"
    if opened.local == "modsCollection":
        return "mods"
    if opened.local == "teiCorpus":
        return "tei"
    return ""


def format_inside(path: list[Open]) -> str:
    """The format of what an OAI-PMH record has under ``metadata``; ``path`` is what is open inside of the
    record."""
    if len(path) < 2 or path[0].local != "metadata":
        return ""
    inner = path[-1]
    local = inner.local
    if inner.space.startswith(MARC) or local in ("leader", "controlfield"):
        return "marcxml"
    if len(path) > 2:
        return ""
    if local in ("mods", "modsCollection", "mets"):
        return "mods"
    if local in ("TEI", "TEI.2", "teiHeader"):
        return "tei"
    if local in ("article", "pmc-articleset"):
        return "jats"
    if local in ("doi_batch", "crossref_result", "crossref", "doi_record", "doi_records"):
        return "crossref-xml"
    if local == "dc" and "terms" not in inner.space:
        return "oai-dc"
    if local in ("record", "collection"):
        return ""  # MARCXML without its namespace, or something else: its children will tell
    return "qdc"


def is_body(kind: str, local: str, level: int) -> bool:
    """Whether a part of a record is a full text, which is not kept: level 1 is a child of the record."""
    if kind == "tei":
        return level == 1 and local in ("text", "sourceDoc", "standOff")
    if kind == "jats":
        return level == 1 and local in ("body", "book-body")
    return False


def is_deposit(around: list[Open]) -> bool:
    """Whether Crossref XML is a deposit, where a book and its chapters are all meant, and not an answer
    about one DOI."""
    return not any(opened.local in ("doi_record", "query", "crossref_result") for opened in around)
