"""A small library in an index in memory: what a search finds is compared as sets of ids."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ereader.search.pipeline import search
from ereader.search.request import SearchRequest
from ereader.search.results import SearchResults
from holdings.members.view import PUBLIC, View
from indexer.document import Member, documents
from indexer.index import open_engine
from indexer.index.engine import Engine
from indexer.records.record import (
    Class,
    Contributor,
    Holding,
    Identifier,
    Link,
    Publication,
    Record,
    Relation,
    Subject,
    Title,
)
from indexer.records.union import SourceRecord

EVERYONE = View(place="C:centre", atoms=frozenset({PUBLIC}))
PKU_MEMBER = View(place="L:pku", atoms=frozenset({PUBLIC, "L:pku/everyone", "L:pku/members"}))


def person(name: str, romanised: str = "", role: str = "author") -> Contributor:
    return Contributor(name, role=role, romanised=romanised)


RECORDS: dict[str, Record] = {
    "hlm": Record(
        type="book",
        title="红楼梦",
        contributors=(person("曹雪芹", "Cao Xueqin"), person("高鹗")),
        year=1982,
        languages=("zho",),
        publication=Publication("北京", "人民文学出版社", "1982"),
        identifiers=(Identifier("isbn", "9787020002207"),),
        classes=(Class("I242.4", "clc"),),
        subjects=(Subject("章回小说--中国--清代"),),
        holdings=(Holding(call_number="I242.4/123"),),
    ),
    "hlm-trad": Record(
        type="ancient-book",
        title="紅樓夢",
        title_remainder="一百二十回",
        contributors=(person("曹雪芹"),),
        year=1791,
        languages=("zho",),
        publication=Publication("", "萃文書屋", "清乾隆五十六年"),
    ),
    "hlm-yj": Record(
        type="book",
        title="《红楼梦》研究",
        contributors=(person("俞平伯"),),
        year=1952,
        languages=("zho",),
        publication=Publication("上海", "棠棣出版社", "1952"),
        subjects=(Subject("红学"),),
    ),
    "hlm-xs": Record(
        type="article",
        title="红楼梦续书研究",
        contributors=(person("赵建忠"),),
        year=1997,
        languages=("zho",),
        relations=(Relation("in", title="红楼梦学刊", volume="3"),),
        links=(Link("https://example.org/1"),),
    ),
    "xyj": Record(
        type="book", title="西游记", contributors=(person("吴承恩"),), year=1980, languages=("zho",)
    ),
    "nahan": Record(type="book", title="呐喊", contributors=(person("鲁迅"),), year=1923, languages=("zho",)),
    "luxun": Record(
        type="book",
        title="鲁迅传",
        contributors=(person("王士菁"),),
        year=1948,
        languages=("zho",),
        subjects=(Subject("鲁迅"),),
    ),
    "marriage": Record(
        type="thesis",
        title="近代妇女的社会地位与婚姻",
        contributors=(person("李华"),),
        year=2005,
        languages=("zho",),
        abstract="本文研究近代中国妇女的婚姻状况。",
    ),
    "wusi": Record(
        type="book", title="“五四”运动史", contributors=(person("周策纵"),), year=1999, languages=("zho",)
    ),
    "dream": Record(
        type="book",
        title="Dream of the red chamber",
        contributors=(person("Cao, Xueqin"), person("Wang, Chi-chen")),
        year=1929,
        languages=("eng",),
        publication=Publication("New York", "Doubleday", "1929"),
        subjects=(Subject("Chinese fiction"),),
        classes=(Class("895.1348", "ddc"),),
    ),
    "bronte": Record(
        type="book",
        title="Jane Eyre",
        title_remainder="an autobiography",
        contributors=(person("Brontë, Charlotte"),),
        year=1847,
        languages=("eng",),
    ),
    "woolf": Record(
        type="book",
        title="Who's afraid of Virginia Woolf?",
        contributors=(person("Albee, Edward"),),
        year=1962,
        languages=("eng",),
    ),
    "language": Record(
        type="book",
        title="Language: an introduction to the study of speech",
        contributors=(person("Sapir, Edward"),),
        year=1921,
        languages=("eng",),
    ),
    "cpp": Record(
        type="ebook",
        title="The C++ programming language",
        contributors=(person("Stroustrup, Bjarne"),),
        year=1985,
        languages=("eng",),
        links=(Link("https://example.org/cpp"),),
        subjects=(Subject("Computer programming"),),
    ),
    "computing": Record(type="courseware", title="Computing for everyone", year=2015, languages=("eng",)),
    "women": Record(type="book", title="Women and men in computation", year=2001, languages=("eng",)),
    "nature": Record(
        type="journal",
        title="Nature",
        year=1869,
        languages=("eng",),
        identifiers=(Identifier("issn", "0028-0836"),),
    ),
    "lancet": Record(
        type="article",
        title="Deaths in Iraq",
        contributors=(person("Roberts, Les"),),
        year=2004,
        languages=("eng",),
        identifiers=(Identifier("doi", "10.1016/s0140-6736(04)17441-2"),),
        relations=(Relation("in", title="The Lancet", volume="364"),),
    ),
    "qin": Record(type="rubbing", title="泰山刻石", year=-219, languages=("zho",)),
    "tokyo": Record(
        type="map",
        title="東京地図",
        titles=(Title("Map of Tokyo", kind="parallel"),),
        year=1909,
        languages=("jpn",),
    ),
    "korean": Record(type="book", title="한국 문학의 이해", year=1996, languages=("kor",)),
    "sign": Record(type="book", title="?", year=1970, languages=("eng",)),
    "not": Record(type="video", title="Not without my daughter", year=1991, languages=("eng",)),
}

SECRET = Record(
    type="manuscript", title="红楼梦秘本", contributors=(person("曹雪芹"),), year=1760, languages=("zho",)
)


@pytest.fixture(scope="session")
def everyone() -> View:
    """The centre's portal, nobody signed in."""
    return EVERYONE


@pytest.fixture(scope="session")
def member() -> View:
    """The portal of the library pku, one of its own readers signed in."""
    return PKU_MEMBER


@pytest.fixture(scope="session")
def engine() -> Engine:
    engine = open_engine("tantivy")
    writer = engine.writer()
    for id, record in RECORDS.items():
        source = SourceRecord(
            uid=id, library="pku" if id[0] < "m" else "ruc", repository="books", id=id, record=record
        )
        places = ("C:centre", f"L:{source.library}")
        writer.replace(id, documents(id, [Member(source, frozenset({PUBLIC}), places)]))
    hidden = SourceRecord(uid="secret", library="pku", repository="vault", id="secret", record=SECRET)
    writer.replace("secret", documents("secret", [Member(hidden, frozenset({"L:pku/members"}), ("L:pku",))]))
    writer.commit()
    writer.close()
    return engine


@pytest.fixture(scope="session")
def ask(engine: Engine) -> Callable[..., SearchResults]:
    """Searches with URL parameters: ``ask("红楼梦", type="book")``; ``f__library`` stands for
    ``f.library``.
    """

    def run(q: str = "", view: View = EVERYONE, **params: str) -> SearchResults:
        pairs = [("q", q), *((name.replace("__", "."), value) for name, value in params.items())]
        return search(SearchRequest.from_params([("size", "100"), *pairs]), view, engine)

    return run


@pytest.fixture(scope="session")
def ids(ask: Callable[..., SearchResults]) -> Callable[..., set[str]]:
    def run(q: str = "", view: View = EVERYONE, **params: str) -> set[str]:
        return {hit.id for hit in ask(q, view, **params).hits}

    return run
