"""How the files of a repository are read (读取配置): type, character set, local holdings fields."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec
from starlette.responses import Response

from ereader.web import answer, errors
from ereader.web.manage.frame import Scope, frame_of, page
from ereader.web.manage.load_form import CHARSETS, formats
from ereader.web.manage.sheets import change
from ereader.web.posted import Fields
from ereader.web.visit import Visit
from holdings.members import Configuration, Repository
from indexer.marc.holdings import DEFAULT_905, MEMBERS
from indexer.records.resource_type import BY_CODE
from ui.manage_pages import Group, GroupedForm, Input
from ui.pages import Choice

LEGACY = ("gb18030", "big5")
MOST_LINES = 20
_LINE = re.compile(r"([0-9A-Z]{3})\s*[:：]\s*(.+)")
_PAIR = re.compile(r"([0-9a-zA-Z])\s*=\s*([a-z_]+)")
Rules = dict[str, dict[str, str]]


def show(visit: Visit, scope: Scope, repository: str) -> Response:
    """GET /manage/library/ID/repositories/REPOSITORY/reading"""
    held = _own(visit, scope, repository)
    if held is None:
        return answer.unkept(errors.page(visit, 404))
    typed = {
        name: str(held.profile.get(name, "")) for name in ("type", "format", "charset", "legacy_charset")
    }
    typed["holdings"] = written(held.profile.get("holdings", {}))
    return _page(visit, scope, held, typed, {})


def save(visit: Visit, scope: Scope, fields: Fields, repository: str) -> Response:
    """POST /manage/library/ID/repositories/REPOSITORY/reading"""
    held = _own(visit, scope, repository)
    if held is None:
        return answer.unkept(errors.page(visit, 404))
    names = ("type", "format", "charset", "legacy_charset", "holdings")
    typed = {name: fields.get(name, "").replace("\r\n", "\n").strip()[:5_000] for name in names}
    texts, wrong = visit.texts, dict[str, str]()
    known: dict[str, tuple[str, ...]] = {
        "type": tuple(BY_CODE), "format": tuple(formats()), "charset": CHARSETS, "legacy_charset": LEGACY,
    }  # fmt: skip
    wrong |= {
        name: texts("manage_load.choose")
        for name, of in known.items()
        if typed[name] and typed[name] not in of
    }
    rules = read(typed["holdings"])
    if isinstance(rules, int):
        wrong["holdings"] = texts("manage_reading.bad_holdings", n=rules)
    if wrong or isinstance(rules, int):
        return _page(visit, scope, held, typed, wrong, 422)
    # What else the profile says, a mapping for instance, stays.
    profile = {k: v for k, v in held.profile.items() if k not in names}
    profile |= {name: typed[name] for name in known if typed[name]}
    if rules:
        profile["holdings"] = rules
    new = msgspec.structs.replace(held, profile=profile)
    back = f"{scope.path}/repositories/{held.id}"
    return change(
        visit, scope, "repositories", fields, Configuration(repositories=(new,)), back, "manage_reading.saved"
    )


def read(text: str) -> Rules | int:
    """Lines like ``905: a=library b=barcode`` as rules; of a line that cannot be read, its number."""
    found: Rules = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        match = _LINE.fullmatch(line.strip())
        if match is None or match[1] in found or len(found) >= MOST_LINES:
            return number
        pairs = [part for part in re.split(r"[\s,，;；]+", match[2]) if part]
        split = [_PAIR.fullmatch(pair) for pair in pairs]
        if not pairs or any(p is None or p[2] not in MEMBERS for p in split):
            return number
        found[match[1]] = {p[1]: p[2] for p in split if p}
    return found


def written(rules: Mapping[str, Mapping[str, str]]) -> str:
    """The lines that `read` reads back."""
    return "\n".join(f"{tag}: " + " ".join(f"{k}={v}" for k, v in own.items()) for tag, own in rules.items())


def _own(visit: Visit, scope: Scope, id: str) -> Repository | None:
    found = visit.members.repositories().get(id)
    return found if found and found.library == scope.id else None


def _page(
    visit: Visit,
    scope: Scope,
    held: Repository,
    typed: Mapping[str, str],
    wrong: Mapping[str, str],
    status: int = 200,
) -> Response:
    texts = visit.texts

    def select(name: str, first: str, values: Mapping[str, str]) -> Input:
        options = (Choice(texts(first), "", value=""), *(Choice(v, "", value=k) for k, v in values.items()))
        hint = texts.maybe(f"manage_reading.{name}_hint", "")
        label = texts(f"manage_reading.{name}")
        return Input(name, label, typed[name], "select", hint, wrong.get(name, ""), options)

    members = ", ".join(MEMBERS)
    groups = (
        Group(
            texts("manage_reading.files"),
            (
                select("type", "manage_load.by_record", {code: visit.names.type(code) for code in BY_CODE}),
                select("format", "manage_load.recognised", {f: f for f in formats()}),
                select("charset", "manage_load.recognised", {c: c for c in CHARSETS}),
                select("legacy_charset", "manage_load.recognised", {c: c for c in LEGACY}),
            ),
        ),
        Group(
            texts("manage_reading.holdings_title"),
            (
                Input(
                    "holdings",
                    texts("manage_reading.holdings"),
                    typed["holdings"],
                    "textarea",
                    texts(
                        "manage_reading.holdings_hint", example=written({"905": DEFAULT_905}), members=members
                    ),
                    wrong.get("holdings", ""),
                    most=5_000,
                    rows=5,
                ),
            ),
            texts("manage_reading.holdings_text"),
        ),
    )
    path = f"{scope.path}/repositories/{held.id}"
    name = visit.names.repository(held.id)
    shown = GroupedForm(
        visit.site(),
        frame_of(
            visit,
            scope,
            "repositories",
            texts("manage_reading.title"),
            (Choice(name, visit.url(path)),),
        ),
        visit.url(f"{path}/reading"),
        groups,
        texts("manage.save"),
        texts("manage_reading.lead"),
    )
    return page(visit, "manage/groups.html", shown, status)
