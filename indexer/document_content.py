"""What a document is found, counted and suggested by (检索内容): the values of a record in their fields."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from indexer.index.fields import BY_NAME, SEPARATOR, START
from indexer.index.keywords import MAX_VALUE, exact_key, facet_term, keyword, paths
from indexer.records.record import Record
from indexer.text.analyse import has_han, index_text, key, numeral_aliases
from indexer.text.pinyin import pinyin_keys

MAX_TEXT = 20_000  # characters of one value that are indexed
MAX_VALUES = 200  # values of one field


class Content:
    """Gathers the values of one document; every text goes into its own field and into ``all``."""

    def __init__(self) -> None:
        self.fields: dict[str, list[str]] = {}
        self.all: list[str] = []
        self.facets: dict[str, set[str]] = {}
        self.keywords: dict[str, set[str]] = {}
        self.suggest: set[str] = set()
        self.exact: list[int] = []

    def text(self, name: str, value: str, before: str = "") -> None:
        if len(value) > MAX_TEXT:
            value = value[:MAX_TEXT]
        tokens = index_text(value)
        self.all.append(tokens)
        if name:
            values = self.fields.setdefault(name, [])
            values.append(before + tokens if before else tokens)
            if not value.isascii():
                aliases = numeral_aliases(value)
                values.extend(aliases)
                self.all.extend(aliases)
        elif not value.isascii():
            self.all.extend(numeral_aliases(value))

    def facet(self, name: str, value: str) -> None:
        if value:
            self.facets.setdefault(name, set()).add(facet_term(name, value))

    def keyword(self, name: str, value: str) -> None:
        found = keyword(BY_NAME[name], value[:MAX_VALUE])
        if found:
            self.keywords.setdefault(name, set()).add(found)

    def pinyin(self, kind: str, value: str, *, name: bool = False) -> None:
        keys = pinyin_keys(value, name=name)
        if keys:
            shown = value[:MAX_VALUE]
            self.suggest.add(f"{kind}{SEPARATOR}{keys[0]}{SEPARATOR}{shown}")
            self.suggest.add(f"{kind}{SEPARATOR}{keys[1]}{SEPARATOR}{shown}")


def add_titles(out: Content, record: Record) -> None:
    """Titles as text, as exact keys and, for Han, as pinyin."""
    title = record.title
    remainder = record.title_remainder
    out.text("title", f"{title} {remainder}" if remainder else title, f"{START} ")
    proper = key(title)
    exact = out.exact
    exact.append(exact_key("proper", proper))
    exact.append(exact_key("whole", key(f"{title} {remainder}") if remainder else proper))
    if has_han(title):
        out.suggest.add(f"t{SEPARATOR}{proper}{SEPARATOR}{title[:MAX_VALUE]}")
        out.pinyin("t", title)
    for other in record.titles[:MAX_VALUES]:
        if other.value and other.value != title and other.kind != "series":
            out.text("title", other.value, f"{START} ")
            exact.append(exact_key("variant", key(other.value)))
        if other.romanised:
            out.text("title", other.romanised)
            exact.append(exact_key("variant", key(other.romanised)))


def texts_of(record: Record) -> Iterable[tuple[str, str]]:
    """(field, text) of everything searchable except the titles; an empty field name means ``all`` only."""
    for contributor in record.contributors[:MAX_VALUES]:
        yield "author", contributor.name
        if contributor.romanised:
            yield "author", contributor.romanised
        if contributor.affiliation:
            yield "", contributor.affiliation
    if record.responsibility:
        yield "", record.responsibility
    for subject in record.subjects[:MAX_VALUES]:
        yield "subject", subject.value
        if subject.romanised:
            yield "subject", subject.romanised
    publication = record.publication
    if publication.publisher:
        yield "publisher", publication.publisher
    if publication.publisher_romanised:
        yield "publisher", publication.publisher_romanised
    if publication.place:
        yield "place", publication.place
    if publication.place_romanised:
        yield "place", publication.place_romanised
    if publication.date:
        yield "", publication.date
    if record.year is not None:
        yield "", str(record.year)
    for place in record.places[:MAX_VALUES]:
        yield "place", place
    for series in record.series[:MAX_VALUES]:
        yield "series", series
    for relation in record.relations[:MAX_VALUES]:
        if relation.title:
            yield "journal" if relation.kind == "in" else "", relation.title
    if record.edition:
        yield "", record.edition
    if record.volume:
        yield "", record.volume
    if record.abstract:
        yield "abstract", record.abstract
    for line in record.contents[:MAX_VALUES]:
        yield "contents", line
    for note in record.notes[:MAX_VALUES]:
        yield "note", note
    for value in record.extra.values():
        yield "", value


def add_values(out: Content, record: Record) -> None:
    """Facet values and keywords."""
    facet, keyword_ = out.facet, out.keyword
    for contributor in record.contributors[:MAX_VALUES]:
        facet("author", contributor.name)
        if not contributor.name.isascii():
            out.pinyin("n", contributor.name, name=contributor.kind == "person")
    for subject in record.subjects[:MAX_VALUES]:
        facet("subject", subject.value)
        if not subject.value.isascii():
            out.pinyin("s", subject.value)
    facet("publisher", record.publication.publisher)
    for series in record.series[:MAX_VALUES]:
        facet("series", series)
    hosts = [r.title for r in record.relations if r.kind == "in" and r.title]
    if record.type == "journal":
        hosts.append(record.title)
    for host in hosts[:MAX_VALUES]:
        facet("journal", host)
        if not host.isascii():
            out.pinyin("j", host)
    for language in record.languages:
        facet("language", language)
    for country in record.countries:
        facet("country", country)
    for place in record.places[:MAX_VALUES]:
        for level, path in enumerate(paths(place, BY_NAME["place"].levels)):
            out.facets.setdefault(f"place_{level}", set()).add(facet_term("place", path))
    for cls in record.classes[:MAX_VALUES]:
        keyword_("class", cls.value)
        for level, path in enumerate(class_paths(cls.scheme, cls.value)):
            out.facets.setdefault(f"class_{level}", set()).add(path)
    for identifier in record.identifiers[:MAX_VALUES]:
        if identifier.scheme in ("isbn", "issn", "doi"):
            keyword_(identifier.scheme, identifier.value)
        else:
            keyword_("identifier", identifier.value)
    if record.id:
        keyword_("identifier", record.id)
    for holding in record.holdings[:MAX_VALUES]:
        if holding.call_number:
            keyword_("callnumber", holding.call_number)
        for item in holding.items[:MAX_VALUES]:
            if item.call_number:
                keyword_("callnumber", item.call_number)
            if item.barcode:
                keyword_("identifier", item.barcode)
    if any(link.kind == "fulltext" for link in record.links):
        facet("access", "fulltext")
    if record.holdings:
        facet("access", "holdings")


@lru_cache(maxsize=32768)
def class_paths(scheme: str, value: str) -> tuple[str, ...]:
    """The path of a class number from its scheme down (分类路径): clc TP311 → clc, clc / T, clc / TP, clc /
    TP3.
    """
    compact = value.strip().upper()
    if not compact:
        return ()
    letters = compact[: len(compact) - len(compact.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))][:3]
    digits = compact[len(letters) :]
    steps: list[str] = []
    if scheme == "clc" and letters:
        steps = [
            letters[0],
            letters if len(letters) > 1 else "",
            letters + digits[:1] if digits[:1].isdigit() else "",
        ]
    elif scheme == "lcc" and letters:
        number = digits[: len(digits) - len(digits.lstrip("0123456789"))]
        steps = [letters[0], letters if len(letters) > 1 else "", letters + number if number else ""]
    elif scheme == "ddc" and digits[:3].isdigit() and len(digits[:3]) == 3:
        steps = [digits[0] + "00", digits[:2] + "0", digits[:3]]
    else:
        steps = [compact[:40].replace(" / ", "/")]
    result = [scheme or "other"]
    for step in steps:
        if step and not result[-1].endswith(f" / {step}"):
            result.append(f"{result[-1]} / {step}")
    return tuple(result[: BY_NAME["class"].levels])
