"""Searching, ordering and paging on both engines."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from index_corpus import CENTRE, ask, fill, ids, titles

from indexer.index.engine import Engine, FacetCall, SearchCall, Selection
from indexer.index.query import And, Everything, Exact, Not, Nothing, Or, Phrase, Range, Wildcard, Words
from indexer.index.suggest import suggest
from indexer.records.record import (
    Class,
    Contributor,
    Holding,
    Identifier,
    Publication,
    Record,
    Relation,
    Subject,
    Title,
)

NewEngine = Callable[[], Engine]

RECORDS = {
    "hlm": Record(type="book", title="红楼梦", year=1982, contributors=(Contributor("曹雪芹"),)),
    "hlm2": Record(type="book", title="紅樓夢研究", year=1952, contributors=(Contributor("俞平伯"),)),
    "hlm3": Record(type="article", title="论《红楼梦》的结构", year=1990, abstract="红楼的梦"),
    "apart": Record(type="book", title="梦里的红楼", year=2001),
    "nature": Record(
        type="journal", title="Nature", year=1869, identifiers=(Identifier("issn", "0028-0836"),)
    ),
    "things": Record(type="book", title="The nature of things", year=1950, subjects=(Subject("Nature"),)),
    "piao": Record(type="book", title="飘", year=1940, contributors=(Contributor("Mitchell, Margaret"),)),
    "piao2": Record(type="book", title="飘飘何所似", year=2010),
    "cpp": Record(
        type="book", title="C++程序设计", year=2000, identifiers=(Identifier("isbn", "9787302224464"),)
    ),
    "c": Record(type="book", title="C程序设计", year=2005),
    "census": Record(type="book", title="中国二〇〇〇年人口普查资料", year=2002),
    "census2": Record(
        type="book", title="中国2000年人口普查资料", year=2002, classes=(Class("C924.2", "clc"),)
    ),
    "nahan": Record(type="book", title="呐喊", year=1923, contributors=(Contributor("魯迅"),)),
    "luxun": Record(type="book", title="鲁迅与《呐喊》", year=1980, notes=("论鲁迅呐喊",)),
    "silence": Record(type="book", title="Silence", year=1961, contributors=(Contributor("Cage, John"),)),
    "signs": Record(type="book", title="?", year=1999),
    "korean": Record(type="book", title="한국 역사", year=1988),
    "soccer": Record(type="book", title="サッカー入門", year=1999),
    "women": Record(type="book", title="妇女的婚姻", year=1995, holdings=(Holding(call_number="D669.1/12"),)),
}


@pytest.fixture(scope="module")
def engine(search_engine: Engine) -> Engine:
    fill(search_engine, RECORDS)
    return search_engine


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("红楼梦", {"hlm", "hlm2", "hlm3", "apart"}),
        ("紅樓夢", {"hlm", "hlm2", "hlm3", "apart"}),
        ("《紅樓·夢》", {"hlm", "hlm2", "hlm3", "apart"}),
        ("梦", {"hlm", "hlm2", "hlm3", "apart"}),
        ("红楼梦 曹雪芹", {"hlm"}),
        ("C++", {"cpp"}),
        ("Ｃ＋＋ 程序設計", {"cpp"}),
        ("c程序设计", {"c"}),
        ("2000年人口", {"census", "census2"}),
        ("二〇〇〇年人口", {"census", "census2"}),
        ("鲁迅", {"nahan", "luxun"}),
        ("한국역사", {"korean"}),
        ("さっかー", {"soccer"}),
        ("カーサッ", set()),
        ("妇女婚姻", {"women"}),
        ("978-7-302-22446-4", {"cpp"}),
        ("7302224463", {"cpp"}),
        ("00280836", {"nature"}),
        ("?", {"signs"}),
        ("……", set()),
        ("红楼梦魇", set()),
        ("naturalistic", set()),
    ],
)
def test_words_find(engine: Engine, text: str, found: set[str]) -> None:
    assert ids(ask(engine, text)) == found


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("红楼梦", ["hlm", "hlm2"]),
        ("飘", ["piao", "piao2"]),
        ("飄", ["piao", "piao2"]),
        ("nature", ["nature", "things"]),
        ("鲁迅 呐喊", ["nahan", "luxun"]),
        ("cage silence", ["silence"]),
    ],
)
def test_the_known_item_comes_first(engine: Engine, text: str, first: list[str]) -> None:
    hits = [hit.id for hit in ask(engine, text).hits]
    assert hits[: len(first)] == first


@pytest.mark.parametrize(
    ("tree", "found"),
    [
        (Phrase("title", "红楼梦"), {"hlm", "hlm2", "hlm3"}),
        (Phrase("title", "nature things"), set()),
        (Phrase("title", "nature of things"), {"things"}),
        (Phrase("title", "二〇〇〇年"), {"census", "census2"}),
        (Words("author", "鲁迅"), {"nahan"}),
        (Words("author", "红楼梦"), set()),
        (Words("subject", "nature"), {"things"}),
        (Words("nosuch", "nature"), set()),
        (Words("issn", "0028-0836"), {"nature"}),
        (Words("identifier", "0028 0836"), {"nature"}),
        (Words("class", "C92"), {"census2"}),
        (Words("class", "C93"), set()),
        (Words("callnumber", "D669.1 12"), {"women"}),
        (Words("type", "journal"), {"nature"}),
        (Exact("subject", "Nature"), {"things"}),
        (Exact("year", "1982"), {"hlm"}),
        (Exact("year", "MCM"), set()),
        (Wildcard("title", "natu*"), {"nature", "things"}),
        (Wildcard("title", "n?ture"), set()),  # fewer than two letters in front
        (Wildcard("title", "na?ure"), {"nature", "things"}),
        (Wildcard("title", "na[t]u(r|x)*"), set()),
        (Wildcard("title", "红*梦"), {"hlm", "hlm2", "hlm3", "apart"}),
        (Range("year", None, 1900), {"nature"}),
        (Range("year", 2001, 2002), {"apart", "census", "census2"}),
        (Range("year", 2002, 2001), set()),
        (Range("title", 1, 2), set()),
        (And((Words("all", "红楼梦"), Not(Words("author", "曹雪芹")))), {"hlm2", "hlm3", "apart"}),
        (And((Words("title", "nature"), Words("all", "《》"))), {"nature", "things"}),
        (Or((Words("title", "飘"), Words("all", "!!"))), {"piao", "piao2"}),
        (Or((Words("title", "飘"), Exact("type", "journal"))), {"piao", "piao2", "nature"}),
        (And((Not(Everything()),)), set()),
        (And(()), set()),
        (Nothing(), set()),
    ],
)
def test_trees_find(engine: Engine, tree: object, found: set[str]) -> None:
    assert ids(ask(engine, tree)) == found  # type: ignore[arg-type]


def test_not_is_the_complement_and_or_adds_up(engine: Engine) -> None:
    trees = [Words("all", w) for w in ("红楼", "nature", "程序", "年")]
    for a in trees:
        assert ids(ask(engine, And((Not(a),)))) == RECORDS.keys() - ids(ask(engine, a))
        for b in trees:
            both, either = ask(engine, And((a, b))).total, ask(engine, Or((a, b))).total
            assert either == ask(engine, a).total + ask(engine, b).total - both


def test_one_more_character_never_finds_more(engine: Engine) -> None:
    for record in RECORDS.values():
        found: set[str] = set(RECORDS)
        for end in range(1, len(record.title) + 1):
            now = ids(ask(engine, record.title[:end]))
            if record.title[end - 1] > "\u3000":
                assert now <= found, record.title[:end]
            found = now


@pytest.mark.parametrize(
    "field",
    ["title", "author", "subject", "publisher", "series", "journal", "abstract", "note", "place", "contents"],
)
def test_traditional_and_simplified_find_each_other_in_every_field(new_engine: NewEngine, field: str) -> None:
    def record(text: str) -> Record:
        return Record(
            title=text if field == "title" else "x",
            contributors=(Contributor(text),) if field == "author" else (),
            subjects=(Subject(text),) if field == "subject" else (),
            publication=Publication(publisher=text if field == "publisher" else ""),
            series=(text,) if field == "series" else (),
            relations=(Relation("in", text),) if field == "journal" else (),
            abstract=text if field == "abstract" else "",
            notes=(text,) if field == "note" else (),
            contents=(text,) if field == "contents" else (),
            places=(text,) if field == "place" else (),
        )

    engine = new_engine()
    fill(
        engine,
        {"t": record("臺灣歷史與經濟發展"), "s": record("台湾历史与经济发展"), "n": record("法国文学")},
    )
    for asked in ("臺灣歷史", "台湾历史", "台灣历史", "經濟發展"):
        assert ids(ask(engine, Words(field, asked))) == {"t", "s"}
        assert ids(ask(engine, Words("all", asked))) == {"t", "s"}
        assert ids(ask(engine, Phrase(field, asked))) == {"t", "s"}


def test_sorts_are_whole_orders(engine: Engine) -> None:
    newest = [RECORDS[h.id].year for h in ask(engine, "", sort="newest").hits]
    assert newest == sorted(newest, key=lambda y: -(y or 0))
    oldest = [RECORDS[h.id].year for h in ask(engine, "", sort="oldest").hits]
    assert oldest == newest[::-1]
    by_title = titles(
        ask(
            engine, Or((Words("title", "红楼"), Words("title", "nature"), Words("title", "飘"))), sort="title"
        )
    )
    assert by_title == [
        "红楼梦",
        "紅樓夢研究",
        "论《红楼梦》的结构",
        "梦里的红楼",
        "Nature",
        "The nature of things",
        "飘",
        "飘飘何所似",
    ]
    by_author = [RECORDS[h.id].contributors for h in ask(engine, "", sort="author").hits]
    assert [c[0].name for c in by_author if c] == [
        "Cage, John",
        "曹雪芹",
        "魯迅",
        "Mitchell, Margaret",
        "俞平伯",
    ]


def test_equal_hits_keep_their_order_over_pages_and_over_a_new_index(new_engine: NewEngine) -> None:
    records = {f"r{n}": Record(title="同名的书", year=1990 + n % 3) for n in range(60)}
    orders = []
    for seed in (1, 2):
        items = list(records.items())
        random.Random(seed).shuffle(items)
        engine = new_engine()
        fill(engine, dict(items[:20]))
        fill(engine, dict(items[20:]))
        for sort in ("relevance", "title", "author", "added", "newest"):
            whole = [h.id for h in ask(engine, "同名", sort=sort).hits]
            paged = [
                h.id for n in range(0, 60, 7) for h in ask(engine, "同名", sort=sort, offset=n, limit=7).hits
            ]
            assert paged == whole
            orders.append((sort, whole))
    assert orders[:5] == orders[5:]


def test_a_cursor_walks_over_every_hit_once(engine: Engine) -> None:
    for limit in (1, 4, 19, 50):
        cursor, seen = "*", []
        while cursor:
            results = ask(engine, "", cursor=cursor, limit=limit)
            assert results.total == len(RECORDS)
            seen += [hit.id for hit in results.hits]
            cursor = results.next_cursor
        assert sorted(seen) == sorted(RECORDS)
    assert ask(engine, "", cursor="'; DROP").total == len(RECORDS)


def test_no_hits_are_read_when_none_are_wanted(engine: Engine) -> None:
    results = ask(engine, "红楼", limit=0)
    assert (results.total, results.hits) == (4, ())


@pytest.mark.parametrize(
    "text",
    [
        "(" * 6000,
        "\0",
        "\ud800",
        "a" * 100_000,
        "红" * 5000,
        "AND OR NOT",
        'title:"',
        "ab" + "?" * 60,
        "a*b*c*d*e*f*g*",
        "*",
        "🎉",
        "\u202e",
    ],
)
def test_nothing_typed_can_break_the_engine(engine: Engine, text: str) -> None:
    for tree in (
        Words("all", text),
        Phrase("title", text),
        Wildcard("all", text),
        Exact("subject", text),
        Words("isbn", text),
    ):
        ask(engine, tree)
    ask(engine, "", scope=text, selections=(Selection("place", (text,), (text,)),))
    engine.facet(SearchCall(Everything(), CENTRE), FacetCall("subject", prefix=text))
    engine.similar(text, CENTRE, 3)
    suggest(engine, text, CENTRE, (), 5)
    engine.near_terms("all", text, CENTRE)


def test_variant_and_romanised_titles_find_the_work(new_engine: NewEngine) -> None:
    engine = new_engine()
    fill(
        engine,
        {
            "x": Record(
                title="石头记", titles=(Title("红楼梦", "variant"), Title("石头记", romanised="Shi tou ji"))
            )
        },
    )
    assert ids(ask(engine, "红楼梦")) == ids(ask(engine, "shi tou ji")) == {"x"}


def test_suggestions_come_by_beginning_by_pinyin_and_by_initials(engine: Engine) -> None:
    def suggested(text: str, *kinds: str) -> set[tuple[str, str]]:
        return {(offer.text, offer.kind) for offer in suggest(engine, text, CENTRE, kinds, 10)}

    assert ("红楼梦", "title") in suggested("紅樓")
    assert ("红楼梦", "title") in suggested("hongl")
    assert ("红楼梦", "title") in suggested("hong lou")
    assert ("红楼梦", "title") in suggested("hlm")
    assert ("魯迅", "name") in suggested("鲁")
    assert ("魯迅", "name") in suggested("luxun")
    assert ("The nature of things", "title") in suggested("the nat")
    assert suggested("nature", "journal") == {("Nature", "journal")}
    assert suggested("zzz") == suggested("") == suggested("《》") == set()


def test_near_words_are_found_and_only_near_ones(engine: Engine) -> None:
    assert [t for t, _ in engine.near_terms("all", "natrue", CENTRE)] == ["nature"]
    assert engine.near_terms("all", "nature", CENTRE) == []
    assert engine.near_terms("all", "xylophone", CENTRE) == []


def test_similar_items_share_something_and_leave_out_the_item_itself(engine: Engine) -> None:
    found = [hit.id for hit in engine.similar("hlm", CENTRE, 3)]
    assert "hlm" not in found
    assert set(found) <= {"hlm2", "hlm3", "apart"}
    assert engine.similar("nosuch", CENTRE, 3) == []


def test_an_empty_engine_answers(new_engine: NewEngine) -> None:
    empty = new_engine()
    assert empty.search(SearchCall(Everything(), CENTRE)).total == 0
    assert empty.usable()
