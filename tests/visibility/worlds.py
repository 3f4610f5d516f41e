"""Random worlds: who takes part, who shares what with whom, and records whose every value tells whose it is.

A `World` is plain data, made from a seed. `Home` is such a world loaded through the same paths as any other
(configuration, loads of records in our own JSON, authority records), with everything in memory.
"""

from __future__ import annotations

import atexit
import datetime
import gc
import json
import random
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any, Literal
from unittest import mock

import sqlalchemy as sa

from ereader.installation import Installation, open_home
from holdings.members import (
    CENTRE,
    Configuration,
    Consortium,
    Library,
    Members,
    Membership,
    Portal,
    Repository,
    Viewer,
)
from indexer import follow, pipeline
from indexer.authorities import checksum
from indexer.batch import Counts
from indexer.flags import Change, set_flags
from indexer.index import open_engine, tantivy_writer
from indexer.index.engine import Engine
from indexer.profile import Profile
from indexer.reader import Raw
from indexer.records.authority import Authority, Form
from indexer.records.record import record_uid
from indexer.store import Store

TODAY = datetime.date(2026, 5, 1)
AUDIENCES = ("everyone", "consortium-members", "own-members", "staff")
STATUSES = ("active", "suspended", "left")
TYPES = ("book", "map", "journal", "article", "thesis")
SUBJECTS = ("Harbour lights", "Tidal mills", "Salt roads")
JOURNALS = ("Annals of ferries", "Lock keeper")
PEOPLE = ("Aldous, Mary", "Brandt, Otto")
PUBLISHERS = ("Quay Press", "Weir House")
SERIES = ("Old waterways",)
LANGUAGES = ("eng", "fra", "zho")
CLASSES = ("I207.4", "K928.7", "G250.2", "TV61")
# Common characters, each in one form only, so that no folding makes one of another.
HAN = (
    "山水天地人大小中上下左右日月星火木土金石田禾米竹草花果林森江河湖海波池沙泉冰雪雨霜露牛羊犬虎兔鼠蛇猿鹿象"
    "口耳目手足心身衣食住行走坐立言文字词句章春夏秋冬早晚夜明白青赤黄黑玄父母兄弟姊妹夫妻友君臣民士兵弓矢刀甲"
)
CONSONANTS, VOWELS = "bdfgjklmnprtvz", "aeiou"


@dataclass(frozen=True)
class Place:
    """A library or a consortium."""

    id: str
    includes: tuple[str, ...] = ()  # consortia that a library's portal shows


@dataclass(frozen=True)
class Shelf:
    """A repository."""

    id: str
    library: str
    audience: str = "everyone"
    offered: tuple[str, ...] = ()
    published: tuple[str, ...] = ()
    embargo: datetime.date | None = None
    private: bool = False  # what `HUSHED` names is for its library's own staff


# Fields in which the word stands that a library may keep to itself.
HUSHED = ("price", "notes", "item_notes", "extra")


@dataclass(frozen=True)
class Said:
    """What staff say of a record."""

    suppressed: bool | None = None
    embargo: datetime.date | Literal[""] | None = None
    deleted: bool = False


@dataclass(frozen=True)
class Leaf:
    """A record. ``word`` and ``han`` stand in all of its values that no other record has."""

    id: str
    repository: str
    work: int  # records of one work have title, year and number in common, so they are merged
    word: str
    han: str
    subject: str
    person: str
    publisher: str
    journal: str
    language: str
    class_number: str
    shouts: bool = False  # writes what it has in common with others in capital letters
    suppressed: bool = False
    deleted: bool = False
    embargo: datetime.date | None = None
    said: Said | None = None

    @property
    def uid(self) -> str:
        return record_uid(self.repository, self.id)

    @property
    def hush(self) -> str:
        """The word that stands only in fields that a library may keep to itself."""
        return "z" + self.word[::-1]


@dataclass(frozen=True)
class Lore:
    """An authority record: another name of a person or a subject that records have."""

    repository: str
    heading: str
    topic: bool
    word: str


@dataclass(frozen=True)
class World:
    libraries: tuple[Place, ...]
    consortia: tuple[str, ...]
    statuses: dict[tuple[str, str], str]  # (library, consortium)
    shelves: tuple[Shelf, ...]
    works: tuple[tuple[str, str, int], ...]  # word of the title, type, year
    leaves: tuple[Leaf, ...]
    lore: tuple[Lore, ...] = ()
    today: datetime.date = TODAY
    steps: tuple[str, ...] = field(default=())  # what was done to it after it was loaded

    def shelf(self, id: str) -> Shelf:
        return next(s for s in self.shelves if s.id == id)


