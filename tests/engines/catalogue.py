"""Real records with who may see them, for both engines, and random questions about them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from holdings.members.view import PUBLIC, View
from indexer import plugins, recognise
from indexer.document import Member, documents
from indexer.index.engine import FacetCall, SearchCall, Selection
from indexer.index.fields import FACETS
from indexer.index.query import And, Everything, Exact, Node, Not, Or, Phrase, Range, Wildcard, Words
from indexer.prepare import understand
from indexer.profile import Profile
from indexer.reader import UnreadableFile
from indexer.records.record import Record
from indexer.records.union import SourceRecord

DEMO = Path(__file__).resolve().parents[2] / "ereader" / "demo"
REAL = (
    ("marc21-lc-books/lc_books_2016_chinese.mrc.gz", 1500),
    ("marc21-lc-books/lc_books_2016_western_and_other.mrc.gz", 1500),
)
ATOMS = ("C:east/members", "L:a/members", "L:a/staff", "L:b/staff")
LIBRARIES = ("a", "b", "c")
VIEWS = (
    View("C:centre", frozenset({PUBLIC})),
    View("L:a", frozenset({PUBLIC, "L:a/members"})),
    View("L:b", frozenset({PUBLIC, "C:east/members", "L:b/staff"})),
    View("C:centre", frozenset({PUBLIC}), frozenset({"r1"})),
)
SORTS = ("newest", "oldest", "title", "author", "added")
FACET_CALLS = tuple(FacetCall(field.name, limit=12) for field in FACETS)


def demo_records() -> list[Record]:
    paths = [p for p in sorted(DEMO.rglob("*")) if p.is_file() and p.suffix not in (".toml", ".py", ".pyc")]
    return [record for path in paths for record in _read(path)]


def real_records(data: Path) -> list[Record]:
    found: list[Record] = []
    for name, limit in REAL:
        for n, record in enumerate(_read(data / name)):
            if n == limit:
                break
            found.append(record)
    return found


def _read(path: Path) -> Iterator[Record]:
    profile, adapters = Profile(), plugins.adapters()
    with suppress(UnreadableFile):
        for raw in recognise.open_file(path, profile=profile):
            record, _ = understand(raw, profile, adapters)
            if record is not None and record.title:
                yield record


class Unions(msgspec.Struct):
    """Union records of one to three members, most of them open, some open to a few, some to nobody."""

    members: dict[str, list[Member]]

    def documents(self) -> Iterator[list[bytes]]:
        for union_id, members in self.members.items():
            yield documents(union_id, members)


def unions(records: Sequence[Record], seed: int = 4) -> Unions:
    r = random.Random(seed)
    found: dict[str, list[Member]] = {}
    rest = list(records)
    while rest:
        count = 1 if r.random() < 0.8 else min(len(rest), r.randint(2, 3))
        members = []
        for record in rest[:count]:
            uid = f"u{len(found)}m{len(members)}"
            library, repository = r.choice(LIBRARIES), f"r{r.randrange(4)}"
            atoms = frozenset({PUBLIC}) if r.random() < 0.8 else frozenset(r.sample(ATOMS, r.randint(0, 2)))
            seen = f"20{r.randint(10, 26)}-0{r.randint(1, 9)}-01T00:00:00"
            source = SourceRecord(
                uid=uid, library=library, repository=repository, id=uid, record=record, first_seen=seen
            )
            members.append(Member(source, atoms, (f"L:{library}", "C:centre")))
        found[f"u{len(found)}"] = members
        rest = rest[count:]
    return Unions(found)


class Questions:
    """Random trees and calls whose words are those of real records, so that they find something."""

    def __init__(self, records: Sequence[Record], seed: int) -> None:
        self.random = random.Random(seed)
        self._records = records
        self._about = records[0]

    def _record(self) -> Record:
        """Mostly the record that a whole tree is about, so that AND finds something too."""
        return self._about if self.random.random() < 0.7 else self.random.choice(self._records)

    def _piece(self, text: str) -> str:
        r = self.random
        words = text.split()
        if len(words) > 2:
            start = r.randrange(len(words))
            return " ".join(words[start : start + r.choice([1, 1, 2, 3])])
        start = r.randrange(max(1, len(text)))
        return text[start : start + r.choice([1, 2, 2, 3, 5])]

    def words(self) -> tuple[str, str]:
        """A field and words that stand in it, somewhere; never signs alone, which neither narrow nor widen."""
        while True:
            field, text = self._words()
            if any(c.isalnum() for c in text):
                return field, text

    def _words(self) -> tuple[str, str]:
        r = self.random
        record = self._record()
        choices = [("title", record.title), ("all", record.title)]
        choices += [("author", c.name) for c in record.contributors[:2]]
        choices += [("subject", s.value) for s in record.subjects[:3]]
        choices += [("publisher", record.publication.publisher), ("all", record.abstract[:200])]
        choices += [("note", n) for n in record.notes[:2]]
        field, text = r.choice([c for c in choices if c[1].strip()])
        return (field if r.random() < 0.6 else "all"), self._piece(text)

    def leaf(self) -> Node:
        r = self.random
        field, text = self.words()
        record = self._record()
        kind = r.randrange(11)
        if kind < 5:
            return Words(field, text)
        if kind < 7:
            return Phrase(field, text)
        if kind == 7:
            return Wildcard(field, f"{text.split(' ')[0][: r.randint(2, 5)]}{r.choice(['*', '?', '?*'])}")
        if kind == 8:
            low = r.choice([None, r.randint(1950, 2016)])
            return Range("year", low, r.choice([None, r.randint(1950, 2016)]))
        if kind == 9:
            return Exact("subject", record.subjects[0].value if record.subjects else "nothing")
        choices: list[Node] = [Exact("type", record.type), *(Exact("language", x) for x in record.languages)]
        choices += [Exact(i.scheme, i.value) for i in record.identifiers if i.scheme in ("isbn", "issn")]
        choices += [Words("class", c.value[:4]) for c in record.classes]
        return r.choice(choices)

    def tree(self, depth: int = 2) -> Node:
        r = self.random
        if depth == 0 or r.random() < 0.45:
            return self.leaf() if r.random() < 0.97 else Everything()
        children = tuple(self.tree(depth - 1) for _ in range(r.randint(2, 3)))
        kind = r.random()
        if kind < 0.45:
            return And((*children[:-1], Not(children[-1])) if r.random() < 0.3 else children)
        return Or(children) if kind < 0.85 else Not(children[0])

    def call(self) -> SearchCall:
        r = self.random
        self._about = record = r.choice(self._records)
        selections: list[Selection] = []
        if r.random() < 0.3 and record.languages:
            selections.append(Selection("language", (record.languages[0],)))
        if r.random() < 0.2:
            selections.append(Selection("type", (), (record.type,)))
        if r.random() < 0.15 and record.subjects:
            selections.append(Selection("subject", (record.subjects[0].value,)))
        if r.random() < 0.1 and record.places:
            selections.append(Selection("place", (record.places[0].split(" / ")[0],)))
        return SearchCall(
            self.tree(),
            r.choice(VIEWS),
            selections=tuple(selections),
            year=(r.choice([None, 1990]), r.choice([None, 2012])) if r.random() < 0.2 else None,
            scope=r.choice(["L:a", "L:b"]) if r.random() < 0.2 else "",
            limit=10,
        )
