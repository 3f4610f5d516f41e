"""Conservative merging: which records join, which stay apart, and that order never matters."""

from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.match import Features, cluster, decide, features, keys_of
from indexer.match.numbering import edition_number, han_number, volume_number
from indexer.records.record import Identifier, Record, Title

ISBN = "9787020002207"


def book(title: str = "红楼梦", *identifiers: tuple[str, str], **values: object) -> Record:
    found = tuple(Identifier(scheme, value) for scheme, value in identifiers or (("isbn", ISBN),))
    return Record(**{"type": "book", "title": title, "identifiers": found, **values})  # type: ignore[arg-type]


def together(*records: Record) -> bool:
    found = cluster([features(f"uid{i}", r) for i, r in enumerate(records)])
    return len(set(found.values())) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Crime & punishment", "Crime and punishment"),
        ("Krieg und Frieden", "Krieg & Frieden"),
        ("Krestʹi\ufe20a\ufe21ne", "Krest'iane"),
        ("The e‐mail book", "Email book"),
    ],
)
def test_spellings_of_one_title_are_one_key(one: str, other: str) -> None:
    assert keys_of(book(one)) == keys_of(book(other)) != []


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (book("红楼梦"), book("紅樓夢")),
        (book("The Hobbit"), book("Hobbit")),
        (book("Hobbit, or, There and back again"), book("HOBBIT or there and back again")),
        (book("红楼梦", year=1996), book("红楼梦")),
        (book("红楼梦", year=1996), book("红楼梦", year=1997)),
        (book("红楼梦", edition="第2版"), book("红楼梦", edition="2nd ed.")),
        (book("Hong lou meng"), book("红楼梦", titles=(Title("红楼梦", romanised="Hong lou meng"),))),
        (book("史记", volume="第一卷"), book("史记", volume="1")),
        (book("史记", ("lccn", "2001012345")), book("史记", ("lccn", "2001012345"))),
        (book("x", ("doi", "10.1/x"), type="article"), book("X", ("doi", "10.1/x"), type="article")),
        (
            book("Nature", ("issn", "0028-0836"), type="journal", year=1869),
            book("Nature", ("issn", "0028-0836"), type="journal", year=1999),
        ),
    ],
)
def test_two_agreeing_strong_fields_join(a: Record, b: Record) -> None:
    assert together(a, b)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (book("红楼梦"), book("西游记")),
        (book("红楼梦"), book("红楼梦", ("isbn", "9787101003048"))),
        (book("红楼梦"), book("红楼梦", type="ebook")),
        (book("史记", volume="上册"), book("史记", volume="下册")),
        (book("史记", volume="1"), book("史记")),
        (book("史记", title_remainder="第三卷, 列传"), book("史记", title_remainder="第四卷, 列传")),
        (book("红楼梦", year=1990), book("红楼梦", year=2000)),
        (book("红楼梦", edition="第2版"), book("红楼梦", edition="第3版")),
        (book("", ("isbn", ISBN)), book("", ("isbn", ISBN))),
        (Record(type="book", title="红楼梦"), Record(type="book", title="红楼梦")),
        (
            book("Letters", ("issn", "0028-0836"), type="article"),
            book("Letters", ("issn", "0028-0836"), type="article"),
        ),
    ],
)
def test_what_does_not_agree_in_two_fields_or_is_vetoed_stays_apart(a: Record, b: Record) -> None:
    assert not together(a, b)


def test_an_invalid_identifier_joins_nothing() -> None:
    bad = Record(type="book", title="红楼梦", identifiers=(Identifier("isbn", "9787020002200", valid=False),))
    assert keys_of(bad) == []


def test_a_description_without_year_does_not_join_two_printings() -> None:
    found = cluster([features("a", book(year=1990)), features("b", book()), features("c", book(year=2000))])
    assert found["a"] != found["c"]
    assert found["b"] in (found["a"], found["c"])


def test_the_reason_is_told_in_words() -> None:
    assert [k.label for k in keys_of(book(volume="上册"))] == [f"isbn {ISBN} and title and volume 上"]


def test_decide_names_its_rule() -> None:
    a, b = features("a", book(year=1990)), features("b", book(year=2000))
    assert decide(a, b).rule == "years-differ"
    assert decide(a, features("c", book(year=1991))).rule == "identifier-and-title"
    assert decide(a, features("d", book("西游记"))).rule == "no-shared-key"


_FEATURES = st.builds(
    lambda keys, year, edition: (tuple(keys), year, edition),
    st.sets(st.integers(0, 5), max_size=3),
    st.one_of(st.none(), st.integers(1990, 1994)),
    st.sampled_from(["", "1", "2"]),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(_FEATURES, max_size=9), st.randoms(use_true_random=False))
def test_the_order_of_arrival_never_matters(
    values: list[tuple[tuple[int, ...], int | None, str]], r: random.Random
) -> None:
    records = [Features(f"u{i}", *value) for i, value in enumerate(values)]
    expected = cluster(records)
    r.shuffle(records)
    assert cluster(records) == expected
    groups: dict[str, list[Features]] = {}
    for f in records:
        groups.setdefault(expected[f.uid], []).append(f)
    for union_id, found in groups.items():
        assert union_id == min(f.uid for f in found)
        for a, b in itertools.combinations(found, 2):
            assert decide(a, b).rule in ("identifier-and-title", "no-shared-key")


@pytest.mark.parametrize(
    ("volume", "remainder", "number"),
    [
        ("", "", ""),
        ("第三卷", "", "3"),
        ("卷十二", "", "12"),
        ("第二十三册", "", "23"),
        ("v. 4", "", "4"),
        ("Vol. IV", "", "4"),
        ("Bd. 2, Teil 1", "", "2"),
        ("上册", "", "上"),
        ("３", "", "3"),
        ("", "上卷", "上"),
        ("", "a history", ""),
        ("", "with 3 maps", ""),
        ("列传", "", "列传"),
    ],
)
def test_volume_numbers_compare_across_ways_of_writing(volume: str, remainder: str, number: str) -> None:
    assert volume_number(volume, remainder) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("第2版", "2"),
        ("第二版", "2"),
        ("2nd ed.", "2"),
        ("Second edition", "2"),
        ("增訂本", "增订"),
        ("", ""),
        ("1st ed.", "1"),
        ("Fünfte, durchgesehene Auflage", "5"),
        ("Deuxième édition revue", "2"),
        ("Segunda edición", "2"),
        ("Terceira edição", "3"),
        ("Quarta edizione", "4"),
    ],
)
def test_edition_numbers_compare_across_languages(text: str, number: str) -> None:
    assert edition_number(text) == number


def test_chinese_numerals() -> None:
    assert [han_number(t) for t in ("十", "二十三", "一百零五", "一九九八", "〇", "两千", "甲")] == [
        10,
        23,
        105,
        1998,
        0,
        2000,
        None,
    ]
