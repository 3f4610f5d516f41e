"""Comparing titles, names, places and citations, one rule of thumb at a time."""

from __future__ import annotations

import pytest

from indexer.likeness.citation_text import read
from indexer.likeness.description import describe
from indexer.likeness.people import name_of, people_level, people_of, same_name
from indexer.likeness.places import (
    container_level,
    extent_level,
    extent_of,
    page_range,
    pages_level,
    publisher_key,
    publisher_level,
)
from indexer.likeness.titles import level, number_level, titles_of
from indexer.records.record import Contributor, Record


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("Treatment of migraine.", "TREATMENT OF MIGRAINE", "equal"),
        ("The treatment of migraine", "Treatment of migraine", "equal"),
        ("[Aspirin in der Praxis].", "Aspirin in der Praxis", "equal"),
        ("TNF-α in sepsis [see comments]", "TNF-alpha in sepsis", "equal"),
        ("Haemophilia in children", "Hemophilia in children", "near"),
        ("Haemophilia in children", "Haemophilia in adults", "weak"),
        ("The colonial harem", "The colonial harem: images of the Orient", "contained"),
        ("红楼梦", "紅樓夢", "equal"),
        ("红楼梦", "红楼梦研究", "weak"),
        ("黄土高原植被恢复对土壤水分的影响", "黄土高原植被恢复对土壤养分的影响", "similar"),
        ("黄土高原植被恢复对土壤水分的影响", "黄土高原植被恢复对土壤水份的影响", "near"),
        ("中国古籍善本书目. 经部", "中国古籍善本书目. 史部", "weak"),
        ("Cooking", "Geology of Mars", "differ"),
    ],
)
def test_how_near_two_titles_are(a: str, b: str, expected: str) -> None:
    assert level(titles_of(a), titles_of(b)) == expected
    assert level(titles_of(b), titles_of(a)) == expected


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("Growth models. Part I", "Growth models. Part II", "differ"),
        ("Growth models", "Growth models. Part II", "differ"),
        ("Growth models", "Growth models. Part I", "one"),
        ("Phase II trial", "Phase 2 trial", "same"),
        ("Second report", "2nd report", "same"),
        ("年鉴 2010", "年鉴 2011", "differ"),
        ("第三届讨论会论文集", "第3届讨论会论文集", "same"),
        ("札记（上）", "札记（下）", "differ"),
    ],
)
def test_numbers_in_titles_tell_parts_apart(a: str, b: str, expected: str) -> None:
    assert number_level(titles_of(a), titles_of(b)) == expected


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("Smith, John A.", "J. A. Smith", 1.0),
        ("Smith JA", "John Smith", 1.0),
        ("van der Berg, K.", "K. Berg", 1.0),
        ("Smith, John", "Smith, Robert", 0.5),
        ("Müller, K.", "Mueller, K.", 0.8),
        ("张伟", "Zhang, Wei", 1.0),
        ("张伟", "Wei Zhang", 1.0),
        ("欧阳修", "Ouyang, Xiu", 1.0),
        ("張偉", "张伟", 1.0),
        ("[清]曹雪芹", "曹雪芹著", 1.0),
        ("(美)马克·吐温", "吐温", 1.0),
        ("张伟", "李伟", 0.0),
        ("Smith, J.", "Jones, J.", 0.0),
    ],
)
def test_names_in_any_order_and_script(a: str, b: str, expected: float) -> None:
    assert same_name(name_of(a), name_of(b)) == expected
    assert same_name(name_of(b), name_of(a)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Smith, J., Jones, B., Brown, C. D., Black, E.",
        "Smith J, Jones B, Brown CD, Black E",
        "Smith, John; Jones, Bob; Brown, Carl D.; Black, Eve",
        "John Smith, Bob Jones, Carl D. Brown and Eve Black",
        "Smith, J. and Jones, B. and Brown, C. D. and Black, E.",
    ],
)
def test_lists_of_names_in_one_string(text: str) -> None:
    people = people_of((Contributor(text, "author"),))
    plain = people_of(
        tuple(Contributor(n, "author") for n in ("Smith, J.", "Jones, B.", "Brown, C.", "Black, E."))
    )
    assert len(people) == 4
    assert people_level(people, plain) == "same"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("123-7", ("", 123, 127)),
        ("pp. 123–127", ("", 123, 127)),
        ("1184--1192", ("", 1184, 1192)),
        ("S12-S15", ("s", 12, 15)),
        ("e1234", ("e", 1234, 0)),
        ("317-25; discussion 326", ("", 317, 325)),
        ("", ("", 0, 0)),
    ],
)
def test_page_ranges(text: str, expected: tuple[str, int, int]) -> None:
    assert page_range(text) == expected


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("123-7", "123-127", "same"),
        ("123", "123-127", "start"),
        ("123-127", "201-206", "differ"),
        ("1-8", "201-208", "one"),
        ("e1234", "12-20", "one"),
        ("", "12", "one"),
        ("", "", "none"),
    ],
)
def test_pages(a: str, b: str, expected: str) -> None:
    assert pages_level(a, b) == pages_level(b, a) == expected


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("J. Clin. Oncol.", "Journal of Clinical Oncology", "near"),
        ("N Engl J Med", "The New England Journal of Medicine", "near"),
        (
            "Proc Natl Acad Sci U S A",
            "Proceedings of the National Academy of Sciences of the United States of America",
            "near",
        ),
        ("JAMA", "Journal of the American Medical Association", "near"),
        ("VLDB", "Very Large Data Bases", "near"),
        ("Lancet", "The Lancet", "same"),
        ("Headache", "Cephalalgia", "differ"),
        ("Brain", "Brain Research", "differ"),
        ("中国语文", "中國語文", "same"),
        ("", "Nature", "one"),
    ],
)
def test_titles_of_journals(a: str, b: str, expected: str) -> None:
    assert container_level(a, b) == container_level(b, a) == expected


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("xii, 345 p.", "345 S. : Ill.", "same"),
        ("345页", "347 p.", "same"),
        ("300 p.", "308 p.", "near"),
        ("300 p.", "360 p.", "differ"),
        ("2册(700页)", "350页", "differ"),
        ("3 v.", "3册", "same"),
        ("", "300 p.", "one"),
    ],
)
def test_extents(a: str, b: str, expected: str) -> None:
    assert extent_level(extent_of(a), extent_of(b)) == extent_level(extent_of(b), extent_of(a)) == expected


