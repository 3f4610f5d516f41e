"""Cursors bound to the question and the view they were given out for (游标).

A cursor is the engine's own mark with a fingerprint of the question and of what the viewer may see. It
opens no door, since the view filters each step of the walk again; it only makes sure that two walks are
never mixed.
"""

from __future__ import annotations

import base64
import binascii
import hashlib

import msgspec

from ereader.search.refusal import CursorRefused
from ereader.search.request import SearchRequest
from holdings.members.view import View

BEGIN = "*"


def seal(mark: str, request: SearchRequest, view: View) -> str:
    """The cursor to give out for an engine's mark; "" stays "": the walk is over."""
    if not mark:
        return ""
    body = base64.urlsafe_b64encode(mark.encode("utf-8", "surrogatepass")).decode("ascii").rstrip("=")
    return f"{_fingerprint(request, view)}.{body}"


def open_cursor(request: SearchRequest, view: View) -> str:
    """The engine's mark in the cursor of a request.

    :raises CursorRefused: when it is damaged or was given out for another question or view.
    """
    if request.cursor in ("", BEGIN):
        return request.cursor
    fingerprint, _, body = request.cursor.partition(".")
    if not body or fingerprint != _fingerprint(request, view):
        raise CursorRefused
    try:
        return base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        raise CursorRefused from None


def _fingerprint(request: SearchRequest, view: View) -> str:
    """Names what is asked and who asks; page, size and language of the answer do not matter."""
    question = msgspec.structs.replace(request, page=1, size=0, lang="", sort="", cursor="", problems=())
    content = msgspec.json.encode((question.to_params(), view.place, sorted(view.atoms)))
    return hashlib.blake2b(content, digest_size=9).hexdigest()
