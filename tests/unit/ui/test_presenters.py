"""Presenters: histogram, pager, marks, covers, style sheets."""

from __future__ import annotations

from ui.assets import tight
from ui.pages import Histogram
from ui.presenters.cover import cover
from ui.presenters.histogram import HEIGHT, MOST_BARS, WIDTH, histogram
from ui.presenters.pager import pager
from ui.presenters.text import language_tag, marked, script_of, shorten, visible


def drawn(counts: list[tuple[int, int]], chosen: tuple[int | None, int | None] | None = None) -> Histogram:
    made = histogram(counts, chosen, lambda a, b: f"{a}..{b}", str)
    assert made is not None
    return made


def test_bars_count_every_hit_once_and_stay_inside_the_drawing() -> None:
    counts = [(year, year % 7 + 1) for year in range(1700, 2024, 3)]
    bars = drawn(counts).bars
    assert sum(b.count for b in bars) == sum(n for _, n in counts)
    assert len(bars) <= MOST_BARS + 1
    assert all(
        b.x >= 0 and b.x + b.width <= WIDTH and b.y >= 0 and b.y + b.height <= HEIGHT + 0.01 for b in bars
    )


def test_a_few_old_years_do_not_squeeze_the_many() -> None:
    made = drawn([(-500, 1), *((year, 50) for year in range(1980, 2020))])
    assert made.bars[0].low == -500 and made.bars[0].count >= 1
    assert len(made.bars) >= 15


def test_one_year_is_one_bar_and_no_year_is_no_drawing() -> None:
    assert [(b.low, b.high, b.count) for b in drawn([(1982, 3)]).bars] == [(1982, 1982, 3)]
    assert histogram([], None, lambda a, b: "", str) is None


def test_bars_outside_the_chosen_range_are_marked() -> None:
    bars = drawn([(year, 1) for year in range(1900, 1920)], (1905, 1909)).bars
    assert [b.low for b in bars if b.chosen] == [1905, 1906, 1907, 1908, 1909]


def test_the_pager_shows_ends_neighbours_and_gaps() -> None:
    def labels(page: int, total: int) -> list[str]:
        return [c.label for c in pager(page, 20, total, 500, str).links]

    assert labels(1, 20) == []
    assert labels(1, 100) == ["1", "2", "3", "…", "5"] or labels(1, 100) == ["1", "2", "3", "4", "5"]
    assert labels(10, 1000) == ["1", "…", "8", "9", "10", "11", "12", "…", "50"]


def test_the_pager_is_honest_about_its_end() -> None:
    made = pager(500, 20, 1_000_000, 500, str)
    assert made.limited and made.next == "" and made.pages == 500


def test_marks_become_elements_and_all_else_is_escaped() -> None:
    assert marked("a<b \ue000<i>\ue001 c") == "a&lt;b <mark>&lt;i&gt;</mark> c"
    assert marked("open \ue000never closed") == "open never closed"
    assert marked("\ue001only closed") == "only closed"


def test_texts_carry_the_language_of_their_script() -> None:
    assert language_tag("Hant") == "zh-Hant"
    assert language_tag("Hani", ("jpn",)) == "ja"
    assert language_tag(script_of("源氏物語の"), ()) == "ja"
    assert language_tag(script_of("한국어"), ()) == "ko"
    assert language_tag("Latn", ("fra",)) == "fr"
    assert language_tag(script_of("Война"), ("rus",)) == "ru"


def test_shortened_text_is_never_longer_than_asked() -> None:
    for text in ("a" * 300, "word " * 80, "汉" * 300):
        assert len(shorten(text, 100)) <= 101
    assert shorten("short", 100) == "short"


def test_control_characters_of_originals_are_made_visible() -> None:
    assert visible("a\x1fb\x00\u202ec\ntab\t") == "a␟b␀⟨U+202E⟩c\ntab\t"


def test_covers_stand_upright_for_chinese_and_run_across_for_others() -> None:
    chinese = cover("ancient-book", "脂砚斋重评石头记 : 八十回", "曹雪芹")
    assert chinese.vertical and chinese.style == "thread" and chinese.lines == ("脂砚斋重评石头记",)
    western = cover(
        "book", "A very long title of a book that goes on and on and on for ever and ever", "Someone"
    )
    assert not western.vertical and len(western.lines) <= 6 and all(len(line) <= 18 for line in western.lines)
    assert cover("map", "").lines == ()


def test_style_sheets_lose_blanks_but_no_meaning() -> None:
    assert tight(
        '/* c */ a { color: red; }\n.b :is(i, b) > c { content: " · "; margin: calc(1px + 2px) }\n'
    ) == ('a{color:red}.b :is(i,b)>c{content:" · ";margin:calc(1px + 2px)}\n')
