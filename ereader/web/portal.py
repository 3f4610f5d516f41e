"""Whose portal is asked (门户).

The centre's, a consortium's or a library's, by host name or by ``/at/ID``.
"""

from __future__ import annotations

import re

import msgspec

from holdings.members.consortium import CENTRE
from holdings.members.design import Design
from holdings.members.names import Name
from holdings.members.registry import Members

_PATH = re.compile(r"/at/([A-Za-z0-9][A-Za-z0-9_.-]{0,63})(/.*)?\Z", re.DOTALL)


class Portal(msgspec.Struct, frozen=True):
    """A portal (门户): ``place`` as the View knows it, ``prefix`` in front of all its addresses."""

    id: str = CENTRE
    place: str = f"C:{CENTRE}"
    name: Name = Name()
    prefix: str = ""
    design: Design = Design()

    @property
    def library(self) -> str:
        """The id of the library whose portal this is, empty at a consortium or the centre."""
        return self.place[2:] if self.place.startswith("L:") else ""


def split(path: str) -> tuple[str, str]:
    """(portal id, rest of the path) of a path that begins with ``/at/ID``; ("", path) of any other."""
    found = _PATH.match(path)
    return (found[1], found[2] or "/") if found else ("", path)


def by_id(members: Members, id: str, prefix: str = "") -> Portal | None:
    """The portal of a library or consortium, None when there is none of this id."""
    libraries, consortia = members.libraries(), members.consortia()
    if id in libraries:
        return Portal(id, f"L:{id}", libraries[id].name, prefix, libraries[id].portal.design)
    if id in consortia:
        return Portal(id, f"C:{id}", consortia[id].name, prefix, consortia[id].design)
    return Portal(prefix=prefix) if id == CENTRE else None


def by_host(members: Members, host: str) -> Portal:
    """The portal that has this host name, else the centre's."""
    name = host.rpartition(":")[0] if re.search(r":\d+\Z", host) else host
    name = name.strip("[]").rstrip(".").lower()
    if name:
        for library in members.libraries().values():
            if name in library.portal.hosts:
                return by_id(members, library.id) or Portal()
        for consortium in members.consortia().values():
            if name in consortium.hosts:
                return by_id(members, consortium.id) or Portal()
    return by_id(members, CENTRE) or Portal()
