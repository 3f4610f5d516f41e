"""Whether a link goes through the library's proxy (代理判断), decided for every target by itself.

Only what is licensed, and only for readers elsewhere: what is free needs no proxy, and with one it would be
closed to everybody without an account.
"""

from __future__ import annotations

from urllib.parse import quote

import msgspec

from resolver.knowledge_base.terms import Terms, on_campus
from resolver.service import Answer, Wanted, web_address

HOLE = "{url}"


def through_proxy(answer: Answer, terms: Terms | None, wanted: Wanted) -> Answer:
    """The answer with the proxy in front of its address where this reader needs it, else as it is."""
    place = wanted.place
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
