"""Real records with Chinese text, read once for all relevance tests, and what they are asked."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from holdings.members.view import PUBLIC, View
from indexer import plugins, recognise
from indexer.document import Display, Member, documents
from indexer.index.engine import Engine, EngineResults, SearchCall
from indexer.index.query import Node
from indexer.index.tantivy import TantivyEngine
from indexer.prepare import understand
from indexer.profile import Profile
from indexer.reader import UnreadableFile
from indexer.records.record import Record
from indexer.records.union import SourceRecord
from indexer.text.analyse import has_han

ROOT = Path(__file__).resolve().parents[2]
CENTRE = View("C:centre", frozenset({PUBLIC}))
SOURCES = (
    ("marc21-lc-books/lc_books_2016_chinese.mrc.gz", ""),
    ("cnmarc/*", ""),
    ("zotero-items-chinese-sites/*.json", ""),
    ("ancient-kanripo/KR/KR*.txt", "kanripo-kr"),
    ("article-csl/ts_dev.tsv.gz", "csl-abstracts-titles"),
    ("article-csl/cls_ctg_dev.tsv.gz", "csl-titles"),
    ("course-xuetangx/xuetangx_courses_2021.csv", "xuetangx"),
    ("rubbing-berkeley/berkeley-rubbings.json.gz", "berkeley-rubbings"),
    ("other-library-formats/music.mrc", ""),
    ("marc21-lc-books/lc_books_2014_first100.mrc", ""),
)


@cache
def records(data: Path) -> dict[str, Record]:
    """uid → record of all sources that are there."""
    adapters = plugins.adapters()
    found: dict[str, Record] = {}
    for pattern, mapping in SOURCES:
        profile = Profile(mapping=_mapping(mapping))
        for path in sorted(data.glob(pattern)):
            for n, record in enumerate(_read(path, profile, adapters)):
                found[f"{path.name.split('.')[0]}-{n}"] = record
    return found


def _mapping(name: str) -> dict[str, Any]:
    if not name:
        return {}
    return tomllib.loads((ROOT / "docs" / "mappings" / f"{name}.toml").read_text("utf-8"))


def _read(path: Path, profile: Profile, adapters: Any) -> Iterator[Record]:
    with suppress(UnreadableFile):  # some files of the collection hold nothing but a heading
        for raw in recognise.open_file(path, profile=profile):
            record, _ = understand(raw, profile, adapters)
            if record is not None and record.title:
                yield record


def member(uid: str, record: Record, atoms: frozenset[str] = frozenset({PUBLIC})) -> Member:
    source = SourceRecord(uid=uid, library="l", repository="r", id=uid, record=record)
    return Member(source, atoms, ("L:l", "C:centre"))


def fill(engine: Engine, wanted: dict[str, Record]) -> None:
    writer = engine.writer()
    for uid, record in wanted.items():
        writer.add(documents(uid, [member(uid, record)]))
    writer.close()


def ask(engine: Engine, tree: Node, **call: Any) -> EngineResults:
    """Asks without what the engine remembers, as tests change the table of weights between two questions."""
    if isinstance(engine, TantivyEngine):
        engine.forget()
    return engine.search(SearchCall(tree, **{"view": CENTRE, "limit": 10} | call))


def ids(results: EngineResults) -> list[str]:
    return [hit.id for hit in results.hits]


def titles(results: EngineResults) -> list[str]:
    return [msgspec.json.decode(hit.display, type=Display).title for hit in results.hits]


def chinese(wanted: dict[str, Record], count: int, seed: int) -> list[Record]:
    """Random records whose title has Han characters."""
    found = [record for record in wanted.values() if has_han(record.title)]
    return random.Random(seed).sample(found, min(count, len(found)))
