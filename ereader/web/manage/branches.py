"""The branches of a library and their hours (分馆与开放时间)."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping

import msgspec
from starlette.responses import Response

from ereader.web import answer, errors
from ereader.web.manage.frame import Scope, frame_of, led, page, saved
from ereader.web.manage.profile import MAIL
from ereader.web.posted import Fields
from ereader.web.visit import Visit
from holdings.members import Configuration, Library, Name
from holdings.members.apply import valid_id
from holdings.members.branch import DAYS, Branch, SpecialDays, Week, ranges, written
from ui.manage_pages import Group, GroupedForm, Input

LONGEST = 300
MOST_BRANCHES = 200
MOST_SPECIAL = 200
CLOSED = ("closed", "闭馆", "休息", "关闭", "不开放")
_LINE = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:\s*(?:\.\.|–|—|~|至)\s*(\d{4}-\d\d-\d\d))?\s+"
    r"(" + "|".join(CLOSED) + r"|[\d:：,，、;；\s~～–—至-]+?)(?:\s+(\D.*))?"
)
Typed = dict[str, str]
Errors = Mapping[str, str]


def new(visit: Visit, scope: Scope) -> Response:
    """GET /manage/library/ID/profile/branches: the form for another branch."""
    return _page(visit, scope, None, {}, {})


def show(visit: Visit, scope: Scope, branch: str) -> Response:
    """GET /manage/library/ID/profile/branches/BRANCH"""
    found = _branch(visit, scope, branch)
    if found is None:
        return answer.unkept(errors.page(visit, 404))
    return _page(visit, scope, found, _as_typed(visit, found), {})


def add(visit: Visit, scope: Scope, fields: Fields) -> Response:
    """POST /manage/library/ID/profile/branches"""
    library, typed = visit.members.libraries()[scope.id], _typed(fields)
    wrong = _check(visit, typed)
    if not valid_id(typed["id"]):
        wrong["id"] = visit.texts("manage_load.bad_id")
    elif _branch(visit, scope, typed["id"]):
        wrong["id"] = visit.texts("manage_profile.branch_taken")
    elif len(library.branches) >= MOST_BRANCHES:
        wrong["id"] = visit.texts("manage_profile.too_many", n=MOST_BRANCHES)
    if wrong:
        return _page(visit, scope, None, typed, wrong, 422)
    return _save(visit, scope, library, (*library.branches, _made(visit, typed, Branch(typed["id"]))))


def save(visit: Visit, scope: Scope, fields: Fields, branch: str) -> Response:
    """POST /manage/library/ID/profile/branches/BRANCH: saves or removes it."""
    library, found = visit.members.libraries()[scope.id], _branch(visit, scope, branch)
    if found is None:
        return answer.unkept(errors.page(visit, 404))
    if fields.get("action") == "remove":
        left = tuple(b for b in library.branches if b.id != found.id)
        return _save(visit, scope, library, left, "manage_profile.branch_removed")
    typed = _typed(fields)
    wrong = _check(visit, typed)
    if wrong:
        return _page(visit, scope, found, typed, wrong, 422)
    made = _made(visit, typed, found)
    return _save(visit, scope, library, tuple(made if b.id == found.id else b for b in library.branches))


def _save(
    visit: Visit,
    scope: Scope,
    library: Library,
    branches: tuple[Branch, ...],
    said: str = "manage_profile.branch_saved",
) -> Response:
    saved(visit, Configuration(libraries=(msgspec.structs.replace(library, branches=branches),)))
    return led(visit, f"{scope.path}/profile", said)


def _branch(visit: Visit, scope: Scope, id: str) -> Branch | None:
    return next((b for b in visit.members.libraries()[scope.id].branches if b.id == id), None)


def _typed(fields: Fields) -> Typed:
    names = ("id", "name_zh", "name_en", "address_zh", "address_en", "phone", "email", *DAYS)
    found = {name: " ".join(fields.get(name, "").split())[:LONGEST] for name in names}
    found["special"] = fields.get("special", "").replace("\r\n", "\n").strip()[:20_000]
    return found


def _as_typed(visit: Visit, held: Branch) -> Typed:
    return {
        "id": held.id,
        "name_zh": held.name.zh,
        "name_en": held.name.en,
        "address_zh": held.address.zh,
        "address_en": held.address.en,
        "phone": held.phone,
        "email": held.email,
        **{day: held.week.on(n) for n, day in enumerate(DAYS)},
        "special": "\n".join(_line(visit, s) for s in held.special),
    }


def _line(visit: Visit, special: SpecialDays) -> str:
    days = special.day.isoformat() + (f"..{special.until.isoformat()}" if special.until else "")
    said = special.hours or visit.texts("manage_profile.closed")
    return f"{days} {said} {special.reason.in_language(visit.lang)}".strip()


def special_days(text: str, lang: str) -> list[SpecialDays | int]:
    """Special days of lines of text; of a line that cannot be read, its number."""
    found: list[SpecialDays | int] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        match = _LINE.fullmatch(line.strip())
        try:
            if match is None:
                raise ValueError
            day = datetime.date.fromisoformat(match[1])
            until = datetime.date.fromisoformat(match[2]) if match[2] else None
            hours = "" if match[3].lower() in CLOSED else match[3].strip()
            if ranges(hours) is None or (until and until < day):
                raise ValueError
        except ValueError:
            found.append(number)
            continue
        reason = (match[4] or "").strip()[:LONGEST]
        name = Name(zh=reason) if lang.startswith("zh") else Name(en=reason)
        found.append(
            SpecialDays(day, until if until != day else None, written(hours), name if reason else Name())
        )
    return found


def _check(visit: Visit, typed: Typed) -> dict[str, str]:
    texts, wrong = visit.texts, dict[str, str]()
    if not typed["name_zh"] and not typed["name_en"]:
        wrong["name_zh"] = texts("manage_share.no_name")
    if typed["email"] and not MAIL.fullmatch(typed["email"]):
        wrong["email"] = texts("manage_profile.bad_mail")
    if typed["phone"] and not re.fullmatch(r"[\d\s()+./*#,;-]{3,100}", typed["phone"]):
        wrong["phone"] = texts("manage_profile.bad_phone")
    wrong |= {day: texts("manage_profile.bad_hours") for day in DAYS if ranges(typed[day]) is None}
    special = special_days(typed["special"], visit.lang)
    bad = [number for number in special if isinstance(number, int)]
    if bad:
        wrong["special"] = texts("manage_profile.bad_special", n=bad[0])
    elif len(special) > MOST_SPECIAL:
        wrong["special"] = texts("manage_profile.too_many", n=MOST_SPECIAL)
    return wrong


def _made(visit: Visit, typed: Typed, held: Branch) -> Branch:
    # A reason keeps the words of the other language where its days are the same.
    before = {(s.day, s.until): s.reason for s in held.special}
    special = []
    for one in special_days(typed["special"], visit.lang):
        if isinstance(one, SpecialDays):
            old = before.get((one.day, one.until), Name())
            zh = visit.lang.startswith("zh")
            reason = Name(one.reason.zh, old.en) if zh else Name(old.zh, one.reason.en)
            if one.reason == Name() or old.in_language(visit.lang) == one.reason.in_language(visit.lang):
                reason = old if one.reason != Name() else Name()
            special.append(msgspec.structs.replace(one, reason=reason))
    return Branch(
        held.id,
        Name(typed["name_zh"], typed["name_en"]),
        Name(typed["address_zh"], typed["address_en"]),
        typed["phone"],
        typed["email"],
        Week(**{day: written(typed[day]) for day in DAYS}),
        tuple(sorted(special, key=lambda s: (s.day, s.until or s.day))),
    )


def _page(
    visit: Visit, scope: Scope, held: Branch | None, typed: Typed, wrong: Errors, status: int = 200
) -> Response:
    texts = visit.texts

    def field(name: str, kind: str = "text", hint: str = "", rows: int = 0) -> Input:
        lang = name.rpartition("_")[2] if name.endswith(("_zh", "_en")) else ""
        value, label = typed.get(name, ""), texts(f"manage_profile.{name}")
        most = 20_000 if rows else LONGEST
        return Input(name, label, value, kind, hint, wrong.get(name, ""), most=most, lang=lang, rows=rows)

    first = [field("name_zh"), field("name_en"), field("address_zh"), field("address_en")]
    first += [field("phone", "tel"), field("email", "email")]
    if held is None:
        first.insert(0, field("id", hint=texts("manage_profile.branch_id_hint")))
    groups = (
        Group(texts("manage_profile.branch"), tuple(first)),
        Group(
            texts("manage_profile.hours"),
            tuple(field(day) for day in DAYS),
            texts("manage_profile.hours_hint"),
            pair=True,
        ),
        Group(
            texts("manage_profile.special_title"),
            (field("special", "textarea", texts("manage_profile.special_hint"), 6),),
        ),
    )
    title = held.name.in_language(visit.lang, held.id) if held else texts("manage_profile.add_branch")
    path = f"{scope.path}/profile/branches" + (f"/{held.id}" if held else "")
    shown = GroupedForm(
        visit.site(),
        frame_of(visit, scope, "profile", title),
        visit.url(path),
        groups,
        texts("manage.save"),
        remove=texts("manage_profile.remove_branch") if held else "",
    )
    return page(visit, "manage/groups.html", shown, status)
