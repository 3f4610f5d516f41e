"""KBART files (KBART 文件): rows of a title list, checked one by one, none dropped silently.

NISO RP-9-2014 (phase II); files of phase I and with columns of phase III or of consortia are read as well,
and columns nobody knows are kept.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from typing import NamedTuple

import msgspec

from indexer.records.identifier import isbn, issn
from resolver.knowledge_base.coverage import Coverage, compare, read_date, read_number
from resolver.knowledge_base.embargo import parse_embargo

MOST_CELL = 8_000  # characters of one cell
_ISO_DATE = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?")
_LIKE_ISO = re.compile(r"\d{4}-\d{2}(?:-\d{2})?|0000")
_FREE_EMBARGO = re.compile(
    r"\s*(\d{1,4})[\s-]*(day|days|month|months|mon|year|years|yr|yrs|天|日|个月|月|年)\s*(?:embargo|delay|滞后)?\s*",
    re.I,
)
_UNITS = {"d": "D", "天": "D", "日": "D", "m": "M", "个": "M", "月": "M", "y": "Y", "年": "Y"}
_URL = re.compile(r"https?://[^\s<>\"]+", re.I)
_DEPTHS = frozenset(("fulltext", "selected articles", "abstracts"))
_TYPES = frozenset(("serial", "monograph"))
_ACCESS = frozenset(("F", "P"))
_DATES = (
    "date_first_issue_online",
    "date_last_issue_online",
    "date_monograph_published_print",
    "date_monograph_published_online",
)
_NUMBERS = (
    "num_first_vol_online",
    "num_first_issue_online",
    "num_last_vol_online",
    "num_last_issue_online",
)
_MUST_HAVE = ("publication_title", "title_url", "title_id")


class KbartProblem(msgspec.Struct, frozen=True):
    """Something wrong in a row (行问题). Row 1 is the first line of titles; row 0 is the file and its header.

    An error means that the row cannot be used as it says, a warning that it can, with something doubtful.
    """

    row: int
    severity: str
    code: str
    field: str
    message: str


class Row(msgspec.Struct, frozen=True):
    """One row (行): values by the names of phase II, and every column nobody knows under its own name."""

    number: int
    values: dict[str, str]
    more: dict[str, str] = {}

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")

    @property
    def coverage(self) -> Coverage:
        return Coverage(
            first_date=self["date_first_issue_online"],
            first_volume=self["num_first_vol_online"],
            first_issue=self["num_first_issue_online"],
            last_date=self["date_last_issue_online"],
            last_volume=self["num_last_vol_online"],
            last_issue=self["num_last_issue_online"],
            embargo=embargo_of(self["embargo_info"]),
        )


class Header(NamedTuple):
    """What the first line says: the standard names of the columns ("" where unknown) and their own."""

    names: tuple[str, ...]
    written: tuple[str, ...]


@cache
def _columns() -> dict[str, str]:
    known: dict[str, str] = {}
    text = files(__package__).joinpath("kbart_columns.tsv").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, _, others = line.partition("\t")
            known[name] = name
            for other in others.split():
                known.setdefault(other, name)
    return known


def column_names() -> tuple[str, ...]:
    """The columns of phase II in their order."""
    return tuple(dict.fromkeys(_columns().values()))


def decode_file(data: bytes) -> tuple[str, str]:
    """(text, character set) of a file: UTF-8 with or without mark, UTF-16, GB18030, Windows-1252."""
    for mark, name in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return data.decode(name, "replace"), name.removesuffix("-sig")
    for name in ("utf-8", "gb18030"):
        try:
            return data.decode(name), name
        except UnicodeDecodeError:
            continue
    return data.decode("cp1252", "replace"), "windows-1252"


def read_kbart(data: bytes) -> tuple[list[Row], list[KbartProblem]]:
    """All rows of a file with everything that is wrong; a row that holds anything is never left out."""
    rows: list[Row] = []
    problems: list[KbartProblem] = []
    for row, told in stream_kbart(data):
        problems += told
        if row is not None:
            rows.append(row)
    return rows, problems


def stream_kbart(data: bytes) -> Iterator[tuple[Row | None, list[KbartProblem]]]:
    """The rows of a file one by one, each with what is wrong with it; None with those of the whole file."""
    text, charset = decode_file(data)
    problems: list[KbartProblem] = []
    if charset not in ("utf-8",):
        problems.append(_problem(0, "warning", "not-utf-8", "", f"the file is {charset}; KBART is UTF-8"))
    # Only line ends of files divide rows: other separators of Unicode stand inside of cells.
    lines = io.StringIO(text, newline=None)
    first = next((line.rstrip("\n") for line in lines if line.strip()), None)
    if first is None:
        problems.append(_problem(0, "error", "empty-file", "", "the file holds nothing"))
        yield None, problems
        return
    delimiter = _delimiter(first)
    if delimiter != "\t":
        problems.append(_problem(0, "warning", "not-tab-separated", "", "columns are not separated by tabs"))
    header, told = read_header(_cells(first, delimiter))
    yield None, problems + told
    seen: dict[bytes, int] = {}
    cells = (
        csv.reader(lines, delimiter=delimiter)
        if delimiter != "\t"
        else (line.rstrip("\n").split("\t") for line in lines)
    )
    unreadable: list[KbartProblem] = []
    for number, found in enumerate(_rows(cells, unreadable), 1):
        if not any(cell.strip() for cell in found):
            continue
        row, told = read_row(number, header, found)
        told += check_row(row)
        same = blake2b("\t".join(found).encode("utf-8", "replace"), digest_size=12).digest()
        if same in seen:
            message = f"the row says the same as row {seen[same]}"
            told.append(_problem(number, "warning", "duplicate-row", "", message))
        seen.setdefault(same, number)
        yield row, told
    if not seen:
        unreadable.append(_problem(0, "error", "no-rows", "", "there is a header but no title"))
    yield None, unreadable


def _rows(cells: Iterable[Sequence[str]], problems: list[KbartProblem]) -> Iterator[Sequence[str]]:
    try:
        yield from cells
    except csv.Error as error:
        problems.append(
            _problem(0, "error", "unreadable-row", "", f"the file cannot be read further: {error}")
        )


def _delimiter(line: str) -> str:
    return max("\t,;|", key=line.count) if any(d in line for d in "\t,;|") else "\t"


def _cells(line: str, delimiter: str) -> list[str]:
    return next(csv.reader([line], delimiter=delimiter), []) if delimiter != "\t" else line.split("\t")


def read_header(cells: Sequence[str]) -> tuple[Header, list[KbartProblem]]:
    """The columns of a file; missing and unknown ones are told."""
    written = tuple(_bare(cell) for cell in cells)
    names = []
    problems = []
    for name in written:
        standard = _columns().get(re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_"), "")
        if standard and standard in names:
            problems.append(_problem(0, "warning", "repeated-column", name, f"{standard} is there twice"))
            standard = ""
        elif not standard and name:
            message = "this column is not part of KBART; it is kept"
            problems.append(_problem(0, "warning", "unknown-column", name, message))
        names.append(standard)
    for name in column_names():
        if name not in names:
            severity = "error" if name == "publication_title" else "warning"
            problems.append(_problem(0, severity, "missing-column", name, f"there is no column {name}"))
    return Header(tuple(names), written), problems


def read_row(number: int, header: Header, cells: Sequence[str]) -> tuple[Row, list[KbartProblem]]:
    """A row by the columns of its header; cells beyond them and quotes around values are told."""
    problems = []
    values: dict[str, str] = {}
    more: dict[str, str] = {}
    quoted = False
    for at, cell in enumerate(cells):
        value = _bare(cell)
        quoted = quoted or value != " ".join(cell.split())
        if len(value) > MOST_CELL:
            problems.append(
                _problem(number, "warning", "cell-cut", _name(header, at), "the cell is too long")
            )
            value = value[:MOST_CELL]
        if not value:
            continue
        if at < len(header.names) and header.names[at]:
            values[header.names[at]] = value
        else:
            more[_name(header, at)] = value
    if quoted:
        problems.append(_problem(number, "warning", "quoted-cell", "", "cells stand in quotation marks"))
    extra = len(cells) - len(header.names)
    if extra > 0 and any(cell.strip() for cell in cells[len(header.names) :]):
        message = f"the row has {extra} cells more than the header"
        problems.append(_problem(number, "error", "too-many-cells", "", message))
    elif extra < 0:
        message = f"the row has {-extra} cells less than the header"
        problems.append(_problem(number, "warning", "too-few-cells", "", message))
    return Row(number, values, more), problems


def _name(header: Header, at: int) -> str:
    return header.written[at] if at < len(header.written) and header.written[at] else f"column {at + 1}"


_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff]")


def _bare(cell: str) -> str:
    text = " ".join(_CONTROL.sub(" ", cell).split())
    if len(text) > 1 and text[0] == text[-1] == '"':
        text = text[1:-1].replace('""', '"').strip()
    return text


def check_row(row: Row) -> list[KbartProblem]:
    """Everything that is wrong with a row by itself."""
    found: list[KbartProblem] = []

    def tell(severity: str, code: str, field: str, message: str) -> None:
        found.append(_problem(row.number, severity, code, field, message))

    for name in _MUST_HAVE:
        if not row[name]:
            severity = "error" if name == "publication_title" else "warning"
            remedy = "; KBART requires it: ask the provider for the title" if severity == "error" else ""
            tell(severity, "missing-value", name, f"{name} is empty{remedy}")
    _check_identifiers(row, tell)
    for name in _DATES:
        if row[name] and not _is_date(row[name]):
            if read_date(row[name]) is None or _LIKE_ISO.fullmatch(row[name]):
                tell(
                    "error", "invalid-date", name, f"there is no date in {row[name][:60]!r}; write YYYY-MM-DD"
                )
            else:
                tell("warning", "date-form", name, f"{row[name][:60]!r} is not YYYY, YYYY-MM or YYYY-MM-DD")
    for name in _NUMBERS:
        if row[name] and not re.search(r"\d", row[name]):
            tell("warning", "number-form", name, f"there is no number in {row[name][:60]!r}")
    first, last = read_date(row["date_first_issue_online"]), read_date(row["date_last_issue_online"])
    if first is not None and last is not None and compare(first, last) > 0:
        tell(
            "error", "dates-reversed", "date_last_issue_online", f"{last} is before the first issue, {first}"
        )
    if row["publication_type"].lower() == "serial" and not row["date_first_issue_online"]:
        tell("warning", "missing-value", "date_first_issue_online", "a serial without its first date")
    if first is not None and last is not None and compare(first, last) == 0:
        low, high = read_number(row["num_first_vol_online"]), read_number(row["num_last_vol_online"])
        if low is not None and high is not None and low > high:
            tell("error", "volumes-reversed", "num_last_vol_online", f"volume {high} is before volume {low}")
    _check_embargo(row, tell)
    if row["title_url"] and not _URL.fullmatch(row["title_url"]):
        tell("error", "invalid-url", "title_url", "this is no address of a web page (http or https)")
    if row["coverage_depth"] and row["coverage_depth"].lower() not in _DEPTHS:
        tell("warning", "unknown-value", "coverage_depth", f"{row['coverage_depth'][:60]!r} is none of "
             "fulltext, selected articles, abstracts")  # fmt: skip
    if row["publication_type"] and row["publication_type"].lower() not in _TYPES:
        tell("warning", "unknown-value", "publication_type", f"{row['publication_type'][:60]!r} is neither "
             "serial nor monograph")  # fmt: skip
    if row["access_type"] and row["access_type"].upper() not in _ACCESS:
        tell("warning", "unknown-value", "access_type", f"{row['access_type'][:60]!r} is neither F nor P")
    return found


def _is_date(text: str) -> bool:
    """Whether it is a day, month or year in ISO form that there has been."""
    if not _ISO_DATE.fullmatch(text):
        return False
    try:
        date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return False
    return text[:4] != "0000"


def _check_identifiers(row: Row, tell: object) -> None:
    assert callable(tell)
    given = [name for name in ("print_identifier", "online_identifier") if row[name]]
    if not given:
        tell("warning", "missing-identifier", "print_identifier", "there is neither an ISSN nor an ISBN")
    for name in given:
        text = row[name]
        checked = issn(text) if len(re.sub(r"[^0-9Xx]", "", text)) <= 8 else isbn(text)
        if not checked.valid:
            tell(
                "error",
                "invalid-identifier",
                name,
                f"{text[:60]!r} is no ISSN or ISBN, or its check digit is wrong",
            )
        elif checked.scheme == "issn" and not re.fullmatch(r"\d{4}-\d{3}[\dX]", text):
            tell("warning", "identifier-form", name, f"{text[:60]!r} is not written NNNN-NNNN")
    if len(given) == 2 and row["print_identifier"] == row["online_identifier"]:
        tell("warning", "same-identifier", "online_identifier", "print and online have the same number")


def _check_embargo(row: Row, tell: object) -> None:
    assert callable(tell)
    text = row["embargo_info"]
    if not text:
        return
    statements, understood = parse_embargo(text)
    if understood and statements:
        if any(statement.count == 0 for statement in statements):
            tell("warning", "embargo-form", "embargo_info", "a wall of no length at all says nothing")
        if len(statements) == 2 and [s.kind for s in statements] != ["R", "P"]:
            tell("warning", "embargo-order", "embargo_info", "of two statements the one with R comes first")
        return
    if embargo_of(text):
        message = f"{text[:60]!r} was read as {embargo_of(text)}; write it so"
        tell("warning", "embargo-form", "embargo_info", message)
    else:
        tell("error", "invalid-embargo", "embargo_info", f"{text[:60]!r} is no embargo such as P1Y or R180D")


def embargo_of(text: str) -> str:
    """An embargo in its usual form; a length in words is a delay (``6 months`` → P6M), "" when unreadable."""
    statements, understood = parse_embargo(text)
    if understood:
        return ";".join(map(str, statements))
    found = _FREE_EMBARGO.fullmatch(text)
    return f"P{int(found[1])}{_UNITS[found[2][0].lower()]}" if found else ";".join(map(str, statements))


def _problem(row: int, severity: str, code: str, field: str, message: str) -> KbartProblem:
    return KbartProblem(row, severity, code, field, message)
