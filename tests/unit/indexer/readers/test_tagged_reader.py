"""Reference files are cut where a record begins, whatever is missing around it."""

from __future__ import annotations

import io

import pytest

from indexer.formats.tagged import values
from indexer.profile import Profile
from indexer.reader import Raw
from indexer.readers.lines import lines
from indexer.readers.tagged import READER

RIS = "TY  - JOUR\nTI  - First\nER  - \n\nTY  - BOOK\nTI  - Second\nER  - \n"


def cut(data: bytes, format: str = "") -> list[Raw]:
    return list(READER.read(io.BytesIO(data), format or READER.sniff(data, "")[0], "file", Profile()))


def tagged(raw: Raw) -> dict[str, str]:
    return dict(values(raw.format, raw.data.decode(raw.charset)))


@pytest.mark.parametrize(
    ("text", "format"),
    [
        (RIS, "ris"),
        ("Provider: x\n\nTY  - JOUR\nER  -", "ris"),
        ("\ufeffTY - JOUR\r\nTI - a\r\nER - \r\n", "ris"),
        ("%0 Journal Article\n%T a\n", "refer"),
        ("%A Knuth, D.\n%T Literate programming\n%D 1984\n", "refer"),
        ("RT Journal Article\nSR 1\nT1 a\n", "refworks"),
        ("{Reference Type}: Thesis\n{Title}: a\n", "noteexpress"),
        ("a,b\n1,2\n", ""),
        ("@article{a, title={%0 }}", ""),
    ],
)
def test_format_is_told_from_the_content(text: str, format: str) -> None:
    assert READER.sniff(text.encode(), "")[0] == format


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_all_line_ends_are_line_ends(end: str) -> None:
    assert [tagged(raw)["TI"] for raw in cut(RIS.replace("\n", end).encode())] == ["First", "Second"]


def test_a_missing_end_is_a_remark_and_loses_nothing() -> None:
    raws = cut(b"TY  - JOUR\nTI  - First\nTY  - BOOK\nTI  - Second")
    assert [tagged(raw)["TI"] for raw in raws] == ["First", "Second"]
    assert [problem.code for problem in raws[0].problems] == ["ris-no-end"]
    assert all(problem.severity != "error" for raw in raws for problem in raw.problems)


def test_a_record_without_its_type_is_kept() -> None:
    raws = cut(b"TY  - JOUR\nTI  - First\nER  - \nTI  - Lost type\nAU  - A\nER  - \n")
    assert [tagged(raw)["TI"] for raw in raws] == ["First", "Lost type"]
    assert [problem.code for problem in raws[1].problems] == ["type-missing"]


def test_a_long_value_goes_on_over_lines_even_empty_ones() -> None:
    raws = cut(b"%0 Thesis\n%T a\n%X One.\n\n\n    Two.\n%W CNKI\n\n%0 Thesis\n%T b\n")
    assert tagged(raws[0])["X"] == "One.\nTwo."
    assert len(raws) == 2


def test_refworks_text_that_looks_like_a_tag_stays_text() -> None:
    text = "RT Journal Article\nT1 a\nAB The method\nis sound and\nno more.\nvo 49\nSN 1000-4254\n"
    found = tagged(cut(text.encode())[0])
    assert found["AB"] == "The method\nis sound and\nno more.\nvo 49" or found.get("VO") == "49"
    assert "sound" in found["AB"]
    assert found["SN"] == "1000-4254"


def test_refworks_lower_case_tags_and_tags_without_a_blank() -> None:
    found = tagged(cut("RT Dissertation/Thesis\nA1林行众\nYR 2015\nvo 49\n".encode())[0])
    assert found["A1"] == "林行众"
    assert found["VO"] == "49"


def test_old_refer_files_are_cut_at_empty_lines() -> None:
    raws = cut(b"%A Knuth\n%T One\n%D 1984\n\n%A Dijkstra\n%T Two\n%D 1968\n")
    assert [tagged(raw)["T"] for raw in raws] == ["One", "Two"]


