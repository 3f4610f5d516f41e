"""Relations between queries that hold on any data: here on all Chinese records at hand, on every engine."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import opencc
import pytest
from relevance_corpus import ask, chinese, fill, ids, records, titles

from ereader.search.highlight import END, START, highlights
from ereader.search.parser import parse
from indexer.document import Display
from indexer.index.engine import Engine, FacetCall, Selection
from indexer.index.query import And, Everything, Node, Not, Or, Words
from indexer.records.record import Record
from indexer.text.analyse import HAN, analyse, has_han, key
from indexer.text.fold import fold

pytestmark = pytest.mark.data

_HAN_RUN = re.compile(f"[{HAN}]{{2,}}")
LONGEST = 100  # characters of a title that are asked for


@pytest.fixture(scope="module")
def known(shared_data: Path) -> dict[str, Record]:
    found = records(shared_data)
    if len(found) < 1000:
        pytest.skip(f"only {len(found)} records of the shared data are present")
    return found


@pytest.fixture(scope="module")
def engine(search_engine: Engine, known: dict[str, Record]) -> Engine:
    fill(search_engine, known)
    return search_engine


@pytest.fixture(scope="module")
def asked(engine: Engine) -> int:
    """How many random queries each relation is tried with: Solr answers over the network, one by one."""
    return 1000 if type(engine).__name__ == "TantivyEngine" else 200


_TO = {"s": opencc.OpenCC("s2t"), "t": opencc.OpenCC("t2s")}


def other_script(text: str) -> str:
    """The text in traditional characters, or where it has some already in simplified ones."""
    traditional = _TO["s"].convert(text)
    return str(traditional if traditional != text else _TO["t"].convert(text))


def full_width(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else "\u3000" if c == " " else c for c in text)


def repunctuated(text: str) -> str:
    """Every sign of the text another sign, and some more between the characters."""
    other = re.sub(r"[^\w\s]", "·", text)
    return other[:2] + "，" + other[2:] + "。" if has_han(other[:3]) else other + "。"


WAYS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "in the other script": other_script,
    "in title marks": lambda text: f"《{text}》",
    "with other signs": repunctuated,
    "in full width": full_width,
    "without signs": lambda text: " ".join(re.sub(r"[^\w]+", " ", text).split()),
}


def first_tokens(record: Record) -> str:
    return key(record.title)


@pytest.mark.parametrize("way", WAYS)
def test_a_title_proper_finds_its_record_first(
    engine: Engine, known: dict[str, Record], asked: int, way: str
) -> None:
    """ "First" is a record with that title: many titles are those of several records."""
    wanted = [r for r in chinese(known, 2 * asked, seed=1) if len(r.title) <= LONGEST and analyse(r.title)]
    wanted = wanted[:asked]
    missed = []
    for record in wanted:
        found = titles(ask(engine, parse(WAYS[way](record.title)).tree, limit=1))
        if not found or key(found[0]) != key(record.title):
            missed.append((record.title, found))
    assert len(missed) <= len(wanted) // 100, missed[:20]


def test_a_latin_title_proper_finds_its_record_first(
    engine: Engine, known: dict[str, Record], asked: int
) -> None:
    latin = [r for r in known.values() if r.title.isascii() and len(analyse(r.title)) > 1]
    wanted = random.Random(2).sample(latin, min(asked, len(latin)))
    missed = []
    for record in wanted:
        found = ask(engine, parse(record.title.lower()).tree, limit=1)
        if not found.hits or key(titles(found)[0]) != key(record.title):
            missed.append((record.title, titles(found)))
    assert len(missed) <= max(1, len(wanted) // 100), missed[:20]


def parts_of(known: dict[str, Record], count: int, seed: int) -> Iterator[str]:
    """Random pieces of two to six Han characters of titles, subjects and names."""
    rng = random.Random(seed)
    pool = list(known.values())
    while count:
        record = rng.choice(pool)
        texts = [record.title, *(s.value for s in record.subjects), *(c.name for c in record.contributors)]
        runs = _HAN_RUN.findall(rng.choice(texts))
        if runs:
            run = rng.choice(runs)
            length = rng.randint(2, min(6, len(run)))
            start = rng.randint(0, len(run) - length)
            count -= 1
            yield run[start : start + length]


def test_traditional_and_simplified_queries_are_answered_alike(
    engine: Engine, known: dict[str, Record], asked: int
) -> None:
    for text in parts_of(known, asked, seed=3):
        one, other = (ask(engine, parse(t).tree) for t in (text, other_script(text)))
        assert one.total == other.total, text
        assert ids(one) == ids(other), text


def test_one_more_han_character_never_finds_more(
    engine: Engine, known: dict[str, Record], asked: int
) -> None:
    rng = random.Random(4)
    characters = "".join(parts_of(known, 300, seed=5))
    for text in parts_of(known, asked, seed=4):
        before = ask(engine, parse(text).tree, limit=0).total
        for longer in (text + rng.choice(characters), rng.choice(characters) + text):
            assert ask(engine, parse(longer).tree, limit=0).total <= before, (text, longer)


def test_beginnings_of_titles_find_fewer_the_longer_they_are(
    engine: Engine, known: dict[str, Record], asked: int
) -> None:
    for record in chinese(known, asked // 5, seed=6):
        found = 1 << 40
        for end in range(1, min(len(record.title), 12) + 1):
            now = ask(engine, parse(record.title[:end]).tree, limit=0).total
            if has_han(record.title[end - 1]):
                assert now <= found, record.title[:end]
            found = now


def test_blanks_between_han_characters_are_soft(engine: Engine, known: dict[str, Record], asked: int) -> None:
    rng = random.Random(7)
    for text in parts_of(known, asked, seed=7):
        at = rng.randint(1, len(text) - 1)
        one, other = (ask(engine, parse(t).tree, limit=5) for t in (text, f"{text[:at]} {text[at:]}"))
        assert one.total == other.total, text
        assert ids(one) == ids(other), (text, at)


def test_two_words_are_found_together_and_apart(engine: Engine, known: dict[str, Record], asked: int) -> None:
    words = list(parts_of(known, 2 * asked, seed=8))
    for one, other in zip(words[::2], words[1::2], strict=True):
        together, apart = (ask(engine, parse(t).tree, limit=5) for t in (one + other, f"{one} {other}"))
        assert (together.total, ids(together)) == (apart.total, ids(apart)), (one, other)


def random_tree(rng: random.Random, words: list[str], depth: int = 2) -> Node:
    if not depth or rng.random() < 0.3:
        return Words(rng.choice(("all", "all", "title", "author", "subject")), rng.choice(words))
    kind = rng.choice((And, Or, Not))
    if kind is Not:
        return Not(random_tree(rng, words, depth - 1))
    return kind((random_tree(rng, words, depth - 1), random_tree(rng, words, depth - 1)))


def test_unions_and_complements_add_up(engine: Engine, known: dict[str, Record], asked: int) -> None:
    rng = random.Random(9)
    words = [*parts_of(known, 200, seed=9), "history", "china", "libraries", "2000", "li shi"]
    everything = ask(engine, Everything(), limit=0).total
    for _ in range(asked // 2):
        a, b = random_tree(rng, words), random_tree(rng, words)
        count = {
            name: ask(engine, tree, limit=0).total
            for name, tree in (("a", a), ("b", b), ("both", And((a, b))), ("either", Or((a, b))))
        }
        assert count["either"] == count["a"] + count["b"] - count["both"], (a, b)
        assert ask(engine, Not(a), limit=0).total == everything - count["a"], a


def test_a_facets_number_is_what_a_click_on_it_gives(
    engine: Engine, known: dict[str, Record], asked: int
) -> None:
    for text in parts_of(known, asked // 20, seed=10):
        tree = parse(text).tree
        for name in ("subject", "author", "language", "type", "place"):
            counts = ask(engine, tree, facets=(FacetCall(name, limit=4),)).facets[0]
            for value in counts.values:
                chosen = ask(engine, tree, limit=0, selections=(Selection(name, (value.value,)),))
                assert chosen.total == value.count, (text, name, value)


def test_pages_and_cursors_give_the_same_hits(engine: Engine, known: dict[str, Record], asked: int) -> None:
    for text in parts_of(known, asked // 20, seed=11):
        tree = parse(text).tree
        paged = ask(engine, tree, limit=1000)
        cursor, walked = "*", []
        while cursor:
            step = ask(engine, tree, limit=7, cursor=cursor)
            assert step.total == paged.total, text
            walked += ids(step)
            cursor = step.next_cursor
        assert len(walked) == len(set(walked)) == paged.total, text
        assert set(ids(paged)) <= set(walked), text


@pytest.mark.parametrize("between", ["", " "], ids=["unspaced", "spaced"])
def test_the_pinyin_of_a_title_finds_it(
    engine: Engine, known: dict[str, Record], asked: int, between: str
) -> None:
    from pypinyin import lazy_pinyin

    wanted = [r for r in chinese(known, 2 * asked, seed=12) if 2 <= len(r.title) <= 40 and has_han(r.title)]
    wanted = [r for r in wanted if all(has_han(c) or not c.isalnum() for c in r.title)][:asked]
    missed = []
    for record in wanted:
        typed = between.join(lazy_pinyin("".join(re.findall(r"\w+", record.title))))
        found = titles(ask(engine, parse(typed).tree, limit=10))
        if key(record.title) not in map(key, found):
            missed.append((record.title, typed))
    assert len(missed) <= len(wanted) // 100, missed[:20]


def test_an_author_and_a_title_together_find_the_record_first(
    engine: Engine, known: dict[str, Record], asked: int
) -> None:
    wanted = [
        r
        for r in chinese(known, 4 * asked, seed=13)
        if r.contributors and len(r.title) <= 20 and len(key(r.title)) > 1
    ][:asked]
    missed = []
    for n, record in enumerate(wanted):
        name = record.contributors[0].name
        if len(name) > 12:
            continue
        text = f"{name} {record.title}" if n % 2 else f"{record.title} {name}"
        found = ask(engine, parse(text).tree, limit=3)
        if key(record.title) not in map(key, titles(found)[:1]):
            missed.append((text, titles(found)))
    assert len(missed) <= len(wanted) // 50, missed[:20]


def test_marks_stand_on_the_stored_script(engine: Engine, known: dict[str, Record], asked: int) -> None:
    import msgspec

    for record in chinese(known, asked // 5, seed=14):
        tree = parse(other_script(record.title)).tree
        hits = ask(engine, tree, limit=1).hits
        if not hits:
            continue
        shown = msgspec.json.decode(hits[0].display, type=Display)
        marked = highlights(tree, shown).get("title", "")
        assert marked.replace(START, "").replace(END, "") == (shown.title if marked else "")
        inside = "".join(re.findall(f"{START}([^{END}]*){END}", marked))
        if fold(shown.title) == fold(record.title):
            assert set(re.findall(f"[{HAN}]", shown.title)) <= set(inside), marked
