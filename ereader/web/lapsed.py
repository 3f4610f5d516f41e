"""Forms of a session that is over (会话过期后的表单): nothing is done, and nothing that was typed is lost.

Whoever's session has ended while he typed is told so, and finds what he typed on the page that tells him: he
signs in beside it and sends it again. A form that was filled in during another session is then shown to
whoever is signed in now, and done only when he sends it once more with a key of this session. What comes from
another site, or does not say where it comes from, is never shown in this way.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from starlette.responses import Response

from ereader.web import answer, errors
from ereader.web.key_words import key_word
from ereader.web.visit import Visit
from ereader.web.way_back import page_of, safe_next
from ui.account_pages import LapsedPage

KEY = "csrf"
PAGE, AGAIN = "lapsed_page", "lapsed_again"  # where the form stood; secrets that are to be typed again
UNSAID = ("seen", "confirm")  # marks of forms, which say nothing to people
MOST_SHOWN = 500  # characters of a value
_KEY = re.compile(r"[0-9a-f]{64}")
_SECRET = re.compile(r"passw|secret|token", re.IGNORECASE)


def refused(visit: Visit, pairs: Iterable[tuple[str, str]], here: bool | None) -> Response:
    """The answer to a form without the key of this session; ``here`` is what `from_here` says of it."""
    held = tuple(pairs)
    given = dict(held).get(KEY, "")
    if here is False or not _KEY.fullmatch(given) or (visit.signed_in and here is None):
        return answer.unkept(errors.page(visit, 403, visit.texts("error.form_text")))
    # Without a word on where a form comes from, its content is not shown as something to be sent.
    return _page(visit, held if here else (), given)


def refused_files(visit: Visit, here: bool | None) -> Response:
    """The answer to a form with files without the key of this session, of which nothing was kept."""
    if here is False or (visit.signed_in and here is None):
        return answer.unkept(errors.page(visit, 403, visit.texts("error.form_text")))
    return _page(visit, (), "", files=True)


def _page(visit: Visit, pairs: tuple[tuple[str, str], ...], given: str, files: bool = False) -> Response:
    texts, user, said = visit.texts, visit.signed_in, dict(pairs)
    back = safe_next(said.get(PAGE, "")) or page_of(visit.request) or visit.url("/manage")
    secrets = {name for name, value in pairs if value and _SECRET.search(name)}
    secrets |= {value for name, value in pairs if name == AGAIN and _SECRET.search(value)}
    # What a change hides is counted and asked anew.
    left_out = (KEY, PAGE, AGAIN, "confirm")
    kept = tuple((n, v) for n, v in pairs if n not in left_out and not _SECRET.search(n))
    shown = LapsedPage(
        visit.site(),
        title=texts("lapsed.asked" if user else "lapsed.ended"),
        texts=tuple(_told(visit, bool(kept), bool(secrets), files)),
        back=back,
        login="" if user else visit.url("/login", [("next", back)]),
        action=visit.url(visit.request.scope["path"]) if kept or secrets else "",
        key=user.form_key if user else given,
        hidden=kept if user else (*kept, (PAGE, back), *((AGAIN, s) for s in sorted(secrets))),
        secrets=tuple((s, texts("login.password")) for s in sorted(secrets)) if user else (),
        typed=tuple(
            (key_word(texts, n), v[:MOST_SHOWN] + (" …" if len(v) > MOST_SHOWN else ""))
            for n, v in kept
            if v and n not in UNSAID
        ),
    )
    return answer.unkept(answer.html(visit, visit.service.renderer.render("lapsed.html", shown), 403))


def _told(visit: Visit, kept: bool, secrets: bool, files: bool) -> Iterable[str]:
    texts, user = visit.texts, visit.signed_in
    if user:
        yield texts("lapsed.asked_text", who=user.user.name)
        if files:
            yield texts("lapsed.files")
        elif secrets:
            yield texts("lapsed.secrets")
        return
    yield texts("lapsed.ended_text")
    yield texts("lapsed.kept" if kept or secrets else "lapsed.go_back")
