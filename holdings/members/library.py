"""A member library (成员馆) and its portal."""

from __future__ import annotations

import msgspec

from holdings.members.branch import Branch
from holdings.members.design import Design
from holdings.members.names import Name


class Portal(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What a portal shows beside its own place (``includes``: consortia, ``centre``), its host names, and
    where its readers ask a librarian: a web or ``mailto:`` address (门户).

    ``ill`` is the library's form for loans and copies, which takes an OpenURL behind its address; ``proxy``
    is put in front of licensed addresses for readers outside ``networks`` (CIDR), the target's address
    percent-encoded at its end or in the place of ``{url}``. ``design`` is how it looks.
    """

    includes: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    contact: str = ""
    ill: str = ""
    proxy: str = ""
    networks: tuple[str, ...] = ()
    ranking: tuple[str, ...] = ()
    prefer: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()
    design: Design = Design()


class Library(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A member library (成员馆); ``isil`` is its ISO 15511 identifier where it has one, ``website`` its own
    pages, ``branches`` where it serves readers. ``in_care_of`` is the consortium (or ``centre``) that
    registered it and runs it until it has an admin of its own (代管).
    """

    id: str
    name: Name = Name()
    isil: str = ""
    website: str = ""
    branches: tuple[Branch, ...] = ()
    portal: Portal = Portal()
    in_care_of: str = ""
