"""Proposes a mapping for a list (映射建议): what a librarian then corrects, with samples of every column
beside it.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from indexer import recognise
from indexer.adapters.mapped import row_of
from indexer.formats.columns import member_of, member_of_values, suggest
from indexer.formats.mapping_rules import texts_at
from indexer.profile import Profile
from indexer.reader import Raw, UnreadableFile
from indexer.readers.lines import text_of
from indexer.readers.markdown import LIST_MAPPING, PAGE_MAPPING
from indexer.records.resource_type import BY_CODE

_ROWS = 500
_DEPTH = 3
_SAMPLES = 3
_LISTS = frozenset({"csv", "tsv", "mapped", "jsonl", "markdown", "org"})
# With any mapping the readers of lists give rows; this one means nothing yet.
_ANY: dict[str, Any] = {"name": "proposal"}
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


class Proposal(NamedTuple):
    """A proposed mapping (建议) as the text of its file, with the format and the number of rows it was made
    from.
    """

    text: str
    format: str
    rows: int
    complete: bool  # whether a title was found


def propose(path: Path, format: str = "", type: str = "", charset: str = "") -> Proposal:
    """A mapping for a file; raises UnreadableFile when it is no list, or when it needs no mapping."""
    profile = Profile(format=format, charset=charset, mapping=_ANY)
    raws = [raw for raw in itertools.islice(recognise.open_file(path, profile=profile), _ROWS) if raw.data]
    if not raws:
        raise UnreadableFile(f"{path.name}: there are no rows in it")
    code = raws[0].format
    if code not in _LISTS:
        raise UnreadableFile(f"{path.name}: records of format {code} need no mapping; load the file as it is")
    rows = [row for raw in raws if (row := row_of(raw, text_of(raw, profile)[0])) is not None]
    source: dict[str, Any] = {"name": path.name.split(".")[0]}
    if code in ("csv", "tsv"):
        source |= _source_of_table(code, raws[0])
    elif code in ("markdown", "org"):
        source["format"] = code
    if code == "markdown":
        source["cut"] = raws[0].context.get("cut", "list")
    columns = _columns(rows)
    record = _record(code, source, columns, rows)
    declared = type or _type_of(record, columns, len(rows))
    record = {"type": {"value": declared}, **{name: rule for name, rule in record.items() if name != "type"}}
    return Proposal(_toml(path.name, source, record, columns), code, len(rows), "title" in record)


def _source_of_table(code: str, raw: Raw) -> dict[str, Any]:
    context = raw.context
    source: dict[str, Any] = {"format": code}
    if context["delimiter"] != ("\t" if code == "tsv" else ","):
        source["delimiter"] = context["delimiter"]
    if not context["quote"]:
        source["quote"] = ""
    if raw.charset not in ("utf-8", "utf-16", ""):
        source["charset"] = raw.charset
    if context["columns"] == [str(number) for number in range(1, len(context["columns"]) + 1)]:
        source["header"] = False
        source["columns"] = [f"column {number}" for number in context["columns"]]
    return source


def _columns(rows: list[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Columns, or paths into objects, with their texts in the order of the rows."""
    names: dict[str, None] = {}
    for row in rows:
        for name in _paths(row):
            names.setdefault(name)
            if len(names) > 300:
                break
    return {name: [text for row in rows for text in texts_at(row, name)[:5]] for name in names}


def _paths(row: Mapping[str, Any], prefix: str = "", depth: int = 0) -> Iterator[str]:
    for name, value in row.items():
        if (
            not isinstance(name, str)
            or (name.startswith("_") and name not in ("_key",))
            or name in ("", "children")
        ):
            continue
        items = value if isinstance(value, list) else [value]
        objects = [item for item in items[:20] if isinstance(item, dict)]
        if objects and depth < _DEPTH and "text" not in objects[0]:
            for item in objects:
                yield from _paths(item, f"{prefix}{name}.", depth + 1)
        else:
            yield f"{prefix}{name}"


