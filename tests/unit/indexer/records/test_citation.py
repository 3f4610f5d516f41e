"""Citations in the three styles, in the words of the record's language."""

from __future__ import annotations

import pytest

from indexer.records.citation import STYLES, UnknownStyle, cite
from indexer.records.record import Contributor, Identifier, Publication, Record, Relation

BOOK = Record(
    type="book",
    title="红楼梦",
    contributors=(Contributor("曹雪芹", "author"), Contributor("高鹗", "author")),
    publication=Publication("北京", "人民文学出版社", "1982"),
    year=1982,
)
ARTICLE = Record(
    type="article",
    title="Deep learning",
    contributors=tuple(
        Contributor(n, "author") for n in ("LeCun, Yann", "Bengio, Yoshua", "Hinton, Geoffrey", "X, Y")
    ),
    year=2015,
    identifiers=(Identifier("doi", "10.1038/nature14539"),),
    relations=(Relation("in", "Nature", volume="521", issue="7553", pages="436-444"),),
)


def test_gb_t_7714_marks_the_type_of_a_printed_book() -> None:
    assert cite(BOOK, "gb7714") == "曹雪芹, 高鹗. 红楼梦[M]. 北京: 人民文学出版社, 1982."


def test_gb_t_7714_of_an_article_on_line_shortens_the_authors_in_its_own_language() -> None:
    text = cite(ARTICLE, "gb7714", "zh-CN")
    assert text.startswith(
        "LECUN Y, BENGIO Y, HINTON G, et al. Deep learning[J/OL]. Nature, 2015, 521(7553): 436-444."
    )


def test_more_than_three_chinese_authors_are_shortened_in_chinese() -> None:
    many = Record(
        type="book",
        title="机器学习",
        contributors=tuple(Contributor(n, "author") for n in "甲乙丙丁"),
        year=2016,
    )
    assert cite(many, "gb7714").startswith("甲, 乙, 丙, 等. 机器学习[M]")


def test_apa_and_mla() -> None:
    assert cite(ARTICLE, "apa").startswith(
        "LeCun, Y., Bengio, Y., Hinton, G., & X, Y. (2015). Deep learning. Nature, 521(7553)"
    )
    assert cite(ARTICLE, "mla").startswith("LeCun, Y., et al. “Deep Learning”")


@pytest.mark.parametrize("style", STYLES)
def test_an_empty_record_can_be_cited(style: str) -> None:
    assert isinstance(cite(Record(), style), str)


def test_an_unknown_style_is_refused_with_the_list() -> None:
    with pytest.raises(UnknownStyle, match="gb7714"):
        cite(BOOK, "chicago")


def test_markup_in_values_stays_text() -> None:
    assert "<script>" in cite(Record(type="book", title="<script>x</script>", year=2000), "gb7714")


def test_an_early_year_is_written_without_its_era() -> None:
    stele = Record(type="rubbing", title="乙瑛碑", year=153)
    assert "153" in cite(stele, "gb7714")
    assert "公元" not in cite(stele, "gb7714")


def test_an_arabic_name_is_not_shortened_to_initials() -> None:
    novel = Record(
        type="book", title="أولاد حارتنا", contributors=(Contributor("محفوظ، نجيب", "author"),), year=1967
    )
    assert cite(novel, "apa").startswith("محفوظ، نجيب")
