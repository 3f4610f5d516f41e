"""Contract of the services that answer a link (服务契约).

A service looks at what is wanted and says by which ways it can be had, or why a way it knows does not lead
there. It is declared in the entry-point group ``ereader.services``; the built-in ones stand in
``resolver/services``. A service that asks others over the network is ``remote``: it runs beside the others
and what it does not say in time is left pending.
"""

from __future__ import annotations

from datetime import date
from typing import Literal, Protocol

import msgspec

from resolver.citation import Citation
from resolver.context_object import ContextObject
from resolver.knowledge_base.coverage import Coverage
from resolver.knowledge_base.holdings import Offer
from resolver.knowledge_base.terms import Asker

Match = Literal["exact", "edition", "unsure"]
AnswerType = Literal[
    "fulltext", "excerpt", "landing", "holding", "course_reserve", "document_delivery", "table_of_contents",
    "cover", "help", "web_link",
]  # fmt: skip


class Policy(msgspec.Struct, frozen=True):
    """How a library wants its ways ordered (排序策略): criteria of `resolver.rank` in its own order, names of
    targets that come first or last, ``*`` standing for anything.
    """

    order: tuple[str, ...] = ()
    first: tuple[str, ...] = ()
    last: tuple[str, ...] = ()


class Place(msgspec.Struct, frozen=True):
    """The library for whose readers is resolved (所在馆): addresses it gives them, "" where it has none.

    ``proxy`` is put in front of licensed addresses for readers outside ``networks``; ``near`` are the
    libraries around it with their distance, 1 being the nearest.
    """

    library: str = ""
    contact: str = ""
    ill: str = ""
    proxy: str = ""
    networks: tuple[str, ...] = ()
    policy: Policy = Policy()
    near: dict[str, int] = {}


class HeldBy(msgspec.Struct, frozen=True):
    """Where a record stands (馆藏): a library, its call numbers or volumes in words, and links of its own.

    ``beside`` are links to what belongs to it, as (kind, address): contents, cover, preview; ``courses`` the
    courses it is reserved for; ``available`` is yes or no where the library has said so, else "".
    """

    library: str
    name: str
    shelved: tuple[str, ...] = ()
    summary: str = ""
    links: tuple[str, ...] = ()
    as_of: str = ""
    beside: tuple[tuple[str, str], ...] = ()
    courses: tuple[str, ...] = ()
    available: str = ""


class Found(msgspec.Struct, frozen=True):
    """A record that the viewer may see and that is what is wanted, or what it is in (命中记录)."""

    id: str
    title: str
    match: Match
    whole: bool  # what is wanted itself, not the journal or book it is in
    href: str
    held: tuple[HeldBy, ...] = ()


class Wanted(msgspec.Struct, frozen=True):
    """What is looked for, for whom, and what was found of it already (所求)."""

    citation: Citation
    context: ContextObject = ContextObject()
    asker: Asker = Asker()
    place: Place = Place()
    records: tuple[Found, ...] = ()
    offers: tuple[Offer, ...] = ()
    health: dict[str, int] = {}  # targets by name: 0 leads there, 1 doubtful, 2 mostly not

    @property
    def today(self) -> date:
        return self.asker.today


class Answer(msgspec.Struct, frozen=True):
    """One way to what is wanted (途径).

    ``label`` is a name: of a package, a library, a host. ``reason`` is a code with its ``values``, which the
    interface puts into words. ``free`` needs no rights, ``licensed`` the library's; ``direct`` leads to the
    thing itself, not to a page above it; ``own`` belongs to the reader's library; ``distance`` is how far
    the library is that has it, 0 the own one; ``available`` yes or no, "" where nobody has said;
    ``grade`` tells the better one of several copies, the lowest first.
    """

    service: str
    type: AnswerType
    label: str
    url: str
    reason: str
    values: tuple[tuple[str, str], ...] = ()
    platform: str = ""
    extent: Coverage | None = None
    summary: str = ""
    free: bool = False
    licensed: bool = False
    direct: bool = False
    own: bool = False
    proxied: bool = False
    match: Match = "exact"
    as_of: str = ""
    distance: int = 0
    available: str = ""
    grade: int = 0


class LeftOut(msgspec.Struct, frozen=True):
    """A way that was known and does not lead there (未采用); ``for_staff``: readers have no use of it."""

    label: str
    reason: str
    values: tuple[tuple[str, str], ...] = ()
    for_staff: bool = False


class Said(msgspec.Struct, frozen=True):
    """What a service says to one question (服务答复); ``known`` is what it knows of the thing itself, by
    which gaps of the citation are filled.
    """

    answers: tuple[Answer, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    known: Citation | None = None


class Service(Protocol):
    """A service. ``wave`` orders them; ``preempted_by`` are types of answers that make it needless;
    ``seconds`` is how long a remote one is waited for at most.
    """

    name: str
    types: tuple[AnswerType, ...]
    wave: int
    remote: bool
    seconds: float
    preempted_by: frozenset[str]

    def ask(self, wanted: Wanted) -> Said: ...


_UNSAFE = {ord(c): f"%{ord(c):02X}" for c in ' "<>[]^`{|}\\'}


def as_address(url: str, longest: int = 2_000) -> str:
    """An address as it may be given to a reader, "" where it may not: what lists and records forget to
    escape in a path or query (the brackets of a SICI in a DOI) is escaped, nothing twice.
    """
    url = url.strip()
    head, slashes, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    url = f"{head}{slashes}{host}{slash}{path.translate(_UNSAFE)}"
    return url if web_address(url, longest) else ""


def web_address(url: str, longest: int = 2_000) -> bool:
    """Whether an address may be given to a reader: of the web, and no longer than browsers take."""
    return (
        url.lower().startswith(("http://", "https://"))
        and len(url) <= longest
        and not set(url) & set('\n\r\t <>"')
    )
