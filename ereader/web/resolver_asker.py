"""For whom a link is resolved (解析对象): the library whose rights count, groups, network address.

Who has signed in has the rights of his home library, in whichever portal he asks. Whoever has not is a reader
of the library whose portal he asks; in a consortium's portal or the centre's, of the library in whose
networks he sits, as a walk-in there would be.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from datetime import UTC, datetime
from threading import Lock

from ereader.web.visit import Visit
from holdings.members.consortium import CENTRE
from holdings.members.library import Library
from holdings.members.registry import Members
from resolver.knowledge_base.terms import Asker
from resolver.service import Place, Policy, web_address

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
MOST_NEAR = 2_000


class Campus:
    """Which library's networks an address lies in (校园网识别); of several, the narrowest network decides."""

    def __init__(self, libraries: Mapping[str, Library]) -> None:
        self._owners: dict[tuple[int, int], dict[int, str]] = {}  # (version, length) → network → library
        for library in libraries.values():
            for text in library.portal.networks:
                try:
                    network = ipaddress.ip_network(text.strip(), strict=False)
                except ValueError:
                    continue
                if network.prefixlen == 0:
                    continue  # All the world is nobody's campus.
                owners = self._owners.setdefault((network.version, network.prefixlen), {})
                owners.setdefault(int(network.network_address), library.id)
        self._lengths = sorted(self._owners, key=lambda k: -k[1])

    def library(self, address: str) -> str:
        """The id of the library in whose networks an address lies, "" when it lies in none."""
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return ""
        if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
            found = found.ipv4_mapped
        number, bits = int(found), found.max_prefixlen
        for version, length in self._lengths:
            if version == found.version:
                shift = bits - length
                owner = self._owners[version, length].get(number >> shift << shift)
                if owner:
                    return owner
        return ""


_lock = Lock()
_held: tuple[object, Campus] | None = None


def campus_of(members: Members) -> Campus:
    """The networks of all libraries, put together once for each state of the registry."""
    global _held
    libraries = members.libraries()
    with _lock:
        if _held is None or _held[0] is not libraries:
            _held = (libraries, Campus(libraries))
        return _held[1]


def address_of(visit: Visit) -> str:
    """The network address of the visitor, "" when it is not known."""
    client = visit.request.client
    return client.host if client else ""


def library_of(visit: Visit) -> str:
    """The id of the library whose reader the visitor is here, "" when he is none's."""
    home = visit.viewer.library
    if home in visit.members.libraries():
        return home
    return visit.portal.library or campus_of(visit.members).library(address_of(visit))


def asker(visit: Visit) -> Asker:
    """The visitor as licences see him; his roles are groups too."""
    library, address = library_of(visit), address_of(visit)
    groups: frozenset[str] = frozenset()
    found = visit.signed_in
    if found and found.user.library == library:
        groups = frozenset((*found.user.groups, *found.user.roles))
    here = visit.members.libraries().get(library)
    return Asker(
        library=library,
        groups=groups,
        address=address,
        today=datetime.now(UTC).date(),
        networks=here.portal.networks if here else (),
    )


def place(visit: Visit, library: str) -> Place:
    """The addresses and the policy of the library for whose reader is resolved."""
    found = visit.members.libraries().get(library)
    if found is None:
        return Place()
    portal = found.portal
    contact = portal.contact if web_address(portal.contact) or portal.contact.startswith("mailto:") else ""
    return Place(
        found.id,
        contact,
        portal.ill,
        portal.proxy,
        portal.networks,
        Policy(portal.ranking, portal.prefer, portal.avoid),
        _near(visit.members, found),
    )


_circles: dict[str, tuple[object, dict[str, int]]] = {}


def _near(members: Members, library: Library) -> dict[str, int]:
    """How far other libraries are: by the consortia that this one names, in its order; all others last."""
    libraries = members.libraries()
    held = _circles.get(library.id)
    if held is not None and held[0] is libraries:
        return held[1]
    own = [c for c in library.portal.includes if c != CENTRE]
    found = {library.id: 0}
    for membership in members.memberships():
        if membership.status == "active" and membership.consortium in own:
            distance = own.index(membership.consortium) + 1
            if len(found) < MOST_NEAR:
                found[membership.library] = min(distance, found.get(membership.library, distance))
    if len(_circles) > MOST_NEAR:
        _circles.clear()
    _circles[library.id] = (libraries, found)
    return found