class Words:
    """Words and Han words that occur nowhere else."""

    def __init__(self, r: random.Random) -> None:
        self._r = r
        self._given: set[str] = set()
        self._han = r.sample(HAN, len(HAN))
        self._pairs = [self._han.pop() + self._han.pop() for _ in range(2)]

    def word(self) -> str:
        while True:
            found = "".join(self._r.choice(CONSONANTS) + self._r.choice(VOWELS) for _ in range(5)) + "q"
            if found[:4] not in self._given:
                self._given.add(found[:4])
                return found

    def han(self) -> str:
        # Many begin alike, so that those not seen stand between those that are.
        return self._r.choice(self._pairs) + self._han.pop()


def random_world(seed: int) -> World:
    """The world of a seed: a few libraries and consortia, 5 to 12 records."""
    r = random.Random(seed)
    words = Words(r)
    consortia = ("x", "y")[: r.choice((1, 2, 2))]
    libraries = []
    statuses: dict[tuple[str, str], str] = {}
    for id in "abcd"[: r.randint(2, 4)]:
        shown = tuple(c for c in (*consortia, CENTRE) if r.random() < 0.7)
        libraries.append(Place(id, shown))
        for c in (*consortia, CENTRE):
            if r.random() < 0.85:
                statuses[id, c] = r.choices(STATUSES, (8, 1, 1))[0]
    shelves = tuple(_shelf(r, f"r{n}", libraries, consortia) for n in range(r.randint(2, 5)))
    types = r.sample(TYPES, len(TYPES))
    works = tuple((words.word(), types[n % len(types)], 1950 + 3 * n) for n in range(r.randint(3, 8)))
    leaves = tuple(
        _leaf(r, f"n{n}", r.choice(shelves).id, r.randrange(len(works)), words)
        for n in range(r.randint(5, 12))
    )
    # Two undated persons of one name would be two persons, of whom nothing is said.
    headings = r.sample([*SUBJECTS, *PEOPLE], r.choice((0, 1, 1, 2)))
    lore = [Lore(r.choice(shelves).id, heading, heading in SUBJECTS, words.word()) for heading in headings]
    return World(tuple(libraries), consortia, statuses, shelves, works, leaves, tuple(lore))


def _shelf(r: random.Random, id: str, libraries: list[Place], consortia: tuple[str, ...]) -> Shelf:
    everywhere = (*consortia, CENTRE)
    return Shelf(
        id,
        r.choice(libraries).id,
        r.choices(AUDIENCES, (5, 2, 2, 2))[0],
        tuple(c for c in everywhere if r.random() < 0.75),
        tuple(c for c in everywhere if r.random() < 0.75),
        r.choices((None, TODAY - datetime.timedelta(1), TODAY, TODAY + datetime.timedelta(9)), (8, 1, 1, 1))[
            0
        ],
        private=r.random() < 0.3,
    )


def _leaf(r: random.Random, id: str, repository: str, work: int, words: Words) -> Leaf:
    flag = r.random()
    return Leaf(
        id,
        repository,
        work,
        words.word(),
        words.han(),
        r.choice(SUBJECTS),
        r.choice(PEOPLE),
        r.choice(PUBLISHERS),
        r.choice(JOURNALS),
        r.choice(LANGUAGES),
        r.choice(CLASSES),
        shouts=r.random() < 0.2,
        suppressed=flag < 0.08,
        deleted=0.08 <= flag < 0.13,
        embargo=r.choice((TODAY - datetime.timedelta(1), TODAY, TODAY + datetime.timedelta(9)))
        if 0.13 <= flag < 0.25
        else None,
    )


