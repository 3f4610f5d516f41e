"""The simple data types of DAIA (section "Simple data types"): which texts are values of them (数据类型)."""

from __future__ import annotations

import datetime
import re
from urllib.parse import urlsplit

# RFC 3986: a scheme, then characters that may stand in a URI, percent signs only before two hex digits.
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+")
_ZONE = r"(Z|[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00))?"
_DATE = re.compile(rf"(\d{{4}}-\d\d-\d\d){_ZONE}")
_TIME = re.compile(
    rf"(\d{{4}}-\d\d-\d\d)T((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?|24:00:00(?:\.0+)?){_ZONE}"
)
# XML Schema Part 2, 3.2.6: at least one part, and after T at least one.
_DURATION = re.compile(r"-?P(?=.)(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T(?=.)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?")


def is_uri(text: str) -> bool:
    """A syntactically correct URI."""
    return _URI.fullmatch(text) is not None and text.count("#") <= 1


def is_url(text: str) -> bool:
    """A syntactically correct URL of the web."""
    if not is_uri(text):
        return False
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme.lower() in ("http", "https") and bool(parts.hostname)


def is_datetime(text: str) -> bool:
    """An instant (xsd:dateTime)."""
    found = _TIME.fullmatch(text)
    return found is not None and _is_day(found[1])


def is_anydate(text: str) -> bool:
    """A day, an instant or ``unknown``."""
    found = _DATE.fullmatch(text)
    return text == "unknown" or (found is not None and _is_day(found[1])) or is_datetime(text)


def is_duration(text: str) -> bool:
    """A length of time (xsd:duration) or ``unknown``."""
    return text == "unknown" or _DURATION.fullmatch(text) is not None


def _is_day(text: str) -> bool:
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return False
    return True
