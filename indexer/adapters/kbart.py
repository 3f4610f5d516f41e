"""KBART rows → Record (KBART 适配器): one row is what one package gives of one title.

NISO RP-9 phase II (2014) and its recommendations of 2024 (phase III), UKSG phase I (2010), and the columns
German consortia add (``zdb_id``, ``all_issns``, ``own_anchor``, ``il_*``). Several rows of a title stay
several records: their coverage and their terms differ; merging them into one hit is the business of
matching.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from indexer.formats.markup import plain, web_address
from indexer.problem import Problem
from indexer.profile import Profile
from indexer.reader import Raw
from indexer.readers import table
from indexer.readers.lines import text_of
from indexer.records import resource_type
from indexer.records.evidence import Evidence
from indexer.records.identifier import isbn13, issn
from indexer.records.record import (
    Contributor,
    Holding,
    Identifier,
    Link,
    Publication,
    Record,
    Relation,
    Source,
    Title,
)

_ALIASES = {
    "title": "publication_title", "journal_title": "publication_title", "print_issn": "print_identifier",
    "online_issn": "online_identifier", "issn": "print_identifier", "eissn": "online_identifier",
    "e_issn": "online_identifier", "print_isbn": "print_identifier", "online_isbn": "online_identifier",
    "notes": "coverage_notes", "url": "title_url", "publisher": "publisher_name", "embargo": "embargo_info",
    "type": "publication_type", "oclc_collection_name": "package_name", "collection_name": "package_name",
    "package": "package_name",
}  # fmt: skip
_VIA = re.compile(r"\s*\(((?:[^()]*\b)?(?:via|über)\s[^()]+)\)\s*$", re.I)
_DATE = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?")
_EMBARGO = re.compile(r"(?:[RP]\d+[DMY])(?:;[RP]\d+[DMY])?")
_YEAR = re.compile(r"(?<!\d)(1[5-9]\d{2}|20\d{2})(?!\d)")
_FILE_NAME = re.compile(r"([A-Za-z0-9]+)_([A-Za-z0-9_]+)_\d{4}-\d\d-\d\d\.(?:txt|tsv|csv)", re.I)
_NAMED = (("print_identifier", "print"), ("online_identifier", "online"))


class KbartAdapter:
    """Title lists of packages (KBART)."""

    formats = ("kbart",)

    def adapt(self, raw: Raw, profile: Profile) -> tuple[Record | None, list[Problem]]:
        text, problems = text_of(raw, profile)
        row = _row(table.row_of_text(text, raw.context))
        decorated = row.get("publication_title", "")
        if not decorated:
            message = "the row has no publication_title"
            return None, [Problem("title-missing", "error", message, "publication_title", raw.position)]
        title, via = _undecorated(decorated)
        serial, coded = _kind(row)
        package = (
            row.get("package_name")
            or via
            or row.get("own_anchor", "")
            or _package_of(str(raw.context.get("file", "")))
        )
        identifiers = _identifiers(row, serial)
        _check(row, raw.position, problems)
        date = (
            ""
            if serial
            else row.get("date_monograph_published_online") or row.get("date_monograph_published_print", "")
        )
        match = _YEAR.search(date)
        year = int(match.group()) if match is not None else None
        type_code, reasons = resource_type.type_of(
            profile.type,
            [coded],
            titles=[title],
            year=year,
            year_end=year,
            modern_identifier=bool(identifiers),
        )
        address = web_address(row.get("title_url", ""))
        record = Record(
            id=_local_id(row, package),
            type=type_code,
            type_evidence=reasons,
            title=title,
            titles=(Title(decorated, "variant"),) if decorated != title else (),
            contributors=tuple(
                Contributor(row[name], role)
                for name, role in (("first_author", "author"), ("first_editor", "editor"))
                if row.get(name)
            ),
            publication=Publication(publisher=_publisher(row), date=date),
            year=year,
            identifiers=tuple(identifiers),
            edition=row.get("monograph_edition", ""),
            volume=row.get("monograph_volume", ""),
            links=(Link(address, "fulltext", package),) if address else (),
            relations=tuple(_relations(row)),
            holdings=(Holding(location=package, summary=_coverage(row, serial), url=address),),
            rights={"F": "free", "P": "paid"}.get(row.get("access_type", "").upper(), ""),
            extra=_extra(row),
            source=Source(format=raw.format, charset=raw.charset, position=raw.position),
        )
        return record, problems


def _row(values: Mapping[str, Any]) -> dict[str, str]:
    """Cells by the names of the standard, in plain text; a cell of nothing but quotation marks or "NULL" is
    empty.
    """
    found: dict[str, str] = {}
    for name, value in values.items():
        if isinstance(value, str) and value and not value.isspace():
            key = re.sub(r"[\s-]+", "_", name.strip().strip('"').lower())
            text = plain(value)
            # Spreadsheets put quotation marks around a cell with quotation marks in it and double those.
            if len(text) > 1 and text[0] == text[-1] == '"' and (text.count('"') == 2 or '""' in text):
                text = text[1:-1].replace('""', '"').strip()
            if text:
                found.setdefault(_ALIASES.get(key, key), text)
    return found


def _package_of(filename: str) -> str:
    """Provider and package from a file name as RP-9 clause 6.6 wants it:
    ``Provider_Region_Package_2024-01-31.txt``.
    """
    match = _FILE_NAME.match(filename)
    return f"{match.group(1)} {match.group(2)}".replace("_", " ") if match is not None else ""


def _undecorated(title: str) -> tuple[str, str]:
    """The title without what a knowledge base adds to tell packages apart, and that addition."""
    match = _VIA.search(title)
    if match is None or match.start() == 0:
        return title, ""
    return title[: match.start()].strip(), match.group(1).strip()


def _kind(row: dict[str, str]) -> tuple[bool, Evidence]:
    said = row.get("publication_type", "").casefold()
    if said in ("serial", "serials", "journal", "periodical", "期刊"):
        return True, Evidence("journal", "coded", f"KBART publication_type {said}")
    if said in ("monograph", "monographs", "book", "ebook", "e-book", "图书"):
        return False, Evidence("ebook", "coded", f"KBART publication_type {said}")
    numbers = [row.get(name, "") for name, _ in _NAMED]
    if any(number and _scheme(number, serial=True) == "isbn" for number in numbers):
        return False, Evidence("ebook", "coded", "KBART identifier is an ISBN")
    if any(
        row.get(name)
        for name in ("date_monograph_published_online", "date_monograph_published_print", "monograph_edition")
    ):
        return False, Evidence("ebook", "coded", "KBART dates of a monograph")
    return True, Evidence("journal", "coded", "KBART title list")


def _scheme(number: str, *, serial: bool) -> str:
    """isbn or issn. Eight digits that check as an ISSN always check as an ISBN that lost two zeros too; in
    what may be a serial they are an ISSN without its hyphen.
    """
    sound = issn(number).valid
    if isbn13(number) and not (serial and sound):
        return "isbn"
    return "issn" if serial or sound else "isbn"


def _identifiers(row: dict[str, str], serial: bool) -> list[Identifier]:
    found: dict[tuple[str, str], Identifier] = {}
    for name, medium in _NAMED:
        for text in re.split(r"[;,|\s]+", row.get(name, "")):
            if text:
                scheme = _scheme(text, serial=serial)
                found.setdefault((scheme, text), Identifier(scheme, text, True, medium))
    for text in re.split(r"[;,|\s]+", row.get("all_issns", "")):
        if text:
            found.setdefault(("issn", text), Identifier("issn", text))
    if zdb := row.get("zdb_id"):
        found.setdefault(("zdb", zdb), Identifier("zdb", zdb))
    if oclc := row.get("oclc_number"):
        found.setdefault(("oclc", oclc), Identifier("oclc", oclc))
    title_id = row.get("title_id", "")
    if title_id.startswith("10.") and "/" in title_id:
        found.setdefault(("doi", title_id), Identifier("doi", title_id))
    return list(found.values())


def _local_id(row: dict[str, str], package: str) -> str:
    """Title and package and the start of the coverage: rows of one title in several packages, or in one
    with gaps.
    """
    title = (
        row.get("title_id")
        or row.get("zdb_id")
        or row.get("online_identifier")
        or row.get("print_identifier")
        or ""
    )
    parts = [
        row.get("zdb_id", ""),
        package,
        row.get("coverage_notes", ""),
        row.get("publication_title", ""),
        row.get("title_url", ""),
        row.get("publisher_name", ""),
        *(
            row.get(f"{what}_first_{name}", "")
            for what, name in (("date", "issue_online"), ("num", "vol_online"), ("num", "issue_online"))
        ),
    ]
    digest = hashlib.blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
    return f"{title[:120]}~{digest}" if title else f"~{digest}"


def _publisher(row: dict[str, str]) -> str:
    name = row.get("publisher_name", "")
    without = _VIA.sub("", name).strip()
    # Leipzig's lists write "via EBSCO Host" where the publisher is not known.
    return "" if re.match(r"via\s", without, re.I) else re.sub(r"\s+via\s.+$", "", without)


def _coverage(row: dict[str, str], serial: bool) -> str:
    """What is there of a serial in words a reader understands: ``v. 1 (1968) - v. 29 (1996)`` (收藏范围)."""
    start, end = _end_of(row, "first"), _end_of(row, "last")
    parts: list[str] = []
    if serial and (start or end):
        parts.append(start if start == end else f"{start} - {end}".strip())
    if embargo := row.get("embargo_info"):
        parts.append(f"embargo {embargo}")
    depth = row.get("coverage_depth", "")
    if depth and depth.casefold() not in ("fulltext", "volltext", "full text", "ebook"):
        parts.append(depth)
    return "; ".join(parts)


def _end_of(row: dict[str, str], which: str) -> str:
    volume, issue, date = (
        row.get(f"num_{which}_vol_online", ""),
        row.get(f"num_{which}_issue_online", ""),
        row.get(f"date_{which}_issue_online", ""),
    )
    numbers = ", ".join(
        text for text in (f"v. {volume}" if volume else "", f"no. {issue}" if issue else "") if text
    )
    return f"{numbers} ({date})" if numbers and date else numbers or date


def _relations(row: dict[str, str]) -> list[Relation]:
    found = []
    if parent := row.get("parent_publication_title_id"):
        found.append(Relation("part_of", local_id=parent))
    if preceding := row.get("preceding_publication_title_id"):
        found.append(Relation("continues", local_id=preceding))
    return found


def _extra(row: dict[str, str]) -> dict[str, str]:
    names = (
        "title_id",
        "embargo_info",
        "coverage_depth",
        "coverage_notes",
        "own_anchor",
        "il_relevance",
        "il_nationwide",
    )
    return {name: row[name] for name in names if row.get(name)}


def _check(row: dict[str, str], position: int, problems: list[Problem]) -> None:
    for name in ("date_first_issue_online", "date_last_issue_online"):
        text = row.get(name, "")
        if text and _DATE.fullmatch(text) is None:
            message = f"{text[:60]!r} is not a date as KBART has it: YYYY, YYYY-MM or YYYY-MM-DD"
            problems.append(Problem("kbart-date", "warning", message, name, position, value=text[:200]))
    first, last = row.get("date_first_issue_online", ""), row.get("date_last_issue_online", "")
    if first and last and _DATE.fullmatch(first) and _DATE.fullmatch(last) and last < first[: len(last)]:
        message = f"the coverage ends ({last}) before it begins ({first})"
        problems.append(
            Problem("kbart-coverage", "warning", message, "date_last_issue_online", position, value=last)
        )
    embargo = row.get("embargo_info", "")
    if embargo and _EMBARGO.fullmatch(embargo.replace(" ", "")) is None:
        message = f"{embargo[:60]!r} is not an embargo as KBART has it: R or P, a number, and D, M or Y"
        problems.append(
            Problem("kbart-embargo", "warning", message, "embargo_info", position, value=embargo[:200])
        )
    if row.get("title_url") and not web_address(row["title_url"]):
        message = "title_url is no http, https or ftp address"
        problems.append(
            Problem("link-invalid", "warning", message, "title_url", position, value=row["title_url"][:200])
        )


ADAPTER = KbartAdapter()