def changed(world: World, seed: int) -> World:
    """The same records under other rules, or on a later day."""
    r = random.Random(f"changed {seed}")
    steps: list[str] = []
    statuses = dict(world.statuses)
    shelves = list(world.shelves)
    leaves = list(world.leaves)
    today = world.today
    for _ in range(r.randint(1, 3)):
        n = r.randrange(len(shelves))
        one = shelves[n]
        step = r.choice(
            (
                "withdraw",
                "unpublish",
                "offer",
                "audience",
                "embargo",
                "status",
                "day",
                "private",
                "say",
                "say",
            )
        )
        everywhere = (*world.consortia, CENTRE)
        if step == "withdraw":
            one = replace(one, offered=())
        elif step == "unpublish":
            one = replace(one, published=one.published[1:])
        elif step == "offer":
            one = replace(one, offered=everywhere, published=everywhere)
        elif step == "audience":
            one = replace(one, audience=r.choice(AUDIENCES))
        elif step == "embargo":
            one = replace(one, embargo=r.choice((None, today + datetime.timedelta(2))))
        elif step == "status" and statuses:
            statuses[r.choice(sorted(statuses))] = r.choice(STATUSES)
        elif step == "private":
            one = replace(one, private=not one.private)
        elif step == "say":
            m = r.randrange(len(leaves))
            leaves[m] = replace(leaves[m], said=_said(r, today))
        elif step == "day":
            today += datetime.timedelta(r.choice((1, 20)))
        shelves[n] = one
        steps.append(f"{step} {one.id}")
    return replace(
        world,
        statuses=statuses,
        shelves=tuple(shelves),
        leaves=tuple(leaves),
        today=today,
        steps=(*world.steps, *steps),
    )


def _said(r: random.Random, today: datetime.date) -> Said:
    return Said(
        r.choice((None, True, False)),
        r.choice((None, None, "", today - datetime.timedelta(1), today + datetime.timedelta(2))),
        r.random() < 0.3,
    )


def as_json(world: World, leaf: Leaf) -> dict[str, Any]:
    """The record as it is delivered."""
    word, kind, year = world.works[leaf.work]
    own = leaf.word

    def common(text: str) -> str:
        return text.upper() if leaf.shouts else text

    number = leaf.work
    title = f"{word.title()} of the river"
    told: dict[str, Any] = {
        "id": leaf.id,
        "type": kind,
        "title": title,
        "titles": [
            {"value": title, "kind": "main"},
            {"value": f"{own} otherwise", "kind": "variant"},
            {"value": f"{leaf.han}记", "kind": "parallel"},
        ],
        "contributors": [
            {"name": common(leaf.person), "role": "author", "kind": "person"},
            {"name": f"{own.title()}, Ada", "role": "editor", "kind": "person"},
            {"name": leaf.han, "role": "author", "kind": "person"},
        ],
        "responsibility": f"told by {own}",
        "publication": {"publisher": f"{common(leaf.publisher)} {own}", "place": f"Port {own}"},
        "year": year,
        "languages": [leaf.language],
        "identifiers": [number_of(kind, number), {"scheme": "local", "value": f"{own}77", "valid": True}],
        "subjects": [
            {"value": common(leaf.subject)},
            {"value": f"{own} studies"},
            {"value": f"{leaf.han}学"},
        ],
        "classes": [{"value": leaf.class_number, "scheme": "clc"}],
        "extent": f"12 {own} leaves",
        "series": [common(SERIES[0]), f"{own} library"],
        "notes": [f"noted by {own}", f"kept by {leaf.hush}"],
        "abstract": f"abstract of {own} {leaf.han}",
        "contents": [f"chapter {own}"],
        "price": f"7 {leaf.hush}",
        "links": [{"url": f"https://{own}.example/text", "kind": "fulltext", "label": f"read {own}"}],
        "holdings": [
            {
                "location": f"room {own}",
                "call_number": f"{leaf.class_number}/{own}",
                "items": [
                    {
                        "barcode": f"{own}5",
                        "status": f"lent {own}",
                        "call_number": f"Z {own}",
                        "note": leaf.hush,
                    }
                ],
            }
        ],
        "extra": {"school": f"school of {leaf.hush}"},
        "suppressed": leaf.suppressed,
        "deleted": leaf.deleted,
        "embargo_until": leaf.embargo.isoformat() if leaf.embargo else "",
    }
    if kind == "article":
        told["relations"] = [
            {"kind": "in", "title": common(leaf.journal), "volume": "3", "issue": "2", "pages": "5-9"},
            {"kind": "in", "title": f"{own} bulletin"},
        ]
    return told


