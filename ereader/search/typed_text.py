"""Text as it arrives from outside, made fit to be looked at (输入清理)."""

from __future__ import annotations

import re
import unicodedata

# Characters that no search needs: controls, surrogates, the private-use marks of highlighting, and the
# invisible marks of direction that come along with pasted text. Joiners stay, since some scripts are spelt
# with them.
_UNWANTED = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ud800-\udfff\ue000-\uf8ff\ufeff\ufff9-\uffff\U000e0000-\U0010ffff]"
)
_MANY_MARKS = re.compile(
    "([\u0300-\u036f\u0483-\u0489\u20d0-\u20ff]{4})[\u0300-\u036f\u0483-\u0489\u20d0-\u20ff]+"
)


def clean(text: str) -> str:
    """Text without characters that no search needs, in NFC; a blank stands where something was taken out.

    Applied twice it changes nothing more. Stacks of combining marks are cut down to four.
    """
    if text.isascii() and text.isprintable():
        return text
    text = _MANY_MARKS.sub(r"\1", _UNWANTED.sub(" ", text))
    return unicodedata.normalize("NFC", text)