def test_publishers_without_the_words_all_have() -> None:
    assert publisher_key("P. Reclam jun.") == publisher_key("Reclam Verlag") == "reclam"
    assert publisher_key("商务印书馆") == publisher_key("商務") == "商务"


@pytest.mark.parametrize(
    "text",
    [
        "J. R. Quinlan, Induction of decision trees, Machine Learning, 1(1), 81-106, 1986.",
        "Quinlan, J. R. (1986). Induction of decision trees. Machine Learning, 1, 81-106.",
        'Quinlan, J.R. "Induction of Decision Trees". In Machine Learning 1, 1986, pp. 81-106',
        "[Qui86] J.R. Quinlan. Induction of decision trees. Machine Learning, 1:81-106, 1986.",
    ],
)
def test_citations_in_one_string(text: str) -> None:
    told = read(text)
    assert told is not None
    assert told.title.lower() == "induction of decision trees"
    assert told.year == 1986
    assert "quinlan" in told.people[0].family


@pytest.mark.parametrize(
    "text",
    [
        "A history of the J. P. Morgan bank and its partners, 1900-1950",
        "红楼梦研究",
        "Report of the year 1986",
    ],
)
def test_a_title_is_no_citation(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("满洲里市志", "Manzhouli Shi zhi", "near"),
        ("中国屠宰税", "Zhongguo tu zai shui", "near"),
        ("中国屠宰税", "Gong si fa li lun", "script"),
        ("憲法と政治", "Kenpō to seiji", "script"),
        ("مناهل الضرب", "Manāhil al-ḍarab", "script"),
        ("Преступление и наказание", "Prestuplenie i nakazanie", "equal"),
        ("История журналистики", "Istorii͡a zhurnalistiki", "equal"),
        ("История журналистики", "Istorija žurnalistiki", "equal"),
        ("История журналистики", "Istoriia arkhitektury", "differ"),
    ],
)
def test_titles_in_two_scripts_are_compared_where_one_can_be_spelt_in_the_other(
    a: str, b: str, expected: str
) -> None:
    assert level(titles_of(a), titles_of(b)) == expected
    assert level(titles_of(b), titles_of(a)) == expected


