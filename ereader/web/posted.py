"""The one way in which the web changes anything (表单提交): a form, posted from a page of this very portal.

A change from another site is refused by three independent signs: what the browser says of where the request
comes from (``Sec-Fetch-Site``, or ``Origin`` where that is absent), the cookie, which other sites' forms do
not send, and a key in the form that only the reader of our page has. Every route that changes something is
made by `changing`; a test compares.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable
from functools import partial
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request
from starlette.responses import Response

from ereader.auth.sessions import form_key
from ereader.web import answer, cookies, errors, lapsed
from ereader.web.body import body_of
from ereader.web.handler import Endpoint, handler
from ereader.web.visit import Visit

FIELD = "csrf"
MOST_BODY = 65_536
MOST_FIELDS = 100


class Fields(dict[str, str]):
    """The fields of a form (表单字段): the last value of each, and all of those given more than once."""

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        self.pairs = tuple(pairs)
        super().__init__(self.pairs)

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of a field, in the order of the form."""
        return tuple(value for key, value in self.pairs if key == name)


Change = Callable[..., Response]


def changing(
    work: Change,
    *,
    bare: bool = False,
    typed: bool = False,
    most_fields: int = MOST_FIELDS,
    most_body: int = MOST_BODY,
) -> Endpoint:
    """The endpoint that does ``work(visit, fields, **parts of the path)`` when the form is ours.

    ``bare`` lets programs without a form through where the change harms nobody (signing out): requests that
    say nothing at all of where they come from, as no browser's do. ``typed`` is for forms of people who are
    signed in: what they typed is not lost when the session ends meanwhile, see `lapsed`.
    """

    async def endpoint(request: Request) -> Response:
        fields = await _fields_of(request, most_fields, most_body)
        return await handler(partial(_guarded, work, fields, bare, typed))(request)

    endpoint.__doc__ = work.__doc__
    endpoint.__dict__["changing"] = True
    return endpoint


def key_of(visit: Visit) -> str:
    """What a form must carry: the session's key, or that of the browser's form cookie."""
    if visit.signed_in:
        return visit.signed_in.form_key
    held = cookies.form(visit.request)
    return form_key(held) if held else ""


def from_here(request: Request) -> bool | None:
    """Whether a browser says that the request comes from a page of this host; None when nothing is said."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        # "none": typed by a person. Portals of other libraries may be siblings, so same-site is not enough.
        return site in ("same-origin", "none")
    said = request.headers.get("origin") or request.headers.get("referer")
    if said is None:
        return None
    try:
        parts = urlsplit(said)
    except ValueError:
        return False
    return (parts.scheme, parts.netloc.lower()) == (request.url.scheme, request.url.netloc.lower())


def _guarded(
    work: Change, fields: Fields | None, bare: bool, typed: bool, visit: Visit, **parts: str
) -> Response:
    if fields is None:
        return errors.page(visit, 400)
    here = from_here(visit.request)
    given, wanted = fields.get(FIELD, ""), key_of(visit)
    fits = bool(wanted) and hmac.compare_digest(given.encode("utf-8", "surrogatepass"), wanted.encode())
    if here is False or not (fits or (bare and here is None and not given)):
        if typed:
            return lapsed.refused(visit, fields.pairs, here)
        return answer.unkept(errors.page(visit, 403, visit.texts("error.form_text")))
    return work(visit, fields, **parts)


async def _fields_of(request: Request, most_fields: int, most_body: int) -> Fields | None:
    """The fields of a form, the last value of each; None for whatever is no form of decent size."""
    held = await body_of(request, most_body)
    if held is None:
        return None
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if held and kind != "application/x-www-form-urlencoded":
        return None
    try:
        pairs = parse_qsl(held.decode("utf-8"), keep_blank_values=True, max_num_fields=most_fields)
    except ValueError:  # Not UTF-8, or too many fields.
        return None
    return Fields(pairs)
