"""The description of a record (著录): its fields in words, each value a search."""

from __future__ import annotations

from collections.abc import Callable

from ereader.search.linked import search_for
from ereader.search.request import SearchRequest
from ereader.web.names import Names
from ereader.web.visit import Visit
from indexer.records.record import Record, Relation, Subject
from ui.pages import Text
from ui.presenters.text import language_tag, script_of, shorten
from ui.record_pages import Field, Value

Search = Callable[[str, str], str]
SCHEMES = {
    "isbn": "ISBN",
    "issn": "ISSN",
    "doi": "DOI",
    "cn": "CN",
    "csbn": "统一书号",
    "lccn": "LCCN",
    "oclc": "OCLC",
    "urn": "URN",
    "hdl": "Handle",
    "uri": "URI",
    "isrc": "ISRC",
    "ismn": "ISMN",
    "pmid": "PMID",
    "arxiv": "arXiv",
    "zdb": "ZDB",
}
RESOLVERS = {
    "doi": "https://doi.org/",
    "hdl": "https://hdl.handle.net/",
    "arxiv": "https://arxiv.org/abs/",
    "pmid": "https://pubmed.ncbi.nlm.nih.gov/",
}
MOST = 200  # values of one field that are shown
MOST_NAMED = 20  # names of which other forms are shown
MOST_FORMS = 12  # forms of one name
OF_SCHOOLS = frozenset(("teacher", "courseware", "domestic-course", "foreign-course"))
# Members of ``extra`` that are for machines, or said elsewhere on the page.
UNSAID: frozenset[str | tuple[str, str]] = frozenset(
    (
        "title_id",
        "parent_publication_title_id",
        "embargo_info",
        ("coverage_depth", "fulltext"),
        ("access_type", "p"),
    )
)
DCMI_TYPES = frozenset(
    (
        "collection", "dataset", "event", "image", "interactiveresource", "movingimage", "physicalobject",
        "service", "software", "sound", "stillimage", "text",
    )
)  # fmt: skip


def searches(visit: Visit) -> Search:
    """Gives the address of the search for a value in a field."""
    path = f"{visit.prefix}/search"

    def search(field: str, value: str) -> str:
        return search_for(field, value).with_lang(visit.wanted).to_url(path) if value.strip() else ""

    return search


def fields(visit: Visit, record: Record, search: Search) -> tuple[Field, ...]:
    """All fields that are filled, in the order a reader asks for them."""
    texts, names = visit.texts, visit.names
    facet = SearchRequest(lang=visit.wanted)
    path = f"{visit.prefix}/search"
    tag = record.languages

    def text(value: str, script: str = "") -> Text:
        return Text(value, language_tag(script or script_of(value), tag))

    def note(*parts: str) -> str:
        return " · ".join(p for p in parts if p)

    shown: list[Field] = []

    def add(name: str, values: list[Value], long: bool = False) -> None:
        if values:
            shown.append(Field(texts(f"field.{name}"), tuple(values[:MOST]), long, name))

    # When all are authors, saying so of each of them is noise.
    told = any(c.role not in ("", "author") for c in record.contributors)
    people = [c for c in record.contributors if record.type != "teacher" or c.name != record.title]
    add(
        "contributors",
        [
            Value(
                text(c.name),
                search("author", c.name),
                c.romanised,
                note(names.role(c.role) if c.role and told else "", c.dates, c.note, c.affiliation),
            )
            for c in people
        ],
        len(people) <= 12,
    )
    named = people[:MOST_NAMED]
    others = visit.service.authorities.of_names(named)
    add(
        "known_as",
        [
            Value(text(form), "", "", who.name if len(people) > 1 else "")
            for who, known in zip(named, others, strict=True)
            for form in known.known_as[:MOST_FORMS]
        ],
        True,
    )
    for relation in record.relations:
        if relation.kind == "in":
            add("host", [_relation(relation, text, search)])
    publication = record.publication
    published = []
    if publication.place:
        published.append(Value(text(publication.place), "", publication.place_romanised))
    if publication.publisher:
        published.append(
            Value(
                text(publication.publisher),
                search("publisher", publication.publisher),
                publication.publisher_romanised,
            )
        )
    date = publication.date or (names.year(record.year) if record.year is not None else "")
    if date:
        href = (
            facet.with_year(record.year, record.year_end or record.year).to_url(path)
            if record.year is not None
            else ""
        )
        published.append(Value(text(date), href))
    add("institution" if record.type in OF_SCHOOLS else "publication", published)
    if record.year is not None and publication.date and str(abs(record.year)) not in publication.date:
        add(
            "year",
            [
                Value(
                    Text(
                        names.years(record.year, record.year_end)
                        if record.year_end
                        else names.year(record.year)
                    )
                )
            ],
        )
    if record.edition:
        add("edition", [Value(text(record.edition))])
    if record.extent:
        add("extent", [Value(text(record.extent))])
    add("series", [Value(text(s), search("series", s)) for s in record.series], True)
    add("subjects", [_subject(s, text, search) for s in record.subjects], True)
    add(
        "classes",
        [
            Value(
                Text(c.value),
                search("class", c.value),
                "",
                names.value("class", c.scheme) if c.scheme else "",
            )
            for c in record.classes
        ],
    )
    add("places", [Value(text(p), facet.with_filter("place", p).to_url(path)) for p in record.places])
    add(
        "languages",
        [
            Value(Text(names.value("language", c)), facet.with_filter("language", c).to_url(path))
            for c in record.languages
        ],
    )
    add(
        "countries",
        [
            Value(Text(names.value("country", c)), facet.with_filter("country", c).to_url(path))
            for c in record.countries
        ],
    )
    add(
        "identifiers",
        [
            Value(
                Text(i.value),
                RESOLVERS[i.scheme] + i.value if i.scheme in RESOLVERS and i.valid else "",
                "",
                note(SCHEMES.get(i.scheme) or texts.maybe(f"scheme.{i.scheme}", i.scheme), i.note),
                not i.valid,
                i.scheme in RESOLVERS,
            )
            for i in record.identifiers
        ],
        True,
    )
    add(
        "other_names" if record.type == "teacher" else "title_other",
        [
            Value(
                text(t.value, t.script),
                "",
                t.romanised,
                texts.maybe(f"title.{t.kind}", "") if t.kind != "variant" else "",
            )
            for t in record.titles
            if t.kind not in ("main", "parallel") and t.value != record.title and t.value not in record.series
        ],
        True,
    )
    for kind in ("continues", "continued_by"):
        add(kind, [_relation(r, text, search) for r in record.relations if r.kind == kind], True)
    add(
        "related",
        [
            _relation(r, text, search, texts.maybe(f"relation.{r.kind}", ""))
            for r in record.relations
            if r.kind not in ("in", "continues", "continued_by") and (r.title or r.identifiers)
        ],
        True,
    )
    add("notes", [Value(text(n)) for n in record.notes], True)
    add("audience", [Value(text(record.audience))] if record.audience else [])
    rights = texts.maybe(f"rights.{record.rights}", record.rights)
    add("rights", [Value(text(rights))] if rights else [])
    told_already = {v.text.value for f in shown for v in f.values}
    for name, value in extras(record, names).items():
        if value not in told_already:
            label = texts.maybe(f"extra.{name}", name.replace("_", " ").capitalize())
            shown.append(Field(label, (Value(text(shorten(value, 2_000))),), False, name))
    return tuple(shown)


