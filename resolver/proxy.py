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

HOLE, HOST = "{url}", "{host}"
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
    if not answer.licensed or answer.free or not usable(place.proxy):
        return answer
    if terms is not None and not terms.proxied:
        return answer
    networks = Terms(networks=(*place.networks, *(terms.networks if terms else ())))
    if on_campus(networks, wanted.asker.address):
        return answer
    behind = proxied(place.proxy, answer.url)
    return msgspec.structs.replace(answer, url=behind, proxied=True) if behind else answer


def usable(prefix: str) -> bool:
    """Whether it says where a proxy is."""
    return web_address(_plain(prefix).replace(HOLE, "x").replace(HOST, "x"))


def proxied(prefix: str, url: str) -> str:
    """An address behind a proxy, "" where it cannot stand behind this one.

    In the place of ``{url}`` (or ``%U``), else at the end, the address is percent-encoded whole, so that its
    own ampersands and brackets are not the proxy's. With ``{host}`` the proxy stands in the name of the
    host, as ``www-example-org`` in ``https://{host}.proxy.example``, and the rest of the address follows.
    """
    prefix = _plain(prefix)
    if HOST in prefix:
        return _rehosted(prefix, url)
    encoded = quote(_ascii_host(url), safe="")
    return prefix.replace(HOLE, encoded) if HOLE in prefix else prefix + encoded


def _plain(prefix: str) -> str:
    """The other usual spelling of the place for an address."""
    return prefix.strip().replace("%U", HOLE)


def _ascii_host(url: str) -> str:
    """The address with its host as hosts are sent (RFC 3490), as it is where there is no such name."""
    if url.isascii():
        return url
    head, slashes, rest = url.partition("://")
    end = _HOST_END.search(rest)
    host, tail = (rest[: end.start()], rest[end.start() :]) if end else (rest, "")
    try:
        return f"{head}{slashes}{host.encode('idna').decode()}{tail}"
    except UnicodeError:
        return url


def _rehosted(prefix: str, url: str) -> str:
    parts = _ADDRESS.fullmatch(_ascii_host(url))
    if parts is None:
        return ""  # With a port or a name of a user in it, a host fits into no other.
    # Hyphens are doubled, so that dots can become hyphens: one name, under one certificate.
    label = parts[1].lower().replace("-", "--").replace(".", "-")
    rest = parts[2] or "/"
    rest = rest if rest[0] == "/" else f"/{rest}"
    return prefix.rstrip("/").replace(HOST, label) + rest if len(label) < 64 else ""


_LOGIN = re.compile(r"https?://[^/?#]+/(?:[^?#]*/)?login\?(?:[^#]*?&)?q?url=(https?(?::|%3a).+)", re.I | re.S)
_MOST_NESTED = 3
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?", re.I)
_HOST_END = re.compile(r"[/?#:]")
_ADDRESS = re.compile(r"https?://([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)([/?#].*)?", re.I | re.S)


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
    prefix = _plain(prefix)
    if HOST in prefix and (inner := _hosted_before(prefix, url)):
        return inner
    head, hole, tail = prefix.partition(HOLE)
    if HOST not in prefix and usable(prefix) and url.startswith(head) and url.endswith(tail):
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


def _hosted_before(prefix: str, url: str) -> str:
    """The address that stands in the host of a proxy, "" where none does."""
    head, _, tail = prefix.rstrip("/").partition(HOST)
    if not (usable(prefix) and url.lower().startswith(head.lower())):
        return ""
    label, found, rest = url[len(head) :].partition(tail)
    if not found or not _LABEL.fullmatch(label) or rest[:1] not in ("", "/", "?", "#"):
        return ""
    host = label.replace("--", "\n").replace("-", ".").replace("\n", "-")
    return f"https://{host}{rest}"
