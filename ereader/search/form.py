"""The form of advanced search as values (高级检索表单): groups of rows, to a query tree and back.

Within a group all rows count, any of them, or none may (AND, OR, NOT); groups are joined by AND or by OR.
There are no further rules of precedence, so a form says exactly one thing. Its query is written in the
language of the box (``docs/query-syntax.md``) and read back from there: whatever has the form of groups and
rows comes back as such, anything else as one row with its text.
"""

from __future__ import annotations

import re
from typing import Literal

import msgspec

from ereader.search.explain import print_years_typed, understood
from ereader.search.identifiers import normal_form, recognise
from ereader.search.keywords import keyword_value
from ereader.search.parser import joined, parse
from ereader.search.query_fields import FIELDS
from ereader.search.typed_text import clean
from ereader.search.years import parse_years
from indexer.index.query import And, Everything, Exact, Node, Not, Nothing, Or, Phrase, Range, Wildcard, Words
from indexer.text.analyse import analyse

Match = Literal["words", "phrase", "any", "none", "begins", "exact", "range", "query"]
MATCHES: tuple[Match, ...] = ("words", "phrase", "any", "none", "begins", "exact", "range", "query")
Joint = Literal["and", "or", "not"]
JOINTS: tuple[Joint, ...] = ("and", "or", "not")

MAX_GROUPS = 8
MAX_ROWS = 12  # of one group
MAX_TEXT = 500  # characters of one row
MAX_QUERY = 2_000  # of a row that holds a whole query

_SIGNS = re.compile(r"[\"＂“”„‟〝〞「」『』«»《》〈〉﹁﹂﹃﹄()（）﹙﹚\\:：\[\]{}^＾~]|&&|\|\||[＆｜|]")
_QUOTES = re.compile('["＂“”„‟〝〞\\\\]')
_LEADING = re.compile(r"(?<!\S)[-－+＋!！,，;；、]+")
_OPERATOR = re.compile(r"(?<!\S)(AND|OR|NOT)(?!\S)")


class Row(msgspec.Struct, frozen=True):
    """One condition (检索行): a field, how to match, and the text."""

    field: str = "all"
    match: Match = "words"
    text: str = ""


class Group(msgspec.Struct, frozen=True):
    """Rows of which all, any or none hold (检索组)."""

    rows: tuple[Row, ...] = (Row(),)
    joint: Joint = "and"


class Form(msgspec.Struct, frozen=True):
    """Groups joined by ``and`` or ``or`` (检索表单)."""

    groups: tuple[Group, ...] = (Group(),)
    joint: Literal["and", "or"] = "and"


# From the form to a query


def query(form: Form) -> str:
    """The form in the query language, "" for an empty one.

    Words alone stay as they were typed.
    """
    rows = [row for group in form.groups for row in group.rows if row.text.strip()]
    if len(rows) == 1 and rows[0].match in ("words", "query") and rows[0].field == "all":
        group = next(g for g in form.groups if rows[0] in g.rows)
        if group.joint != "not":
            text = " ".join(clean(rows[0].text).split())
            return text if rows[0].match == "query" else _words_only(text) or text
    node = tree(form)
    return "" if isinstance(node, Everything) else understood(node)


def tree(form: Form) -> Node:
    """The tree that the form means; Everything for an empty one."""
    groups = [node for group in form.groups if (node := _group_tree(group)) is not None]
    return joined(And if form.joint == "and" else Or, groups) or Everything()


def _group_tree(group: Group) -> Node | None:
    rows = [node for row in group.rows if (node := row_tree(row)) is not None]
    if group.joint == "and":
        return joined(And, rows)
    found = joined(Or, rows)
    return found if found is None or group.joint == "or" else _negated(found)


def row_tree(row: Row) -> Node | None:
    """What one row means; None where its text holds nothing to look for."""
    field = row.field if row.field in FIELDS else "all"
    kind = FIELDS[field].kind
    text = clean(row.text[: MAX_QUERY if row.match == "query" else MAX_TEXT]).strip()
    if not text:
        return None
    if row.match == "query":
        # What is written of a tree and read again has lost the signs that mean nothing.
        first = _worded(parse(text, field).tree)
        found = None if first is None else parse(understood(first)).tree
        return None if isinstance(found, Nothing | Everything) and text != "*" else found
    if kind == "years":
        years = parse_years(text)
        if years is None:
            return row_tree(Row("all", "words", text))
        return Range(field, *years)
    if kind in ("identifier", "keyword"):
        return _value_tree(field, kind, row.match, text)
    words = _words_only(text)
    if not analyse(words):
        return None
    match row.match:
        case "phrase" | "exact":
            return Phrase(field, _without_wildcards(words))
        case "begins":
            start = field in ("all", "title")
            return Phrase("title" if start else field, _without_wildcards(words), start)
        case "any" | "none":
            each = [parse(word, field).tree for word in words.split() if analyse(word)]
            found = joined(Or, each) or Nothing()
            return _negated(found) if row.match == "none" else found
        case _:
            return parse(words, field).tree