@pytest.mark.parametrize("charset", ["utf-8", "gb18030", "cp950"])
def test_character_sets_are_found(charset: str) -> None:
    text = "TY  - JOUR\nTI  - 資料庫系統概論與書籍目錄的研究\nAU  - 王珊\nER  - \n"
    raw = cut(text.encode(charset))[0]
    assert values("ris", raw.data.decode({"big5": "cp950"}.get(raw.charset, raw.charset)))[
        1
    ].value.startswith("資料庫")


def test_lines_do_not_depend_on_the_blocks_they_come_in() -> None:
    class Drops(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(3)

    data = b"\xef\xbb\xbfab\r\ncd\re\n\nlast"
    assert [line.data for line in lines(Drops(data))] == [b"ab", b"cd", b"e", b"", b"last"]


def test_an_endless_record_is_refused_and_the_next_is_read() -> None:
    data = b"TY  - JOUR\nAB  - " + b"x" * 9_000_000 + b"\nER  - \n" + RIS.encode()
    raws = cut(data)
    assert [bool(raw.data) for raw in raws] == [False, True, True]
    assert raws[0].problems[0].severity == "error"


@pytest.mark.parametrize(
    "dash",
    ["  - ", " - ", "- ", "-", "   - ", "\t- ", "  \u2013 ", "\u00a0\u00a0- ", "  \u2014 ", "  \uff0d "],
)
@pytest.mark.parametrize("small", [False, True])
def test_ris_tags_are_read_however_they_are_written(dash: str, small: bool) -> None:
    def tag(name: str) -> str:
        return (name.lower() if small else name) + dash

    one = f"{tag('TY')}JOUR\n{tag('TI')}数据库 and -as - text\n{tag('AU')}Wang, S.\n{tag('ER')}\n\n"
    for text in (one + RIS, RIS + one, RIS.replace("ER  - ", "") + one):
        raws = cut(text.encode())
        assert [tagged(raw)["TI"] for raw in raws].count("数据库 and -as - text") == 1
        assert {"First", "Second"} < {tagged(raw)["TI"] for raw in raws}
        assert len(raws) == 3
        assert [tagged(raw)["AU"] for raw in raws if "AU" in tagged(raw)] == ["Wang, S."]


def test_running_text_of_a_ris_record_that_looks_like_a_loose_tag_stays_text() -> None:
    text = "TY  - JOUR\nTI  - a\nAB  - It is\nin - between\nis-and so\nAB-testing\nER  - \n"
    assert tagged(cut(text.encode())[0])["AB"] == "It is\nin - between\nis-and so\nAB-testing"


@pytest.mark.parametrize("line", ["TY: JOUR", "ty JOUR", "TY = BOOK", "TY   JOUR"])
def test_a_ris_record_whose_type_cannot_be_read_is_told_with_its_line(line: str) -> None:
    for text in (RIS + f"{line}\nTI: Third\nER:\n\n" + RIS, f"{RIS[:-8]}\n{line}\nTI: Third\nER:\n\n{RIS}"):
        raws = cut(text.encode())
        titles = [tagged(raw)["TI"].split("\n")[0] if raw.data else "" for raw in raws]
        assert titles == ["First", "Second", "", "First", "Second"]
        (problem,) = raws[2].problems
        assert (problem.severity, problem.code, problem.position) == ("error", "ris-type-unreadable", 3)
        number = text.split("\n").index(line) + 1
        assert f"line {number} " in problem.message
        assert "'TY  - JOUR'" in problem.message


def test_what_can_be_read_behind_an_unreadable_type_is_read() -> None:
    raws = cut(RIS.encode() + b"TY: JOUR\nTI  - Third\nAU  - Ty, C.\nTy Cobb\nER  - \nTY: BOOK\nTI: Last\n")
    assert [tagged(raw)["TI"] if raw.data else "" for raw in raws] == ["First", "Second", "Third", ""]
    assert [problem.code for problem in raws[2].problems] == ["type-missing"]
    assert [problem.code for problem in raws[3].problems] == ["ris-type-unreadable"]


def test_words_between_records_are_no_fault() -> None:
    raws = cut(b"Provider: x\nDatabase: y\n\n" + RIS.encode() + b"\nNext database\n" + RIS.encode())
    assert [tagged(raw)["TI"] for raw in raws] == ["First", "Second", "First", "Second"]
    assert not any(raw.problems for raw in raws)
