"""CQL, the query language of SRU, as a tree (上下文查询语言): the parts that a library's catalogue needs.

Source: Contextual Query Language 1.2 (Library of Congress). What is not understood is refused with the number
of its diagnostic (SRU diagnostics list, ``info:srw/diagnostic/1/``), never guessed.
"""

from __future__ import annotations

import re

from indexer.index.query import And, Everything, Exact, Node, Not, Or, Phrase, Words
from indexer.records.identifier import isbn13

LONGEST = 4_000
DEEPEST = 20
MOST_CLAUSES = 64
_TOKEN = re.compile(r'\s*(?:("(?:[^"\\]|\\.)*")|(<=|>=|<>|==|[()=<>/])|([^\s()=<>"/]+))')
# Names of indexes, without the prefix of their set, and the fields that they mean here.
INDEXES = {
    "serverchoice": "all", "anywhere": "all", "keywords": "all", "any": "all",
    "title": "title", "name": "author", "creator": "author", "author": "author", "contributor": "author",
    "subject": "subject", "publisher": "publisher", "isbn": "isbn", "issn": "issn", "id": "id",
    "identifier": "id",
}  # fmt: skip
_SERIAL = re.compile(r"(\d{4})-?(\d{3}[\dXx])")


class CqlRefused(Exception):
    """A query that cannot be answered (查询被拒绝): ``number`` of the diagnostic, and its details."""

    def __init__(self, number: int, details: str = "") -> None:
        super().__init__(f"{number}: {details}")
        self.number, self.details = number, details[:200]


def read(text: str) -> tuple[Node | None, str]:
    """(tree, "") of a query, or (None, id) of one for the record of an id; raises CqlRefused."""
    if len(text) > LONGEST:
        raise CqlRefused(12, f"more than {LONGEST} characters")
    parser = _Parser(_tokens(text))
    node = parser.clauses(0)
    if parser.left():
        raise CqlRefused(10, parser.peek()[1])
    if isinstance(node, Exact) and node.field == "id":
        return None, node.value
    return node, ""


def _tokens(text: str) -> list[tuple[str, str]]:
    found, at = [], 0
    text = text.rstrip()
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            raise CqlRefused(10, text[at : at + 40])
        at = token.end()
        if token[1] is not None:
            found.append(("text", re.sub(r"\\(.)", r"\1", token[1][1:-1])))
        elif token[2] is not None:
            found.append(("sign", token[2]))
        else:
            found.append(("word", token[3]))
    if not found:
        raise CqlRefused(27)
    return found


class _Parser:
    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens, self._at, self._count = tokens, 0, 0

    def left(self) -> bool:
        return self._at < len(self._tokens)

    def peek(self) -> tuple[str, str]:
        return self._tokens[self._at] if self.left() else ("end", "")

    def take(self) -> tuple[str, str]:
        token = self.peek()
        self._at += 1
        return token

    def clauses(self, depth: int) -> Node:
        """Clauses joined by and, or, not, all alike and from the left."""
        if depth > DEEPEST:
            raise CqlRefused(38, f"more than {DEEPEST} brackets within one another")
        node = self.clause(depth)
        while self.peek()[0] == "word" and self.peek()[1].lower() in ("and", "or", "not", "prox", "sortby"):
            boolean = self.take()[1].lower()
            if boolean == "sortby":
                raise CqlRefused(80)
            if boolean == "prox" or self.peek() == ("sign", "/"):
                raise CqlRefused(37 if boolean == "prox" else 46, boolean)
            other = self.clause(depth)
            if _names_one(node) or _names_one(other):
                raise CqlRefused(37, "an id stands alone")
            if boolean == "or":
                node = Or((*node.children, other) if isinstance(node, Or) else (node, other))
            else:
                further = other if boolean == "and" else Not(other)
                node = And((*node.children, further) if isinstance(node, And) else (node, further))
        return node

    def clause(self, depth: int) -> Node:
        self._count += 1
        if self._count > MOST_CLAUSES:
            raise CqlRefused(38, f"more than {MOST_CLAUSES} clauses")
        kind, value = self.take()
        if (kind, value) == ("sign", "("):
            node = self.clauses(depth + 1)
            if self.take() != ("sign", ")"):
                raise CqlRefused(13)
            return node
        if kind not in ("word", "text"):
            raise CqlRefused(10, value)
        sign = self.peek()
        named = ("all", "any", "exact", "adj", "within", "encloses", "scr")
        if kind == "word" and (
            (sign[0] == "sign" and sign[1] not in "()/") or (sign[0] == "word" and sign[1].lower() in named)
        ):
            relation = self.take()[1].lower()
            if self.peek() == ("sign", "/"):
                raise CqlRefused(20, relation)
            kind, term = self.take()
            if kind not in ("word", "text"):
                raise CqlRefused(10, term)
            return _clause(value, relation, term)
        return _clause("cql.serverchoice", "=", value)


def _names_one(node: Node) -> bool:
    return isinstance(node, Exact) and node.field == "id"


def _clause(index: str, relation: str, term: str) -> Node:
    prefix, _, name = index.lower().rpartition(".")
    if (prefix, name) == ("cql", "allrecords"):
        return Everything()
    field = INDEXES.get(name)
    if field is None or prefix not in ("", "cql", "dc", "bath", "rec", "bib", "local", "srw"):
        raise CqlRefused(16, index)
    if name == "identifier" and prefix == "dc":
        field = "all"
    if relation not in ("=", "==", "all", "any", "exact", "adj", "scr"):
        raise CqlRefused(19, relation)
    if not term.strip():
        raise CqlRefused(27, index)
    if field == "id":
        return Exact("id", term)
    if field == "isbn":
        return Exact("isbn", isbn13(term) or term)
    if field == "issn":
        found = _SERIAL.fullmatch(term.strip())
        return Exact("issn", f"{found[1]}-{found[2].upper()}" if found else term)
    if re.search(r"[*?]", term):
        raise CqlRefused(28, term)
    if relation == "any":
        return Or(tuple(Words(field, word) for word in term.split()[:MOST_CLAUSES]))
    if relation in ("==", "exact", "adj"):
        return Phrase(field, term)
    return Words(field, term)
