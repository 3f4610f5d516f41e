"""Addresses of single articles from what is known of them (链接模板).

``https://example.org/{issn}/{volume}/{issue}/{spage}``: a template serves only where every field it names is
known, and every value is percent-encoded, so that a DOI with brackets in it leads where it should.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from urllib.parse import quote, urlsplit

FIELDS = frozenset(
    ("doi", "pmid", "issn", "issn8", "isbn", "title_id", "volume", "issue", "spage", "epage", "year", "title")
)
_FIELD = re.compile(r"\{([^{}]*)\}")


def check_template(template: str) -> None:
    """:raises ValueError: for a template with unknown fields, or one that is no web address."""
    unknown = [name for name in _FIELD.findall(template) if name not in FIELDS]
    if unknown:
        raise ValueError(f"{template}: there is no field {unknown[0]}; there are {', '.join(sorted(FIELDS))}")
    parts = urlsplit(_FIELD.sub("x", template))
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{template}: a link begins with http:// or https://")
    if "{" in urlsplit(template).netloc:
        raise ValueError(f"{template}: the host of a link is fixed")


def fill(templates: Sequence[str], values: Mapping[str, str]) -> str:
    """The first template whose fields are all known, filled; "" when there is none."""
    for template in templates:
        names = _FIELD.findall(template)
        if names and all(values.get(name) for name in names):
            return _FIELD.sub(lambda found: _encoded(found[1], values[found[1]]), template)
    return ""


def _encoded(name: str, value: str) -> str:
    # A DOI is a path of two parts, which its own proxy reads as one.
    return quote(value, safe="/" if name == "doi" else "")