def test_a_title_cut_off_by_an_old_system_is_the_beginning_of_the_whole() -> None:
    whole = titles_of(
        "Encyclopaedia biblica : a critical dictionary of the literary, political and religious history"
    )
    cut = titles_of("ENCYCLOPAEDIA BIBLICA : A CRITICAL DICTIONARY OF THE LITERARY, P")
    assert level(whole, cut) == level(cut, whole) == "contained"


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("A military review of Wayne County", "A military review of Wayne County, 1980", "added"),
        ("A military review of Wayne County", "A military review of Wayne County: 1861 to 1865", "one"),
        ("毛泽东与蒋介石", "毛泽东与蒋介石, 1978", "added"),
        ("Growth models", "Growth models 1", "one"),
    ],
)
def test_a_title_with_nothing_but_a_number_more_is_another(a: str, b: str, expected: str) -> None:
    assert number_level(titles_of(a), titles_of(b)) == expected


_TITLE = "Critical care cardiology in the perioperative period"


@pytest.mark.parametrize(
    "citation",
    [
        f"Chomsky, N., Steiner, R., & Ali, A. (1994). {_TITLE}. Third Text, 14(5), 184–200.",
        f"Chomsky, Noam, et al. “{_TITLE}.” Third Text 14.5 (1994): 184-200. Print.",
        f"Chomsky N, Steiner R, Ali A. {_TITLE}. Third Text. 1994;14(5):184-200.",
        f"[7] N. Chomsky, R. Steiner and A. Ali, “{_TITLE},” Third Text, vol. 14, no. 5, pp. 184–200, 1994.",
        f"Noam Chomsky, Rudolf Steiner, and Anthony Ali. 1994. {_TITLE}. Third Text 14, 5 (1994), 184–200.",
        f"CHOMSKY N, STEINER R, ALI A, et al. {_TITLE}[J]. Third Text, 1994, 14(5): 184-200.",
    ],
)
def test_citations_are_read_by_the_marks_of_their_style(citation: str) -> None:
    told = read(citation)
    assert told is not None
    assert (told.title, told.year, told.container) == (_TITLE, 1994, "Third Text")
    assert told.pages.replace("–", "-") == "184-200"
    assert people_level(told.people[:1], (name_of("Chomsky, Noam"),)) == "same"


def test_a_chinese_citation_is_read_by_its_mark() -> None:
    told = read("王小明, 李华. 黄土高原土壤水分的空间变化[J]. 生态学报, 2003, 23(5): 45-67.")
    assert told is not None
    assert (told.title, told.year, told.container, told.pages) == (
        "黄土高原土壤水分的空间变化", 2003, "生态学报", "45-67",
    )  # fmt: skip
    assert [name.whole for name in told.people] == ["王小明", "李华"]


@pytest.mark.parametrize(
    "title",
    [
        "Pictures from Italy. 1846. With a preface",
        "The Brontë sisters (1994) and their world: a study of reception in France and Germany",
        "“Where is everybody?” and other questions",
    ],
)
def test_a_title_with_a_year_or_a_quotation_is_no_citation(title: str) -> None:
    told = read(title)
    assert told is None or told.title in title


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("SIGMOD Conference", "Proceedings of the International Conference on Management of Data", "near"),
        ("VLDB", "Proceedings of the 24th International Conference on Very Large Data Bases", "near"),
        ("VLDB J.", "The VLDB Journal — The International Journal on Very Large Data Bases", "near"),
        ("KDD", "Knowledge Discovery and Data Mining", "near"),
        ("ICDE", "IEEE International Conference on Data Engineering (ICDE)", "near"),
        ("VLDB", "The VLDB Journal", "differ"),
        ("Knowledge Discovery and Data Mining", "Data Knowl. Eng.", "differ"),
        ("Communications of the ACM", "Proceedings of the ACM SIGMOD Conference", "differ"),
    ],
)
def test_meetings_are_known_by_their_acronyms(a: str, b: str, expected: str) -> None:
    assert container_level(a, b) == container_level(b, a) == expected


