"""Cuts CSV, TSV and KBART tables into rows (表格读取).

Delimiter, quotation marks and character set are found from the first 64 KiB; a mapping may say them. Cells
in quotation marks may hold line ends. A quotation mark that is never closed costs one row, not the rest of
the file: after 200 lines the row is read again as one line without quotation marks. Rows with another
number of columns than the header are kept and reported. RFC 4180 where a file keeps to it; KBART (NISO
RP-9) has tabs and no quotation marks.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, NamedTuple

from indexer.formats.columns import member_of, suggest
from indexer.formats.mapping import skip_rule
from indexer.problem import Problem
from indexer.profile import Profile
from indexer.reader import Raw
from indexer.readers.lines import BOM, HEAD, Line, charset_of, decode, lines, rewound, text_of

DELIMITERS = "\t,;|"
_SEPARATOR = re.compile(r"\ufeff?\"?sep=(.)\"?", re.I)  # Excel's first line, which names the delimiter
_ROW_LINES = 200
_ROW_LIMIT = 4 * 1024 * 1024
_MAX_COLUMNS = 2000
_SAMPLE_ROWS = 200
_FAULTS_LIMIT = 1000  # further rows of a wrong width are kept without a remark of their own

csv.field_size_limit(_ROW_LIMIT)

KBART_COLUMNS = frozenset(
    {
        "publication_title", "print_identifier", "online_identifier", "date_first_issue_online",
        "num_first_vol_online", "num_first_issue_online", "date_last_issue_online", "num_last_vol_online",
        "num_last_issue_online", "title_url", "first_author", "title_id", "embargo_info", "coverage_depth",
        "coverage_notes", "notes", "publisher_name", "publication_type", "date_monograph_published_print",
        "date_monograph_published_online", "monograph_volume", "monograph_edition", "first_editor",
        "parent_publication_title_id", "preceding_publication_title_id", "access_type",
    }
)  # fmt: skip


class Dialect(NamedTuple):
    """How the cells of a table are told apart (表格方言); ``quote`` is empty where quotation marks mean
    nothing.
    """

    delimiter: str
    quote: str


def cells(text: str, dialect: Dialect) -> list[str]:
    """The cells of one row."""
    if not dialect.quote:
        return text.split(dialect.delimiter)
    try:
        rows = list(
            csv.reader(text.splitlines(keepends=True), delimiter=dialect.delimiter, quotechar=dialect.quote)
        )
    except csv.Error:
        return text.split(dialect.delimiter)
    # One quoted cell may hold line ends; anything after the row is none of it.
    return rows[0] if rows else []


def row_of(raw: Raw) -> dict[str, Any]:
    """The row in a Raw that this reader has cut."""
    return row_of_text(text_of(raw, Profile())[0], raw.context)


def row_of_text(text: str, context: Mapping[str, Any]) -> dict[str, Any]:
    """Column names and cells of one row; cells that have no column have an empty name."""
    values = cells(text, Dialect(context.get("delimiter", ","), context.get("quote", '"')))
    columns = context.get("columns", [])
    row: dict[str, Any] = dict(zip(columns, values, strict=False))
    if len(values) > len(columns):
        extra = [value for value in values[len(columns) :] if value.strip()]
        if extra:
            row[""] = extra
    return row


class TableReader:
    """CSV, TSV and KBART (表格)."""

    name = "table"
    formats = ("csv", "tsv", "kbart")

    def sniff(self, head: bytes, filename: str) -> tuple[str, float]:
        if b"\x00" in head:
            return "", 0.0
        sample, sound = _sample(head, charset_of(head, Profile()))
        sample = sample[bool(_SEPARATOR.fullmatch("".join(sample[:1]))) :]
        if not sample:
            return "", 0.0
        first = sample[0].lower()
        if "publication_title" in first and (
            "title_url" in first or "title_id" in first or "print_identifier" in first
        ):
            return "kbart", 0.98
        if sample[0].lstrip()[:1] in ("{", "[", "<", "%", "#", "@") and not filename.lower().endswith(
            (".csv", ".tsv", ".tab")
        ):
            return "", 0.0
        dialect, evenness = dialect_of(sample)
        if evenness <= 0:
            ends = filename.lower().removesuffix(".gz").endswith((".csv", ".tsv"))
            return ("csv", 0.3) if ends else ("", 0.0)
        code = "tsv" if dialect.delimiter == "\t" else "csv"
        named = filename.lower().removesuffix(".gz").endswith((".csv", ".tsv", ".tab"))
        return code, min(0.85, (0.35 if named else 0.05) + 0.5 * evenness) if sound else 0.2

    def read(self, stream: BinaryIO, format: str, filename: str, profile: Profile) -> Iterator[Raw]:
        head, stream = rewound(stream)
        yield from _Cut(head, format, filename, profile).raws(stream)


def _sample(
    head: bytes, charsets: tuple[str, ...], skip_lines: int = 0, comment: bytes = b""
) -> tuple[list[str], bool]:
    """The first lines that are not empty, each decoded by itself, and whether all of them could be."""
    whole = head.removeprefix(BOM)
    if len(head) >= HEAD:
        whole = whole.rsplit(b"\n", 1)[0]
    found: list[str] = []
    all_sound = True
    for line in re.split(rb"\r\n|\n|\r", whole)[skip_lines:]:
        if line.strip() and not (comment and line.startswith(comment)):
            text, _, sound = decode(line, charsets)
            all_sound = all_sound and sound
            found.append(text)
            if len(found) == _SAMPLE_ROWS:
                break
    return found, all_sound


def dialect_of(sample: list[str], delimiter: str = "") -> tuple[Dialect, float]:
    """The dialect of some lines, and from 0 to 1 how even the rows are in it (方言判定)."""
    best = (Dialect(delimiter or ",", '"'), 0.0, 0)
    for sign in delimiter or DELIMITERS:
        quoting, plain = Dialect(sign, '"'), Dialect(sign, "")
        quoting_even, quoting_width = _evenness(sample, quoting)
        plain_even, plain_width = _evenness(sample, plain)
        # Quotation marks mean something where they wrap cells and reading them does not make the rows uneven;
        # marks that only stand within cells would do harm.
        wrapped = _quoted(sample, sign) and quoting_even >= plain_even - 0.1
        dialect, even, width = (
            (quoting, quoting_even, quoting_width)
            if wrapped or quoting_even > plain_even
            else (plain if '"' in "".join(sample) else quoting, plain_even, plain_width)
        )
        if width < 2:
            continue
        score = even if len(sample) > 1 else even * 0.6
        if score > best[1] + 0.05 or (score > best[1] - 0.05 and width > best[2]):
            best = (dialect, score, width)
    return best[0], best[1]


def _evenness(sample: list[str], dialect: Dialect) -> tuple[float, int]:
    """The share of the rows that have the usual number of cells, and that number."""
    widths = _widths(sample, dialect)
    if not widths:
        return 0.0, 0
    first = widths[0]
    usual = first if widths.count(first) * 2 >= len(widths) else max(set(widths), key=widths.count)
    return widths.count(usual) / len(widths), usual


def _quoted(sample: list[str], sign: str) -> bool:
    wrapped = re.compile(rf'(?:^|{re.escape(sign)})"(?:[^"]|"")*"(?:{re.escape(sign)}|$)')
    return any(wrapped.search(line) for line in sample)


def _widths(sample: list[str], dialect: Dialect) -> list[int]:
    if not dialect.quote:
        return [line.count(dialect.delimiter) + 1 for line in sample]
    try:
        return [
            len(row)
            for row in csv.reader((f"{line}\n" for line in sample), delimiter=dialect.delimiter)
            if row
        ]
    except csv.Error:
        return []


class _Feed:
    """Gives lines to the csv module one by one and remembers those of the row being read."""

    def __init__(self, source: Iterator[Line], charsets: tuple[str, ...]) -> None:
        self.source = source
        self.charsets = charsets
        self.waiting: list[Line] = []
        self.taken: list[Line] = []
        self.size = 0
        self.overrun = False

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        if len(self.taken) >= _ROW_LINES or self.size > _ROW_LIMIT:
            self.overrun = True
            raise StopIteration
        line = self.waiting.pop() if self.waiting else next(self.source)
        self.taken.append(line)
        self.size += len(line.data)
        return decode(line.data, self.charsets)[0].replace("\x00", "") + "\n"

    def start(self) -> None:
        """A new row begins."""
        self.taken, self.size, self.overrun = [], 0, False

    def back(self) -> None:
        """All lines of the row but its first are given again."""
        self.waiting.extend(reversed(self.taken[1:]))
        self.taken = self.taken[:1]


class _Cut:
    def __init__(self, head: bytes, format: str, filename: str, profile: Profile) -> None:
        self.format = format
        mapping = profile.mapping
        charset = str(mapping.get("charset", ""))
        if charset and not profile.charset:
            profile = Profile(charset=charset, legacy_charset=profile.legacy_charset)
        self.charsets = charset_of(head, profile)
        self.skips = skip_rule(mapping)
        self.skip_lines = int(mapping.get("skip_lines", 0) or 0)
        self.comment = str(mapping.get("comment", "")).encode()
        sample, _ = _sample(head, self.charsets, self.skip_lines, self.comment)
        said = _SEPARATOR.fullmatch("".join(sample[:1]))
        if said is not None:
            self.skip_lines += 1
            sample = sample[1:]
        given = str(mapping.get("delimiter", "") or ("\t" if format in ("tsv", "kbart") else ""))
        given = given or (said.group(1) if said is not None else "")
        given = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";"}.get(given, given)[:1]
        if format == "kbart" and sample and "\t" not in sample[0]:
            given = ""  # A KBART file saved from a spreadsheet with commas is still worth reading.
        self.dialect, _ = dialect_of(sample, given)
        if "quote" in mapping:
            self.dialect = Dialect(self.dialect.delimiter, str(mapping["quote"])[:1])
        first = cells(sample[0], self.dialect) if sample else []
        listed = [str(name) for name in mapping.get("columns", [])]
        self.has_header = (
            bool(mapping["header"]) if "header" in mapping else not listed and looks_like_header(first)
        )
        self.columns = listed if listed else _unique(first) if self.has_header else _numbered(len(first))
        context: dict[str, Any] = {
            "columns": self.columns,
            "delimiter": self.dialect.delimiter,
            "quote": self.dialect.quote,
        }
        if format != "kbart" and not mapping:
            context["mapping"] = _suggested(self, sample)
        context["file"] = filename
        self.context = context
        self.plain_context = {**context, "quote": ""}  # for rows whose quotation marks are never closed
        self.header_cells = [name.strip() for name in first] if self.has_header else []

    def raws(self, stream: BinaryIO) -> Iterator[Raw]:
        position = faults = 0
        pending_header = self.has_header
        for taken, row, sound in self._rows(stream):
            if pending_header:
                pending_header = False
                continue
            if not any(cell.strip() for cell in row):
                continue
            if self.header_cells and [cell.strip() for cell in row] == self.header_cells:
                continue  # Files put together from several repeat their header.
            position += 1
            problems: list[Problem] = []
            if not sound:
                message = (
                    f"line {taken[0].number}: a quotation mark is never closed; the line is read as it stands"
                )
                problems.append(Problem("row-quotes", "warning", message, position=position))
            if len(row) != len(self.columns) and (
                len(row) < len(self.columns) or any(c.strip() for c in row[len(self.columns) :])
            ):
                faults += 1
                if faults <= _FAULTS_LIMIT:
                    message = (
                        f"line {taken[0].number}: {len(row)} columns instead of {len(self.columns)};"
                        " what can be told is kept"
                    )
                    problems.append(Problem("row-columns", "warning", message, position=position))
            data = b"\n".join(line.data for line in taken)
            _, charset, whole = decode(data, self.charsets)
            if not whole:
                message = f"line {taken[0].number}: some bytes are not {charset} text and were left out"
                problems.append(Problem("charset-undecodable", "warning", message, position=position))
            context = self.context if sound else self.plain_context
            raw = Raw(self.format, data, position, taken[0].number, charset, context, tuple(problems))
            if self.skips is not None and self.skips(row_of(raw)):
                position -= 1
                continue
            yield raw

    def _rows(self, stream: BinaryIO) -> Iterator[tuple[list[Line], list[str], bool]]:
        source = self._wanted(lines(stream))
        if not self.dialect.quote:
            for line in source:
                text = decode(line.data, self.charsets)[0].replace("\x00", "")
                yield [line], text.split(self.dialect.delimiter)[:_MAX_COLUMNS], True
            return
        feed = _Feed(source, self.charsets)
        reader = csv.reader(feed, delimiter=self.dialect.delimiter, quotechar=self.dialect.quote)
        while True:
            feed.start()
            try:
                row = next(reader)
            except StopIteration:
                if not feed.overrun:
                    return
                row = []
            except csv.Error:
                feed.overrun = True
                row = []
            if feed.overrun or (len(feed.taken) > 1 and self._swallowed(feed, row)):
                feed.back()
                text = decode(feed.taken[0].data, self.charsets)[0]
                yield feed.taken, text.split(self.dialect.delimiter)[:_MAX_COLUMNS], False
                reader = csv.reader(feed, delimiter=self.dialect.delimiter, quotechar=self.dialect.quote)
                continue
            yield feed.taken, row[:_MAX_COLUMNS], True

    def _swallowed(self, feed: _Feed, row: list[str]) -> bool:
        """Whether a row over several lines has swallowed others: something stands between the quotation
        mark that closes a cell and the next delimiter, or each of its lines alone has all the columns."""
        texts = [f"{decode(line.data, self.charsets)[0]}\n" for line in feed.taken]
        try:
            list(
                csv.reader(texts, delimiter=self.dialect.delimiter, quotechar=self.dialect.quote, strict=True)
            )
        except csv.Error:
            return True
        expected = len(self.columns)
        if expected < 2 or len(row) == expected:
            return False
        widths = [line.data.count(self.dialect.delimiter.encode()) + 1 for line in feed.taken[:3]]
        return all(width >= expected for width in widths)

    def _wanted(self, source: Iterator[Line]) -> Iterator[Line]:
        for index, line in enumerate(source):
            if index >= self.skip_lines and not (self.comment and line.data.startswith(self.comment)):
                yield line


def _unique(names: list[str]) -> list[str]:
    """Column names without blanks around them; a name that comes twice gets a number."""
    found: dict[str, None] = {}
    for number, name in enumerate(names[:_MAX_COLUMNS], 1):
        plain = " ".join(name.replace("\ufeff", "").split()) or f"column {number}"
        label, count = plain, 2
        while label in found:
            label, count = f"{plain} ({count})", count + 1
        found[label] = None
    return list(found)


def _numbered(count: int) -> list[str]:
    return [str(number) for number in range(1, count + 1)]


def looks_like_header(first: list[str]) -> bool:
    """Whether a first row holds names of columns: short words, no numbers, addresses or sentences
    (表头判定).
    """
    names = [name.strip() for name in first if name.strip()]
    if not names:
        return False
    known = sum(bool(member_of(name)) for name in names)
    if known >= max(1, len(names) * 0.3) and all(len(name) < 60 for name in names):
        return True
    odd = sum(
        bool(re.search(r"^\W*\d[\d.,-]*\W*$|https?:|[。！？；]", name)) or len(name) > 40 for name in names
    )
    return odd == 0 and len(set(names)) == len(names) and known > 0


def _suggested(cut: _Cut, sample: list[str]) -> dict[str, Any]:
    """The mapping that the columns suggest; empty when none of them looks like a title."""
    rows = [cells(line, cut.dialect) for line in sample[1 if cut.has_header else 0 :]]
    return suggest(cut.columns, rows)


READER = TableReader()
