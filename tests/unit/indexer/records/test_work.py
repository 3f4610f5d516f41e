"""Records that are of one work, and records that are not, as cataloguers would say."""

from __future__ import annotations

from typing import Any

import pytest

from indexer.document_content import Content, add_titles, add_works, gather_titles, works_of
from indexer.index.keywords import same_work
from indexer.records.record import Contributor, Identifier, Publication, Record, Relation, Title
from indexer.records.work import name_key, stop_titles, work_keys


def book(title: str, author: str = "", *titles: Title, **more: Any) -> Record:
    more.setdefault("contributors", (Contributor(author, more.pop("role", "author")),) if author else ())
    romanised = more.pop("romanised", "")
    return Record(
        **{"type": "book", "title": title, "titles": (Title(title, romanised=romanised), *titles), **more}
    )


def one_work(a: Record, b: Record) -> bool:
    return bool(set(same_work(works_of([a]))) & set(works_of([b])))


DREAM = book(
    "红楼梦",
    contributors=(
        Contributor("曹雪芹", "author", romanised="Cao, Xueqin, approximately 1717-1763", note="清"),
    ),
    romanised="Hong lou meng",
)
SAME = {
    "script": (book("红楼梦", "曹雪芹"), book("紅樓夢", "曹雪芹")),
    "dynasty in brackets": (book("红楼梦", "曹雪芹"), book("红楼梦", "[清] 曹雪芹")),
    "volume in brackets": (book("紅樓夢（上冊）", "曹雪芹"), book("红楼梦", "曹雪芹")),
    "edition words": (book("红楼梦校注本", "曹雪芹"), book("红楼梦 插图版", "曹雪芹")),
    "variant title": (book("红楼梦", "曹雪芹", Title("石头记", "variant")), book("石头记", "曹雪芹")),
    "translation by its uniform title": (
        book("The Dream of the Red Chamber", "Cao, Xueqin", Title("Hong lou meng. English", "uniform")),
        DREAM,
    ),
    "translation and a record without romanised forms": (
        book("The Story of the Stone", "Cao, Xueqin, 1717?-1763", Title("Hong lou meng. English", "uniform")),
        book("红楼梦", "曹雪芹"),
    ),
    "word division": (book("Honglou meng", "Cao, Xueqin"), DREAM),
    "two-character surname": (book("醉翁亭记", "欧阳修"), book("Zui weng ting ji", "Ouyang, Xiu, 1007-1072")),
    "ampersand": (
        book("Crime & punishment", "Dostoyevsky, Fyodor"),
        book("Crime and punishment", "Dostoyevsky, Fyodor"),
    ),
    "marks of romanised Cyrillic": (
        book("Vlastʹ tʹmy : pʹesa dli\ufe20a\ufe21 naroda", "Tolstoĭ, Lev"),
        book("Vlast tmy : pesa dlia naroda", "Tolstoi, Lev"),
    ),
    "umlaut": (book("吕氏春秋", "吕不韦"), book("Lü shi chun qiu", "Lü, Buwei")),
    "volumes of a set": (book("鲁迅全集", "鲁迅", volume="第一卷"), book("鲁迅全集 第三卷", "鲁迅")),
    "order of names": (book("Emma", "Austen, Jane, 1775-1817."), book("Emma", "Jane Austen")),
    "fuller form in brackets": (
        book("The Hobbit", "Tolkien, J. R. R. (John Ronald Reuel), 1892-1973"),
        book("Hobbit", "J.R.R. Tolkien"),
    ),
    "title of nobility": (book("War and Peace", "Tolstoy, Leo, graf, 1828-1910"), book("War and peace", "Leo Tolstoy")),
    "series in brackets": (
        book("Harry Potter and the Half-Blood Prince (Harry Potter, #6)", "J.K. Rowling"),
        book("Harry Potter and the half-blood prince", "Rowling, J. K."),
    ),
    "subtitle behind a colon": (
        book("Freakonomics: A Rogue Economist Explores the Hidden Side of Everything", "Steven D. Levitt"),
        book("Freakonomics", "Levitt, Steven D.", title_remainder="a rogue economist"),
    ),
    "audio of a book": (book("Emma", "Jane Austen", type="audio"), book("Emma", "Austen, Jane")),
    "note of the original": (
        book("The little prince", "Saint-Exupéry, Antoine de", notes=("Translation of: Le petit prince.",)),
        book("Le Petit Prince", "Antoine de Saint-Exupéry"),
    ),
    "original by its link": (
        book(
            "汤姆·索亚历险记",
            contributors=(Contributor("马克·吐温", "author", romanised="Twain, Mark"),),
            relations=(Relation("translation_of", "The adventures of Tom Sawyer"),),
        ),
        book("The Adventures of Tom Sawyer", "Twain, Mark, 1835-1910"),
    ),
    "anonymous work by its uniform title": (
        book("Beowulf : a new verse translation", "", Title("Beowulf. English", "uniform")),
        book("Beowulf", "Anonymous"),
    ),
    "stop title where publisher and year agree": (
        book("文集", "王力", publication=Publication(publisher="商务印书馆"), year=1990),
        book("文集", "王力", publication=Publication(publisher="商务印书馆"), year=1990),
    ),
    "journal by its ISSN": (
        book("Nature", type="journal", identifiers=(Identifier("issn", "0028-0836"),)),
        book("Nature (London)", type="journal", identifiers=(Identifier("issn", "0028-0836"),)),
    ),
}  # fmt: skip
OTHER = {
    "namesakes of a textbook": (book("高等数学", "李伟"), book("高等数学", "王强")),
    "authors that sound alike": (book("高等数学", "李伟"), book("高等数学", "李炜")),
    "poems of different authors": (book("Poems", "Dickinson, Emily"), book("Poems", "Frost, Robert")),
    "poems of one author": (book("Poems", "Dickinson, Emily"), book("Poems", "Dickinson, Emily")),
    "collected essays of one author": (book("文集", "王力", year=1980), book("文集", "王力", year=1990)),
    "annual reports": (book("Annual report", "World Bank"), book("Annual report", "World Bank")),
    "given names with the same initial": (book("Algebra", "Smith, John"), book("Algebra", "Smith, James")),
    "titles that share what is before the colon": (
        book("Star Wars: Shadows of the Empire", "Perry, Steve"),
        book("Star Wars: Death Star", "Steve Perry"),
    ),
    "variant titles alone": (
        book("Alpha", "Roe, Jane", Title("Letters and notes", "variant")),
        book("Beta", "Roe, Jane", Title("Letters and notes", "variant")),
    ),
    "title without an author": (book("近代史资料"), book("近代史资料")),
    "sequels": (book("红楼梦", "曹雪芹"), book("红楼梦影", "顾太清")),
    "books about a work": (book("红楼梦", "曹雪芹"), book("红楼梦研究", "俞平伯")),
    "parts of a play": (book("Henry IV, Part 1", "Shakespeare, William"), book("Henry IV, Part 2", "Shakespeare, William")),
    "journals of different publishers": (
        book("学报", type="journal", publication=Publication(publisher="北京大学")),
        book("学报", type="journal", publication=Publication(publisher="清华大学")),
    ),
    "reports of a body with one short title": (
        book(
            "Managing for results",
            contributors=(Contributor("General Accounting Office", "author", "corporate"),),
            title_remainder="budget links",
        ),
        book(
            "Managing for results",
            contributors=(Contributor("General Accounting Office", "author", "corporate"),),
            title_remainder="views of agencies",
        ),
    ),
    "teachers": (book("张三", "张三", type="teacher"), book("张三", "张三", type="teacher")),
}  # fmt: skip


