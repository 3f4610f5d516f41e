"""One request as values (访问): portal, language, view, parameters."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from starlette.requests import Request

from ereader import design_drafts
from ereader.auth.accounts import SignedIn
from ereader.auth.operator import acting
from ereader.search.query_fields import FIELDS
from ereader.search.request import SearchRequest, encoded
from ereader.web import brand, cookies, portal
from ereader.web.manage.scopes import manages
from ereader.web.middleware.portal import ASKED, WHOLE
from ereader.web.names import Names
from ereader.web.portal import Portal
from ereader.web.service import Service
from holdings.members.design import Design
from holdings.members.endpoint import Endpoint
from holdings.members.names import Name
from holdings.members.registry import ANYONE, Members, Viewer
from holdings.members.view import View
from ui.language import Catalogue, catalogue, choose, matching
from ui.pages import Choice, Login, Site

COOKIE = "lang"
LANGUAGE_NAMES = {"zh-CN": "中文", "en": "English"}
UNNAMED = Name("中心", "Centre")  # what the registry calls a centre that nobody has named
BOX_FIELDS = (
    "all",
    "title",
    "author",
    "subject",
    "publisher",
    "journal",
    "series",
    "isbn",
    "issn",
    "callnumber",
    "class",
)


class Visit:
    """Who asks for what, where and in which language (访问)."""

    def __init__(self, request: Request, service: Service, members: Members, portal: Portal) -> None:
        self.request = request
        self.service = service
        self.members = members
        self.portal = portal
        self.params: list[tuple[str, str]] = request.query_params.multi_items()
        self.wanted = matching(dict(self.params).get("lang", "")[:20])
        self.lang = choose(
            self.wanted, request.cookies.get(COOKIE, "")[:20], request.headers.get("accept-language", "")
        )
        self.texts: Catalogue = catalogue(self.lang)
        self.names = Names(self.lang, self.texts, members)

    @property
    def prefix(self) -> str:
        return self.portal.prefix

    @cached_property
    def view(self) -> View:
        """What this visitor may see here."""
        return self.members.view(self.portal.place, self.viewer)

    @cached_property
    def signed_in(self) -> SignedIn | None:
        """The session that the visitor's cookie names, while it stands."""
        token = cookies.session(self.request)
        return self.service.accounts.who(token, self.members) if token else None

    @property
    def previewing(self) -> bool:
        """Whether somebody asks to see the portal as his draft has it."""
        return self.parameter("draft") == "1" and self.signed_in is not None

    @cached_property
    def draft(self) -> Design | None:
        """The design that the visitor is working on, where he asks to see it: his own and nobody else's."""
        if not self.previewing or self.signed_in is None:
            return None
        engine = self.service.accounts.engine
        return design_drafts.find(engine, self.portal.place, self.signed_in.user.name)

    @property
    def design(self) -> Design:
        """How this portal looks to this visitor."""
        return self.draft or self.portal.design

    @property
    def endpoints(self) -> dict[str, Endpoint]:
        """What tells of each library's availability now, by library."""
        return self.service.desk.by_library(self.members.endpoints())

    @property
    def viewer(self) -> Viewer:
        """Who asks: nobody known, or the user who has signed in."""
        found = self.signed_in
        return Viewer(found.user.name, found.user.library, found.user.roles) if found else ANYONE

    def login(self) -> Login:
        """What every page says of signing in."""
        address = self.url("/login")
        if self.signed_in:
            user = self.signed_in.user
            console = self.url("/manage") if manages(acting(user)) else ""
            return Login(address, self.url("/logout"), user.name, self.signed_in.form_key, console)
        back = self.request.scope.get(WHOLE, self.request.scope["path"])
        if self.request.url.query:
            back += "?" + self.request.url.query
        # The page of signing in leads back to where it was reached from, not to itself.
        here = self.request.method != "GET" or self.request.scope["path"] == "/login"
        return Login(address if here else self.url("/login", [("next", back[:1000])]))

    def parameter(self, name: str, default: str = "", most: int = 200) -> str:
        """The last value of a parameter, cut to ``most`` characters."""
        value = default
        for key, given in self.params:
            if key == name:
                value = given
        return value[:most]

    def search_request(self) -> SearchRequest:
        """The search that the parameters say.

        The language is kept in addresses only while the address says it.
        """
        request = SearchRequest.from_params(self.params)
        return request if request.lang == self.wanted else request.with_lang(self.wanted)

    def url(self, path: str, params: Iterable[tuple[str, str]] = ()) -> str:
        """An address in this portal, with its prefix."""
        query = encoded(params)
        return f"{self.prefix}{path}?{query}" if query else f"{self.prefix}{path}"

    def absolute(self, path: str) -> str:
        """A full address, as the visitor's own request names this host."""
        base = self.request.base_url
        return f"{base.scheme}://{base.netloc}{self.prefix}{path}"

    def title(self) -> str:
        """The name of the portal."""
        name = self.portal.name.in_language(self.lang)
        if self.portal.place == "C:centre":
            given = self.service.installation.settings.title
            name = given or ("" if name == UNNAMED.in_language(self.lang) else name)
        return name or self.texts("site.centre")

    def site(self, search: SearchRequest | None = None, canonical: str = "", indexable: bool = False) -> Site:
        """What every page needs."""
        search = search or SearchRequest(lang=self.wanted, scope=self.design.scope)
        path = (
            self.request.scope["path"]
            if self.prefix
            else self.request.scope.get(WHOLE, self.request.scope["path"])
        )
        others = [(n, v) for n, v in self.params if n != "lang"]
        kept = search.with_query("").with_field("all").without_filters().with_sort("relevance")
        kept_params = [*((("type", t)) for t in search.type), *kept.to_params()]
        if search.scope:
            kept_params.append(("scope", search.scope))
        return Site(
            login=self.login(),
            lang=self.lang,
            name=self.title(),
            prefix=self.prefix,
            languages=tuple(
                Choice(label, self.url(path, [*others, ("lang", code)]), code == self.lang, code)
                for code, label in LANGUAGE_NAMES.items()
            ),
            q=search.q,
            kept=tuple(kept_params),
            fields=tuple(
                Choice(self.names.field(name), "", name == search.field, value=name)
                for name in (*BOX_FIELDS, *((search.field,) if search.field not in BOX_FIELDS else ()))
                if name in FIELDS
            ),
            canonical=canonical,
            indexable=indexable,
            brand=brand.of(self),
        )


def visit_of(request: Request) -> Visit:
    """The visit that a request makes. Reads the database: for worker threads only.

    An unknown portal in the path gives a visit to the portal of the host; whoever answers compares the ids.
    """
    service: Service = request.app.state.service
    members = service.members.now()
    asked = request.scope.get(ASKED, "")
    found = portal.by_id(members, asked, f"/at/{asked}") if asked else None
    return Visit(request, service, members, found or portal.by_host(members, request.headers.get("host", "")))
