"""Every row of the table of weights has a witness: a query and two records whose order is the row's doing."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest
from relevance_corpus import CENTRE, ask, ids

from ereader.search.parser import parse
from holdings.members.view import PUBLIC, View
from indexer.document import Member, documents
from indexer.index import fields
from indexer.index.engine import Engine
from indexer.index.fields import WEIGHTS
from indexer.records.record import Contributor, Holding, Identifier, Link, Record, Subject, Title
from indexer.records.union import SourceRecord


def book(title: str, remainder: str = "", **more: Any) -> Record:
    more = {"year": 1950, "type": "book", "languages": ("eng",) if title.isascii() else ("zho",)} | more
    return Record(title=title, title_remainder=remainder, **more)


def by(*names: str) -> tuple[Contributor, ...]:
    return tuple(Contributor(name) for name in names)


FULL_TEXT = (Link("https://example.org/text", "fulltext"),)


class Witness(msgspec.Struct, frozen=True):
    """A query, and records in the order they must come in: the others have what lower rows like."""

    query: str
    better: Record
    worse: Record
    held: bool = False  # whether the reader's own library has the better one, and only that


WITNESSES: dict[str, Witness] = {
    "number": Witness(
        "9787302224464",
        book("数据结构", identifiers=(Identifier("isbn", "9787302224464"),)),
        book("9787302224464"),
    ),
    "number begins": Witness(
        "I242.4/1",
        book("儒林外史", holdings=(Holding(call_number="I242.4/12"),)),
        book("I242.4/1"),
    ),
    "whole": Witness("飘", book("飘"), book("飘", "随笔", links=FULL_TEXT)),
    "proper": Witness(
        "飘", book("飘", "一部小说"), book("飘零", titles=(Title("飘", "variant"),), links=FULL_TEXT)
    ),
    "variant": Witness(
        "石头记",
        book("红楼梦", titles=(Title("石头记", "variant"),)),
        book("石头记研究", contributors=by("石头记"), links=FULL_TEXT),
    ),
    "author and title": Witness(
        "鲁迅 呐喊", book("呐喊", contributors=by("鲁迅")), book("鲁迅呐喊研究", links=FULL_TEXT)
    ),
    "person": Witness("鲁迅", book("热风", contributors=by("鲁迅")), book("鲁迅研究", links=FULL_TEXT)),
    "pinyin": Witness("hong lou meng", book("红楼梦"), book("Hong lou meng studies", links=FULL_TEXT)),
    "prefix": Witness(
        "nature of", book("Nature of things"), book("The second nature of man", links=FULL_TEXT)
    ),
    "sound": Witness("women", book("我们"), book("History of women", links=FULL_TEXT)),
    "phrase": Witness(
        "世界历史",
        book("论世界历史"),
        book("历史的世界", contributors=by("世界历史学会"), links=FULL_TEXT),
    ),
    "name": Witness(
        "历史学会",
        book("年刊", contributors=by("中国历史学会")),
        book("学会与历史", links=FULL_TEXT),
    ),
    "segments": Witness(
        "中国图书馆",
        book("老图书馆", subjects=(Subject("中国"),)),
        book("国图书刊", subjects=(Subject("中国"), Subject("馆")), links=FULL_TEXT),
    ),
    "bigrams": Witness("图书馆", book("图书与大馆"), book("书与图与馆", links=FULL_TEXT)),
    "inside": Witness("图书馆", book("书与图与馆"), book("书", notes=("图与馆",), links=FULL_TEXT)),
    "piece": Witness(
        "ox 1961", book("Ox", year=1961), book("1961 papers", notes=("ox",), links=FULL_TEXT)
    ),
    "in title": Witness("ox", book("Modern ox"), book("Pictures", subjects=(Subject("Ox"),))),
    "in author": Witness(
        "kim", book("Poems", contributors=by("Kim, Ok")), book("Hills", subjects=(Subject("Kim hills"),))
    ),
    "in subject": Witness("ox", book("Pictures", subjects=(Subject("Ox"),)), book("Pictures", notes=("ox ox ox",))),
    "words": Witness("ox", book("Pictures", notes=("ox ox ox",)), book("Pictures", notes=("ox",), year=1960)),
    "form in title": Witness(
        "libraries", book("The library"), book("Houses", notes=("library",), links=FULL_TEXT)
    ),
    "held": Witness("art", book("Modern art"), book("Modern art", links=FULL_TEXT), held=True),
    "recent": Witness("art", book("Modern art", year=date.today().year), book("Modern art", links=FULL_TEXT)),
    "full text": Witness("art", book("Modern art", links=FULL_TEXT), book("Modern art", year=1960)),
}  # fmt: skip

HOME = "L:home"


def place_of(name: str) -> str:
    """Each witness is heard in a place of its own, so that all of them share one index."""
    return f"C:{name.replace(' ', '-')}"


def document(uid: str, record: Record, *places: str) -> list[bytes]:
    source = SourceRecord(uid=uid, library="l", repository="r", id=uid, record=record)
    return documents(uid, [Member(source, frozenset({PUBLIC}), places)])


@pytest.fixture(scope="module")
def engine(search_engine: Engine) -> Engine:
    writer = search_engine.writer()
    for name, witness in WITNESSES.items():
        home = (HOME,) if witness.held else ()
        writer.add(document(f"{name}/better", witness.better, place_of(name), *home))
        writer.add(document(f"{name}/worse", witness.worse, place_of(name)))
    for n, (title, remainder, others) in enumerate(LADDER):
        writer.add(document(f"ladder/{n}", book(title, remainder, notes=others), "C:ladder"))
    for place, (_, shelf) in ORDERS.items():
        for n, record in enumerate(shelf):
            writer.add(document(f"{place}/{n}", record, place_of(place)))
    writer.close()
    return search_engine


def heard(engine: Engine, name: str) -> list[str]:
    view = View(HOME, frozenset({PUBLIC})) if WITNESSES[name].held else CENTRE
    found = ask(engine, parse(WITNESSES[name].query).tree, view=view, scope=place_of(name))
    return [uid.split("/")[1] for uid in ids(found)]


def test_every_weight_has_a_witness_and_a_reason() -> None:
    assert list(WITNESSES) == [name for name in WEIGHTS if name in WITNESSES]
    assert set(WITNESSES) == set(WEIGHTS)
    assert all(weight.why and weight.value > 0 for weight in WEIGHTS.values())


@pytest.mark.parametrize("name", WEIGHTS)
def test_a_witness_comes_first_and_only_by_its_weight(
    engine: Engine, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert heard(engine, name) == ["better", "worse"]
    monkeypatch.setitem(fields.WEIGHTS, name, msgspec.structs.replace(WEIGHTS[name], value=0.0))
    assert heard(engine, name) == ["worse", "better"]


def test_each_step_is_larger_than_all_below_it_together() -> None:
    """What is counted by BM25 is held within its row, so the most a document can have is the sum of the rows."""
    names = list(WEIGHTS)
    steps = names[: names.index("piece") + 1]
    for n, name in enumerate(steps):
        below = sum(weight.value for weight in list(WEIGHTS.values())[n + 1 :])
        assert WEIGHTS[name].value > below, name


def test_what_is_counted_stays_within_its_row(engine: Engine) -> None:
    """Even for the rarest words, often repeated, in the shortest records."""
    counted = sum(weight.value for weight in WEIGHTS.values() if weight.counted)
    for name, witness in WITNESSES.items():
        with pytest.MonkeyPatch.context() as only:
            for other, weight in WEIGHTS.items():
                if not weight.counted:
                    only.setitem(fields.WEIGHTS, other, msgspec.structs.replace(weight, value=0.0))
            found = ask(engine, parse(witness.query).tree, scope=place_of(name))
            assert all(hit.score <= counted for hit in found.hits), name


# One query down the whole ladder; the later ones have the query in their notes again and again.
LADDER = [
    ("中国历史", "", ()),
    ("中国历史", "地图集", ("中国历史" * 2,)),
    ("中国历史通论", "", ("中国历史" * 3,)),
    ("论中国历史", "", ("中国历史" * 4,)),
    ("国历与中国的历史", "", ("中国历史" * 5,)),
    ("中国古代的历史", "", ("中国历史" * 6,)),
    ("国史中的历", "", ("中国历史" * 7,)),
    ("金戈铁戟", "", ("中国历史" * 8,)),
]


@pytest.mark.parametrize("query", ["中国历史", "中國歷史", "中国 历史", "《中国历史》", "中国·历史"])
def test_exactness_comes_step_by_step(engine: Engine, query: str) -> None:
    found = ids(ask(engine, parse(query).tree, scope="C:ladder"))
    assert found == [f"ladder/{n}" for n in range(len(LADDER))][: 4 if "《" in query else None]


ORDERS: dict[str, tuple[list[str], list[Record]]] = {
    "unstemmed-first": (
        ["libraries"],
        [book("Libraries"), book("Old libraries"), book("Old library"), book("Shops", notes=("library",))],
    ),
    "one-of-the-words": (
        ["中国历史"],
        [book("中国的历史"), book("在历史中", subjects=(Subject("中国"), Subject("中国历史")))],
    ),
    "cage": (
        ["cage silence", "silence cage"],
        [
            book("Silence", "lectures and writings", contributors=by("Cage, John")),
            book("The cage of silence", notes=("John",)),
            book("Silence", contributors=by("Endō, Shūsaku"), notes=("John, a cage",)),
        ],
    ),
    "whole-name": (
        ["john cage silence", "Silence Cage, John", "cage, john: silence"],
        [book("Silence", contributors=by("Cage, John")), book("Silence after John Cage")],
    ),
    "family": (["家", "《家》"], [book("家", contributors=by("巴金")), book("家庭"), book("大家")]),
    "journal": (
        ["nature", "Nature.", "NATURE", "Ｎａｔｕｒｅ"],
        [book("Nature", type="journal"), book("The nature of things", subjects=(Subject("Nature"),))],
    ),
    "name-order": (
        ["john cage", "cage john", "Cage, John"],
        [book("Empty words", contributors=by("Cage, John")), book("John Cage and Zen")],
    ),
    "article": (
        ["silent spring", "The silent spring"],
        [book("The silent spring of birds"), book("A most silent spring, the", links=FULL_TEXT)],
    ),
    "jurisdiction": (
        ["china"],
        [book("China and her neighbours"), book("Laws", contributors=(Contributor("China", kind="corporate"),))],
    ),
    "signs": (
        ['C语言 (第2版)', "C语言(第2版)", "c语言 第2版"],
        [book("C语言(第2版)"), book("C语言", notes=("第2版",))],
    ),
    "korean": (["한국역사", "한국 역사"], [book("한국 역사"), book("한국 역사의 이해"), book("새 한국 역사")]),
}  # fmt: skip


@pytest.mark.parametrize("name", ORDERS)
def test_known_items_come_in_this_order(engine: Engine, name: str) -> None:
    queries, shelf = ORDERS[name]
    for query in queries:
        found = ids(ask(engine, parse(query).tree, scope=place_of(name)))
        wanted = [f"{name}/{n}" for n in range(len(shelf))]
        if query.startswith("《"):
            wanted = wanted[: len(found)]
        assert found == wanted, query