def number_of(kind: str, number: int) -> dict[str, Any]:
    """The number that all records of a work have."""
    if kind == "journal":
        return {"scheme": "issn", "value": ("0317-8471", "1050-124X", "2434-561X")[number % 3], "valid": True}
    if kind == "article":
        return {"scheme": "doi", "value": f"10.5555/river.{number}", "valid": True}
    digits = f"97800000{number:04d}"
    check = -sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(digits)) % 10
    return {"scheme": "isbn", "value": f"{digits}{check}", "valid": True}


def configuration(world: World) -> Configuration:
    return Configuration(
        libraries=tuple(Library(p.id, portal=Portal(p.includes)) for p in world.libraries),
        consortia=tuple(Consortium(c) for c in world.consortia),
        memberships=tuple(Membership(lib, c, s) for (lib, c), s in world.statuses.items()),  # type: ignore[arg-type]
        repositories=tuple(
            Repository(
                s.id, s.library, audience=s.audience, offered_to=s.offered,  # type: ignore[arg-type]
                published_by=s.published, embargo_until=s.embargo, private=HUSHED if s.private else (),
            )
            for s in world.shelves
        ),
    )  # fmt: skip


def viewers(world: World) -> list[tuple[str, Viewer]]:
    """Every portal with everyone who may stand before it."""
    places = [f"C:{CENTRE}", *(f"C:{c}" for c in world.consortia), *(f"L:{p.id}" for p in world.libraries)]
    people = [Viewer(), Viewer("admin", "", ("centre-admin", "consortium-admin:x"))]
    for p in world.libraries:
        people += [Viewer(f"{p.id}1", p.id, ("reader",)), Viewer(f"{p.id}2", p.id, ("librarian",))]
    return [(place, viewer) for place in places for viewer in people]


def some_viewers(world: World, seed: int, number: int) -> list[tuple[str, Viewer]]:
    """Anyone at the centre, and others by chance."""
    every = viewers(world)
    return [every[0], *random.Random(f"viewers {seed}").sample(every[1:], min(number - 1, len(every) - 1))]


@cache
def installation() -> Installation:
    """One for all worlds, one after the other: a new one would have to learn all statements again."""
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return open_home(folder)


def emptied_database() -> sa.Engine:
    database = installation().database
    with database.begin() as connection:
        for name in sa.inspect(connection).get_table_names():
            connection.execute(sa.text(f"delete from {name}"))
    return database


_LEFT = count(1)  # worlds that were left


