"""The form of advanced search (高级检索): groups of rows and limits, which become an ordinary search.

Rows and groups are added and taken away by buttons of the form itself, so it works without script; its state
is all in the address. What is found has a plain ``q`` in the language of the box, and the form reads it back.
"""

from __future__ import annotations

import re
from collections import defaultdict

from starlette.responses import RedirectResponse, Response

from ereader.search import pipeline
from ereader.search.explain import in_words
from ereader.search.form import (
    JOINTS,
    MATCHES,
    MAX_GROUPS,
    MAX_QUERY,
    MAX_ROWS,
    Form,
    Group,
    Row,
    form_of,
    query,
    tree,
)
from ereader.search.parser import Parsed
from ereader.search.query_fields import FIELDS
from ereader.search.request import SearchRequest
from ereader.search.typed_text import clean
from ereader.web import answer, present
from ereader.web.handler import handler
from ereader.web.visit import Visit
from indexer.index.query import Everything
from ui import form_pages, pages

MAX_PARAMETERS = 400
LIMITS = (("language", 24), ("library", 60), ("access", 4))  # facets in the form, with how many values
FIRST_ROWS = (Row("all"), Row("title"), Row("author"))
_LIMITING = frozenset(("type", "year", "year_from", "year_to", *(f"f.{name}" for name, _ in LIMITS)))
_CELL = re.compile(r"(field|match|text|join)([0-9]{1,6})(?:\.([0-9]{1,6}))?\Z", re.ASCII)
_DO = re.compile(r"(row|drop|leave)([0-9]{1,2})(?:\.([0-9]{1,2}))?\Z", re.ASCII)
OFFERED = tuple(name for name, field in FIELDS.items() if field.kind != "keyword")


@handler
def advanced(visit: Visit) -> Response:
    """GET /advanced: the form; ``do`` says which of its buttons was pressed, ``q`` fills it from a query."""
    asked = visit.search_request()
    form = read(visit.params) or (form_of(asked.q, asked.field) if asked.q else Form((Group(FIRST_ROWS),)))
    done = visit.parameter("do", most=20)
    wanted = asked.with_query(query(form), "all")
    if done == "search":
        address = wanted.to_url(f"{visit.prefix}/search")
        return RedirectResponse(address, 303, {"cache-control": "no-store"})
    form = changed(form, done)
    return answer.html(visit, visit.service.renderer.render("advanced.html", page(visit, asked, form)))


