"""Labelled sets from real records that several sources hold (``shared_data``), their identifiers hidden."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

import msgspec

from indexer import plugins, recognise
from indexer.prepare import understand
from indexer.profile import Profile
from indexer.reader import UnreadableFile
from indexer.records.record import Record

ROOT = Path(__file__).resolve().parents[2]
Labelled = tuple[dict[str, Record], dict[str, str]]


def read(data: Path, pattern: str, mapping: str = "") -> Iterator[Record]:
    """All sound records of the files of a pattern."""
    table = tomllib.loads((ROOT / "docs/mappings" / f"{mapping}.toml").read_text("utf-8")) if mapping else {}
    profile = Profile(mapping=table)
    adapters = plugins.adapters()
    for path in sorted(data.glob(pattern)):
        with suppress(UnreadableFile):
            for raw in recognise.open_file(path, profile=profile):
                record, _ = understand(raw, profile, adapters)
                if record is not None and record.title:
                    yield record


def hidden(record: Record) -> Record:
    """The record without any number or address by which it could be known."""
    return msgspec.structs.replace(
        record,
        id="",
        identifiers=(),
        links=(),
        holdings=(),
        relations=tuple(msgspec.structs.replace(r, identifiers=(), local_id="") for r in record.relations),
    )


def _number(record: Record, scheme: str) -> str:
    return next((i.value for i in record.identifiers if i.scheme == scheme), "")


@cache
def lc_versions(data: Path) -> Labelled:
    """The Library of Congress in 2014 and in 2016: 100 books twice among 3,000 others; label LCCN."""
    records, truth = {}, {}
    for source, pattern, most in (
        ("2014", "marc21-lc-books/lc_books_2014_first100.mrc", 100),
        ("2016", "marc21-lc-books/lc_books_2016_western_and_other.mrc.gz", 20_000),
    ):
        for n, record in enumerate(read(data, pattern)):
            if n >= most:
                break
            id = f"{source}-{n}"
            records[id], truth[id] = hidden(record), _number(record, "lccn") or id
    wanted = {label for id, label in truth.items() if id.startswith("2014")}
    kept = [id for n, id in enumerate(records) if truth[id] in wanted or n % 5 == 0]
    return {id: records[id] for id in kept}, {id: truth[id] for id in kept}


@cache
def ebooks(data: Path) -> Labelled:
    """38 e-books in MARC 21 and in Taiwan's CMARC; label 001."""
    records, truth = {}, {}
    for source, name in (
        ("marc", "ntuedu_ebooks_marc21_marc8.mrc"),
        ("cmarc", "ntuedu_ebooks_cmarc_utf8.mrc"),
    ):
        for n, record in enumerate(read(data, f"ebook-proquest-ntue/{name}")):
            records[f"{source}-{n}"], truth[f"{source}-{n}"] = hidden(record), record.id
    return records, truth


@cache
def old_books(data: Path, collection: str) -> Labelled:
    """The catalogue of the Kanseki Repository and one of its collections; label KR number."""
    records, truth = {}, {}
    for source, pattern, mapping in (
        ("kr", "ancient-kanripo/KR/KR*.txt", "kanripo-kr"),
        ("c", f"ancient-kanripo/general/{collection}.org.gz", "kanripo-general"),
    ):
        for n, record in enumerate(read(data, pattern, mapping)):
            id = f"{source}-{n}"
            label = _number(record, "kanripo") or id
            records[id], truth[id] = hidden(record), label.split("-")[0]
    return records, truth


@cache
def collections(data: Path) -> Labelled:
    """Digital collections of the New York Public Library in two shapes; label UUID."""
    records, truth = {}, {}
    for source in ("csv", "ndjson"):
        for n, record in enumerate(
            read(data, f"image-map-nypl/pd_collections.{source}.gz", f"nypl-{source}")
        ):
            records[f"{source}-{n}"], truth[f"{source}-{n}"] = hidden(record), record.id
    return records, truth


