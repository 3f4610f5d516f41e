"""Who sees what, written straight from the decision table, record by record: slow, plain, and its own code.

It shares nothing with ``holdings.members``. The rows it quotes are those of the table "Who sees what"; what
has been merged into one union record is taken from the store as it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from worlds import SERIES, Leaf, Shelf, World

from holdings.members import Viewer

STAFF = {"librarian", "cataloguer", "consultant", "library-admin"}


@dataclass(frozen=True)
class Eye:
    """Someone before the portal of a place."""

    place: str
    viewer: Viewer


def sees(world: World, eye: Eye, leaf: Leaf) -> bool:
    """Whether a record is seen."""
    suppressed, embargo = leaf.suppressed, leaf.embargo
    if leaf.said is not None:
        # What staff say stands above what the record says, but nobody brings back what is delivered no more.
        if leaf.said.deleted:
            return False
        if leaf.said.suppressed is not None:
            suppressed = leaf.said.suppressed
        if leaf.said.embargo is not None:
            embargo = leaf.said.embargo or None
    if leaf.deleted or suppressed:
        return False
    if embargo is not None and embargo > world.today:
        return False
    return opens(world, eye, world.shelf(leaf.repository))


def reads_all(world: World, eye: Eye, leaf: Leaf) -> bool:
    """Whether someone who sees a record sees what its library keeps to itself, too."""
    shelf = world.shelf(leaf.repository)
    own = eye.viewer.library == shelf.library and bool(STAFF & set(eye.viewer.roles))
    return own or not shelf.private


def opens(world: World, eye: Eye, shelf: Shelf) -> bool:
    """Whether what is in a repository is seen."""
    if shelf.embargo is not None and shelf.embargo > world.today:
        return False
    # What everyone may see at the centre is no secret from anyone.
    if shelf.audience == "everyone" and shared(world, shelf, "centre"):
        return True
    return any(_opens_at(world, eye, shelf, place) for place in _places(world, eye.place))


def shared(world: World, shelf: Shelf, consortium: str) -> bool:
    """Rows "consortium X": an active member offers it, and the consortium publishes it."""
    if world.statuses.get((shelf.library, consortium)) != "active":
        return False
    return consortium in shelf.offered and consortium in shelf.published


def _places(world: World, place: str) -> list[str]:
    """What a portal shows: its own place, and of a library the consortia that it shows and belongs to."""
    kind, id = place.split(":")
    if kind == "C":
        return [place]
    library = next(p for p in world.libraries if p.id == id)
    mine = [c for c in library.includes if world.statuses.get((id, c)) == "active"]
    return [place, *(f"C:{c}" for c in mine)]


def _opens_at(world: World, eye: Eye, shelf: Shelf, place: str) -> bool:
    kind, id = place.split(":")
    if kind == "L" and id != shelf.library:
        return False
    if kind == "C" and not shared(world, shelf, id):
        return False
    home = eye.viewer.library
    owns = home == shelf.library
    if shelf.audience == "everyone":
        return True
    if shelf.audience == "consortium-members":
        return owns if kind == "L" else world.statuses.get((home, id)) == "active"
    if shelf.audience == "own-members":
        return owns
    return owns and bool(STAFF & set(eye.viewer.roles))


def shown_in(world: World, shelf: Shelf) -> set[str]:
    """The places of the switch 本馆 / 本域 / 全部 in which a repository is counted."""
    if shelf.embargo is not None and shelf.embargo > world.today:
        return set()
    return {
        f"L:{shelf.library}",
        *(f"C:{c}" for c in (*world.consortia, "centre") if shared(world, shelf, c)),
    }


@dataclass(frozen=True)
class Seen:
    """What one eye sees: the visible records of each union record."""

    world: World
    eye: Eye
    unions: dict[str, list[Leaf]]

    @property
    def leaves(self) -> list[Leaf]:
        return [leaf for leaves in self.unions.values() for leaf in leaves]

    @property
    def hidden(self) -> list[Leaf]:
        held = {leaf.id for leaf in self.leaves}
        return [leaf for leaf in self.world.leaves if leaf.id not in held]

    def union_of(self, leaf: Leaf) -> str:
        return next(id for id, leaves in self.unions.items() if leaf in leaves)

    def tells(self) -> set[str]:
        """What must occur in no byte of any answer, in the case in which it is written here."""
        found = set()
        # The id of a union record is that of one of its records, whoever sees which of them.
        visible = {text for leaf in self.leaves for text in telling(self.world, leaf)} | set(self.unions)
        for leaf in self.hidden:
            found |= telling(self.world, leaf) - visible
        for leaf in self.world.leaves:
            if leaf not in self.leaves or not reads_all(self.world, self.eye, leaf):
                found |= {leaf.hush, leaf.hush.title()}
        for lore in self.world.lore:
            if not self.knows(lore.repository):
                found |= {lore.word, lore.word.title()}
        return found

    def knows(self, repository: str) -> bool:
        """Whether authority records of a repository are in force: only those that everyone may see at the
        centre are.
        """
        shelf = self.world.shelf(repository)
        embargoed = shelf.embargo is not None and shelf.embargo > self.world.today
        return shelf.audience == "everyone" and shared(self.world, shelf, "centre") and not embargoed

    def counts(self, facet: str) -> Counter[str]:
        """How many union records carry each value."""
        counted: Counter[str] = Counter()
        for leaves in self.unions.values():
            counted.update({v for leaf in leaves for v in values(self.world, leaf, facet)})
        return counted

    def in_place(self, place: str) -> set[str]:
        return {
            id
            for id, leaves in self.unions.items()
            if any(place in shown_in(self.world, self.world.shelf(leaf.repository)) for leaf in leaves)
        }


def look(world: World, eye: Eye, clusters: dict[str, str]) -> Seen:
    unions: dict[str, list[Leaf]] = {}
    for leaf in world.leaves:
        if leaf.uid in clusters and sees(world, eye, leaf):
            unions.setdefault(clusters[leaf.uid], []).append(leaf)
    return Seen(world, eye, unions)


def _common(leaf: Leaf, text: str) -> str:
    return text.upper() if leaf.shouts else text


def telling(world: World, leaf: Leaf) -> set[str]:
    """Texts by which a record is known: words of its own, and those it has in common with few."""
    word, kind, _ = world.works[leaf.work]
    found = {leaf.word, leaf.word.title(), leaf.word.upper(), leaf.han, word, word.title(), leaf.uid}
    if leaf.shouts:
        found |= {text.upper() for text in (leaf.subject, leaf.person, leaf.publisher, *SERIES)}
        if kind == "article":
            found.add(leaf.journal.upper())
    return found


def values(world: World, leaf: Leaf, facet: str) -> Iterable[str]:
    """The values of a record in a facet."""
    _, kind, _ = world.works[leaf.work]
    own = leaf.word
    shelf = world.shelf(leaf.repository)
    match facet:
        case "type":
            return [kind]
        case "access":
            return ["fulltext", "holdings"]
        case "library":
            return [shelf.library]
        case "language":
            return [leaf.language]
        case "subject":
            return [_common(leaf, leaf.subject), f"{own} studies", f"{leaf.han}学"]
        case "author":
            return [_common(leaf, leaf.person), f"{own.title()}, Ada", leaf.han]
        case "publisher":
            return [f"{_common(leaf, leaf.publisher)} {own}"]
        case "series":
            return [_common(leaf, SERIES[0]), f"{own} library"]
        case "journal":
            if kind == "journal":
                return [f"{world.works[leaf.work][0].title()} of the river"]
            return [_common(leaf, leaf.journal), f"{own} bulletin"] if kind == "article" else []
        case "title":
            return [f"{world.works[leaf.work][0].title()} of the river"]
        case "class":
            return [f"clc / {leaf.class_number[0]}"]
    raise ValueError(facet)
