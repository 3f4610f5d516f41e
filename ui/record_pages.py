"""What the record page and the staff view show, as plain values (记录页模型)."""

from __future__ import annotations

from dataclasses import dataclass

from ui.pages import Choice, Hit, Site, Text


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a field on the record page: text, the search it leads to, its romanised form, a remark."""

    text: Text
    href: str = ""
    romanised: str = ""
    note: str = ""
    invalid: bool = False
    external: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """A line of the description (字段)."""

    label: str
    values: tuple[Value, ...]
    long: bool = False
    name: str = ""


@dataclass(frozen=True, slots=True)
class HoldingLine:
    """One place where a library keeps it (馆藏)."""

    location: str = ""
    call_number: str = ""
    summary: str = ""
    url: str = ""
    items: tuple[tuple[str, str], ...] = ()  # (barcode, status)


@dataclass(frozen=True, slots=True)
class LibraryHoldings:
    """A contributing library with what it holds (成员馆馆藏)."""

    id: str
    name: str
    own: bool
    lines: tuple[HoldingLine, ...]
    records: int = 1
    href: str = ""

    @property
    def shelved(self) -> bool:
        """Whether there is something on a shelf: addresses and coverage alone are no such thing."""
        return any(line.call_number or line.location or line.items for line in self.lines)


@dataclass(frozen=True, slots=True)
class Access:
    """A way to the item (获取途径)."""

    label: str
    href: str
    host: str = ""
    kind: str = "fulltext"


@dataclass(frozen=True, slots=True)
class Citation:
    """The reference in one style (引文)."""

    style: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Cover:
    """A drawn cover in place of a picture (封面占位).

    It has the title in lines, the author, and a binding that fits the type.
    """

    style: str  # bound, thread, sheet, disc, screen
    lines: tuple[str, ...]
    vertical: bool
    foot: str = ""
    lang: str = ""
    icon: str = ""
    shade: int = 0


@dataclass(frozen=True, slots=True)
class ShelfItem:
    """One thing on the shelf (架上文献)."""

    href: str
    title: Text
    cover: Cover
    line: str = ""
    current: bool = False


@dataclass(frozen=True, slots=True)
class ShelfLine:
    """A call number with what stands there (架位); ``more`` are records that are not shown."""

    number: str
    library: str
    items: tuple[ShelfItem, ...]
    more: int = 0
    more_href: str = ""
    here: bool = False


@dataclass(frozen=True, slots=True)
class ShelfStrip:
    """What stands beside a record (架上相邻), on its page."""

    number: str
    library: str
    href: str
    lines: tuple[ShelfLine, ...]


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The hit before and after this one in the result it was reached from (前后记录)."""

    back: str
    number: int
    previous: str = ""
    next: str = ""


@dataclass(frozen=True, slots=True)
class RecordPage:
    """The record page (记录页)."""

    site: Site
    id: str
    type: str
    type_label: str
    type_href: str
    title: Text
    remainder: Text | None
    romanised: str
    parallel: tuple[Text, ...]
    responsibility: Text | None
    fields: tuple[Field, ...]
    access: tuple[Access, ...]
    libraries: tuple[LibraryHoldings, ...]
    cover: Cover
    permalink: str
    staff_href: str
    abstract: Text | None = None
    contents: tuple[Text, ...] = ()
    citations: tuple[Citation, ...] = ()
    exports: tuple[Choice, ...] = ()
    editions: tuple[Hit, ...] = ()
    editions_total: int = 0  # with this one
    editions_href: str = ""
    similar: tuple[Hit, ...] = ()
    neighbours: Neighbours | None = None
    shelf: ShelfStrip | None = None
    issues: tuple[Choice, ...] = ()  # of a journal: the years of its articles, value is how many
    metadata: tuple[tuple[str, str], ...] = ()  # <meta name=citation_…> for reference managers
    coins: str = ""  # the context object of Z39.88-2004 for reference managers
    resolver_href: str = ""
    availability_href: str = ""  # where a system can be asked
    json_ld: str = ""  # the record in the words of schema.org; already safe inside a script element


@dataclass(frozen=True, slots=True)
class ProblemLine:
    """A problem of a source record in words (数据问题)."""

    severity: str
    code: str
    field: str
    message: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class SourceView:
    """One source record as staff see it (源记录)."""

    uid: str
    library: str
    repository: str
    local_id: str
    format: str
    charset: str
    type_label: str
    evidence: tuple[str, ...]
    merged_by: tuple[str, ...]
    problems: tuple[ProblemLine, ...]
    fields: tuple[tuple[str, str], ...]
    original: str = ""
    original_cut: bool = False
    original_size: int = 0
    original_href: str = ""
    first_seen: str = ""
    changed: str = ""


@dataclass(frozen=True, slots=True)
class StaffPage:
    """Where the record comes from (编目员视图)."""

    site: Site
    id: str
    title: Text
    type_label: str
    evidence: tuple[str, ...]
    sources: tuple[SourceView, ...]
    record_href: str
    explain_href: str
    together_href: str = ""  # empty for whom it is not


@dataclass(frozen=True, slots=True)
class RankLine:
    """One row of the table of weights as it holds for a record (排序理由): in words, and what it adds."""

    reason: str
    score: str
    parts: str = ""


@dataclass(frozen=True, slots=True)
class ExplainPage:
    """Why the record stands where it stands for a query (排序说明)."""

    site: Site
    id: str
    title: Text
    q: str
    understood: str
    action: str
    record_href: str
    staff_href: str
    asked: bool
    found: bool
    total: str
    reasons: tuple[RankLine, ...]
    missing: tuple[RankLine, ...]
