"""The way out (链接跳转): GET /resolver/go leads to a target and counts the click; /resolver/report.

Only addresses that this installation has signed are led to, so nobody can use the router to send people
elsewhere. What is counted is the library, the target and the day; never who clicked, from where, or what for.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from base64 import urlsafe_b64encode
from collections import deque
from urllib.parse import urlsplit

from starlette.responses import RedirectResponse, Response

from ereader.auth.sessions import form_key
from ereader.web import answer, cookies, errors
from ereader.web.handler import handler
from ereader.web.posted import Fields, changing, key_of
from ereader.web.visit import Visit
from resolver.context_object import ContextObject
from resolver.kev import write_kev
from resolver.proxy import unwrapped
from resolver.service import Answer, Wanted, web_address
from ui.resolver_pages import ReportPage

LONGEST = 4_000  # characters of an address with the proxy in front of it
MOST_REPORTS = 5  # of one network address …
MOST_OF_ALL = 200  # … and of everybody …
REPORTS_IN = 600.0  # … in so many seconds


def list_name() -> str:
    """A random name for one list of ways; says nothing of who is shown it."""
    return secrets.token_urlsafe(6)


def address(visit: Visit, wanted: Wanted, given: Answer, name: str = "") -> str:
    """The address by which a way is taken through the router; "" for ways inside, and by mail."""
    if not web_address(given.url, LONGEST):
        return ""
    pairs = _signed(visit, wanted.asker.library, target(given), given.url)
    return visit.url("/resolver/go", [*pairs, *([("v", name)] if name else [])])


def target(given: Answer) -> str:
    """By what name the success of a way is counted: the package or host, else its kind."""
    return given.label or given.type


def host(given: Answer) -> str:
    """Where a way leads, for people to see: the host behind the proxy is the one that counts."""
    return given.platform or urlsplit(given.url).hostname or ""


def report_address(visit: Visit, wanted: Wanted, given: Answer) -> str:
    """The page on which a reader says that this way is broken."""
    if given.type not in ("fulltext", "excerpt", "landing", "table_of_contents"):
        return ""
    cited = write_kev(ContextObject(referent=wanted.context.referent, referrers=wanted.context.referrers))
    pairs = _signed(visit, wanted.asker.library, target(given), given.url)
    return visit.url("/resolver/report", [*pairs, ("cited", cited[:1_500])])


def _signed(visit: Visit, library: str, name: str, url: str) -> list[tuple[str, str]]:
    return [("to", url), ("by", name), ("l", library), ("s", _signature(visit, library, name, url))]


def _signature(visit: Visit, *parts: str) -> str:
    data = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    made = hmac.new(visit.service.links.secret().encode(), data, hashlib.sha256).digest()
    return urlsafe_b64encode(made[:16]).decode().rstrip("=")


def _asked(visit: Visit, given: dict[str, str] | None = None) -> tuple[str, str, str] | None:
    """(library, target, address) of a request, None when the signature is not ours."""
    held = given or {name: visit.parameter(name, most=LONGEST + 1) for name in ("to", "by", "l", "s")}
    url, name, library = held.get("to", ""), held.get("by", ""), held.get("l", "")
    wanted = _signature(visit, library, name, url)
    fits = hmac.compare_digest(held.get("s", "").encode("utf-8", "surrogatepass"), wanted.encode())
    return (library, name, url) if fits and web_address(url, LONGEST) else None


@handler
def go(visit: Visit) -> Response:
    """GET /resolver/go"""
    asked = _asked(visit)
    if asked is None:
        return errors.page(visit, 404)
    library, name, url = asked
    if visit.request.method == "GET":
        visit.service.links.click(library, name, visit.parameter("v", most=40))
    # Where the reader comes from is nothing the target needs to know.
    headers = {"cache-control": "no-store", "referrer-policy": "no-referrer", "x-robots-tag": "noindex"}
    return RedirectResponse(url, 303, headers)


@handler
def report_page(visit: Visit) -> Response:
    """GET /resolver/report"""
    done = visit.parameter("done") == "1"
    asked = _asked(visit)
    if asked is None and not done:
        return errors.page(visit, 404)
    held = cookies.form(visit.request) or secrets.token_urlsafe(32)
    library, name, url = asked or ("", "", "")
    owner = visit.members.libraries().get(library)
    shown = ReportPage(
        site=visit.site(),
        target=name,
        host=urlsplit(unwrapped(url, owner.portal.proxy if owner else "")).hostname or "",
        key=key_of(visit) or form_key(held),
        hidden=tuple((n, visit.parameter(n, most=LONGEST)) for n in ("to", "by", "l", "s", "cited")),
        done=done,
    )
    response = answer.unkept(answer.html(visit, visit.service.renderer.render("report.html", shown)))
    if not visit.signed_in:
        cookies.give(visit.request, response, cookies.FORM, held)
    return response


def _report(visit: Visit, fields: Fields) -> Response:
    """POST /resolver/report"""
    asked = _asked(visit, {name: str(fields.get(name, "")) for name in ("to", "by", "l", "s")})
    if asked is None:
        return errors.page(visit, 404)
    client = visit.request.client
    if not _BRAKE.allow(client.host if client else ""):
        response = errors.page(visit, 429, visit.texts("resolver.report_wait"))
        response.headers["retry-after"] = str(int(REPORTS_IN))
        return response
    library, name, url = asked
    cited, note = str(fields.get("cited", "")), str(fields.get("note", ""))
    visit.service.links.report(library, name, url, cited[:4_000], note[:1_000])
    return RedirectResponse(
        visit.url("/resolver/report", [("done", "1")]), 303, {"cache-control": answer.UNKEPT}
    )


report = changing(_report)


class _Brake:
    """How many reports are taken (举报限速), in memory: a report more or less does no harm."""

    def __init__(self) -> None:
        self._held: dict[str, deque[float]] = {}

    def allow(self, address: str) -> bool:
        now = time.monotonic()
        allowed = True
        for key, most in ((hashlib.sha256(address.encode()).hexdigest(), MOST_REPORTS), ("", MOST_OF_ALL)):
            times = self._held.setdefault(key, deque(maxlen=most))
            while times and now - times[0] > REPORTS_IN:
                times.popleft()
            if len(times) >= most:
                allowed = False
            else:
                times.append(now)
        if len(self._held) > MOST_OF_ALL * 10:
            self._held.clear()
        return allowed


_BRAKE = _Brake()
