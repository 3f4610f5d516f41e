"""Every surface of a loaded world, compared with what the oracle says one eye sees.

Each comparison yields sentences about what differs; none means that all is well. ``texts`` gathers everything
that was answered to questions which do not name a hidden record, to be looked through for hidden words.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote, quote_plus

import msgspec
from oracle import Eye, Seen, look, reads_all, values
from worlds import PEOPLE, PUBLISHERS, SERIES, SUBJECTS, Home, Leaf

from ereader.search import class_tree, editions, journals, pipeline, ranking, respell
from ereader.search import suggest as suggestions
from ereader.search.browse import browse
from ereader.search.facet_list import FACETS
from ereader.search.parser import parse
from ereader.search.refusal import CursorRefused
from ereader.search.request import SearchRequest
from ereader.search.shelf import beside, shelf, values_of
from holdings.members.view import View
from indexer import outgoing
from indexer.index.engine import SearchCall, Selection
from indexer.index.query import Everything
from indexer.records import export
from indexer.records.union import UnionRecord
from indexer.text.pinyin import spelled_title

EXPORTS = ("json", "ris", "bibtex", "marc", "marcxml", "csl", "dc", "mods")
COUNTED = ("type", "access", "library", "language", "subject", "author", "publisher", "series", "journal")
BEGINNINGS = {"subject": SUBJECTS, "author": PEOPLE, "publisher": PUBLISHERS, "series": SERIES}


class Asked:
    """One eye before a loaded world.

    ``exact`` is False while the index does not follow the rules yet: then nothing may be seen that must not,
    and what is missing is no error. ``asked_about`` are the records that questions name: all, or with ``few``
    some by chance, mostly hidden ones.
    """

    def __init__(self, home: Home, eye: Eye, *, exact: bool = True, few: int = 0) -> None:
        self.home, self.eye, self.exact = home, eye, exact
        self.seen: Seen = look(home.world, eye, home.clusters())
        self.view: View = home.members.view(eye.place, eye.viewer)
        self.texts: list[tuple[str, str]] = []
        self.asked_about = list(home.world.leaves)
        if few:
            r = random.Random(f"{home.world.leaves[0].word} {eye.place}")
            hidden, visible = self.seen.hidden, self.seen.leaves
            self.asked_about = r.sample(hidden, min(few, len(hidden))) + r.sample(
                visible, min(1, len(visible))
            )

    def note(self, surface: str, answer: Any) -> None:
        self.texts.append((surface, answer if isinstance(answer, str) else repr(answer)))

    def differ(self, what: str, got: Any, wanted: Any) -> Iterator[str]:
        if got != wanted:
            yield f"{what}: {got!r}, not {wanted!r}"

    def same(self, what: str, got: Any, wanted: Any) -> Iterator[str]:
        """Equal sets or counts; while the index lags, only nothing more."""
        if self.exact:
            yield from self.differ(what, got, wanted)
        elif isinstance(got, dict):
            more = {k: v for k, v in got.items() if v > wanted.get(k, 0)}
            yield from self.differ(f"{what}, more than there is", more, {})
        elif isinstance(got, int):
            if got > wanted:
                yield f"{what}: {got}, more than {wanted}"
        elif not set(got) <= set(wanted):
            yield f"{what}: {sorted(set(got) - set(wanted))} must not be there"

    def search(self, **asked: Any) -> Any:
        return pipeline.search(SearchRequest(size=100, **asked), self.view, self.home.engine)

    def call(self, **more: Any) -> SearchCall:
        return SearchCall(Everything(), self.view, **more)


Surface = Callable[[Asked], Iterator[str]]


def results(a: Asked) -> Iterator[str]:
    """Result list, total, channels, facets, histogram."""
    found = a.search()
    a.note("search", found)
    yield from a.same("hits", {h.id for h in found.hits}, set(a.seen.unions))
    yield from a.same("total", found.total, len(a.seen.unions))
    yield from a.differ("total and hits", found.total, len(found.hits))
    shown = {h.id: h.display for h in found.hits}
    for id, leaves in a.seen.unions.items():
        if id in shown:
            owners = {a.home.world.shelf(leaf.repository).library for leaf in leaves}
            yield from a.same(f"libraries of {id}", set(shown[id].libraries), owners)
    years: dict[int, int] = {}
    for leaves in a.seen.unions.values():
        year = a.home.world.works[leaves[0].work][2]
        years[year] = years.get(year, 0) + 1
    yield from a.same("histogram", dict(found.histogram), years)
    yield from a.same(
        "channels", {v.value: v.count for v in found.channels if v.count}, a.seen.counts("type")
    )


def words(a: Asked) -> Iterator[str]:
    """A word of each record, in all fields and its own, finds it where it is seen, else nothing."""
    for leaf in a.asked_about:
        visible = leaf in a.seen.leaves
        wanted = {a.seen.union_of(leaf)} if visible else set()
        for q in (leaf.word, f"title:{leaf.han}", f"callnumber:{leaf.class_number}/{leaf.word}"):
            found = a.search(q=q)
            yield from a.same(f"hits of {q}", {h.id for h in found.hits}, wanted)
            yield from a.differ(f"total of {q}", found.total, len(found.hits))
            if visible:
                a.note(f"search {q}", found)
            elif found.facets and any(f.values for f in found.facets) and not found.total:
                yield f"facets of {q}"
    for leaf in a.home.world.leaves:
        # What a library keeps to itself finds nothing, whoever asks.
        if a.home.world.shelf(leaf.repository).private and a.search(q=leaf.hush).total:
            yield f"{leaf.hush} is found"
    for lore in a.home.world.lore:
        carry = {
            id
            for id, leaves in a.seen.unions.items()
            if any(_carries(leaf, lore.heading, lore.topic) for leaf in leaves)
        }
        known = a.seen.knows(lore.repository)
        if a.exact:
            got = {h.id for h in a.search(q=f"{lore.word} alias").hits}
            yield from a.differ(f"found by the other name {lore.word}", got, carry if known else set())


def _carries(leaf: Leaf, heading: str, topic: bool) -> bool:
    return heading in ((leaf.subject,) if topic else (leaf.person, leaf.subject))


def facets(a: Asked) -> Iterator[str]:
    """All values of each facet with their counts, by count and in order, and by their beginning."""
    asked = SearchRequest()
    for name in FACETS:
        for order in ("count", "index"):
            found = pipeline.list_facet(asked, a.view, a.home.engine, name, order=order, limit=500)
            assert found is not None
            a.note(f"facet {name}", found)
            got = {v.value: v.count for v in found.values}
            if name in COUNTED:
                yield from a.same(f"facet {name} by {order}", got, dict(a.seen.counts(name)))
            if found.more:
                yield f"facet {name} says there is more"
    for name in COUNTED[4:]:
        every = {v for leaf in a.asked_about for v in values(a.home.world, leaf, name)}
        counted = a.seen.counts(name)
        for value in every:
            found = pipeline.list_facet(asked, a.view, a.home.engine, name, prefix=value[:5], limit=500)
            assert found is not None
            got = {v.value: v.count for v in found.values}
            if counted[value]:
                yield from a.same(f"{name} beginning {value[:5]}", got.get(value, 0), counted[value])
            elif value in got:
                yield f"{name} beginning {value[:5]}: {value}"
            call = a.call(selections=(Selection(name, (value,)),))
            yield from a.same(f"{name}={value}", a.home.engine.totals([call])[0], counted[value])


def scopes(a: Asked) -> Iterator[str]:
    """本馆 / 本域 / 全部: how many there are in each place."""
    world = a.home.world
    for place in ("C:centre", *(f"C:{c}" for c in world.consortia), *(f"L:{p.id}" for p in world.libraries)):
        found = a.search(scope=place)
        a.note(f"scope {place}", found)
        got = {h.id for h in found.hits}
        if a.exact:
            yield from a.differ(f"in {place}", got, a.seen.in_place(place))
        elif not got <= set(a.seen.unions):
            yield f"in {place}: {got - set(a.seen.unions)}"


def walks(a: Asked) -> Iterator[str]:
    """A walk by cursor, and that no cursor serves another view."""
    ids: list[str] = []
    cursor = "*"
    while cursor:
        found = pipeline.search(SearchRequest(size=2, cursor=cursor), a.view, a.home.engine)
        ids += [h.id for h in found.hits]
        cursor = found.next_cursor
        if cursor:
            other = msgspec.structs.replace(a.view, atoms=a.view.atoms | {"L:zz/members"})
            try:
                pipeline.search(SearchRequest(size=2, cursor=cursor), other, a.home.engine)
            except CursorRefused:
                pass
            else:
                yield "a cursor serves another view"
    yield from a.same("walk", set(ids), set(a.seen.unions))
    yield from a.differ("walk, each once", len(ids), len(set(ids)))


def fetched(a: Asked) -> Iterator[str]:
    """Records by every id, their originals, exports, editions, similar ones, and why they stand there."""
    store, engine, world = a.home.store, a.home.engine, a.home.world
    clusters = a.home.clusters()
    for leaf in world.leaves:
        union = store.union(leaf.uid, a.view)
        visible = leaf in a.seen.leaves
        itself = clusters.get(leaf.uid) == leaf.uid and leaf.uid in a.seen.unions
        yield from a.differ(f"record {leaf.id} is there", union is not None, visible or itself)
        original = store.original(leaf.uid, a.view)
        whole = visible and reads_all(world, a.eye, leaf)
        yield from a.differ(f"original of {leaf.id}", original is not None, whole)
        if original is not None:
            a.note(f"original of {leaf.id}", original.data.decode())
    for id, leaves in a.seen.unions.items():
        union = store.union(id, a.view)
        if union is None:
            yield f"union {id} is not there"
            continue
        yield from a.differ(f"sources of {id}", {s.uid for s in union.sources}, {leaf.uid for leaf in leaves})
        a.note(f"record {id}", union)
        if len(leaves) == 1:
            yield from a.differ(f"why {id} was merged", [s.merged_by for s in union.sources], [()])
        for name in EXPORTS:
            a.note(f"{name} of {id}", export.one(union.record, name)[0].decode("utf-8", "replace"))
        yield from _around(a, union, leaves)
    for id in set(clusters.values()) - set(a.seen.unions):
        if store.union(id, a.view) is not None:
            yield f"union {id} is there"
        if engine.similar(id, a.view, 10):
            yield f"there is something like {id}"
        if ranking.standing(parse("river", "all").tree, id, a.view, engine).found:
            yield f"{id} stands somewhere"


def _around(a: Asked, union: UnionRecord, leaves: list[Leaf]) -> Iterator[str]:
    engine = a.home.engine
    like = engine.similar(union.id, a.view, 50)
    a.note(f"like {union.id}", [(h.id, h.display.decode()) for h in like])
    yield from a.differ(f"like {union.id}", {h.id for h in like} - set(a.seen.unions) - {""}, set())
    every = editions.editions(union, a.home.store, a.view, engine)
    a.note(f"editions of {union.id}", every)
    yield from a.same(f"editions of {union.id}", {h.id for h in every.hits}, {union.id})
    yield from a.differ(f"number of editions of {union.id}", every.total, len(every.hits))
    if a.exact:
        standing = ranking.standing(parse(leaves[0].word, "all").tree, union.id, a.view, engine)
        yield from a.differ(f"{union.id} stands somewhere", standing.found, True)
    for leaf in a.asked_about:
        if leaf not in a.seen.leaves:
            tree = parse(leaf.word, "all").tree
            if ranking.standing(tree, union.id, a.view, engine).found:
                yield f"{union.id} stands somewhere for {leaf.word}"
    own = {v for leaf in leaves for v in _shelf_values(a, leaf)}
    yield from a.differ(f"places of {union.id}", set(values_of(union)), own)
    a.note(f"beside {union.id}", beside(union, engine, a.home.store.headings, a.view))


def taken_away(a: Asked) -> Iterator[str]:
    """Whole repositories as they leave."""
    store, members = a.home.store, a.home.members
    found = [
        source
        for repository in sorted(members.repositories())
        for source in outgoing.sources(store._engine, store, members, repository, a.view)
    ]
    yield from a.differ("records taken away", {s.uid for s in found}, {leaf.uid for leaf in a.seen.leaves})
    a.note("records taken away", found)


def _shelf_values(a: Asked, leaf: Leaf) -> set[str]:
    one = a.home.store.members_of([a.home.clusters()[leaf.uid]])
    from indexer.document_content import shelf_values

    return {v for _, sources in one for s in sources if s.uid == leaf.uid for v in shelf_values(s.record)}


def suggested(a: Asked) -> Iterator[str]:
    """Suggestions for the beginning of every word, in Latin, Han and pinyin; other spellings."""
    engine = a.home.engine
    for leaf in a.asked_about:
        visible = leaf in a.seen.leaves
        for typed in (leaf.word[:4], leaf.word, f"{leaf.word[:3]}x{leaf.word[4:]}", leaf.han[:2], leaf.han):
            found = suggestions.suggest(typed, a.view, engine, size=50)
            a.note(f"suggest {typed}", found)
            got = {(o.kind, o.text): o.count for o in found}
            for kind, facet in (("name", "author"), ("subject", "subject"), ("title", "title")):
                counted = a.seen.counts(facet)
                for (k, text), count in got.items():
                    if k == kind:
                        yield from a.same(f"{typed} suggests {text}", count, counted[text])
            name = ("name", f"{leaf.word.title()}, Ada")
            if a.exact and visible and typed == leaf.word and name not in got:
                yield f"{typed} does not suggest {name}"
        for field in ("title", "author", "all"):
            near = engine.near_terms(field, f"{leaf.word[:-1]}x", a.view)
            a.note(f"near {leaf.word}", near)
            if not visible and leaf.word in dict(near):
                yield f"near to {leaf.word}"
        asked = SearchRequest(q=f"{leaf.word[:-1]}x")
        offered = respell.did_you_mean(
            asked, a.view, engine, 0, lambda r: a.search(q=r.q, field=r.field).total
        )
        a.note(f"did you mean {leaf.word}", offered)
        if a.exact and visible and not offered:
            yield f"{leaf.word} is not meant"
    for text in BEGINNINGS["subject"] + BEGINNINGS["author"] + ("A", "S", "R"):
        for typed in (text, text[:3]):
            a.note(f"suggest {typed}", suggestions.suggest(typed, a.view, engine, size=50))
    for dictionary in ("author", "subject", "journal", "title", "suggest"):
        found = engine.terms(dictionary, "", a.view, 1000)
        a.note(f"terms {dictionary}", found)


def browsed(a: Asked) -> Iterator[str]:
    """Every list to browse, as a whole and page by page; the shelf; the trees; journals."""
    engine, headings, store = a.home.engine, a.home.store.headings, a.home.store
    for kind in ("author", "title", "subject", "journal"):
        told: dict[str, int] = {}
        place = ""
        while True:
            page = browse(kind, engine, headings, a.view, size=4, place=place, authorities=store.authorities)
            a.note(f"browse {kind}", page)
            told |= {e.value: e.count for e in page.entries if e.count}
            place = page.next
            if not place:
                break
        yield from a.same(f"list of {kind}", told, dict(a.seen.counts(kind)))
    for leaf in [leaf for leaf in a.asked_about if leaf in a.seen.leaves]:
        page = browse("author", engine, headings, a.view, start=leaf.word, authorities=store.authorities)
        a.note(f"browse at {leaf.word}", page)
        if a.exact and not page.exact:
            yield f"{leaf.word} is not in the list"
    for leaf in [leaf for leaf in a.asked_about if leaf not in a.seen.leaves]:
        page = browse("author", engine, headings, a.view, start=leaf.word, authorities=store.authorities)
        a.note(f"browse at {leaf.word}", msgspec.structs.replace(page, next="", previous=""))
        if page.exact:
            yield f"{leaf.word} is in the list"
    for leaf in a.asked_about:
        sound = spelled_title(leaf.han).replace(" ", "")
        for kind in ("author", "subject"):
            for typed in (sound, sound[:-1]):
                page = browse(kind, engine, headings, a.view, start=typed, authorities=store.authorities)
                a.note(f"browse {kind} at {typed}", page)
    along = shelf(engine, headings, a.view, size=100)
    a.note("shelf", along)
    wanted = {v for leaf in a.seen.leaves for v in _shelf_values(a, leaf)}
    yield from a.same("shelf", {p.value for p in along.places}, wanted)
    tops = {n.path: n.count for n in class_tree.schemes(engine, a.view)}
    yield from a.same("schemes", tops, {"clc": len(a.seen.unions)} if a.seen.unions else {})
    nodes = class_tree.tree("clc", engine, a.view)
    a.note("classes", nodes)
    yield from a.same("classes", {n.path: n.count for n in nodes}, dict(a.seen.counts("class")))
    for title in {v for leaf in a.asked_about for v in values(a.home.world, leaf, "journal")}:
        found = journals.years_of([title], engine, a.view)
        counted = sum(
            any(title in values(a.home.world, leaf, "journal") for leaf in leaves)
            and a.home.world.works[leaves[0].work][1] != "journal"
            for leaves in a.seen.unions.values()
        )
        yield from a.same(f"articles of {title}", found.total, counted)
        if counted or not a.exact:
            continue
        if found.record is not None and not a.seen.counts("journal")[title]:
            yield f"the journal {title} has a record"


SURFACES: tuple[Surface, ...] = (
    results,
    words,
    facets,
    scopes,
    walks,
    fetched,
    taken_away,
    suggested,
    browsed,
)


def compare(
    home: Home, eye: Eye, *, exact: bool = True, few: int = 0, surfaces: tuple[Surface, ...] = SURFACES
) -> list[str]:
    """All that differs for one eye."""
    asked = Asked(home, eye, exact=exact, few=few)
    told = [f"{surface.__name__}: {text}" for surface in surfaces for text in surface(asked)]
    told += leaked(asked.seen, asked.texts)
    return [f"{eye.place} {eye.viewer.user}: {text}" for text in told]


UNRANKED: tuple[Surface, ...] = (results, facets, scopes, suggested, browsed)


def answers(home: Home, eye: Eye) -> list[tuple[str, str]]:
    """What is answered where the order does not come from how frequent words are, question by question."""
    asked = Asked(home, eye)
    for surface in UNRANKED:
        for _ in surface(asked):
            pass
    return [(surface, re.sub(r"took_ms=[0-9.e-]+", "", text)) for surface, text in asked.texts]


def leaked(seen: Seen, texts: list[tuple[str, str]]) -> Iterator[str]:
    """Where hidden words occur."""
    tells = {form for tell in seen.tells() for form in (tell, quote(tell), quote_plus(tell))}
    everything = "\n".join(text for _, text in texts)
    for tell in sorted(tells):
        if tell in everything:
            where = sorted({surface for surface, text in texts if tell in text and tell not in surface})
            if where:
                yield f"{tell} is told by {', '.join(where[:4])}"
