"""PICA+ to Record, plain and normalised."""

from __future__ import annotations

import io
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.adapters.pica import ADAPTER, parse
from indexer.profile import Profile
from indexer.reader import Raw
from indexer.readers.pica import READER
from indexer.recognise import open_file
from indexer.records.record import Class, Contributor, Holding, Identifier, Item, Publication, Record

PLAIN = """002@ $0Aau
003@ $0010000054
003O $aOCoLC$0255971257
004A $03721401204
010@ $ager
011@ $a1981
019@ $aXA-CH
021A $aDer @Yoga$dim Lichte$hGeorg Feuerstein ; hrsg. von Jo Benad
028A $9080989500$VTpv1$AFeuerstein$DGeorg$E1947$M2012$4aut
028C $dJo$aBenad
033A $pSchaffhausen$nNovalis
034D $a239 S.
034M $aIll.
036E $a@Reihe$l22,3
044K $9209019352$aYoga
045Q/01 $9106420798$a58.55$jText
037A $aPreis 5 $$ billig
101@ $a20$bDE-84$c84
203@/01 $0018046525
209A/01 $fHaus2$a2648-9058$du$x00
209G/01 $a026489058
101@ $a70$bDE-89
209A/01 $aRN 1912
"""


def raws(data: bytes) -> list[Raw]:
    return list(READER.read(io.BytesIO(data), "pica", "x", Profile()))


def adapted(data: bytes) -> list[Record]:
    found = [ADAPTER.adapt(raw, Profile())[0] for raw in raws(data)]
    return [record for record in found if record is not None]


def normalised(plain: str) -> bytes:
    lines = [line.replace("$$", "\0").replace("$", "\x1f").replace("\0", "$") for line in plain.splitlines()]
    return ("\x1e".join(lines) + "\x1e\n").encode()


@pytest.mark.parametrize("data", [PLAIN.encode(), normalised(PLAIN), b"\x1d\n" + normalised(PLAIN)])
def test_all_serialisations_give_the_same_record(data: bytes) -> None:
    (record,) = adapted(data)
    assert (record.id, record.type, record.year) == ("010000054", "book", 1981)
    assert (record.title, record.title_remainder) == ("Der Yoga", "im Lichte")
    assert record.contributors == (
        Contributor("Feuerstein, Georg", "aut", dates="1947-2012"),
        Contributor("Benad, Jo", "editor"),
    )
    assert record.publication == Publication("Schaffhausen", "Novalis", "1981")
    assert (record.languages, record.countries) == (("ger",), ("CH",))
    assert record.identifiers == (Identifier("oclc", "255971257"), Identifier("isbn", "3721401204"))
    assert record.extent == "239 S. : Ill."
    assert record.series == ("Reihe ; 22,3",)
    assert record.classes == (Class("58.55", "bkl"),)
    assert record.notes == ("Preis 5 $ billig",)
    assert record.holdings == (
        Holding("DE-84", "Haus2", "2648-9058", "", (Item("026489058", "u"),)),
        Holding("DE-89", "", "RN 1912"),
    )


def test_records_are_divided_by_empty_lines_or_line_ends() -> None:
    assert len(adapted((PLAIN + "\n" + PLAIN).encode())) == 2
    assert len(adapted(normalised(PLAIN) * 3)) == 3


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("Aau", "book"),
        ("Abv", "journal"),
        ("Oax", "ebook"),
        ("Kau", "map"),
        ("Gau", "audio"),
        ("Hau", "manuscript"),
    ],
)
def test_the_type_is_coded_in_002(code: str, kind: str) -> None:
    assert adapted(f"002@ $0{code}\n003@ $01\n021A $aT\n".encode())[0].type == kind


def test_lines_that_are_no_fields_are_told() -> None:
    found = raws(b"hello\nworld\n")
    assert [(raw.data, raw.problems[0].code) for raw in found] == [(b"", "not-a-record")]


def test_a_part_without_title_takes_the_title_of_the_whole() -> None:
    (record,) = adapted(b"002@ $0Afu\n003@ $01\n036C $a@Werke$l3\n")
    assert (record.title, record.volume, record.relations[0].kind) == ("Werke", "3", "part_of")


@given(st.text(max_size=300))
def test_any_text_parses(text: str) -> None:
    for tag, occurrence, pairs in parse(text):
        assert len(tag) == 4
        assert occurrence.isdigit() or not occurrence
        assert all(value for _, value in pairs)


@pytest.mark.parametrize("prefix", ["", "pica:"])
def test_pica_in_xml_says_the_same(prefix: str) -> None:
    fields = "".join(
        f'<{prefix}datafield tag="{tag}"'
        + (f' occurrence="{occurrence}">' if occurrence else ">")
        + "".join(
            f'<{prefix}subfield code="{code}">{escape(value)}</{prefix}subfield>' for code, value in pairs
        )
        + f"</{prefix}datafield>"
        for tag, occurrence, pairs in parse(PLAIN)
    )
    space = f'xmlns{":pica" if prefix else ""}="info:srw/schema/5/picaXML-v1.0"'
    text = f"<collection><{prefix}record {space}>{fields}</{prefix}record></collection>"
    (raw,) = open_file(io.BytesIO(text.encode()), "x.xml")
    found, problems = ADAPTER.adapt(raw, Profile())
    assert (raw.format, problems) == ("pica", [])
    assert [found] == adapted(PLAIN.encode())
