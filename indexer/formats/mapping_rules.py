"""The rules of the mapping language (映射规则): compiled once, they take a row and give values.

What the keys of a rule mean is said in ``docs/mapping.md``. Nothing here raises while rows are read: what
is wrong with a rule is found when it is compiled.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from indexer.formats.markup import plain

Row = Mapping[str, Any]


class MappingError(ValueError):
    """A mapping that cannot be used; the message names the key and says what is wrong."""


class Value(NamedTuple):
    """One value that a rule gives (取值), and the row or part of a row that its attributes are taken from."""

    text: str
    row: Row


Values = Callable[[Row], list[Value]]

RULE_KEYS = frozenset(
    {
        "column", "columns", "join", "value", "text", "each", "split", "split_regex", "find", "remove",
        "replace", "map", "default", "without", "when", "case", "number", "first",
    }
)  # fmt: skip
ATTRIBUTES = frozenset(
    {"role", "kind", "scheme", "label", "note", "dates", "romanised", "script", "affiliation"}
)
_CONDITION_KEYS = frozenset({"column", "matches", "is", "empty", "not"})


def values_of(rule: Any, where: str) -> Values:
    """Compiles one rule: a column, a list of rules (all of them in turn), or a table; raises MappingError."""
    if isinstance(rule, (str, int)) and not isinstance(rule, bool):
        return values_of({"column": rule}, where)
    if isinstance(rule, list):
        inner = [values_of(part, where) for part in rule]
        return lambda row: [value for part in inner for value in part(row)]
    if not isinstance(rule, dict):
        raise MappingError(f"{where}: a rule is a column, a list or a table, not {rule!r}")
    for key in rule:
        if key not in RULE_KEYS and key not in ATTRIBUTES:
            raise MappingError(
                f"{where}: a rule has no key {key!r}; known are {', '.join(sorted(RULE_KEYS | ATTRIBUTES))}"
            )
    steps = _steps(rule, where)
    take = _source(rule, where)
    applies = condition(rule["when"], f"{where}.when") if "when" in rule else None
    default = plain(rule.get("default", "")) if "map" not in rule else ""
    only_first = bool(rule.get("first", False))

    def run(row: Row) -> list[Value]:
        if applies is not None and not applies(row):
            return []
        found: list[Value] = []
        for text, item in take(row):
            texts = [text]
            for step in steps:
                texts = [out for one in texts for out in step(one) if out]
            found.extend(Value(out, item) for out in texts)
            if found and only_first:
                return found[:1]
        return found or ([Value(default, row)] if default else [])

    return run


def _source(rule: Mapping[str, Any], where: str) -> Callable[[Row], Iterator[tuple[str, Row]]]:
    """Where the values of a rule come from: a constant, a column, several columns joined, a template."""
    if "value" in rule:
        constant = plain(rule["value"])
        return lambda row: iter([(constant, row)])
    if "text" in rule:
        fill = template(str(rule["text"]))
        if "each" in rule:
            path = str(rule["each"])
            return lambda row: ((fill(item), item) for item in _items(row, path))
        return lambda row: iter([(fill(row), row)])
    if "columns" in rule:
        columns, glue = [str(name) for name in rule["columns"]], str(rule.get("join", " "))
        return lambda row: iter([(glue.join(t for t in (first(row, name) for name in columns) if t), row)])
    if "column" in rule:
        column = str(rule["column"])
        if "each" in rule:
            path = str(rule["each"])
            return lambda row: ((text, item) for item in _items(row, path) for text in texts_at(item, column))
        return lambda row: ((text, row) for text in texts_at(row, column))
    raise MappingError(f"{where}: a rule needs one of column, columns, value, text")


def _items(row: Row, path: str) -> Iterator[Row]:
    for item in found_at(row, path):
        if isinstance(item, dict):
            yield {**item, "_row": row}
        else:
            yield {"value": item, "_row": row}


_Step = Callable[[str], list[str]]


def _steps(rule: Mapping[str, Any], where: str) -> list[_Step]:
    """What is done to each text, in this order: split, find, remove, replace, map, without, number, case."""
    steps: list[_Step] = []
    if "split" in rule:
        marks = rule["split"] if isinstance(rule["split"], list) else [rule["split"]]
        steps.append(_splitter(re.compile("|".join(re.escape(str(mark)) for mark in marks))))
    if "split_regex" in rule:
        steps.append(_splitter(regex(rule["split_regex"], where)))
    if "find" in rule:
        steps.append(_finder(regex(rule["find"], where)))
    for key in ("remove", "replace"):
        pairs = rule.get(key, [])
        if isinstance(pairs, str):
            pairs = [pairs]
        for pair in pairs:
            pattern, new = (pair, "") if key == "remove" else _pair(pair, where)
            steps.append(_replacer(regex(pattern, where), str(new)))
    if "map" in rule:
        steps.append(_mapper(rule["map"], rule.get("default"), where))
    if "without" in rule:
        unwanted = frozenset(plain(word).casefold() for word in rule["without"])
        steps.append(lambda text: [] if text.casefold() in unwanted else [text])
    if rule.get("number"):
        steps.append(_whole_number)
    if "case" in rule:
        steps.append(_case(str(rule["case"]), where))
    return steps


def regex(pattern: Any, where: str) -> re.Pattern[str]:
    """A pattern of the mapping; raises MappingError when it is none."""
    try:
        return re.compile(str(pattern))
    except (re.error, OverflowError, RecursionError) as error:
        raise MappingError(f"{where}: {pattern!r} is not a regular expression: {error}") from error


def _splitter(pattern: re.Pattern[str]) -> _Step:
    return lambda text: list(
        dict.fromkeys(part.strip() for part in pattern.split(text) if part and part.strip())
    )


def _finder(pattern: re.Pattern[str]) -> _Step:
    def find(text: str) -> list[str]:
        match = pattern.search(text[:100_000])
        if match is None:
            return []
        return [(match.group(1) if pattern.groups else match.group()) or ""]

    return lambda text: [found.strip() for found in find(text)]


def _replacer(pattern: re.Pattern[str], new: str) -> _Step:
    return lambda text: [pattern.sub(new, text[:100_000]).strip()]


def _pair(pair: Any, where: str) -> tuple[str, str]:
    if not isinstance(pair, list) or len(pair) != 2:
        raise MappingError(f"{where}: replace takes pairs [pattern, replacement]")
    return str(pair[0]), str(pair[1])


def _mapper(table: Any, default: Any, where: str) -> _Step:
    if not isinstance(table, dict):
        raise MappingError(f"{where}: map must be a table of values")
    known = {plain(key).casefold(): plain(value) for key, value in table.items()}
    if default is None:
        return lambda text: [known.get(text.casefold(), text)]
    fallback = plain(default)
    return lambda text: [known.get(text.casefold(), fallback)]


def _whole_number(text: str) -> list[str]:
    match = re.fullmatch(r"\s*([-+]?\d{1,15})(?:\.0*)?\s*", text)
    return [str(int(match.group(1)))] if match is not None else []


def _case(name: str, where: str) -> _Step:
    if name == "sentence":
        return lambda text: [text[:1].upper() + text[1:]]
    if name == "lower":
        return lambda text: [text.lower()]
    if name == "title":
        return lambda text: [text.title()]
    raise MappingError(f"{where}: case is one of sentence, lower, title")


def condition(entry: Any, where: str) -> Callable[[Row], bool]:
    """Compiles a condition on a row: ``{column, matches | is | empty, not}``; raises MappingError."""
    if not isinstance(entry, dict) or "column" not in entry or set(entry) - _CONDITION_KEYS:
        raise MappingError(f"{where}: a condition has column and one of matches, is, empty")
    column, wanted = str(entry["column"]), not bool(entry.get("not", False))
    if "matches" in entry:
        pattern = regex(entry["matches"], where)
        return lambda row: any(pattern.search(text) for text in texts_at(row, column)) == wanted
    if "is" in entry:
        words = entry["is"] if isinstance(entry["is"], list) else [entry["is"]]
        known = frozenset(plain(word).casefold() for word in words)
        return lambda row: any(text.casefold() in known for text in texts_at(row, column)) == wanted
    expected = bool(entry.get("empty", True)) == wanted
    return lambda row: (not any(texts_at(row, column))) == expected


_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")


def template(text: str) -> Callable[[Row], str]:
    """A text with ``{column}`` in it; empty when it has columns and all of them are, without separators
    left over.
    """
    names = _PLACEHOLDER.findall(text)
    if not names:
        constant = text
        return lambda _row: constant

    def fill(row: Row) -> str:
        found = {name: first(row, name) for name in names}
        if not any(found.values()):
            return ""
        filled = _PLACEHOLDER.sub(lambda match: found[match.group(1)], text)
        return filled if all(found.values()) else filled.strip(" ,;:/，；：、-")

    return fill


def first(row: Row, path: str) -> str:
    """The first text at a column or path."""
    return next(iter(texts_at(row, path)), "")


def texts_at(row: Row, path: str) -> list[str]:
    """Every text at a column or path, in plain form; of an object its ``text``, ``value``, ``name``,
    ``title`` or ``label``.
    """
    value = row.get(path)
    if isinstance(value, str):
        text = plain(value)
        return [text] if text else []
    return [text for text in map(_text, found_at(row, path)) if text]


_NAMES_OF_TEXT = ("text", "value", "name", "title", "label", "#text", "@value", "headline")


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return next((text for text in (plain(value.get(name)) for name in _NAMES_OF_TEXT) if text), "")
    return plain(value)


def found_at(row: Row, path: str) -> list[Any]:
    """What is at a path: a column of this very name, else members joined with dots through lists."""
    if path in row:
        return _leaves(row[path])
    here: list[Any] = [row]
    for name in path.replace("[]", "").split("."):
        following: list[Any] = []
        for value in here:
            if isinstance(value, Mapping) and name in value:
                following.extend(_leaves(value[name]))
        here = following
        if not here:
            return []
    return here


def _leaves(value: Any, depth: int = 0) -> list[Any]:
    if value is None or value == "":
        return []
    if isinstance(value, list):
        return [leaf for part in value[:10_000] for leaf in _leaves(part, depth + 1)] if depth < 8 else []
    return [value]