@cache
def papers(data: Path) -> Labelled:
    """1,000 Chinese papers four times, with titles, abstracts or both; label title or abstract."""
    records, truth = {}, {}
    abstracts: dict[str, str] = {}
    for source, pattern, mapping in (
        ("ts", "article-csl/ts_dev.tsv.gz", "csl-abstracts-titles"),
        ("ctg", "article-csl/cls_ctg_dev.tsv.gz", "csl-titles"),
    ):
        for n, record in enumerate(read(data, pattern, mapping)):
            abstracts.setdefault(record.abstract[:60], record.title)
            records[f"{source}-{n}"], truth[f"{source}-{n}"] = hidden(record), record.title
    return records, truth


@cache
def apart(data: Path) -> Labelled:
    """Records that look alike and must stay apart: courses of several years, rubbings of one stele, a book
    and its reading aloud.
    """
    records: dict[str, Record] = {}
    for source, pattern, mapping in (
        ("ocw", "course-mit-ocw/*.json*", ""),
        ("rub", "rubbing-berkeley/berkeley-rubbings.json.gz", "berkeley-rubbings"),
        ("tei", "rubbing-epiwen-tei/*.xml", ""),
        ("gb", "books-goodbooks10k/books.csv.gz", "goodbooks"),
        ("lv", "audio-librivox/combined.json.gz", "librivox-combined"),
    ):
        for n, record in enumerate(read(data, pattern, mapping)):
            if source in ("gb", "lv") and n >= 3000:
                break
            if source != "ocw" or record.type == "foreign-course":
                records[f"{source}-{n}"] = record
    return records, {id: id for id in records}


@cache
def real_words(data: Path) -> tuple[tuple[str, ...], tuple[str, ...], tuple[tuple[str, str], ...]]:
    """(titles, names, journals with ISSN) to make articles of."""
    titles, names = {}, {}
    for record in read(data, "marc21-lc-books/lc_books_2016_western_and_other.mrc.gz"):
        if "eng" in record.languages and record.title.isascii() and record.title.count(" ") >= 3:
            whole = f"{record.title}: {record.title_remainder}" if record.title_remainder else record.title
            titles[whole] = None
        for who in record.contributors[:1]:
            if who.kind == "person" and who.name.isascii() and ", " in who.name and "(" not in who.name:
                names[who.name] = None
    journals = {
        record.title.split(" (")[0]: _number(record, "issn")
        for record in read(data, "journal-kbart-leipzig/kbart_leipzig_2018_sample.txt.gz")
        if record.title.count(" ") >= 1
    }
    return tuple(titles), tuple(names), tuple(sorted(journals.items())[::7])


@cache
def chinese_words(data: Path) -> tuple[tuple[str, ...], tuple[str, ...], tuple[tuple[str, str], ...]]:
    """(titles, names, journals) to make Chinese articles of."""
    titles = dict.fromkeys(r.title for r in read(data, "article-csl/cls_ctg_*.tsv.gz", "csl-titles"))
    names = dict.fromkeys(
        who.name
        for record in read(data, "marc21-lc-books/lc_books_2016_chinese.mrc.gz")
        for who in record.contributors
        if who.kind == "person" and 2 <= len(who.name) <= 3
    )
    journals = dict.fromkeys(
        r.title for r in read(data, "journal-ccf-lists/CCFT2022*.csv", "ccft-2022") if not r.title.isascii()
    )
    return tuple(titles), tuple(names), tuple((journal, "") for journal in journals)


@cache
def journal_lists(data: Path) -> Labelled:
    """Chinese journals in three lists of recommended journals; label title."""
    records, truth = {}, {}
    for pattern, mapping in (
        ("CCFT2022*.csv", "ccft-2022"),
        ("CCFT2025*.csv", "ccft-2025"),
        ("CCFChinese2019*.csv", "ccf-chinese-2019"),
    ):
        for n, record in enumerate(read(data, f"journal-ccf-lists/{pattern}", mapping)):
            id = f"{mapping}-{n}"
            records[id], truth[id] = hidden(record), record.title.replace(" ", "")
    return records, truth
