"""Any way of sending an OpenURL becomes a context object (解析): Z39.88-2004 by value, 0.1, both mixed, XML,
forms, COinS.

Nothing is fetched and nothing raises: what cannot be read is told as a problem. Addresses by reference are
kept for whoever may fetch them.
"""

from __future__ import annotations

import html
import re
from urllib.parse import quote, unquote

import msgspec

from resolver.context_object import ContextObject, OpenUrlProblem
from resolver.kev import context_of, decode_pairs, read_pairs
from resolver.xml_context import XmlRefused, read_xml

LONGEST = 200_000  # bytes of a request
_MOST_NESTED = 2
_COINS = re.compile(r"""<span\b[^>]*\bclass\s*=\s*["'][^"']*\bZ3988\b[^>]*>""", re.I)
_TITLE = re.compile(r"""\btitle\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.I)
_BOUNDARY = re.compile(r"""boundary\s*=\s*"?([^";,\s]{1,100})""", re.I)
_CHARSET = re.compile(r"""charset\s*=\s*"?([A-Za-z0-9_-]{2,20})""", re.I)
_PART_NAME = re.compile(rb'name="([^"]{1,100})"', re.I)
_PAGE_ESCAPE = re.compile(r"&(?:amp;)?(?:lt|gt|quot|apos|#39|#x27|#34|#60|#62);", re.I)
_AMPERSAND = re.compile(r"&(?:amp|#38|#x26);")
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://", re.I)
# Fields of a form or address that carry a whole OpenURL in them.
_CARRIERS = ("url_ctx_val", "openurl", "ctx", "context_object", "context-object")


class Parsed(msgspec.Struct, frozen=True):
    """What an OpenURL said (解析结果): the context object, its character set, and what was mended."""

    context: ContextObject
    charset: str = "utf-8"
    problems: tuple[OpenUrlProblem, ...] = ()


def parse(data: bytes | str, content_type: str = "") -> Parsed:
    """The context object in an OpenURL, a query string, a form, XML or a COinS span. Never raises."""
    if isinstance(data, str):
        data = data.encode("utf-8", "replace")
    problems: list[OpenUrlProblem] = []
    if len(data) > LONGEST:
        problems.append(OpenUrlProblem("too-long", f"only the first {LONGEST} bytes were read"))
        data = data[:LONGEST]
    made = _parse(data, content_type, 0)
    found = (*problems, *made.problems)
    if not _says_anything(made.context) and not any(p.code == "xml-refused" for p in found):
        found = (*found, OpenUrlProblem("nothing-cited", "there is no description of anything in this link"))
    return Parsed(made.context, made.charset, found)


def _says_anything(context: ContextObject) -> bool:
    return bool(context.referent)


def _parse(data: bytes, content_type: str, depth: int) -> Parsed:
    stripped = data.lstrip(b"\xef\xbb\xbf \t\r\n\x00")
    if stripped[:1] == b"<" or stripped[:4] in (b"\xff\xfe<\x00", b"\xfe\xff\x00<"):
        return _markup(stripped, depth)
    boundary = _BOUNDARY.search(content_type) if "multipart/form-data" in content_type.lower() else None
    charset = _CHARSET.search(content_type)
    declared = charset[1] if charset else ""
    if boundary:
        pairs = decode_pairs(_form_parts(data, boundary[1].encode()), [], declared)
    else:
        pairs = read_pairs(_query_of(stripped.decode("utf-8", "surrogateescape").strip()), declared)
    lowered = {key.lower() for key, _ in pairs.pairs}
    for name in _CARRIERS:
        if name not in lowered:
            continue
        carried = next((value for key, value in pairs.pairs if key.lower() == name), "")
        if carried and depth < _MOST_NESTED and ("=" in carried or carried.lstrip().startswith("<")):
            inner = _parse(carried.encode("utf-8", "replace"), "", depth + 1)
            if inner.context.referent:
                return _with_outer(inner, pairs.pairs, name)
    context, problems = context_of(pairs.pairs)
    if "url_ctx_ref" in context.admin:
        problems.append(
            OpenUrlProblem(
                "by-reference", "a context object kept elsewhere is not fetched while parsing", "url_ctx_ref"
            )
        )
    return Parsed(context, pairs.charset, (*pairs.problems, *problems))


def _with_outer(inner: Parsed, pairs: tuple[tuple[str, str], ...], carrier: str) -> Parsed:
    """A context object that came as one value, with the keys of the transport around it."""
    outer, _ = context_of([p for p in pairs if p[0].lower() != carrier])
    context = msgspec.structs.replace(
        inner.context,
        admin={**outer.admin, **inner.context.admin},
        referrers=inner.context.referrers or outer.referrers,
        requester=inner.context.requester or outer.requester,
        service_types=inner.context.service_types or outer.service_types,
    )
    return msgspec.structs.replace(inner, context=context)


def _query_of(text: str) -> str:
    """The query part of an address, or the text itself where it is a query string already."""
    text = text.strip("\"'<> ")
    address = _ADDRESS.match(text) is not None
    if address or text[:1] in ("/", "?"):
        before, mark, query = text.partition("?")
        text = query if mark else ""
        if not mark and "=" in before.rpartition("/")[2]:
            text = before.rpartition("/")[2]
    elif "?" in text.partition("=")[0]:
        text = text.partition("?")[2]
    if "=" not in text and "%3d" in text.lower():
        text = unquote(text, errors="surrogateescape")  # the whole query was escaped once too often
    # A link copied out of the source of a page: its ampersands divide, its other escapes belong to values.
    if ";" in text:
        text = _PAGE_ESCAPE.sub(lambda found: quote(html.unescape(found[0])), text)
        text = _AMPERSAND.sub("&", text)
    before, mark, fragment = text.rpartition("#")
    # A fragment has no keys of its own; a # that was not escaped, as in C#, stays.
    return before if address and mark and "&" not in fragment and "=" not in fragment else text


def _markup(data: bytes, depth: int) -> Parsed:
    span = _COINS.search(data.decode("utf-8", "replace"))
    if span:
        title = _TITLE.search(span[0])
        kev = html.unescape((title[1] if title[1] is not None else title[2]) if title else "")
        return (
            _parse(kev.encode("utf-8", "replace"), "", depth + 1)
            if depth < _MOST_NESTED
            else Parsed(ContextObject())
        )
    try:
        context, charset, problems = read_xml(data)
    except XmlRefused as refused:
        return Parsed(ContextObject(), "utf-8", (OpenUrlProblem("xml-refused", str(refused)),))
    return Parsed(context, charset, tuple(problems))


def _form_parts(data: bytes, boundary: bytes) -> list[tuple[bytes, bytes]]:
    """Fields of a multipart form, RFC 7578; files are left out."""
    found: list[tuple[bytes, bytes]] = []
    for part in data.split(b"--" + boundary)[1:501]:
        head, blank, body = part.partition(b"\r\n\r\n")
        if not blank:
            head, blank, body = part.partition(b"\n\n")
        name = _PART_NAME.search(head)
        if blank and name and b"filename=" not in head.lower():
            found.append((name[1], body.rstrip(b"\r\n")))
    return found
