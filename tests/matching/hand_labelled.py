"""Reads the hand-labelled groups of ``tests/cases/match``."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

CASES = Path(__file__).resolve().parents[1] / "cases" / "match"
_COLUMNS = ("title", "who", "publisher", "year", "edition", "extent", "volume", "isbn", "type")


def isbn(number: int) -> str:
    """A valid ISBN made of a small number."""
    body = f"97879990{number:04d}"
    check = -sum(int(c) * (3 if i % 2 else 1) for i, c in enumerate(body)) % 10
    return f"{body}{check}"


def record(line: str) -> tuple[str, dict[str, Any]]:
    """(label, record in its JSON form) of one line."""
    label, _, rest = line.partition(":")
    given = dict(zip(_COLUMNS, (part.strip() for part in rest.split(" |")), strict=False))
    given = {k: v.strip(" |") for k, v in given.items()}
    kind = given.get("type") or "book"
    out: dict[str, Any] = {"type": kind, "title": given["title"], "languages": ["zho"]}
    who = given.get("who", "")
    if who:
        from indexer.records.name import parse_statement

        out["contributors"] = [
            {"name": c.name, "role": c.role or "author", "kind": c.kind} for c in parse_statement(who)
        ]
    if given.get("year"):
        out["year"] = int(given["year"])
    if kind == "article":
        out["relations"] = [
            {"kind": "in", "title": given.get("publisher", ""), "pages": given.get("extent", "")}
        ]
    else:
        out["publication"] = {"publisher": given.get("publisher", "")}
        out["extent"] = given.get("extent", "")
    for column in ("edition", "volume"):
        if given.get(column):
            out[column] = given[column]
    if given.get("isbn"):
        out["identifiers"] = [{"scheme": "isbn", "value": isbn(int(given["isbn"]))}]
    return label.strip(), out


def groups() -> list[tuple[str, str, list[tuple[str, dict[str, Any]]]]]:
    """(name, reason, [(label, record)]) of every group."""
    return [
        (group["name"], group["reason"], [record(line) for line in group["records"]])
        for path in sorted(CASES.glob("*.toml"))
        for group in tomllib.loads(path.read_text(encoding="utf-8"))["group"]
    ]


_ROLE = re.compile(r"(.*) \[(conductor|narrator|director)\]$")


def _habit(columns: list[str], line: str) -> tuple[str, dict[str, Any]]:
    """(label, record in its JSON form) of one line of ``habits``: as sparse as the line."""
    label, _, rest = line.partition(": ")
    parts = (part.strip(" |") for part in re.split(r" \|(?= |$)", rest))
    given = {column: value for column, value in zip(columns, parts, strict=False) if value}
    out: dict[str, Any] = {"title": given["title"]}
    if "journal" in columns:
        out["type"] = "article"
        place = (("title", "journal"), ("volume", "volume"), ("issue", "issue"), ("pages", "pages"))
        host = {key: given[column] for key, column in place if column in given}
        if host:
            out["relations"] = [{"kind": "in", **host}]
    elif "publisher" in columns:
        out["type"] = given.get("type", "book")
        out |= {column: given[column] for column in ("edition", "extent", "volume") if column in given}
        if "publisher" in given:
            out["publication"] = {"publisher": given["publisher"]}
    if "language" in given:
        out["languages"] = [given["language"]]
    if "who" in given:
        names = (_ROLE.match(name) or name for name in given["who"].split("; "))
        out["contributors"] = [
            {"name": name} if isinstance(name, str) else {"name": name[1], "role": name[2]} for name in names
        ]
    if "year" in given:
        out["year"] = int(given["year"][:4])
    numbers = [{"scheme": s, "value": given[s]} for s in ("doi", "pmid") if s in given]
    if "isbn" in given:
        numbers.append({"scheme": "isbn", "value": isbn(int(given["isbn"]))})
    if numbers:
        out["identifiers"] = numbers
    return label, out


def habits(name: str) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
    """(records, id → label) of one file of ``habits``."""
    table = tomllib.loads((CASES / "habits" / f"{name}.toml").read_text(encoding="utf-8"))
    raw: dict[str, dict[str, Any]] = {}
    truth: dict[str, str] = {}
    for group in table["group"]:
        for n, line in enumerate(group["records"]):
            label, raw[f"{group['name']}/{n}"] = _habit(table["columns"], line)
            truth[f"{group['name']}/{n}"] = f"{group['name']}/{label}"
    return raw, truth