def extras(record: Record, names: Names) -> dict[str, str]:
    """What has no field of its own, without numbers and codes that say nothing to a reader."""
    found = {}
    for name, value in list(record.extra.items())[:MOST]:
        if name in UNSAID or (name, value.casefold()) in UNSAID:
            continue
        if name == "genre":
            parts = (part.strip() for part in value.split(";"))
            said = names.type(record.type).casefold()
            value = "; ".join(p for p in parts if p.casefold() not in DCMI_TYPES and p.casefold() != said)
        elif name == "bounding_box":
            value = extent_of(value, names)
        if value.strip():
            found[name] = value
    return found


def extent_of(box: str, names: Names) -> str:
    """West, east, north and south in degrees as a reader writes them; what is no such box stays as it is."""
    try:
        west, east, north, south = (float(part) for part in box.replace(",", " ").split())
    except ValueError:
        return box
    sides = {"west": west, "east": east, "north": north, "south": south}
    if not (abs(west) <= 180 and abs(east) <= 180 and abs(north) <= 90 and abs(south) <= 90):
        return box

    def degrees(value: float, positive: str, negative: str) -> str:
        return names.texts(f"degrees.{positive if value >= 0 else negative}", n=f"{abs(value):g}")

    across = [degrees(sides[s], "east", "west") for s in ("west", "east")]
    down = [degrees(sides[s], "north", "south") for s in ("south", "north")]
    return f"{'–'.join(across)}{names.texts('site.comma')}{'–'.join(down)}"


def _subject(subject: Subject, text: Callable[[str], Text], search: Search) -> Value:
    whole = " — ".join(part.strip() for part in subject.value.split("--"))
    return Value(text(whole), search("subject", subject.value.replace("--", " ")), subject.romanised)


def _relation(relation: Relation, text: Callable[[str], Text], search: Search, label: str = "") -> Value:
    title = relation.title or next((i.value for i in relation.identifiers), "")
    issue = f"({relation.issue})" if relation.issue else ""
    detail = f"{relation.volume}{issue}" + (f": {relation.pages}" if relation.pages else "")
    field = "journal" if relation.kind == "in" else "title"
    return Value(
        text(title),
        search(field, relation.title) if relation.title else "",
        "",
        " · ".join(p for p in (label, relation.date, detail.strip(": "), relation.note) if p),
    )


def metadata(record: Record) -> tuple[tuple[str, str], ...]:
    """``citation_*`` elements that reference managers read from the head of a page."""
    found: list[tuple[str, str]] = [("citation_title", record.title)]
    found += [("citation_author", c.name) for c in record.contributors[:20] if c.kind == "person"]
    if record.year is not None:
        found.append(("citation_publication_date", str(record.year)))
    for relation in record.relations:
        if relation.kind == "in":
            pages = relation.pages.replace("–", "-").partition("-")
            found += [
                ("citation_journal_title", relation.title),
                ("citation_volume", relation.volume),
                ("citation_issue", relation.issue),
                ("citation_firstpage", pages[0].strip()),
                ("citation_lastpage", pages[2].strip()),
            ]
            break
    else:
        found.append(("citation_publisher", record.publication.publisher))
    for i in record.identifiers[:20]:
        if i.valid and i.scheme in ("isbn", "issn", "doi"):
            found.append((f"citation_{i.scheme}", i.value))
    found += [("citation_language", c) for c in record.languages[:3]]
    return tuple((name, shorten(content, 500)) for name, content in found if content)
