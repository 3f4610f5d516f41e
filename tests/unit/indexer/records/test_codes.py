"""Languages, scripts, countries, places and class numbers."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.records import classification, language, place, script


@pytest.mark.parametrize(
    "text, wanted",
    [
        ("chi", "zho"), ("zho", "zho"), ("zh", "zho"), ("zh-CN", "zho"), ("zh_Hans", "zho"),
        ("Chinese", "zho"), ("中文", "zho"), ("汉语", "zho"), ("漢語", "zho"),
        ("eng", "eng"), ("en", "eng"), ("EN-us", "eng"), ("English", "eng"), ("英语", "eng"),
        ("英文", "eng"), ("fre", "fra"), ("fra", "fra"), ("法语", "fra"),
        ("ger", "deu"), ("de", "deu"), ("German", "deu"), ("jpn", "jpn"), ("日本語", "jpn"), ("tib", "bod"),
        ("藏文", "bod"), ("may", "msa"), ("scr", "hrv"),
        ("scc", "srp"), ("mol", "ron"), ("cmn", "cmn"), ("und", ""), ("zxx", ""), ("|||", ""), ("", ""),
        ("qqq", ""), ("kek", "kek"), ("jp-JP", "jpn"), ("cn", "zho"), ("Klingonisch", ""),
        ("English language", "eng"),
    ],
)  # fmt: skip
def test_language_becomes_iso_639_3(text: str, wanted: str) -> None:
    assert language.to_iso639_3(text) == wanted


def test_every_language_alias_leads_to_a_code_with_names() -> None:
    by_code, by_word = language._tables()
    assert len(by_code) > 480
    assert all(code in by_code for code in by_word.values())
    assert language.of("zho") == language.Language("zho", "Chinese", "中文")
    for code in ("zho", "eng", "jpn", "kor", "rus", "fra", "deu", "spa", "ara", "san", "bod", "uig", "mon"):
        assert language.to_iso639_3(code) == code
        assert language.of(code)


@pytest.mark.parametrize(
    "text, wanted",
    [
        ("engfre", ("eng", "fra")),
        ("chi", ("zho",)),
        ("Chinese; English", ("zho", "eng")),
        ("中文、英文", ("zho", "eng")),
        ("chichi", ("zho",)),
        ("xyzabc", ()),
    ],
)
def test_languages_of_a_cell(text: str, wanted: tuple[str, ...]) -> None:
    assert language.split_codes(text) == wanted


@pytest.mark.parametrize(
    "text, wanted",
    [
        ("红楼梦", "Hans"), ("紅樓夢", "Hant"), ("人口", "Hani"), ("日本の歴史", "Jpan"),
        ("カタカナ", "Jpan"), ("한국어", "Kore"), ("한국史", "Kore"), ("Hong lou meng", "Latn"),
        ("Война и мир", "Cyrl"), ("דרך אמונה", "Hebr"), ("شفاعة", "Arab"), ("Ελλάδα", "Grek"),
        ("हिन्दी", "Deva"), ("བོད", "Tibt"), ("ไทย", "Thai"), ("123", ""), ("", ""),
        ("…—", ""), ("C语言程序设计", "Hans"), ("Programming in C 语", "Latn"), ("Übung", "Latn"),
        ("𠀀𠀁", "Hani"), ("ᠮᠣᠩᠭᠣᠯ", "Mong"), ("한", "Kore"),
    ],
)  # fmt: skip
def test_script_of_a_text(text: str, wanted: str) -> None:
    assert script.of(text) == wanted


@pytest.mark.parametrize(
    "text, wanted",
    [
        ("cc", "cc"), ("CN", "cc"), ("中国", "cc"), ("China", "cc"), ("TW", "ch"), ("台湾", "ch"),
        ("HK", "hk"), ("nyu", "nyu"), ("enk", "enk"), ("GB", "xxk"), ("US", "xxu"),
        ("USA", "xxu"), ("United States", "xxu"), ("美国", "xxu"), ("日本", "ja"), ("JP", "ja"),
        ("gw", "gw"), ("DE", "gw"), ("Germany", "gw"), ("xx", ""), ("|||", ""), ("", ""),
        ("QQ", ""), ("Atlantis", ""), ("fr ", "fr"), ("CA", "xxc"), ("ca", "ca"),
    ],
)  # fmt: skip
def test_country_becomes_a_marc_code(text: str, wanted: str) -> None:
    assert place.to_country(text) == wanted


def test_parts_of_countries_have_their_whole_above_them() -> None:
    assert place.path("nyu") == ("xxu", "nyu")
    assert place.path("cc") == ("cc",)
    assert place.path("??") == ()
    by_code, _ = place._tables()
    assert all(row.part_of in by_code for row in by_code.values() if row.part_of)
    assert all(row.en and row.zh for row in by_code.values())


@pytest.mark.parametrize(
    "text, wanted",
    [
        ("[北京市]", "北京"),
        ("北京 :", "北京"),
        ("Beijing Shi :", "北京"),
        ("北平", "北京"),
        ("臺北市", "台北"),
        ("[S.l.]", ""),
        ("[出版地不详]", ""),
        ("New York,", "New York"),
        ("Tōkyō", "東京"),
        ("内蒙古自治区", "内蒙古"),
        ("", ""),
    ],
)
def test_place_of_publication_in_one_form(text: str, wanted: str) -> None:
    assert place.plain(text) == wanted


@pytest.mark.parametrize(
    "scheme, number, steps",
    [
        ("clc", "K248.107", ("K", "K2", "K24", "K248", "K248.1")),
        ("clc", "TP312", ("T", "TP", "TP3", "TP31", "TP312")),
        ("clc", "I242.4", ("I", "I2", "I24", "I242", "I242.4")),
        ("clc", "H319.4:I", ("H", "H3", "H31", "H319", "H319.4")),
        ("clc", "G40-051", ("G", "G4", "G40")),
        ("clc", "K29", ("K", "K2", "K29")),
        ("clc", "A", ("A",)),
        ("clc", "L123", ()),
        ("clc", "图书", ()),
        ("lcc", "BQ4710.A8 D83 1748", ("B", "BQ", "BQ4710")),
        ("lcc", "E143 .C33", ("E", "E143")),
        ("lcc", "QA76.73.P98", ("Q", "QA", "QA76")),
        ("lcc", "MLCS 2004/05073 (B)", ()),
        ("ddc", "823.912", ("800", "820", "823", "823.9")),
        ("ddc", "500", ("500",)),
        ("ddc", "abc", ()),
        ("sibu", "史部/地理類/都會郡縣", ("史部", "史部/地理類", "史部/地理類/都會郡縣")),
        ("other", "x", ()),
    ],
)
def test_path_of_a_class_number(scheme: str, number: str, steps: tuple[str, ...]) -> None:
    assert classification.path(scheme, number) == steps


@pytest.mark.parametrize(
    "scheme, number, ok",
    [
        ("clc", "TP312", True), ("clc", "K248.107", True), ("clc", "G40-051", True),
        ("clc", "I712.45", True), ("clc", "D922.290.4", True), ("clc", "TN911.7-62", True),
        ("udc", "908(498-35 Mureş)", True), ("udc", "Hello", False), ("clc", "R-33", True),
        ("clc", "B222.2=5", True), ("clc", "F0", True), ("clc", "Y1", False),
        ("clc", "W", False), ("clc", "12", False), ("clc", "Hello", False),
        ("lcc", "PS3545", True), ("lcc", "MLCM 2004", True), ("lcc", "I12", False), ("lcc", "123", False),
        ("ddc", "823", True), ("ddc", "82", False), ("ddc", "Fic", True),
    ],
)  # fmt: skip
def test_class_number_can_be_one_of_its_scheme(scheme: str, number: str, ok: bool) -> None:
    assert classification.valid(scheme, number) is ok


def test_class_numbers_in_normal_form() -> None:
    assert classification.normalise("ddc", "823/.912").value == "823.912"
    assert classification.normalise("ddc", "[Fic]").value == "Fic"
    assert classification.normalise("clc", "ｔｐ３１２").value == "TP312"
    assert classification.normalise("CLC", " K248.1 ").scheme == "clc"


def test_main_classes_have_names_in_both_languages() -> None:
    for scheme, steps in (("clc", "ABCDEFGHIJKNOPQRSTUVXZ"), ("lcc", "ABCDEFGHJKLMNPQRSTUVZ")):
        for step in steps:
            assert classification.label(scheme, step, "zh-CN")
            assert classification.label(scheme, step, "en")
    assert classification.label("ddc", "800", "en")
    assert classification.label("clc", "K9999") == ""


@settings(deadline=None)
@given(st.text(max_size=60))
def test_no_text_makes_a_code_raise(text: str) -> None:
    language.to_iso639_3(text)
    language.split_codes(text)
    script.of(text)
    place.to_country(text)
    place.plain(text)
    for scheme in ("clc", "lcc", "ddc", "udc", "sibu", "cas", text):
        number = classification.normalise(scheme, text).value
        classification.valid(scheme, number)
        classification.path(scheme, number)
    classification.guess(text)
