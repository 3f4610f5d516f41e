"""The table of named checks (检查项): severity, what is wrong, how to mend it, in Chinese and English.

The table is ``checks.toml``; ``docs/checks.md`` is made from it. ``check_fields.tsv`` says where a member of
the record stands in the formats cataloguers edit, so that a Problem names a field they know.
"""

from __future__ import annotations

import tomllib
from functools import cache, lru_cache
from importlib.resources import files

import msgspec

from indexer.problem import Problem, Severity
from indexer.records.record import Record


class Check(msgspec.Struct, frozen=True):
    """One named check (检查项).

    ``member`` is the member of the record, or the scheme of the identifier, it looks at. ``elsewhere_en`` is
    the remedy outside of MARC, where the common one names fields of MARC; ``{notes}`` is the field of notes.
    """

    code: str
    severity: Severity
    member: str
    en: str
    mend_en: str
    zh: str
    mend_zh: str
    elsewhere_en: str = ""

    @property
    def message(self) -> str:
        """What is wrong and how to mend it, in one sentence."""
        return f"{self.en}; {self.mend_en}"


def _load() -> dict[str, Check]:
    table = tomllib.loads((files(__package__) / "checks.toml").read_text(encoding="utf-8"))
    return {code: Check(code, **row) for code, row in table.items()}


CHECKS: dict[str, Check] = _load()
_MESSAGES: dict[str, str] = {code: row.message for code, row in CHECKS.items()}
_FAMILY: dict[str, int] = {
    "marc21": 1, "marcxml": 1, "marcjson": 1, "aleph": 1, "iso2709": 1,
    "unimarc": 2, "cnmarc": 2, "worksheet": 2,
    "oai-dc": 3, "dc": 3, "qdc": 3, "dcterms": 3,
    "ris": 4,
}  # fmt: skip


@cache
def _fields() -> dict[str, list[str]]:
    rows: dict[str, list[str]] = {}
    for line in (files(__package__) / "check_fields.tsv").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            cells = [*line.split("\t"), "", "", "", ""]
            rows[cells[0]] = cells[:5]
    return rows


@lru_cache(maxsize=1024)
def field_of(format: str, member: str) -> str:
    """Where ``member`` stands in records of ``format`` (字段位置).

    The member's own name for formats without fields.
    """
    column = _FAMILY.get(format, 0)
    row = _fields().get(member)
    return (row[column] or member) if row and column else member


def problem(code: str, record: Record, value: str = "", *, member: str = "") -> Problem:
    """The Problem of a named check on this record (生成问题)."""
    row = CHECKS[code]
    format = record.source.dialect or record.source.format
    message = _MESSAGES[code]
    if row.elsewhere_en and _FAMILY.get(format, 0) not in (1, 2):
        message = f"{row.en}; {row.elsewhere_en.format(notes=field_of(format, 'notes'))}"
    return Problem(
        code,
        row.severity,
        message,
        field_of(format, member or row.member),
        record.source.position,
        record.source.file,
        _shown(value[:200]),
    )


def _shown(value: str) -> str:
    """A value as a report may show it: what cannot be printed becomes a blank."""
    return value if value.isprintable() else "".join(char if char.isprintable() else " " for char in value)


def _places(member: str) -> str:
    return ", ".join(dict.fromkeys(field_of(name, member) for name in ("marc21", "unimarc", "dc", "")))


def document() -> str:
    """The text of docs/checks.md: every check in Chinese and English (检查项说明)."""
    lines = [
        "# 检查项 · Checks",
        "",
        "`ereader check FILE --report DIR` 与装载都使用这些检查。本页由 `indexer/checks.toml` "
        "生成（`scripts/checks-doc`），请勿手改。",
        "",
        "These checks are run by `ereader check FILE --report DIR` and by every load. This page is made from",
        "`indexer/checks.toml` by `scripts/checks-doc`; change that table, not this page.",
        "",
        "error 错误: a value was lost or the record refused. warning 警告: kept, but doubtful. info 提示: "
        "a remark.",
        "",
    ]
    for row in CHECKS.values():
        lines += [
            f"## {row.code}",
            "",
            f"*{row.severity}* · {_places(row.member)}",
            "",
            f"{row.zh}。{row.mend_zh}。",
            "",
            f"{row.en[0].upper()}{row.en[1:]}; {row.mend_en}.",
            "",
        ]
    return "\n".join(lines).rstrip() + "\n"
