"""Reads the hand-labelled groups of ``tests/cases/match``."""

from __future__ import annotations

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
