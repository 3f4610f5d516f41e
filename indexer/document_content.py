"""What a document is found, counted and suggested by (检索内容): the values of a record in their fields."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from indexer.index.fields import BY_NAME, SEPARATOR, START
from indexer.index.keywords import (
    MAX_VALUE,
    exact_key,
    facet_term,
    keyword,
    paths,
    term_digest,
    well_formed,
    work_digest,
)
from indexer.index.shown import term_of
from indexer.index.spelling import spellings, written
from indexer.records.classification import numbered
from indexer.records.record import Contributor, Record
from indexer.records.shelf_key import SCHEMES, value_of
from indexer.records.work import plain_key, work_keys
from indexer.text.analyse import has_han, index_texts, key, key_of, tokens_are_key
from indexer.text.pinyin import spelled_title, typed_pinyin
from indexer.text.stem import marked
from indexer.text.variants import numeral_aliases, variants

MAX_TEXT = 20_000  # characters of one value that are indexed
MAX_VALUES = 200  # values of one field
_WITH_VARIANTS = frozenset({"title", "other title", "author", "subject"})


class Content:
    """Gathers the values of one document; every text goes into its own field and into ``all``.

    Texts are only noted at first, and cut into tokens all together by ``finish``.
    """

    def __init__(self) -> None:
        self.fields: dict[str, list[str]] = {}
        self.all: list[str] = []
        self.facets: dict[str, dict[str, int]] = {}  # terms; of the hashed ones with their digest
        self.keywords: dict[str, dict[str, None]] = {}
        self.suggest: set[str] = set()
        self.exact: list[int] = []
        self.works: list[int] = []
        self.proper = ""  # key of the title added last
        self._names: list[str] = []
        self._texts: list[str] = []
        self._keys: dict[str, str] = {}  # tokens of texts whose key is made of them

    def text(self, name: str, value: str) -> None:
        self._names.append(name)
        self._texts.append(value if len(value) <= MAX_TEXT else value[:MAX_TEXT])

    def finish(self, language: str = "") -> None:
        """Cuts what was gathered into tokens, and adds base forms of inflected words of this language."""
        texts, names = self._texts, self._names
        tokens, folded = index_texts(texts)
        self.all = tokens
        fields = self.fields
        for name, value in zip(names, tokens, strict=True):
            if name == "title":
                value = f"{START} {value}"
            elif name == "other title":
                name = "title"
            if name in fields:
                fields[name].append(value)
            else:
                fields[name] = [value]
        fields.pop("", None)
        bases = []
        for name in ("title", "subject"):
            if name in fields and (found := marked(" ".join(fields[name]), language)):
                fields[name].append(found)
                bases.append(found)
        self._keys = dict(zip(texts, tokens, strict=True))
        aliases: list[str] = []
        for text, name, form in zip(texts, names, folded, strict=True):
            if not form.isascii() and not tokens_are_key(form):
                self._keys.pop(text, None)
            also = variants(text, form) if name in _WITH_VARIANTS else numeral_aliases(form)
            if also and name:
                fields["title" if name == "other title" else name] += also
            aliases += also
        if aliases or bases:
            self.all = [*tokens, *aliases, *bases]

    def key(self, value: str) -> str:
        """``analyse.key`` of a value, from its tokens where they are known."""
        tokens = self._keys.get(value)
        return (key_of(tokens) if tokens else "") or key(value)

    def facet(self, name: str, value: str) -> None:
        """A value of a facet whose values are codes."""
        if value:
            self.facets.setdefault(name, {})[facet_term(name, value)] = 0

    def hashed(self, name: str, value: str) -> None:
        """A value of a facet that engines count by digests."""
        if value:
            made = _HASHED.get(value)
            if made is None:
                shown = well_formed(value[:MAX_VALUE])
                term = term_of(self.key(shown), shown)
                if len(_HASHED) >= MAX_KNOWN:
                    _HASHED.clear()
                made = _HASHED[value] = (term, term_digest(term))
            if name in self.facets:
                self.facets[name][made[0]] = made[1]
            else:
                self.facets[name] = {made[0]: made[1]}

    def keyword(self, name: str, value: str) -> None:
        found = keyword(BY_NAME[name], value[:MAX_VALUE])
        if found:
            self.keywords.setdefault(name, {})[found] = None

    def name(self, value: str) -> None:
        """A name as a whole, to be found before those that only contain it."""
        known = _HASHED.get(value)
        spelt = known[0].partition(SEPARATOR)[0] if known else key(value)
        made = _NAMES.get(spelt)
        if made is None:
            if len(_NAMES) >= MAX_KNOWN:
                _NAMES.clear()
            made = _NAMES[spelt] = exact_key("name", spelt)
        self.exact.append(made)

    def sound(self, contributor: Contributor) -> None:
        """A name with Han characters by its pinyin, as a whole."""
        sounds = [spelled_title(contributor.name, name=contributor.kind == "person")]
        sounds.append(typed_pinyin(contributor.romanised))
        self.exact += [exact_key("pinyin name", s) for s in dict.fromkeys(sounds) if s]

    def spelt(self, letter: str, value: str, *, person: bool = False) -> None:
        """Other spellings of a value with Han characters, for suggestions."""
        self.suggest.update(spellings(letter, value[:MAX_VALUE], person))


MAX_KNOWN = 10_000  # facet values whose terms a process keeps; to keep six times as many saves no time
_HASHED: dict[str, tuple[str, int]] = {}
_NAMES: dict[str, int] = {}


def gather_titles(out: Content, record: Record) -> None:
    """Titles as text, the first one with its remainder."""
    title = record.title
    out.text("title", f"{title} {record.title_remainder}" if record.title_remainder else title)
    for other in record.titles[:MAX_VALUES]:
        if other.value and other.value != title and other.kind != "series":
            out.text("title", other.value)
        if other.romanised:
            out.text("other title", other.romanised)


def add_titles(out: Content, record: Record) -> None:
    """Titles as exact keys and, for Han, as pinyin; after ``finish``."""
    title = record.title
    remainder = record.title_remainder
    proper = out.proper = out.key(title)
    exact = out.exact
    exact.append(exact_key("proper", proper))
    exact.append(exact_key("whole", out.key(f"{title} {remainder}") if remainder else proper))
    if has_han(title):
        exact.append(exact_key("pinyin", spelled_title(title)))
        if remainder:
            exact.append(exact_key("pinyin", spelled_title(f"{title} {remainder}")))
        out.suggest.add(written("t", proper, title[:MAX_VALUE]))
        out.spelt("t", title)
    for other in record.titles[:MAX_VALUES]:
        if other.value and other.value != title and other.kind != "series":
            exact.append(exact_key("variant", out.key(other.value)))
            if has_han(other.value):
                exact.append(exact_key("pinyin", spelled_title(other.value)))
        if other.romanised:
            exact.append(exact_key("variant", out.key(other.romanised)))
            spelled = typed_pinyin(other.romanised)  # its own division into words is of no importance
            if spelled:
                exact.append(exact_key("pinyin", spelled))


def add_works(out: Content, record: Record) -> None:
    """Which work the record is of, as digests; right after ``add_titles`` of it."""
    plain = plain_key(record, out.proper)
    if plain and not out.works:
        out.works.append(work_digest(plain, False))
        return
    for text, loose in work_keys(record, out.key):
        digest = work_digest(text, loose)
        if digest not in out.works:
            out.works.append(digest)


def works_of(records: Iterable[Record]) -> list[int]:
    """The digests of the work that these records, seen as one, are of (作品摘要)."""
    found: dict[int, None] = {}
    titles = set()
    for record in records:
        if record.title not in titles:
            titles.add(record.title)
            found.update((work_digest(text, loose), None) for text, loose in work_keys(record))
    return list(found)


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
    """Facet values and keywords; after ``finish``."""
    facet, hashed, keyword_ = out.facet, out.hashed, out.keyword
    for contributor in record.contributors[:MAX_VALUES]:
        hashed("author", contributor.name)
        if contributor.kind == "person":  # China is the author of its laws, but who asks for China means more
            out.name(contributor.name)
            if contributor.romanised:
                out.name(contributor.romanised)
        if not contributor.name.isascii():
            out.sound(contributor)
            out.spelt("n", contributor.name, person=contributor.kind == "person")
    for subject in record.subjects[:MAX_VALUES]:
        hashed("subject", subject.value)
        if not subject.value.isascii():
            out.spelt("s", subject.value)
    hashed("publisher", record.publication.publisher)
    for series in record.series[:MAX_VALUES]:
        hashed("series", series)
    hosts = [r.title for r in record.relations if r.kind == "in" and r.title]
    if record.type == "journal":
        hosts.append(record.title)
    for host in hosts[:MAX_VALUES]:
        hashed("journal", host)
        if not host.isascii():
            out.spelt("j", host)
    for language in record.languages:
        facet("language", language)
    for country in record.countries:
        facet("country", country)
    for place in record.places[:MAX_VALUES]:
        for name, term in place_terms(place):
            out.facets.setdefault(name, {})[term] = 0
    for cls in record.classes[:MAX_VALUES]:
        keyword_("class", cls.value)
        for name, path in zip(_CLASS_LEVELS, class_paths(cls.scheme, cls.value), strict=False):
            out.facets.setdefault(name, {})[path] = 0
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


def add_shelf(out: Content, record: Record) -> None:
    """Where a source record stands, as values to browse by (排架)."""
    if found := shelf_values(record):
        out.facets.setdefault("shelf", {}).update(dict.fromkeys(found, 0))


def shelf_values(record: Record) -> list[str]:
    """The call numbers of a source record as printed, each with whose it is and its scheme where known.

    A record that tells no call number stands by its class, if it is a thing that stands somewhere.
    """
    found: dict[str, None] = {}
    for holding in record.holdings[:MAX_VALUES]:
        if holding.call_number:
            found[_shelf(record, holding.call_number)] = None
        for item in holding.items[:MAX_VALUES]:
            if item.call_number and item.call_number != holding.call_number:
                found[_shelf(record, item.call_number)] = None
    if not found and record.classes and record.type in SHELVED:
        for cls in record.classes:
            if cls.scheme in SCHEMES and cls.value:
                return [well_formed(value_of(cls.value[:MAX_NUMBER], record.library, cls.scheme))]
    return list(found)


def _shelf(record: Record, number: str) -> str:
    """A call number as a value, with its scheme where a class number of the same record tells it."""
    start = number[:3]
    scheme = next((c.scheme for c in record.classes if c.value[:3] == start and c.scheme in SCHEMES), "")
    return well_formed(value_of(number[:MAX_NUMBER], record.library, scheme))


MAX_NUMBER = 80  # characters of a call number that are kept
SHELVED = frozenset(
    (
        "book", "journal", "thesis", "map", "audio", "video", "gazetteer", "genealogy", "ancient-book",
        "rubbing", "manuscript", "course-reserve",
    )
)  # fmt: skip
_CLASS_LEVELS = tuple(f"class_{level}" for level in range(BY_NAME["class"].levels))


@lru_cache(maxsize=8192)
def place_terms(place: str) -> tuple[tuple[str, str], ...]:
    """(column of a facet, its term) of a place and all places it is in (地点层级)."""
    levels = enumerate(paths(place, BY_NAME["place"].levels))
    return tuple((f"place_{level}", facet_term("place", path)) for level, path in levels)


@lru_cache(maxsize=32768)
def class_paths(scheme: str, value: str) -> tuple[str, ...]:
    """The path of a class number from its scheme down (分类路径).

    clc TP311 → clc, clc / T, clc / T / TP, clc / T / TP / TP3; clc I246.5 → … I, I2, I24; ddc 813.54 → … 800,
    810, 813; lcc PS3545 → … P, PS, as LCC has no decimal numbers that would be classes. What is no
    class number (MLCS 2002/03267, Fic) has only its scheme.
    """
    compact = value.strip().upper()
    if not compact:
        return ()
    letters = compact[: len(compact) - len(compact.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))][:3]
    digits = compact[len(letters) :]
    steps: list[str] = []
    if not numbered(scheme, compact):
        return (scheme,)
    if scheme == "clc" and letters:
        steps = [
            letters[0],
            letters if len(letters) > 1 else "",
            letters + digits[:1] if digits[:1].isdecimal() else "",
            letters + digits[:2] if digits[:2].isdecimal() and len(digits) > 1 else "",
        ]
    elif scheme == "lcc" and letters:
        steps = [letters[0], letters if len(letters) > 1 else ""]
    elif scheme == "ddc" and digits[:3].isdecimal() and len(digits[:3]) == 3:
        steps = [digits[0] + "00", digits[:2] + "0", digits[:3]]
    else:
        steps = [compact[:40].replace(" / ", "/")]
    result = [scheme or "other"]
    for step in steps:
        if step and not result[-1].endswith(f" / {step}"):
            result.append(f"{result[-1]} / {step}")
    return tuple(result[: BY_NAME["class"].levels])
