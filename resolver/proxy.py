"""Whether a link goes through the library's proxy (代理判断), decided for every target by itself.

Only what is licensed, and only for readers elsewhere: what is free needs no proxy, and with one it would be
closed to everybody without an account.
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

import msgspec

from resolver.knowledge_base.terms import Terms, on_campus
from resolver.service import Answer, Wanted, web_address

HOLE = "{url}"
_TARGETS = frozenset(("fulltext", "excerpt", "landing", "table_of_contents"))
_LONGEST = 4_000
_ENCODED = re.compile(r"https?%3a", re.I)


def through_proxy(answer: Answer, terms: Terms | None, wanted: Wanted) -> Answer:
    """The answer with the proxy in front of its address where this reader needs it, else as it is."""
    place = wanted.place
    # Lists and records often carry the proxy of the library that made them.
    bare = unwrapped(answer.url, place.proxy) if answer.type in _TARGETS else answer.url
    if bare != answer.url:
        answer = msgspec.structs.replace(answer, url=bare)
    if not answer.licensed or answer.free or not web_address(place.proxy.replace(HOLE, "x")):
        return answer
    if terms is not None and not terms.proxied:
        return answer
    networks = Terms(networks=(*place.networks, *(terms.networks if terms else ())))
    if on_campus(networks, wanted.asker.address):
        return answer
    return msgspec.structs.replace(answer, url=proxied(place.proxy, answer.url), proxied=True)


def proxied(prefix: str, url: str) -> str:
    """An address behind a proxy: in the place of ``{url}``, or at the end, always percent-encoded whole, so
    that its own ampersands and brackets are not the proxy's.
    """
    encoded = quote(url, safe="")
    return prefix.replace(HOLE, encoded) if HOLE in prefix else prefix + encoded


_LOGIN = re.compile(r"https?://[^/?#]+/(?:[^?#]*/)?login\?(?:[^#]*?&)?q?url=(https?(?::|%3a).+)", re.I | re.S)
_MOST_NESTED = 3


def unwrapped(url: str, prefix: str = "") -> str:
    """An address without the proxy that was put in front of it: the library's own, or one of the usual form
    ``https://…/login?url=…``; any other address as it is.
    """
    for _ in range(_MOST_NESTED):
        inner = _inside(url, prefix)
        if not inner or not web_address(inner, _LONGEST):
            break
        url = inner
    return url


def _inside(url: str, prefix: str) -> str:
    head, hole, tail = prefix.partition(HOLE)
    if web_address(prefix.replace(HOLE, "x")) and url.startswith(head) and url.endswith(tail):
        inner = url[len(head) : len(url) - len(tail)] if hole else url[len(prefix) :]
        if _ENCODED.match(inner):
            return unquote(inner)
        if web_address(inner, _LONGEST):
            return inner
    found = _LOGIN.fullmatch(url)
    if found is None:
        return ""
    # What is encoded ends at the next parameter; what is not has the rest of the address for its own.
    return unquote(found[1].partition("&")[0]) if _ENCODED.match(found[1]) else found[1]
