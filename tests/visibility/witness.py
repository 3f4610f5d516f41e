"""A world in which every guard matters to somebody: each row of the decision table has a record, alone and
merged with one that others see.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import replace

from oracle import Eye, look
from pages import Portal, box
from surfaces import Asked, answers, compare, leaked
from worlds import (
    CLASSES,
    JOURNALS,
    PEOPLE,
    PUBLISHERS,
    SUBJECTS,
    TODAY,
    Home,
    Leaf,
    Lore,
    Place,
    Said,
    Shelf,
    World,
)

from holdings.members import Viewer

LATER = TODAY + datetime.timedelta(30)
BOTH = ("x", "centre")
SHELVES = (
    Shelf("open", "a", "everyone", BOTH, BOTH),
    Shelf("inx", "a", "everyone", ("x",), ("x",)),
    Shelf("members", "a", "consortium-members", ("x",), ("x",)),
    Shelf("own", "a", "own-members", ("x",), ("x",)),
    Shelf("staff", "a", "staff", ("x",), ("x",)),
    Shelf("waiting", "a", "everyone", BOTH, ()),
    Shelf("stale", "a", "everyone", (), BOTH),
    Shelf("embargoed", "a", "everyone", BOTH, BOTH, LATER),
    Shelf("away", "c", "everyone", BOTH, BOTH),
    Shelf("kept", "b", "everyone", (), ()),
    Shelf("hushed", "a", "everyone", BOTH, BOTH, private=True),
)
WORDS = (
    "bagidolupeq", "cadirovemuq", "dafitogubaq", "fagikolevuq", "gadimonupaq", "jabirotezuq", "kadivopuleq",
    "lafizobumaq", "magitodureq", "nabikovezuq", "padirogulaq", "rafimojuteq", "sagivokunaq", "tabizolupeq",
    "vadigomuraq", "zafinotubeq", "bedazoripuq", "gelavominuq", "jemafodizuq", "ketanogivuq",
    "lebuzadimoq", "menigotafuq", "nogizadelaq",
)  # fmt: skip
HAN = "甲刀矢弓兵士民臣君友妻夫妹姊弟兄母父玄黑黄赤青"
KINDS = ("book", "map", "article", "thesis", "journal")
# The title of each work, and which repositories have a record of it, with flags.
HOLDERS: tuple[tuple[str, ...], ...] = (
    ("open",), ("inx",), ("members", "open"), ("own", "open"), ("staff", "inx"), ("waiting", "open"),
    ("stale",), ("embargoed",), ("away",), ("kept", "open"), ("open suppressed", "own"),
    ("open embargo",), ("own", "members", "staff"), ("hushed",), ("open said",),
)  # fmt: skip
EYES = (
    Eye("C:centre", Viewer()),
    Eye("C:x", Viewer("a1", "a", ("reader",))),
    Eye("L:b", Viewer("b1", "b", ("reader",))),
    Eye("L:a", Viewer("a2", "a", ("librarian",))),
    Eye("C:x", Viewer("c1", "c", ("reader",))),
    Eye("L:c", Viewer("c2", "c", ("librarian",))),
    Eye("L:a", Viewer("a1", "a", ("reader",))),
    Eye("C:x", Viewer()),
    Eye("C:y", Viewer("admin", "", ("centre-admin", "consortium-admin:x"))),
)


def witness() -> World:
    words, han = iter(WORDS), iter(HAN)
    titles = tuple(
        (f"{'abcdefghijklmno'[n]}oripel", KINDS[n % 2] if n not in (3, 9) else "article", 1950 + 3 * n)
        for n in range(len(HOLDERS))
    )
    leaves = []
    for work, holders in enumerate(HOLDERS):
        for n, holder in enumerate(holders):
            shelf, _, flag = holder.partition(" ")
            leaves.append(
                Leaf(
                    f"n{len(leaves)}", shelf, work, next(words), f"山水{next(han)}", SUBJECTS[work % 3],
                    PEOPLE[work % 2], PUBLISHERS[0], JOURNALS[0], "eng", CLASSES[(work + n) % 4],
                    shouts=shelf in ("own", "kept"), suppressed=flag == "suppressed",
                    embargo=LATER if flag == "embargo" else None,
                    said=Said(suppressed=True) if flag == "said" else None,
                )
            )  # fmt: skip
    return World(
        libraries=(Place("a", BOTH), Place("b", ("x",)), Place("c", BOTH)),
        consortia=("x", "y"),
        statuses={
            ("a", "x"): "active", ("a", "centre"): "active", ("b", "x"): "active", ("c", "x"): "suspended",
            ("c", "centre"): "left",
        },
        shelves=SHELVES,
        works=titles,
        leaves=tuple(leaves),
        lore=(Lore("inx", SUBJECTS[0], True, "aliasumivoq"), Lore("open", PEOPLE[1], False, "aliadorepuq")),
    )  # fmt: skip


def withdrawn(world: World) -> World:
    """What was open to all is the library's own affair, and so is what was open in the consortium; what is
    for members keeps some fields to itself.
    """
    shelves = tuple(
        replace(s, offered=(), audience="own-members")
        if s.id in ("open", "inx")
        else replace(s, private=s.private or s.id == "members")
        for s in world.shelves
    )
    return replace(world, shelves=shelves, steps=("withdrawn",))


def loaded(few: int = 2) -> Iterator[str]:
    """What differs in the witness, for one viewer after the other."""
    with Home(witness(), 1) as home:
        home.load()
        for eye in EYES:
            yield from compare(home, eye, few=few)


def journal_pages() -> Iterator[str]:
    """What the page of a journal tells of other forms of its title."""
    with Home(witness(), 1) as home:
        home.load()
        asked = Asked(home, EYES[0])
        address = f"/browse/journal?title={JOURNALS[0].replace(' ', '+')}"
        (answer,) = Portal(home).get(EYES[0], [address])
        asked.note("journal", answer.text)
        yield from leaked(asked.seen, asked.texts)
        if answer.status != 200:
            yield f"{address}: {answer.status}"


def boxes() -> Iterator[str]:
    """What the box on other people's pages offers to somebody who sees more than others."""
    with Home(witness(), 1) as home:
        home.load()
        portal = Portal(home)
        for eye in EYES:
            yield from box(Asked(home, eye), portal)