def _record(
    code: str, source: dict[str, Any], columns: dict[str, list[str]], rows: list[Any]
) -> dict[str, Any]:
    if code == "markdown":
        if source.get("cut") == "list":
            return dict(LIST_MAPPING["record"])
        named = [column for column in columns if member_of(column)]
        return {**_suggested(named, rows), **PAGE_MAPPING["record"]}
    if code == "org":
        top = [
            column for column in columns if "." not in column and column not in ("headline", "path", "body")
        ]
        record = {
            key: rule
            for key, rule in _suggested(top, rows).items()
            if key not in ("title", "id", "relations")
        }
        return {"title": "headline", "id": _ids(top), "subjects": "path", **record, **_people(columns)}
    if source.get("header") is False:
        renamed = dict(zip(columns, source["columns"], strict=False))
        by_name = {renamed.get(name, name): values for name, values in columns.items()}
        columns.clear()
        columns.update(by_name)
        rows = [{renamed.get(name, name): value for name, value in row.items()} for row in rows]
    record = _suggested([column for column in columns if "." not in column], rows)
    if not record:
        # Everything is a level down: {"metadata": {"title": …}}.
        nested = [column for column in columns if "." in column]
        short = {column.rsplit(".", 1)[-1]: column for column in reversed(nested)}
        lifted = [
            {name: next(iter(texts_at(row, column)), "") for name, column in short.items()} for row in rows
        ]
        record = _renamed(_suggested(list(short), lifted), short)
    people = _people(columns)
    if people:
        contributors = record.setdefault("contributors", {})
        if isinstance(contributors, dict) and "column" not in contributors:
            contributors.update(people["contributors"])
    for column in columns:
        prefix, _, last = column.rpartition(".")
        if (
            prefix
            and last.casefold() in ("name", "term", "label")
            and member_of(prefix.rsplit(".", 1)[-1]) == "subjects"
        ):
            record.setdefault("subjects", column)
    return record


def _suggested(columns: list[str], rows: list[Any]) -> dict[str, Any]:
    lists = {column for column in columns if any(isinstance(row.get(column), list) for row in rows[:50])}
    grid = [
        [
            " | ".join(texts_at(row, c)[:5]) if c in lists else next(iter(texts_at(row, c)), "")
            for c in columns
        ]
        for row in rows
    ]
    record: dict[str, Any] = suggest(columns, grid).get("record", {})
    return {key: _unsplit(rule, lists) for key, rule in record.items()}


def _unsplit(rule: Any, lists: set[str]) -> Any:
    """A JSON list needs no mark to part it."""
    if isinstance(rule, dict) and rule.get("column") in lists:
        return rule["column"]
    if isinstance(rule, dict) and "column" not in rule:
        return {key: _unsplit(part, lists) for key, part in rule.items()}
    return [_unsplit(part, lists) for part in rule] if isinstance(rule, list) else rule


def _ids(columns: list[str]) -> Any:
    named = [column for column in columns if column.upper().endswith("ID")]
    return named if len(named) != 1 else named[0]


_NAME_PARTS = (
    ("last_name", "first_name"),
    ("lastName", "firstName"),
    ("family", "given"),
    ("surname", "forename"),
)


def _people(columns: dict[str, list[str]]) -> dict[str, Any]:
    """Rules for persons that are objects of their own: ``authors: [{last_name, first_name}]``, ``人物`` in
    an outline.
    """
    found: dict[str, Any] = {}
    for prefix in dict.fromkeys(column.rpartition(".")[0] for column in columns if "." in column):
        member = member_of(prefix.rsplit(".", 1)[-1])
        if not member.startswith("contributors."):
            continue
        role = member.partition(".")[2]
        for family, given in _NAME_PARTS:
            if f"{prefix}.{family}" in columns:
                found.setdefault(role, {"each": prefix, "text": f"{{{family}}}, {{{given}}}"})
        for name in ("name", "display_name", "fullName", "headline"):
            if f"{prefix}.{name}" in columns and role not in found:
                found[role] = {"each": prefix, "column": name}
        for attribute, name in (("role", "FUNCTION"), ("note", "DYNASTY"), ("dates", "DATES")):
            if f"{prefix}.{name}" in columns and role in found:
                found[role][attribute] = f"{{{name}}}"
    return {"contributors": found} if found else {}


def _renamed(rule: Any, names: dict[str, str]) -> Any:
    """Rules with the short names of columns made paths again; a path gives several values by itself."""
    if isinstance(rule, str):
        return names.get(rule, rule)
    if isinstance(rule, list):
        return [_renamed(part, names) for part in rule]
    if "column" in rule:
        return {**rule, "column": names.get(rule["column"], rule["column"])}
    return {key: _renamed(part, names) for key, part in rule.items()}


# Words that speak for a type when they are in three rows of ten.
_WORDS = (
    ("rubbing", re.compile(r"拓片|拓本|墓志|\brubbings?\b", re.I)),
    ("domestic-course", re.compile(r"课程|本课|慕课|授课")),
    ("genealogy", re.compile(r"宗谱|族谱|家谱|宗譜|族譜|家譜")),
    ("gazetteer", re.compile(r"(?:县|縣|府|州|省|通|市)志")),
    ("map", re.compile(r"地图|地圖|輿圖|舆图|\bmaps?\b", re.I)),
)


