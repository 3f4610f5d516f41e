"""OpenURLs that say where the description is, and not what it is (引用式 OpenURL), Z39.88-2004 part 1.

A context object (``url_ctx_ref``, with ``url_ctx_fmt``) or the description of what is cited (``rft_ref``,
with ``rft_ref_fmt``) is fetched only from hosts that the installation has listed, by whoever is handed in;
what stands in the link itself is believed before what was fetched.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from urllib.parse import urlsplit

import msgspec

from resolver.context_object import ContextObject, Entity, OpenUrlProblem, short_format
from resolver.kev import guess_format, read_pairs
from resolver.parse import Parsed, parse
from resolver.xml_context import XmlRefused, read_metadata

Fetch = Callable[[str, float], tuple[int, bytes]]
SECONDS = 2.0
CONTEXT_KEYS = ("url_ctx_ref", "ctx_ref")


def references(parsed: Parsed) -> list[str]:
    """The addresses that a link leads to for its description."""
    context = parsed.context
    found = [context.admin.get(key, "") for key in CONTEXT_KEYS]
    return [address for address in (*found, context.referent.reference or "") if address]


def listed(address: str, hosts: Collection[str]) -> bool:
    """Whether an address is of the web and of a listed host; ``.example.org`` lists all below it."""
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").lower()
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or not host or parts.username is not None:
        return False
    return any(
        host == name or (name.startswith(".") and host.endswith(name)) for name in map(str.lower, hosts)
    )


def fetched(parsed: Parsed, hosts: Collection[str], fetch: Fetch) -> Parsed:
    """The link with what its references say; one that may not be followed or fails is told. Never raises."""
    problems = [p for p in parsed.problems if p.code not in ("by-reference", "nothing-cited")]
    context = parsed.context
    address = next((a for key in CONTEXT_KEYS if (a := context.admin.get(key))), "")
    if address:
        body = _body(address, hosts, fetch, problems)
        if body is not None:
            inner = parse(body)
            problems += inner.problems
            context = _merged(context, inner.context)
    if context.referent.reference:
        body = _body(context.referent.reference, hosts, fetch, problems)
        if body is not None:
            context = msgspec.structs.replace(context, referent=_described(context.referent, body, problems))
    if not context.referent:
        problems.append(OpenUrlProblem("nothing-cited", "there is no description of anything in this link"))
    return Parsed(context, parsed.charset, tuple(problems))


def _body(address: str, hosts: Collection[str], fetch: Fetch, problems: list[OpenUrlProblem]) -> bytes | None:
    if not listed(address, hosts):
        message = "descriptions are not fetched from this host"
        problems.append(OpenUrlProblem("by-reference-refused", message, value=address[:200]))
        return None
    try:
        status, body = fetch(address, SECONDS)
        if status == 200:
            return body
        said = f"the host answered {status}"
    except Exception as error:  # Whatever a stranger's host does to the client.
        said = f"{type(error).__name__}"
    problems.append(OpenUrlProblem("by-reference-failed", said, value=address[:200]))
    return None


def _merged(outer: ContextObject, inner: ContextObject) -> ContextObject:
    return msgspec.structs.replace(
        outer,
        referent=_both(outer.referent, inner.referent),
        referring_entity=_both(outer.referring_entity, inner.referring_entity),
        service_types=outer.service_types or inner.service_types,
        referrers=outer.referrers or inner.referrers,
    )


def _both(first: Entity, second: Entity) -> Entity:
    return Entity(
        first.format or second.format,
        {**second.metadata, **first.metadata},
        tuple(dict.fromkeys((*first.identifiers, *second.identifiers))),
        first.private_data or second.private_data,
        first.reference or second.reference,
        first.reference_format or second.reference_format,
    )


def _described(entity: Entity, body: bytes, problems: list[OpenUrlProblem]) -> Entity:
    """An entity with the metadata of a document: XML of its format, or pairs with or without a prefix."""
    metadata: dict[str, list[str]] = {}
    if body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
        try:
            metadata = read_metadata(body)
        except XmlRefused as refused:
            problems.append(OpenUrlProblem("xml-refused", str(refused)))
    else:
        text = body.decode("utf-8", "surrogateescape").strip().replace("\r\n", "&").replace("\n", "&")
        for key, value in read_pairs(text).pairs:
            if value and not key.startswith(("ctx_", "url_")):
                metadata.setdefault(key.lower().removeprefix("rft."), []).append(value)
    found = {key: tuple(dict.fromkeys(values)) for key, values in metadata.items()}
    format = entity.format or short_format(entity.reference_format or "")
    merged = {**found, **entity.metadata}
    return msgspec.structs.replace(
        entity, format=format or (guess_format(merged) if merged else None), metadata=merged
    )