def _value_tree(field: str, kind: str, match: Match, text: str) -> Node | None:
    """Numbers and codes are compared whole; several of them, divided by commas, are alternatives."""
    text = " ".join(_QUOTES.sub(" ", text).split())
    if not analyse(text):
        return None
    pieces = re.split(r"[;；,，]\s*", text) if match in ("any", "none") else [text]
    nodes: list[Node] = []
    for piece in pieces:
        if not analyse(piece):
            continue
        if kind == "identifier":
            if re.fullmatch(r"[^*?＊\s]{2,40}[*＊]", piece):
                nodes.append(Wildcard(field, piece.replace("＊", "*")))
            else:
                nodes.append(Exact(field, normal_form(field, piece)))
        else:
            nodes.append(Exact(field, keyword_value(field, piece)))
    found = joined(Or, nodes)
    return _negated(found) if found is not None and match == "none" else found


def _words_only(text: str) -> str:
    """The words of a row, wildcards kept, without the signs that mean something in the box."""
    words = " ".join(_LEADING.sub("", " ".join(_SIGNS.sub(" ", text).split())).split())
    return _OPERATOR.sub(r"\\\1", words)


def _without_wildcards(words: str) -> str:
    return " ".join(re.sub("[*＊?？]", " ", words).split())


def _worded(node: Node) -> Node | None:
    """None for words without a letter or digit, which are no condition beside others."""
    return None if isinstance(node, Words) and not analyse(node.text) else node


def _negated(node: Node) -> Node:
    return node.child if isinstance(node, Not) else Not(node)


# From a query to the form


def form_of(text: str, field: str = "all") -> Form:
    """The form of a query: its groups and rows where it has such, else one row with the text as it is."""
    parsed = parse(text, field)
    if isinstance(parsed.tree, Everything | Nothing):
        return Form((Group((Row(field if field in FIELDS else "all"),)),))
    found = _form(parsed.tree)
    if found is not None and tree(found) == parsed.tree and _fits(found):
        return found
    return Form((Group((Row(field if field in FIELDS else "all", "query", text[:MAX_QUERY]),)),))


def _fits(form: Form) -> bool:
    return len(form.groups) <= MAX_GROUPS and all(len(group.rows) <= MAX_ROWS for group in form.groups)


def _form(node: Node) -> Form | None:
    if (group := _group(node)) is not None:
        return Form((group,))
    if not isinstance(node, And | Or):
        return None
    joint: Literal["and", "or"] = "and" if isinstance(node, And) else "or"
    groups: list[Group] = []
    for child in node.children:
        row = _row(child)
        if row is not None and groups and groups[-1].joint == joint and _open(groups[-1]):
            groups[-1] = Group((*groups[-1].rows, row), joint)
        elif row is not None:
            groups.append(Group((row,), joint))
        elif (found := _group(child)) is not None:
            groups.append(found)
        else:
            return None
    alone = [Group(g.rows) if len(g.rows) == 1 and g.joint == "or" else g for g in groups]
    return Form(tuple(alone), joint)


def _open(group: Group) -> bool:
    """Whether a further row of the same operator may join it: it was itself made of rows of that operator."""
    return len(group.rows) < MAX_ROWS


def _group(node: Node) -> Group | None:
    if (row := _row(node)) is not None:
        return Group((row,))
    if isinstance(node, Not):
        inner = node.child.children if isinstance(node.child, Or) else (node.child,)
        rows = [_row(child) for child in inner]
        return Group(tuple(r for r in rows if r is not None), "not") if all(rows) else None
    if isinstance(node, And | Or):
        rows = [_row(child) for child in node.children]
        if all(rows):
            return Group(tuple(r for r in rows if r is not None), "and" if isinstance(node, And) else "or")
    return None


def _row(node: Node) -> Row | None:
    """The one row that means a node, None where it takes more."""
    row = _row_of(node)
    return row if row is not None and row_tree(row) == node else None


def _row_of(node: Node) -> Row | None:
    match node:
        case Words(field, text) | Wildcard(field, text) if FIELDS[field].kind == "text":
            return Row(field, "words", text)
        case Phrase(field, text, start):
            return Row(field, "begins" if start else "phrase", text)
        case Exact(field, text) | Wildcard(field, text):
            return Row(field, "exact", text)
        case Range(field, low, high):
            return Row(field, "range", print_years_typed(low, high))
        case Or((Exact(), Words("all", text))) if recognise(text) is not None:
            return Row("all", "words", text)
        case Or(children):
            return _alternatives(children, "any")
        case Not(Or(children)):
            return _alternatives(children, "none")
        case Not(child) if (row := _row_of(child)) is not None:
            return Row(row.field, "none", row.text) if row.match in ("words", "exact") else None
        case _:
            return None


def _alternatives(children: tuple[Node, ...], match: Match) -> Row | None:
    """Single words of one field that are alternatives of one another."""
    fields = {getattr(child, "field", "") for child in children}
    if len(fields) != 1:
        return None
    field = fields.pop()
    if all(isinstance(child, Words | Wildcard) for child in children) and FIELDS[field].kind == "text":
        texts = [child.text if isinstance(child, Words) else child.pattern for child in children]  # type: ignore[union-attr]
        return None if any(" " in text for text in texts) else Row(field, match, " ".join(texts))
    if all(isinstance(child, Exact) for child in children):
        return Row(field, match, ", ".join(child.value for child in children))  # type: ignore[union-attr]
    return None