def rebuilt() -> Iterator[str]:
    """The same after the index was built again."""
    with Home(witness(), 2) as home:
        home.load()
        home.rebuild()
        for eye in EYES[:4]:
            yield from compare(home, eye, few=1)


def late() -> Iterator[str]:
    """What is seen after repositories were withdrawn, and after more was loaded into them."""
    with Home(witness(), 3) as home:
        home.load(keep=0.25)
        home.change(withdrawn(home.world))
        for eye in (EYES[0], EYES[2]):
            yield from compare(home, eye, exact=False, few=1)
        home.load_late()
        for eye in (EYES[0], EYES[2]):
            yield from compare(home, eye, exact=False, few=1)
        home.refresh()
        for eye in EYES[:4]:
            yield from compare(home, eye, few=1)


def widened_and_withdrawn() -> Iterator[str]:
    """Records of one repository take along those of another, whose rules have changed meanwhile."""
    world = witness()
    narrow = replace(
        world,
        shelves=tuple(replace(s, offered=()) if s.id == "open" else s for s in world.shelves),
    )
    with Home(narrow, 4) as home:
        home._late = [leaf for leaf in world.leaves if leaf.repository == "own"]
        home.load_only([leaf for leaf in world.leaves if leaf.repository != "own"], [])
        home.change(world)
        home.load_late()
        home.change(narrow)
        for eye in (EYES[0], EYES[2]):
            yield from compare(home, eye, exact=False, few=1)


def beside_nothing() -> Iterator[str]:
    """Answers that would be others if hidden records were not there."""
    world = replace(
        witness(),
        lore=(),
        leaves=tuple(leaf for leaf in witness().leaves if leaf.repository in ("open", "staff")),
    )
    eye = EYES[0]
    with Home(world) as home:
        home.load_only(list(world.leaves), [])
        whole = answers(home, eye)
        seen = look(world, eye, home.clusters())
    with Home(world) as home:
        home.load_only(seen.leaves, [])
        alone = answers(home, eye)
    for (question, answer), (_, other) in zip(whole, alone, strict=True):
        if answer != other:
            yield f"{question} tells of hidden records"


LIVES = (loaded, late, rebuilt, widened_and_withdrawn, journal_pages, boxes, beside_nothing)
