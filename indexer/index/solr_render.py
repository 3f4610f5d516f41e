"""From clauses to what Solr parses (检索式转换): templates of our own, every text in a parameter beside them.

Solr has no query objects over HTTP, only text that it parses. So that no text of a reader stands where syntax
is looked for, a query is written of fixed pieces like ``{!term f=title v=$t0}``, and the token itself is the
value of the parameter ``t0``, which Solr takes as it is. Rules: Solr Reference Guide 9.10, "Local Params",
"Standard Query Parser", "Other Parsers" (term, field, prefix, terms).
"""

from __future__ import annotations

import re
from typing import Any

from indexer.index.clause import (
    Between,
    Boost,
    Clause,
    Either,
    Every,
    Key,
    Lift,
    MatchAll,
    MatchNone,
    Narrowing,
    Near,
    Pattern,
    Ranked,
    Run,
    Term,
    Unseen,
    Value,
    Without,
)
from indexer.index.keywords import well_formed
from indexer.index.sight import expanded
from indexer.index.solr_schema import BM25_FACTOR

_ALL = "*:*"
_NONE = "(+*:* -*:*)"
_COLUMN = re.compile(r"[a-z][a-z0-9_]*")
MAX_NEAR = 32  # characters of a word that may hold an error
_NOT_PLAIN_AT_ALL = re.compile(r"([^\w])", re.ASCII)
_NOT_PLAIN = re.compile(r"([^\w*?])", re.ASCII)


class Given:
    """The texts of one request (参数), each a parameter of its own; equal ones are one."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def name(self, text: str) -> str:
        """The parameter that holds a text."""
        return self._names.setdefault(text, f"t{len(self._names)}")

    def parameters(self) -> dict[str, str]:
        return {name: text for text, name in self._names.items()}


def query(clause: Clause, given: Given) -> str:
    """A clause as a whole query or filter."""
    return f"+{_render(clause, given)}"


def filters(narrowing: Narrowing, given: Given) -> str:
    """What must and must not hold as one filter; "" when there is nothing."""
    if not narrowing:
        return ""
    must = [f"+{_render(clause, given)}" for clause in narrowing.must]
    return " ".join([*(must or [_ALL]), *(f"-{_render(clause, given)}" for clause in narrowing.never)])


def _render(clause: Clause, given: Given) -> str:
    match clause:
        case Term(column, token, scored):
            found = f"{{!term f={_named(column)} v=${given.name(_text(token))}}}"
            return f"{found}^{BM25_FACTOR}" if scored else found
        case Run(column, tokens):
            return f"{{!field f={_named(column)} v=${given.name(_text(' '.join(tokens)))}}}^{BM25_FACTOR}"
        case Value(column, term):
            return f"{{!term f={_named(column)} v=${given.name(_text(term))}}}"
        case Key(column, value):
            return f"{_named(column)}:[{value:d} TO {value:d}]"
        case Pattern(column, pattern):
            return _pattern(column, pattern, given)
        case Near(column, text, edits, begins):
            return _near(column, _text(text), edits, given, begins=begins)
        case Between(column, low, high):
            return f"{_named(column)}:[{_limit(low)} TO {_limit(high)}]"
        case Every(clauses):
            return "(" + " ".join(f"+{_render(c, given)}" for c in clauses) + ")"
        case Either(clauses):
            return "(" + " ".join(_render(c, given) for c in clauses) + ")"
        case Ranked(required, hoped):
            return f"(+{_render(required, given)} " + " ".join(_render(c, given) for c in hoped) + ")"
        case Without(wanted, unwanted):
            return f"(+{_render(wanted, given)} " + " ".join(f"-{_render(c, given)}" for c in unwanted) + ")"
        case Lift(inner, score):
            return f"({_render(inner, given)})^={_number(score)}"
        case Boost(inner, factor):
            return f"({_render(inner, given)})^{_number(factor)}"
        case MatchAll():
            return _ALL
        case MatchNone():
            return _NONE
        case Unseen():
            return "(" + " ".join(_render(c, given) for c in expanded(clause)) + ")"


def _pattern(column: str, pattern: str, given: Given) -> str:
    pattern = _text(pattern)
    if pattern.endswith("*") and not re.search(r"[*?]", pattern[:-1]):
        return f"{{!prefix f={_named(column)} v=${given.name(pattern[:-1])}}}"
    # Only * and ? are left to act; every other sign is a letter, a digit or escaped.
    return f"{{!lucene df={_named(column)} v=${given.name(_NOT_PLAIN.sub(_escaped, pattern))}}}"


def _near(column: str, text: str, edits: int, given: Given, *, begins: bool) -> str:
    """One typing error as a regular expression of all its cases, as Lucene cannot look for a beginning with
    errors; two errors by Lucene's own comparison.
    """
    if not edits or len(text) > MAX_NEAR:
        return f"{{!{'prefix' if begins else 'term'} f={_named(column)} v=${given.name(text)}}}"
    if edits > 1 and not begins:
        fuzzy = f"{_NOT_PLAIN_AT_ALL.sub(_escaped, text)}~{edits:d}"
        return f"{{!lucene df={_named(column)} v=${given.name(fuzzy)}}}"
    signs = [_NOT_PLAIN_AT_ALL.sub(_escaped, sign) for sign in text]
    cases = ["".join([*signs[:n], ".?", *signs[n + 1 :]]) for n in range(len(signs))]
    cases += ["".join([*signs[:n], ".", *signs[n:]]) for n in range(len(signs) + 1)]
    swapped = range(len(signs) - 1)
    cases += ["".join([*signs[:n], signs[n + 1], signs[n], *signs[n + 2 :]]) for n in swapped]
    pattern = f"/({'|'.join(dict.fromkeys(cases))}){'.*' if begins else ''}/"
    return f"{{!lucene df={_named(column)} v=${given.name(pattern)}}}"


def _escaped(found: re.Match[str]) -> str:
    return f"\\{found[0]}"


def _text(text: str) -> str:
    return well_formed(text)


def _named(column: str) -> str:
    if not _COLUMN.fullmatch(column):
        raise ValueError("the name of a column is made of small letters, digits and low lines")
    return column


def _limit(number: int | None) -> str:
    return "*" if number is None else f"{number:d}"


def _number(number: float) -> str:
    return f"{number:.6f}".rstrip("0").rstrip(".")


def body(main: str, given: Given, **more: Any) -> dict[str, Any]:
    """A request in the JSON Request API: members that are empty are left out."""
    asked: dict[str, Any] = {"query": main}
    asked |= {name: value for name, value in more.items() if value not in (None, "", [], {})}
    # A blank between clauses means or; Solr must not expand ${…} in any text.
    asked["params"] = {**given.parameters(), "q.op": "OR", "expandMacros": "false"}
    return asked