def test_a_small_letter_between_words_is_a_word_and_a_capital_one_a_number() -> None:
    assert titles_of("Master i Margarita").numbers == ()
    assert titles_of("Factor V and factor X").numbers == ("10", "5")
    assert titles_of("Voina i mir, part i").numbers == ("1",)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Landeskarte 1:50000, Jungfrau", "Landeskarte 1 : 50 000, Jungfrau"),
        ("第三届年会论文集", "第3屆年會論文集"),
        ("Βίος και πολιτεία του Αλέξη Ζορμπά", "Vios kai politeia tou Alexē Zormpa"),
    ],
)
def test_one_title_in_two_spellings_is_equal(one: str, other: str) -> None:
    assert level(titles_of(one), titles_of(other)) == "equal"


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        ("DTV", "Deutscher Taschenbuch Verlag", "same"),
        ("FSG", "Farrar, Straus and Giroux", "same"),
        ("Худож. лит.", "Художественная литература", "same"),
        ("DTV", "Diogenes Verlag", "differ"),
        ("Aula", "Austin Langley", "differ"),
    ],
)
def test_publishers_in_initials_and_with_words_cut_off(one: str, other: str, said: str) -> None:
    assert publisher_level(publisher_key(one), publisher_key(other)) == said


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("أبو غدير، محمد محمود", "تأليف محمد محمود أبو غدير"),
        ("Guimarães Rosa, João", "João Guimarães Rosa"),
        ("Vapnik V N", "Vapnik, V. N."),
        ("Brieman, L.", "Breiman, Leo"),
    ],
)
def test_one_name_in_another_order_or_with_letters_exchanged(one: str, other: str) -> None:
    assert same_name(name_of(one), name_of(other)) >= 0.8


@pytest.mark.parametrize(
    ("title", "part", "words"),
    [
        ("Sämtliche Werke. 4, Also sprach Zarathustra", "4", "samtliche werke also sprach zarathustra"),
        ("Geschichte. Bd. 1, Vom Anfang", "1", "geschichte vom anfang"),
        ("토지 1", "1", "토지"),
        ("雪国〈下〉", "下", "雪国"),
        ("Windows 7", "", "windows 7"),
    ],
)
def test_the_number_of_a_volume_stands_within_a_title_too(title: str, part: str, words: str) -> None:
    made = describe("a", Record(type="book", title=title))
    assert (made.part, made.titles.words) == (part, words)


@pytest.mark.parametrize(
    ("citation", "title", "year"),
    [
        ("Vladimir Vapnik. Statistical Learning Theory. John Wiley & Sons, 1998.", "Statistical Learning Theory", 1998),
        ("周志华，《机器学习》，清华大学出版社，2016年", "机器学习", 2016),
        ("周志华,陈世福.神经网络集成.计算机学报,2002,25(1):1-8", "神经网络集成", 2002),
        ("Habermas, Jürgen: Strukturwandel der Öffentlichkeit, Neuwied 1962.", "Strukturwandel der Öffentlichkeit", 1962),
        ("Toward agnostic learning, M. J. Kearns, R. E. Schapire, in Proc. COLT, 1992.", "Toward agnostic learning", 1992),
    ],
)  # fmt: skip
def test_citations_with_whole_names_or_names_behind_the_title_are_read(
    citation: str, title: str, year: int
) -> None:
    told = read(citation)
    assert told is not None and (told.title, told.year) == (title, year)
