"""The mapping language (映射语言): how the columns of a list become the members of a Record.

A librarian writes a mapping as a TOML file; ``docs/mapping.md`` explains it with examples. This module
reads the file, says what is wrong with it, and compiles its rules: a rule takes a row and gives values. A
row is a dict: of column names for a table, of members for JSON, of what the Markdown and outline readers
find for theirs.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from indexer.formats.mapping_rules import (
    ATTRIBUTES,
    RULE_KEYS,
    MappingError,
    Row,
    Values,
    condition,
    template,
    values_of,
)
from indexer.problem import Problem

# Keys of the file beside its tables; readers and the recognition of formats use these.
SOURCE_KEYS = frozenset(
    {
        "name", "format", "charset", "delimiter", "quote", "header", "columns", "skip_lines", "comment",
        "records", "cut", "record_property", "about",
    }
)  # fmt: skip
_TABLES = frozenset({"record", "skip", "part"})
_PART_KEYS = frozenset({"name", "bullet", "record", "without"})

SINGLE = frozenset(
    {
        "id", "type", "title", "title_remainder", "responsibility", "edition", "extent", "abstract",
        "audience", "rights", "price", "volume", "modified", "embargo_until", "publisher", "place", "date",
        "year", "year_end", "suppressed", "deleted",
    }
)  # fmt: skip
REPEATED = frozenset({"languages", "countries", "series", "notes", "contents", "places"})
GROUPS: dict[str, frozenset[str]] = {
    "titles": frozenset(
        {
            "main", "parallel", "variant", "former", "uniform", "part", "series", "spine", "cover",
            "abbreviated", "translated",
        }
    ),
    "contributors": frozenset(),
    "identifiers": frozenset(),
    "subjects": frozenset({"topic", "person", "corporate", "place", "time", "genre", "title"}),
    "classes": frozenset(),
    "links": frozenset({"fulltext", "contents", "cover", "related"}),
    "extra": frozenset(),
}  # fmt: skip
NESTED: dict[str, frozenset[str]] = {
    "holdings": frozenset({"library", "location", "call_number", "summary", "barcode", "status", "url"}),
    "relations": frozenset(
        {"title", "issn", "isbn", "cn", "doi", "volume", "issue", "pages", "date", "note", "local_id"}
    ),
}


class Compiled(NamedTuple):
    """A mapping ready for use (已编译映射)."""

    rules: Mapping[str, Values]  # "title", "contributors.author", "relations.in.title" …
    attributes: Mapping[str, Mapping[str, Any]]
    skip: Callable[[Row], bool]
    repeated: Mapping[str, list[str]]  # group or member → the keys of ``rules`` that fill it


def load(text: str) -> tuple[dict[str, Any], list[Problem]]:
    """A mapping from the text of its file, and what is wrong with it; raises MappingError when it is no
    TOML.
    """
    try:
        mapping = tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        raise MappingError(f"the mapping is not TOML: {error}") from error
    return mapping, check(mapping)


def check(mapping: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with a mapping (映射检查): unknown keys as warnings, what makes it useless as errors."""
    problems = [
        Problem("mapping-unknown-key", "warning", f"the mapping has a key {key!r} that means nothing", key)
        for key in mapping
        if key not in SOURCE_KEYS | _TABLES
    ]
    for name, rules in _record_tables(mapping):
        try:
            _compile(rules, name, mapping)
        except MappingError as error:
            problems.append(Problem("mapping-invalid", "error", str(error), name))
        if "title" not in rules:
            problems.append(
                Problem("mapping-no-title", "error", f"[{name}] does not say where the title is", name)
            )
    if "record" not in mapping:
        problems.append(Problem("mapping-no-record", "error", "the mapping has no table [record]", "record"))
    return problems


def _record_tables(mapping: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(mapping.get("record"), dict):
        yield "record", mapping["record"]
    for part in mapping.get("part", []):
        if isinstance(part, dict) and isinstance(part.get("record"), dict):
            yield f"part {part.get('name', '')}".strip(), part["record"]


def compiled(mapping: Mapping[str, Any], part: str = "") -> Compiled:
    """The compiled rules of a mapping or of one of its parts; raises MappingError."""
    return _compiled(msgspec.msgpack.encode(mapping), part)


@lru_cache(maxsize=64)
def _compiled(encoded: bytes, part: str) -> Compiled:
    mapping: dict[str, Any] = msgspec.msgpack.decode(encoded)
    wanted = f"part {part}" if part else "record"
    for name, rules in _record_tables(mapping):
        if name == wanted:
            return _compile(rules, name, mapping)
    raise MappingError(f"the mapping has no rules for {wanted}")


def _compile(rules: Mapping[str, Any], where: str, mapping: Mapping[str, Any]) -> Compiled:
    flat = dict(_flat(rules, where))
    repeated: dict[str, list[str]] = {}
    for key in flat:
        repeated.setdefault(key.split(".")[0], []).append(key)
    skips = mapping.get("skip", []) if where == "record" else []
    if not isinstance(skips, list):
        raise MappingError("skip must be written as [[skip]]")
    conditions = [condition(entry, f"skip {number}") for number, entry in enumerate(skips, 1)]
    return Compiled(
        {key: values_of(rule, f"{where}.{key}") for key, rule in flat.items()},
        {key: _attributes(rule) for key, rule in flat.items()},
        (lambda row: any(holds(row) for holds in conditions)) if conditions else (lambda _row: False),
        repeated,
    )


def skip_rule(mapping: Mapping[str, Any]) -> Callable[[Row], bool] | None:
    """Whether a row is to be skipped, for readers that need not even count it; None when the mapping skips
    none.
    """
    if not mapping.get("skip"):
        return None
    try:
        return compiled(mapping).skip
    except MappingError:
        return None  # The adapter tells what is wrong with it.


def _flat(rules: Mapping[str, Any], where: str) -> Iterator[tuple[str, Any]]:
    """Members with their rules, those of groups as ``group.name``."""
    for key, rule in rules.items():
        if key in SINGLE or key in REPEATED:
            yield key, rule
        elif key in GROUPS:
            if _is_rule(rule):
                yield key, rule
                continue
            for name, inner in rule.items():
                if GROUPS[key] and name not in GROUPS[key]:
                    raise MappingError(f"{where}.{key}: {name!r} is none of {', '.join(sorted(GROUPS[key]))}")
                yield f"{key}.{name}", inner
        elif key in NESTED:
            if not isinstance(rule, dict):
                raise MappingError(
                    f"{where}.{key} must say which member is meant, as in {key}.{sorted(NESTED[key])[0]}"
                )
            inner_tables = rule.items() if key == "relations" else [("", rule)]
            for name, members in inner_tables:
                if not isinstance(members, dict):
                    raise MappingError(
                        f"{where}.{key}.{name} must say which member is meant, as in {key}.in.title"
                    )
                for member, inner in members.items():
                    if member not in NESTED[key]:
                        raise MappingError(
                            f"{where}.{key}: {member!r} is none of {', '.join(sorted(NESTED[key]))}"
                        )
                    yield ".".join(part for part in (key, name, member) if part), inner
        else:
            raise MappingError(f"{where}: a record has no member {key!r}")


def _is_rule(rule: Any) -> bool:
    return not isinstance(rule, dict) or bool(RULE_KEYS & rule.keys())


def _attributes(rule: Any) -> Mapping[str, Any]:
    if not isinstance(rule, dict):
        return {}
    return {key: template(str(rule[key])) for key in ATTRIBUTES & rule.keys()}
