"""Writing XML text safely (XML 书写)."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

# Characters that XML 1.0 (section 2.2) does not allow, even as references.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def text_of(value: str) -> str:
    """Escaped text without characters that XML does not allow."""
    return escape(_FORBIDDEN.sub("", value))


def element(name: str, value: str, **attributes: str) -> str:
    """``<name attribute="…">value</name>``; a trailing underscore of an attribute's name is dropped."""
    given = "".join(
        f" {k.rstrip('_')}={quoteattr(_FORBIDDEN.sub('', v))}" for k, v in attributes.items() if v
    )
    return f"<{name}{given}>{text_of(value)}</{name}>"
