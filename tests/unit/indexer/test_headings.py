"""Browse lists: order, starts, and the difference against what is there."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence

import pytest
import sqlalchemy as sa

from indexer.headings import KINDS, LETTERS, Headings, letter_start, place_of_token

AUTHORS = (
    "鲁迅", "魯迅", "Lu, Xun", "卢梭", "王力", "Xu Xun", "曹雪芹", "曾巩", "Ōe, Kenzaburō", "3M", "Пушкин", "方苞", "!!!",
)  # fmt: skip
TITLES = (
    "The nature of things",
    "Nature",
    "红楼梦影",
    "红楼梦",
    "家",
    "1984",
    "A tale of two cities",
    "道德经",
)


class Lists:
    """What an engine lists, as values."""

    def __init__(self, **kinds: Sequence[str]) -> None:
        self.kinds = kinds
        self.asked: list[str] = []

    def values(self, dictionary: str) -> Iterator[str]:
        self.asked.append(dictionary)
        yield from self.kinds.get(dictionary, ())


@pytest.fixture
def headings(database: sa.Engine) -> Iterator[Headings]:
    made = Headings(database)
    made.create_tables()
    made.refresh(Lists(author=AUTHORS, title=TITLES), "1")
    yield made


def values(headings: Headings, kind: str, *args: object, **more: object) -> list[str]:
    return [h.value for h in headings.page(kind, *args, **more)]  # type: ignore[arg-type]


def test_han_stands_among_latin_by_its_pinyin_and_a_surname_is_read_as_one(headings: Headings) -> None:
    found = values(headings, "author")
    assert found[:5] == ["3M", "曹雪芹", "方苞", "卢梭", "Lu, Xun"]
    assert set(found[5:7]) == {"鲁迅", "魯迅"}
    # 曾 is zeng as a surname, not ceng.
    assert found.index("曾巩") > found.index("Xu Xun")
    assert found[-2:] == ["Пушкин", "!!!"]


def test_titles_leave_out_a_leading_article(headings: Headings) -> None:
    assert values(headings, "title") == [
        "1984", "道德经", "红楼梦", "红楼梦影", "家", "Nature", "The nature of things", "A tale of two cities",
    ]  # fmt: skip


def test_by_strokes_only_han_in_the_form_that_is_written(headings: Headings) -> None:
    found = headings.page("author", "stroke")
    assert [h.value for h in found][-3:] == ["曾巩", "鲁迅", "魯迅"]
    assert [h.letter for h in found][-3:] == ["12", "12", "15"]
    assert "Lu, Xun" not in [h.value for h in found]


@pytest.mark.parametrize(
    ("start", "first"),
    [
        ("lu xun", "Lu, Xun"),
        ("luxun", "Lu, Xun"),
        ("LUXUN", "Lu, Xun"),
        ("lu, x", "Lu, Xun"),
        ("caoxueqin", "曹雪芹"),
        ("曹雪芹", "曹雪芹"),
        ("曹", "曹雪芹"),
        ("oe", "Ōe, Kenzaburō"),
        ("zzz", "Пушкин"),
        ("пуш", "Пушкин"),
        ("", "3M"),
    ],
)
def test_a_start_is_han_pinyin_or_latin(headings: Headings, start: str, first: str) -> None:
    assert values(headings, "author", "pinyin", start)[0] == first


def test_either_script_of_a_start_leads_to_the_same_place(headings: Headings) -> None:
    assert values(headings, "author", "pinyin", "魯迅") == values(headings, "author", "pinyin", "鲁迅")
    assert values(headings, "title", "pinyin", "紅樓夢")[0] == "红楼梦"
    assert values(headings, "title", "pinyin", "《红楼梦》")[0] == "红楼梦"


@pytest.mark.parametrize(
    ("start", "first"), [("王", "王力"), ("12", "曾巩"), ("鲁迅", "鲁迅"), ("方", "方苞")]
)
def test_a_start_by_strokes_is_han_or_a_number_of_strokes(headings: Headings, start: str, first: str) -> None:
    assert values(headings, "author", "stroke", start)[0] == first


@pytest.mark.parametrize(
    ("letter", "first"), [("C", "曹雪芹"), ("L", "卢梭"), ("other", "Пушкин"), ("0-9", "3M")]
)
def test_letters_lead_to_their_first_heading(headings: Headings, letter: str, first: str) -> None:
    found = headings.page("author", place=letter_start("pinyin", letter))
    assert found[0].value == first and found[0].letter == letter


def test_every_heading_is_under_a_letter_that_there_is(headings: Headings) -> None:
    for order in LETTERS:
        assert {h.letter for h in headings.page("author", order)} <= set(LETTERS[order])


@pytest.mark.parametrize("order", ["pinyin", "stroke"])
@pytest.mark.parametrize("size", [1, 2, 5])
def test_pages_in_both_directions_hold_every_heading_once(headings: Headings, order: str, size: int) -> None:
    whole = values(headings, "author", order)
    there: list[str] = []
    place = ""
    while page := headings.page("author", order, limit=size + 1, place=place):
        there += [h.value for h in page[:size]]
        if len(page) <= size:
            break
        place = page[size].place
    assert there == whole
    back: list[str] = []
    last = headings.page("author", order, limit=size, backwards=True)
    while last:
        back = [h.value for h in last] + back
        last = headings.page("author", order, limit=size, backwards=True, place=last[0].place)
    assert back == whole


def test_making_them_again_is_a_difference(headings: Headings) -> None:
    assert headings.refresh(Lists(author=AUTHORS, title=TITLES), "2") == 0
    assert headings.stamp() == "2"
    assert headings.refresh(Lists(author=(*AUTHORS[1:], "丁玲"), title=TITLES), "3") == 2
    assert "丁玲" in values(headings, "author") and "鲁迅" not in values(headings, "author")


def test_what_came_to_be_equals_what_is_made_at_once(
    headings: Headings, new_database: Callable[[], sa.Engine]
) -> None:
    r = random.Random(7)
    pool = [f"{a}{b}" for a in "王李张刘陈杨黄赵" for b in "一二三四五六七八九"] + [
        f"Name {n}" for n in range(40)
    ]
    for step in range(6):
        chosen = r.sample(pool, 60)
        headings.refresh(Lists(subject=chosen), str(step))
    fresh = Headings(new_database())
    fresh.create_tables()
    fresh.refresh(Lists(subject=chosen))
    for order in LETTERS:
        assert values(headings, "subject", order, limit=1000) == values(fresh, "subject", order, limit=1000)


def test_one_makes_them_at_a_time_and_a_dead_one_is_not_waited_for(database: sa.Engine) -> None:
    now = [1000.0]
    first, second = Headings(database, lambda: now[0]), Headings(database, lambda: now[0])
    first.create_tables()

    class Meanwhile(Lists):
        def values(self, dictionary: str) -> Iterator[str]:
            assert second.being_made()
            assert second.refresh(Lists(author=["乙"]), "2") == -1
            yield from super().values(dictionary)

    assert first.refresh(Meanwhile(author=["甲"]), "1") == 1
    assert not second.being_made() and second.stamp() == "1"
    assert first._take()  # and dies
    assert second.refresh(Lists(author=["乙"]), "2") == -1
    now[0] += 1000
    assert second.refresh(Lists(author=["乙"]), "2") == 2


def test_a_fault_of_the_engine_leaves_the_lists_as_they_were(headings: Headings) -> None:
    class Broken(Lists):
        def values(self, dictionary: str) -> Iterator[str]:
            yield "half"
            raise ConnectionError("gone")

    before = values(headings, "author")
    with pytest.raises(ConnectionError):
        headings.refresh(Broken(), "2")
    assert values(headings, "author") == before and headings.stamp() == "1" and not headings.being_made()


@pytest.mark.parametrize("token", ["zz", "0", "é", "00" * 3000, "\x00"])
def test_a_token_that_is_none_is_the_beginning_or_nothing(headings: Headings, token: str) -> None:
    assert isinstance(place_of_token(token), bytes)
    headings.page("author", place=token)
    headings.page("author", start=token)


def test_the_same_heading_in_other_scripts_is_found(headings: Headings) -> None:
    assert set(headings.same("author", "鲁迅")) == {"鲁迅", "魯迅"}
    assert headings.same("author", "lu, xun") == ["Lu, Xun"]
    assert headings.same("author", "鲁") == []


def test_every_kind_counts_its_own(headings: Headings) -> None:
    assert headings.statistics() == dict.fromkeys(KINDS, 0) | {"author": len(AUTHORS), "title": len(TITLES)}
