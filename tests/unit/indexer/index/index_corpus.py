"""A small collection in a memory index, shared by the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from holdings.members.view import PUBLIC, View
from indexer.document import Display, Member, documents
from indexer.index.engine import Engine, EngineResults, SearchCall
from indexer.index.query import Everything, Node, Words
from indexer.records.record import Record
from indexer.records.union import SourceRecord

CENTRE = View("C:centre", frozenset({PUBLIC}))


def member(
    uid: str,
    record: Record,
    atoms: Iterable[str] = (PUBLIC,),
    repository: str = "r",
    library: str = "l",
    **more: Any,
) -> Member:
    source = SourceRecord(uid=uid, library=library, repository=repository, id=uid, record=record, **more)
    return Member(source, frozenset(atoms), (f"L:{library}", "C:centre"))


def fill(engine: Engine, records: dict[str, Record]) -> None:
    writer = engine.writer()
    for uid, record in records.items():
        writer.add(documents(uid, [member(uid, record)]))
    writer.close()


def ask(engine: Engine, tree: Node | str, **call: Any) -> EngineResults:
    node = (Words("all", tree) if tree else Everything()) if isinstance(tree, str) else tree
    return engine.search(SearchCall(node, **{"view": CENTRE, "limit": 100} | call))


def ids(results: EngineResults) -> set[str]:
    return {hit.id for hit in results.hits}


def titles(results: EngineResults) -> list[str]:
    return [msgspec.json.decode(hit.display, type=Display).title for hit in results.hits]
