"""Identifiers as OpenURLs write them (标识符): info: and urn: names, and the prefixes of version 0.1."""

from __future__ import annotations

import re
from urllib.parse import unquote

# Prefixes of OpenURL 0.1 (section 5.3 of its draft) and what the registry of Z39.88 calls them.
_URN = {"isbn": "urn:isbn:", "issn": "urn:issn:", "nbn": "urn:nbn:"}
_INFO = frozenset(
    [
        "doi",
        "pmid",
        "bibcode",
        "oclcnum",
        "lccn",
        "sici",
        "bici",
        "hdl",
        "arxiv",
        "oai",
        "sid",
        "pii",
        "eid",
        "ddc",
        "lcc",
    ]
)
_ALIASES = {"oclc": "oclcnum", "medline": "pmid", "handle": "hdl", "isbn13": "isbn", "eissn": "issn"}
_PREFIXED = re.compile(r"([A-Za-z][A-Za-z0-9]{1,12})\s*[:/]\s*(\S.*)", re.S)
_DOI_ADDRESS = re.compile(r"https?://(?:dx\.)?doi\.org/(10\..+)", re.I | re.S)
_HANDLE_ADDRESS = re.compile(r"https?://hdl\.handle\.net/(.+)", re.I | re.S)
_ESCAPED = re.compile(r"(?:info|urn|https?)%3a", re.I)
_EMPTY = re.compile(r"(?:info:[a-z0-9-]+/?|urn:[a-z0-9-]+:?|[a-z]{3,8}:/{0,2})\s*", re.I)
_BARE_DOI = re.compile(r"10\.\d{4,9}/\S+")


def normalise(text: str) -> str:
    """An identifier as a registered address: ``doi:10.1/x``, ``10.1/x`` and https://doi.org/10.1/x become
    ``info:doi/10.1/x``; anything else stays as it is. "" for a prefix with nothing behind it.
    """
    text = text.strip()
    if _ESCAPED.match(text):
        text = unquote(text)
    if _EMPTY.fullmatch(text):
        return ""
    if _BARE_DOI.fullmatch(text):
        return f"info:doi/{text}"
    found = _DOI_ADDRESS.fullmatch(text)
    if found:
        return f"info:doi/{found[1]}"
    found = _HANDLE_ADDRESS.fullmatch(text)
    if found:
        return f"info:hdl/{found[1]}"
    lowered = text.lower()
    if lowered.startswith("urn:"):
        return text
    if lowered.startswith("info:"):
        name, slash, rest = text[5:].partition("/")
        name = _ALIASES.get(name.lower(), name.lower())
        if not slash:
            return text
        if (
            name == "doi"
            and not rest.startswith("10.")
            and (again := normalise(rest)).startswith("info:doi/")
        ):
            return again
        return f"info:{name}/{rest.strip()}"
    found = _PREFIXED.fullmatch(text)
    if found and "://" not in text[: found.start(2)]:
        name = _ALIASES.get(found[1].lower(), found[1].lower())
        if name == "doi" and not found[2].startswith("10."):
            again = normalise(found[2])
            if again.startswith("info:doi/"):
                return again
        if name in _URN:
            return f"{_URN[name]}{found[2].strip()}"
        if name in _INFO:
            return f"info:{name}/{found[2].strip()}"
    return text


def value_of(identifier: str, scheme: str) -> str:
    """The bare value of a normalised identifier of a scheme (doi, pmid, isbn …), "" when it is of another."""
    for prefix in (f"info:{scheme}/", f"urn:{scheme}:"):
        if identifier[: len(prefix)].lower() == prefix:
            return identifier[len(prefix) :]
    return ""