@pytest.mark.parametrize("pair", SAME.values(), ids=SAME.keys())
def test_these_are_one_work(pair: tuple[Record, Record]) -> None:
    assert one_work(*pair)
    assert one_work(*reversed(pair))


@pytest.mark.parametrize("pair", OTHER.values(), ids=OTHER.keys())
def test_these_are_not(pair: tuple[Record, Record]) -> None:
    assert not one_work(*pair)
    assert not one_work(*reversed(pair))


@pytest.mark.parametrize("record", [r for pair in (*SAME.values(), *OTHER.values()) for r in pair])
def test_documents_carry_the_same_digests_as_the_records(record: Record) -> None:
    out = Content()
    gather_titles(out, record)
    out.finish()
    add_titles(out, record)
    add_works(out, record)
    assert out.works == works_of([record])


def test_two_loose_keys_never_join_records() -> None:
    loose = [key for key in work_keys(DREAM) if key.loose]
    assert loose and all(not key.loose for key in work_keys(book("Hong lou meng", "Cao, Xueqin")))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Twain, Mark, 1835-1910", "Mark Twain"),
        ("García Márquez, Gabriel", "Gabriel García Márquez"),
        ("Le Guin, Ursula K.", "Ursula K. Le Guin"),
        ("King, Martin Luther, Jr.", "Martin Luther King Jr."),
        ("Sun, Yat-sen", "Sun Yat-sen"),
        ("[清] 曹雪芹", "曹雪芹"),
        ("马克·吐温", "马克•吐温"),
    ],
)
def test_a_name_is_the_same_in_any_order(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    "title", ["论文集", "概论", "文集", "选集", "Poems", "Selected works", "Works", "Annual report"]
)
def test_titles_that_say_nothing_are_known(title: str) -> None:
    assert work_keys(book(title, "某人")) == []


def test_stop_titles_are_told_apart_from_titles_that_hold_them() -> None:
    assert "鲁迅全集" not in stop_titles() and "poemsofplaces" not in stop_titles()


@pytest.mark.parametrize(
    "record",
    [
        Record(),
        book("", "x"),
        book("?", "?"),
        book("x" * 5000, "y" * 5000),
        book("（（（", "）））"),
        book(") ] (", "[ , ("),
        book("红" * 3000 + "（上册）", "李" * 300),
        book("\x00\ud800", "\ud800, \x00"),
        book("a : b", ", "),
    ],
)
def test_whatever_a_record_holds_keys_are_made(record: Record) -> None:
    keys = work_keys(record)
    assert len(keys) <= 8 and len(set(keys)) == len(keys)