class Home:
    """A world, loaded. There is one at a time."""

    def __init__(self, world: World, seed: int = 0) -> None:
        self.world = world
        self._late: list[Leaf] = []
        self._told = 0
        self._r = random.Random(f"home {seed}")
        self.database = emptied_database()
        self.members = Members(self.database, lambda: self.world.today)
        self.store = Store(self.database, self.members, lambda: f"{self.world.today}T10:00:00Z")
        self.members.create_tables()
        self.store.create_tables()
        self.engine: Engine = open_engine("tantivy", None)
        self.members.save(configuration(world))

    def __enter__(self) -> Home:
        return self

    def __exit__(self, *_: object) -> None:
        self.engine.close()
        if next(_LEFT) % 5 == 0:
            gc.collect()

    def load(self, keep: float = 0.0) -> None:
        """Repository by repository, in any order, some in two loads; authority records before or after.

        Some records are kept for `load_late`.
        """
        portions: list[tuple[str, list[Leaf]]] = []
        self._late = [leaf for leaf in self.world.leaves if self._r.random() < keep]
        for shelf in self.world.shelves:
            mine = [leaf for leaf in self._but_late() if leaf.repository == shelf.id]
            cut = self._r.randrange(len(mine) + 1) if self._r.random() < 0.3 else len(mine)
            portions += [(shelf.id, part) for part in (mine[:cut], mine[cut:]) if part]
        self._r.shuffle(portions)
        early = self._r.random() < 0.5
        if early:
            self.load_lore()
        for repository, leaves in portions:
            self.load_leaves(repository, leaves)
        if not early:
            self.load_lore()
        self.say_all()
        if self._r.random() < 0.25:
            self.rebuild()
        self.list()

    def load_only(self, leaves: list[Leaf], lore: list[Lore]) -> None:
        """Nothing but these records, in order."""
        for shelf in self.world.shelves:
            mine = [leaf for leaf in leaves if leaf.repository == shelf.id]
            if mine:
                self.load_leaves(shelf.id, mine)
        self.load_lore(lore)
        self.say_all()
        self.list()

    def _but_late(self) -> list[Leaf]:
        return [leaf for leaf in self.world.leaves if leaf not in self._late]

    def load_late(self) -> None:
        """What was kept when the rest was loaded, under the rules of now."""
        for shelf in self.world.shelves:
            mine = [leaf for leaf in self._late if leaf.repository == shelf.id]
            if mine:
                self.load_leaves(shelf.id, mine)
        late, self._late = {leaf.uid for leaf in self._late}, []
        self.say_all([leaf for leaf in self.world.leaves if leaf.uid in late])
        self.list()

    def load_leaves(self, repository: str, leaves: list[Leaf]) -> None:
        profile = Profile(
            library=self.world.shelf(repository).library, repository=repository, format="record"
        )
        raws = (
            Raw(
                "record",
                json.dumps(as_json(self.world, leaf), ensure_ascii=False).encode(),
                n,
                charset="utf-8",
            )
            for n, leaf in enumerate(leaves, 1)
        )
        pipeline.load(
            pipeline.Load(profile, workers=0), [("file", raws)], self.store, self.members, self.engine
        )

    def load_lore(self, only: list[Lore] | None = None) -> None:
        batch = []
        for n, lore in enumerate(self.world.lore):
            if only is not None and lore not in only:
                continue
            forms = (Form(lore.heading, "authorised"), Form(f"{lore.word.title()} alias"))
            one = Authority(
                "topic" if lore.topic else "person", f"a{n}", lore.repository, forms=forms,
                notes=(f"history of {lore.word}",),
            )  # fmt: skip
            data = repr(one).encode()
            batch.append((one, Raw("marc21", data, 1), checksum(data, 1)))
        if batch:
            # As the loader of authority records does: a repository with nothing else is known to the index, too.
            with follow.writing(self.engine, self.store, self.members) as index:
                begun = {one.repository: index.begin(one.repository, self.members) for one, _, _ in batch}
                self.store.authorities.write(batch, 1, Counts(), "now")
            self.members.note_indexed({r: marks for r, (marks, whole) in begun.items() if whole})

    def change(self, world: World) -> None:
        """Other rules from this moment on; the index is as it was."""
        before = {leaf.uid: leaf.said for leaf in self.world.leaves}
        self.world = world
        self.members.save(configuration(world))
        for leaf in world.leaves:
            late = leaf.uid in {one.uid for one in self._late}
            if leaf.said is not None and leaf.said != before.get(leaf.uid) and not late:
                self.say(leaf)

    def say_all(self, leaves: Sequence[Leaf] | None = None) -> None:
        """What staff say of records, before the index follows."""
        for leaf in self.world.leaves if leaves is None else leaves:
            if leaf.said is not None and leaf not in self._late:
                self.say(leaf)

    def say(self, leaf: Leaf) -> None:
        """Staff say something of a record."""
        said = leaf.said or Said()
        self._told += 1
        with self.database.begin() as connection:
            for change in (
                Change(as_received=True),
                Change(said.suppressed, None if said.embargo is None else str(said.embargo), said.deleted),
            ):
                set_flags(connection, self.members, [leaf.uid], change, "user:x", f"{self._told:09}")

    def refresh(self) -> None:
        """The index follows, as it does after the rules have changed."""
        with follow.writing(self.engine, self.store, self.members) as index:
            follow.refresh(index, self.store, self.members, self.members.stale())
        self.list()

    def rebuild(self) -> None:
        follow.rebuild(self.engine, self.store, self.members)
        self.list()

    def list(self) -> None:
        """The browse lists follow."""
        store = self.store
        store.headings.refresh(self.engine, store.index_stamp(), authorities=store.authorities)

    def clusters(self) -> dict[str, str]:
        """uid → union id, as the store has merged."""
        query = sa.text("select uid, cluster from source_record")
        with self.database.connect() as connection:
            return {row[0]: row[1] or row[0] for row in connection.execute(query)}


def small_writers() -> Iterator[None]:
    """What many small worlds need: small heaps of writers, and no look for cycles among all that is known at
    every load, but one at the end of each world, whose index is large.
    """
    gc.collect()
    gc.freeze()
    with (
        mock.patch.object(tantivy_writer, "HEAP", 15_000_000),
        mock.patch.object(tantivy_writer, "THREADS", 1),
        mock.patch.object(pipeline, "calm_collector", nullcontext),
    ):
        yield
    gc.unfreeze()
