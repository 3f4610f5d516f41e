"""Licence terms of a package (许可条款): who may use it, when, from where, and what for."""

from __future__ import annotations

import ipaddress
from datetime import date
from functools import lru_cache

import msgspec

from resolver.knowledge_base.link_template import check_template


class Terms(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is agreed for a package; empty members set no limit.

    ``libraries`` are ids of members; ``starts`` and ``ends`` the first and the last day; ``groups`` names of
    readers' groups, one of which is enough; ``networks`` address ranges (CIDR) of the campus, from where no
    proxy is needed; ``on_site`` says that it can be used there only; ``ill`` whether copies may be sent to
    other libraries; ``proxied`` whether readers elsewhere go through the library's proxy; ``templates`` are
    addresses of articles, tried in order.
    """

    libraries: tuple[str, ...] = ()
    starts: date | None = None
    ends: date | None = None
    groups: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    on_site: bool = False
    ill: bool | None = None
    ill_note: str = ""
    proxied: bool = True
    templates: tuple[str, ...] = ()
    note: str = ""


class Asker(msgspec.Struct, frozen=True):
    """Who asks, as far as licences care (请求者): library, groups, network address, the day, and the networks
    that are his library's wherever a licence names none.
    """

    library: str = ""
    groups: frozenset[str] = frozenset()
    address: str = ""
    today: date = date(1, 1, 1)
    networks: tuple[str, ...] = ()


def read_terms(value: object) -> Terms:
    """Terms from a table of TOML or JSON.

    :raises ValueError: for an unknown member, a network that is none, a template that cannot be filled.
    """
    terms = msgspec.convert(value, Terms)  # its ValidationError is a ValueError
    for network in terms.networks:
        ipaddress.ip_network(network, strict=False)
    if terms.starts and terms.ends and terms.ends < terms.starts:
        raise ValueError(f"the licence ends ({terms.ends}) before it starts ({terms.starts})")
    for template in terms.templates:
        check_template(template)
    return terms


def refusal(terms: Terms, asker: Asker) -> str:
    """Why this asker may not use it, as a code; "" when nothing speaks against it."""
    if terms.libraries and asker.library not in terms.libraries:
        return "not-licensed-here"
    if terms.starts and asker.today < terms.starts:
        return "licence-not-begun"
    if terms.ends and asker.today > terms.ends:
        return "licence-ended"
    if terms.groups and asker.groups.isdisjoint(terms.groups):
        return "not-in-group"
    # A licence that names no networks means those of the library.
    there = terms if terms.networks else Terms(networks=asker.networks)
    if terms.on_site and not on_campus(there, asker.address):
        return "on-site-only"
    return ""


def on_campus(terms: Terms, address: str) -> bool:
    """Whether a network address lies in the ranges agreed; one that cannot be read does not."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return any(found in network for network in _networks(terms.networks) if network.version == found.version)


@lru_cache(maxsize=4096)
def _networks(texts: tuple[str, ...]) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    return tuple(network for text in texts if (network := _network(text)) is not None)


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        return None  # A library's slip; the others still count.
