"""Records in the formats of others (导出格式).

`one` gives a single record as a file, `write` streams many. A format is a module with ``MEDIA_TYPE``,
``EXTENSION`` and ``write(records) -> Iterator[bytes]``; the table below is the only list of them. What a
format cannot carry is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import Protocol, cast

from indexer.records.record import Record


class Format(Protocol):
    """What a format's module offers (导出格式约定)."""

    MEDIA_TYPE: str
    EXTENSION: str

    def write(self, records: Iterable[Record]) -> Iterator[bytes]: ...


FORMATS: dict[str, str] = {
    "json": "json_lines",
    "ris": "ris",
    "bibtex": "bibtex",
    "csl": "csl",
    "dc": "dublin_core",
    "mods": "mods",
    "marc": "marc21",
    "marc21": "marc21",
    "marcxml": "marcxml",
    "cnmarc": "cnmarc",
    "bibframe": "bibframe",
    "csv": "sheet",
    "jsonl": "json_lines",
}


class UnknownFormat(ValueError):
    """No such export format; the message lists those there are."""


def format_module(name: str) -> Format:
    """The module of a format by its name."""
    if name not in FORMATS:
        raise UnknownFormat(f"unknown format '{name}'; there are: {', '.join(FORMATS)}")
    return cast(Format, import_module(f"{__name__}.{FORMATS[name]}"))


def one(record: Record, name: str) -> tuple[bytes, str, str]:
    """(content, media type, file extension) of a single record."""
    module = format_module(name)
    return b"".join(module.write([record])), module.MEDIA_TYPE, module.EXTENSION


def write(records: Iterable[Record], name: str) -> Iterator[bytes]:
    """All records as one file, in pieces."""
    return format_module(name).write(records)