def read(params: list[tuple[str, str]]) -> Form | None:
    """The form in the parameters of an address, None where there is none of it.

    Numbers of groups and rows may have gaps: ``text2.1`` is a row of the second group.
    """
    cells: dict[int, dict[int, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    joints: dict[int, str] = {}
    joint = ""
    for name, value in params[:MAX_PARAMETERS]:
        if name == "join":
            joint = value
        elif (cell := _CELL.match(name)) is not None:
            what, group, row = cell[1], int(cell[2]), cell[3]
            if what == "join" and not row:
                joints[group] = value
            elif what != "join" and row:
                cells[group][int(row)][what] = value
    if not cells:
        return None
    groups = []
    for number in sorted(cells)[:MAX_GROUPS]:
        rows = [_row(cells[number][n]) for n in sorted(cells[number])[:MAX_ROWS]]
        how = joints.get(number, "")
        groups.append(Group(tuple(rows), how if how in JOINTS else "and"))
    return Form(tuple(groups), "or" if joint == "or" else "and")


def _row(cell: dict[str, str]) -> Row:
    field, match = cell.get("field", "all"), cell.get("match", "words")
    return Row(
        field if field in FIELDS else "all",
        match if match in MATCHES else "words",
        clean(cell.get("text", "")[: 4 * MAX_QUERY])[:MAX_QUERY],
    )


def changed(form: Form, done: str) -> Form:
    """The form after one of its buttons: a row more or less, a group more or less."""
    groups = list(form.groups)
    if done == "group" and len(groups) < MAX_GROUPS:
        groups.append(Group())
    elif (found := _DO.match(done)) is not None and 1 <= int(found[2]) <= len(groups):
        at = int(found[2]) - 1
        group = groups[at]
        if found[1] == "row" and len(group.rows) < MAX_ROWS:
            groups[at] = Group((*group.rows, Row(group.rows[-1].field)), group.joint)
        elif found[1] == "drop" and found[3] and 1 <= int(found[3]) <= len(group.rows):
            rows = tuple(r for n, r in enumerate(group.rows, 1) if n != int(found[3]))
            groups[at] = Group(rows or (Row(),), group.joint)
        elif found[1] == "leave" and len(groups) > 1:
            del groups[at]
    return Form(tuple(groups), form.joint)


def page(visit: Visit, asked: SearchRequest, form: Form) -> form_pages.AdvancedPage:
    """The values of the page."""
    texts = visit.texts
    return form_pages.AdvancedPage(
        site=visit.site(),
        joints=tuple(
            pages.Choice(texts(f"advanced.between_{j}"), "", j == form.joint, value=j) for j in ("and", "or")
        ),
        groups=tuple(_shown(visit, n, group) for n, group in enumerate(form.groups, 1)),
        full=len(form.groups) >= MAX_GROUPS,
        types=tuple(
            pages.Channel(t.code, visit.names.channel(t.code), "", None, t.code in asked.type)
            for t in present.CHANNELS
        ),
        limits=tuple(_limit(visit, asked, name, most) for name, most in LIMITS),
        year_from=_year(asked, 0),
        year_to=_year(asked, 1),
        kept=tuple(
            (n, v)
            for n, v in asked.with_query("", "all").to_params()
            if n not in _LIMITING and n not in ("q", "in", "page", "cursor")
        ),
        echo=_echo(visit, asked, form),
    )


def _shown(visit: Visit, number: int, group: Group) -> form_pages.FormGroup:
    texts = visit.texts
    rows = []
    for n, row in enumerate(group.rows, 1):
        fields = OFFERED if row.field in OFFERED else (*OFFERED, row.field)
        rows.append(
            form_pages.FormRow(
                n,
                tuple(pages.Choice(visit.names.field(f), "", f == row.field, value=f) for f in fields),
                tuple(pages.Choice(texts(f"advanced.{m}"), "", m == row.match, value=m) for m in MATCHES),
                row.text,
            )
        )
    return form_pages.FormGroup(
        number,
        tuple(pages.Choice(texts(f"advanced.rows_{j}"), "", j == group.joint, value=j) for j in JOINTS),
        tuple(rows),
        full=len(group.rows) >= MAX_ROWS,
    )


def _limit(visit: Visit, asked: SearchRequest, name: str, most: int) -> form_pages.Limit:
    """The values of a facet in this portal, those with most records first, and what is chosen already."""
    plain = SearchRequest(lang=visit.wanted)
    found = pipeline.list_facet(plain, visit.view, visit.service.engine, name, limit=most)
    chosen = [value for n, value in asked.filters if n == name]
    values = dict.fromkeys([*chosen, *(v.value for v in (found.values if found else ()) if v.count)])
    return form_pages.Limit(
        name,
        visit.names.facet(name),
        tuple(pages.Choice(visit.names.value(name, v), "", v in chosen, value=v) for v in values),
    )


def _year(asked: SearchRequest, end: int) -> str:
    year = asked.year[end] if asked.year is not None else None
    return "" if year is None else str(year)


def _echo(visit: Visit, asked: SearchRequest, form: Form) -> form_pages.Echo | None:
    """How the form is understood, and how much it finds."""
    node, text = tree(form), query(form)
    if isinstance(node, Everything):
        return None
    call = pipeline.plan(asked.with_query(text, "all"), Parsed(text, node), visit.view)
    total = visit.service.engine.totals([call])[0]
    return form_pages.Echo(in_words(node, visit.lang), text, total)
