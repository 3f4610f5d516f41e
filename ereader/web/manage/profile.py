"""The profile of a library (本馆资料): names, where its portal looks, contact, loans, proxy."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

import msgspec
from starlette.responses import Response

from ereader.web.manage import meanwhile
from ereader.web.manage.frame import Scope, frame_of, page
from ereader.web.manage.sheets import change, consortium_name
from ereader.web.posted import Fields
from ereader.web.visit import Visit
from holdings.members import Configuration, Library, Name
from ui.manage_pages import Entry, Group, GroupedForm, Input
from ui.pages import Choice

# ISO 15511:2019, 4.2: a prefix of one to four letters, a hyphen, and at most 11 characters; 16 in all.
ISIL = re.compile(r"(?=.{3,16}\Z)[A-Za-z]{1,4}-[A-Za-z0-9/:-]{1,11}")
MAIL = re.compile(r"[^@\s<>\"',;]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?")
LONGEST = 500
MOST_NETWORKS = 200
Errors = Mapping[str, str]


class Typed(msgspec.Struct, frozen=True):
    """The profile as it was typed (资料表单)."""

    zh: str = ""
    en: str = ""
    isil: str = ""
    website: str = ""
    contact: str = ""
    ill: str = ""
    proxy: str = ""
    networks: str = ""
    includes: tuple[str, ...] = ()


def show(visit: Visit, scope: Scope) -> Response:
    """GET /manage/library/ID/profile"""
    return _page(visit, scope, _as_typed(visit.members.libraries()[scope.id]), {})


def save(visit: Visit, scope: Scope, fields: Fields) -> Response:
    """POST /manage/library/ID/profile"""
    held = visit.members.libraries()[scope.id]
    typed = Typed(
        includes=tuple(dict.fromkeys(fields.all("includes"))),
        networks="\n".join(line.strip() for line in fields.get("networks", "").splitlines() if line.strip()),
        **{name: " ".join(fields.get(name, "").split())[:LONGEST] for name in Typed.__struct_fields__[:7]},
    )
    wrong = check(visit, scope, typed)
    if wrong:
        return _page(visit, scope, typed, wrong, 422, fields)
    portal = msgspec.structs.replace(
        held.portal,
        includes=typed.includes,
        contact=_contact(typed.contact),
        ill=typed.ill,
        proxy=typed.proxy,
        networks=tuple(typed.networks.split()),
    )
    new = msgspec.structs.replace(
        held, name=Name(typed.zh, typed.en), isil=typed.isil, website=typed.website, portal=portal
    )
    late = new != held and meanwhile.changed(
        visit, scope, "profile", fields, _as_typed(held), f"library/{scope.id}"
    )
    if late:
        return late
    back = f"{scope.path}/profile"
    return change(
        visit, scope, "profile", fields, Configuration(libraries=(new,)), back, "manage_profile.saved"
    )


def check(visit: Visit, scope: Scope, typed: Typed) -> dict[str, str]:
    """What is wrong, by field."""
    texts, wrong = visit.texts, dict[str, str]()
    if not typed.zh and not typed.en:
        wrong["zh"] = texts("manage_share.no_name")
    if typed.isil and not ISIL.fullmatch(typed.isil):
        wrong["isil"] = texts("manage_profile.bad_isil")
    for name in ("website", "ill", "proxy"):
        given = getattr(typed, name)
        plain = given.replace("{url}", "x").replace("{host}", "x").replace("%U", "x")
        if given and not is_web_address(plain):
            wrong[name] = texts("manage_profile.bad_address")
    if typed.contact and not (is_web_address(typed.contact) or MAIL.fullmatch(_mail(typed.contact))):
        wrong["contact"] = texts("manage_profile.bad_contact")
    lines = typed.networks.split()
    bad = [line for line in lines if not _is_network(line)]
    if bad:
        wrong["networks"] = texts("manage_profile.bad_network", what=bad[0][:60])
    elif len(lines) > MOST_NETWORKS:
        wrong["networks"] = texts("manage_profile.too_many", n=MOST_NETWORKS)
    if any(c not in _consortia(visit, scope) for c in typed.includes):
        wrong["includes"] = texts("manage_load.choose")
    return wrong


def is_web_address(text: str) -> bool:
    """Whether a text is an address of the web that a link may lead to."""
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        return False
    fits = parts.scheme in ("http", "https") and bool(host) and not re.search(r"[\s<>\"\\^`\x00-\x1f]", text)
    return fits and parts.username is None


def _mail(contact: str) -> str:
    return contact.removeprefix("mailto:")


def _contact(contact: str) -> str:
    return f"mailto:{_mail(contact)}" if contact and not is_web_address(contact) else contact


def _is_network(text: str) -> bool:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return True


def _as_typed(held: Library) -> Typed:
    p = held.portal
    return Typed(
        held.name.zh,
        held.name.en,
        held.isil,
        held.website,
        _mail(p.contact),
        p.ill,
        p.proxy,
        "\n".join(p.networks),
        p.includes,
    )


def _consortia(visit: Visit, scope: Scope) -> dict[str, str]:
    """What its portal may show beside its own: where it belongs, and what it shows already."""
    held = {*visit.members.statuses(scope.id), *visit.members.libraries()[scope.id].portal.includes}
    known = visit.members.consortia()
    return {c: consortium_name(visit, c) for c in sorted(held) if c in known}


def _page(
    visit: Visit,
    scope: Scope,
    typed: Typed,
    wrong: Errors,
    status: int = 200,
    fields: Fields | None = None,
) -> Response:
    texts, held = visit.texts, visit.members.libraries()[scope.id]

    def field(name: str, kind: str = "text", rows: int = 0) -> Input:
        hint = texts.maybe(f"manage_profile.{name}_hint", "")
        lang = name if name in ("zh", "en") else ""
        value, label = getattr(typed, name), texts(f"manage_profile.{name}")
        most = 20_000 if rows else LONGEST
        return Input(name, label, value, kind, hint, wrong.get(name, ""), most=most, lang=lang, rows=rows)

    places = Input(
        "includes",
        texts("manage_profile.includes"),
        kind="checks",
        hint=texts("manage_profile.includes_hint"),
        error=wrong.get("includes", ""),
        options=tuple(
            Choice(name, "", c in typed.includes, value=c) for c, name in _consortia(visit, scope).items()
        ),
    )
    groups = [
        Group(
            texts("manage_profile.names"), (field("zh"), field("en"), field("isil"), field("website", "url"))
        ),
        Group(texts("manage_profile.portal"), (places,), _hosts(visit, held)),
        Group(texts("manage_profile.services"), (field("contact"), field("ill", "url"))),
        Group(texts("manage_profile.licensed"), (field("proxy"), field("networks", "textarea", 4))),
    ]
    branches = tuple(
        Entry(
            b.name.in_language(visit.lang, b.id),
            visit.url(f"{scope.path}/profile/branches/{b.id}"),
            b.address.in_language(visit.lang),
        )
        for b in held.branches
    )
    shown = GroupedForm(
        visit.site(),
        frame_of(visit, scope, "profile"),
        visit.url(f"{scope.path}/profile"),
        tuple(g for g in groups if any(i.options or i.kind != "checks" for i in g.inputs)),
        texts("manage.save"),
        links=branches,
        links_title=texts("manage_profile.branches"),
        links_empty=texts("manage_profile.no_branches"),
        more=(
            Choice(texts("manage_profile.add_branch"), visit.url(f"{scope.path}/profile/branches")),
            Choice(texts("manage_ranking.title"), visit.url(f"{scope.path}/profile/order")),
            Choice(texts("manage_profile.see"), visit.url(f"/libraries/{scope.id}")),
        ),
        hidden=(meanwhile.mark(_as_typed(held), fields),),
    )
    return page(visit, "manage/groups.html", shown, status)


def _hosts(visit: Visit, held: Library) -> str:
    """At which addresses the portal is; only the centre gives out host names."""
    addresses = [f"/at/{held.id}/", *(f"{host}/" for host in held.portal.hosts)]
    return visit.texts("manage_profile.addresses", list=visit.texts("site.comma").join(addresses))