def _type_of(record: dict[str, Any], columns: dict[str, list[str]], rows: int) -> str:
    """The type the columns speak for: a list with ISSN and no host is journals, one with teachers is
    courses …
    """
    filled = {name: texts for name, texts in columns.items() if texts}
    names = " ".join(filled).casefold()
    identifiers = record.get("identifiers", {})
    contributors = record.get("contributors", {}) if isinstance(record.get("contributors"), dict) else {}
    held = " ".join(["", *(name for name in texts_of(identifiers) if name in filled)])
    titled = next(iter(texts_of(record.get("title"))), "").casefold()
    if titled in ("姓名", "教师姓名", "名师", "teacher") and re.search(
        r"职称|職稱|获奖|名师|professor", names
    ):
        return "teacher"
    if "teacher" in contributors or "课程" in names or "course" in names:
        text = "".join(columns.get(next(iter(texts_of(record.get("title"))), ""), [])[:50])
        return "domestic-course" if re.search(r"[\u4e00-\u9fff]", text) else "foreign-course"
    if "advisor" in contributors or "学位" in names or "degree" in names:
        return "thesis"
    if record.get("relations", {}).get("in") or ("issue" in names and "volume" in names):
        return "article"
    if ("issn" in identifiers or "cn" in identifiers) and held.strip() and "isbn" not in identifiers:
        return "journal"
    if "刊名" in names or "journal" in names:
        return "journal"
    for words, code in (
        ("拓片", "rubbing"),
        ("rubbing", "rubbing"),
        ("地图", "map"),
        ("播讲", "audio"),
        ("narrator", "audio"),
    ):
        if words in names:
            return code
    if "narrator" in contributors or "totaltime" in names or "时长" in names:
        return "audio"
    if "isbn" not in identifiers:
        for code, pattern in _WORDS:
            if any(
                sum(bool(pattern.search(text)) for text in texts) > 0.3 * rows for texts in filled.values()
            ):
                return code
    return "book"


def texts_of(rule: Any) -> list[str]:
    """The columns a rule of a proposal takes."""
    if isinstance(rule, str):
        return [rule]
    if isinstance(rule, list):
        return [name for part in rule for name in texts_of(part)]
    if isinstance(rule, dict) and isinstance(rule.get("column"), str):
        return [rule["column"]]
    return [name for part in rule.values() for name in texts_of(part)] if isinstance(rule, dict) else []


def _toml(
    filename: str, source: dict[str, Any], record: dict[str, Any], columns: dict[str, list[str]]
) -> str:
    used = set(texts_of({key: rule for key, rule in record.items() if key != "type"}))
    lines = [
        f"# Proposed for {_one_line(filename)}; look through it before loading.",
        "# The language is described in docs/mapping.md.",
        *(f"{key} = {_value(value)}" for key, value in source.items()),
        "",
        "[record]",
        f"# One of: {', '.join(BY_CODE)}",
    ]
    if "title" not in record:
        lines.append('# No column looks like a title: write  title = "the column"')
    for key, rule in _dotted(record):
        samples = [text for name in texts_of(rule) for text in columns.get(name, [])[:1]]
        lines.append(f"{key} = {_value(rule)}" + (f"  # {_one_line(samples[0])}" if samples else ""))
    left = [name for name in columns if name not in used]
    if left:
        lines += ["", "# Not used:"]
        for name in left:
            samples = list(dict.fromkeys(columns[name]))[:_SAMPLES]
            guess = member_of_values(columns[name])
            seems = f" (looks like {guess})" if guess else ""
            lines.append(f"#   {_value(name)}{seems}: {_one_line(' ¦ '.join(samples)) or 'empty'}")
    return "\n".join(lines) + "\n"


def _dotted(rules: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, rule in rules.items():
        name = f"{prefix}{key if _BARE_KEY.fullmatch(key) else _value(key)}"
        if isinstance(rule, dict) and not {"column", "columns", "value", "text"} & rule.keys():
            yield from _dotted(rule, f"{name}.")
        else:
            yield name, rule


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return (
            "{ "
            + ", ".join(
                f"{key if _BARE_KEY.fullmatch(key) else _value(key)} = {_value(part)}"
                for key, part in value.items()
            )
            + " }"
        )
    if isinstance(value, list):
        return "[" + ", ".join(_value(part) for part in value) + "]"
    # TOML's basic strings and JSON's have the same escapes, but for DEL.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _one_line(text: str) -> str:
    shortened = msgspec.json.encode(text[:80]).decode()[1:-1].replace("\x7f", "")
    return re.sub(r"\\u[0-9a-f]{4}|\\[nrtbf]", " ", shortened).replace('\\"', '"').replace("\\\\", "\\")
