"""Files are recognised by their content, unpacked within limits, and refused in plain words."""

from __future__ import annotations

import gzip
import io
import random
import tarfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from waiting import not_hung

from indexer import marc, plugins, recognise, unpack
from indexer.marc import Marc
from indexer.profile import Profile
from indexer.reader import Raw, UnreadableFile


def packed(data: bytes) -> bytes:
    """Packed without the time of day, so that the cases have the same names in every process."""
    return gzip.compress(data, mtime=0)


def record(number: int) -> bytes:
    fields = [
        ("001", f"id{number}"),
        ("008", "000906s1998    ch a     b    000 0 chi  "),
        marc.field("245", "10", [("a", f"书名一刀 {number}"), ("c", "作者")]),
    ]
    return marc.encode(Marc("00000nam a2200000 a 4500", fields))[0]


MRC = b"".join(record(number) for number in range(20))
XML = (
    b'<?xml version="1.0" encoding="UTF-8"?><collection xmlns="http://www.loc.gov/MARC21/slim"><record>'
    b'<leader>00000nam a2200000 a 4500</leader><controlfield tag="001">x1</controlfield>'
    b'<datafield tag="245" ind1="1" ind2="0"><subfield code="a">Title</subfield></datafield></record></collection>'
)


def read(data: bytes, filename: str = "x.bin", format: str = "") -> list[Raw]:
    return list(recognise.open_file(io.BytesIO(data), filename, format))


def good(raws: list[Raw]) -> int:
    return sum(1 for raw in raws if raw.data)


def codes(raws: list[Raw]) -> list[str]:
    return [problem.code for raw in raws for problem in raw.problems]


def test_the_name_of_the_file_does_not_matter() -> None:
    assert {raw.format for raw in read(MRC, "x.xml")} == {"marc21"}
    assert [raw.context["syntax"] for raw in read(XML, "x.mrc")] == ["marcxml"]


def test_a_path_is_read_and_named_in_messages(tmp_path: Path) -> None:
    path = tmp_path / "a.mrc"
    path.write_bytes(MRC)
    assert good(list(recognise.open_file(path))) == 20
    with pytest.raises(UnreadableFile, match=r"no\.mrc"):
        list(recognise.open_file(tmp_path / "no.mrc"))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b" \r\n\r\n", "nothing but blanks"),
        (bytes(100_000), "zero bytes"),
        (b"\x89PNG\r\n\x1a\n" + bytes(500), "PNG"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"PK\x03\x04" + bytes(60), "ZIP"),
        (random.Random(7).randbytes(50_000), "binary"),
        (b"Dear librarian\nplease find enclosed nothing.\n" * 20, "not recognised"),
        (packed(packed(MRC)), "gzip file inside a gzip file"),
        (packed(MRC)[:9], "breaks off"),
        (packed(b""), "empty"),
        (
            b'<?xml version="1.0"?><collection xmlns="http://www.loc.gov/MARC21/slim"></collection>',
            "not recognised|no record",
        ),
    ],
)
def test_useless_files_are_refused_in_plain_words(data: bytes, words: str) -> None:
    with pytest.raises(UnreadableFile, match=words):
        read(data, "x.mrc")


def test_a_picture_is_refused_even_with_a_format() -> None:
    with pytest.raises(UnreadableFile, match="PNG"):
        read(b"\x89PNG\r\n\x1a\n" + MRC, "x.mrc", "marc21")


def test_noise_read_as_a_named_format_ends_in_words_and_not_in_an_exception() -> None:
    noise = random.Random(3).randbytes(300_000)
    for format in ("marc21", "iso2709", "cnmarc"):
        try:
            raws = read(noise, "x.mrc", format)
        except UnreadableFile:
            continue
        assert codes(raws)


def test_an_unknown_format_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnreadableFile, match=r"unknown format 'marc99'.*marc21"):
        read(MRC, "x", "marc99")


def test_a_format_of_several_syntaxes_goes_to_the_reader_that_fits() -> None:
    assert [raw.context["syntax"] for raw in read(XML, "x", "cnmarc")] == ["marcxml"]
    assert [raw.format for raw in read(XML, "x", "cnmarc")] == ["cnmarc"]


@pytest.mark.parametrize(
    "bomb",
    [
        b'<?xml version="1.0"?><!DOCTYPE c [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
        b'<collection><record><leader>0</leader><datafield tag="245" ind1=" " ind2=" ">'
        b'<subfield code="a">&b;</subfield></datafield></record></collection>',
        b'<!DOCTYPE c SYSTEM "file:///etc/passwd"><collection><record><leader>0</leader>'
        b'<controlfield tag="001">1</controlfield></record></collection>',
    ],
)
def test_a_document_type_is_refused(bomb: bytes) -> None:
    with pytest.raises(UnreadableFile, match="document type"):
        read(bomb, "x.xml", "marcxml")


def test_gzip_is_unpacked_and_its_members_are_one_file() -> None:
    assert good(read(packed(MRC))) == 20
    assert good(read(packed(MRC) + packed(MRC) + bytes(512))) == 40


def test_a_packed_file_that_breaks_off_gives_what_is_whole() -> None:
    noisy = b"".join(record(number) for number in range(3000))
    raws = read(packed(noisy)[:-400])
    assert good(raws) > 2000
    assert "file-damaged" in codes(raws)


def test_rubbish_behind_packed_data_is_told() -> None:
    raws = read(packed(MRC) + b"rubbish")
    assert (good(raws), codes(raws)) == (20, ["file-damaged"])


def test_a_gigabyte_of_zeros_is_answered_quickly() -> None:
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=1) as file:
        for _ in range(64):
            file.write(bytes(1 << 20))
    with not_hung(), pytest.raises(UnreadableFile, match="zero bytes"):
        read(packed.getvalue() * 16, "x.mrc")


def test_an_archive_bomb_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpack, "RATIO_FROM", 4 << 20)
    raws = read(packed(MRC + bytes(32 << 20)))
    assert good(raws) == 20
    assert "archive bomb" in raws[-1].problems[0].message


def tar(files: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return target.getvalue()


def test_the_files_of_an_archive_are_read_one_after_the_other() -> None:
    raws = read(packed(tar({"a.mrc": MRC, "b.xml": XML, "c.png": b"\x89PNG\r\n\x1a\n", "d.gz": packed(MRC)})))
    assert good(raws) == 21
    assert [raw.position for raw in raws] == list(range(1, 24))
    assert raws[20].context["member"] == "b.xml"
    assert sorted(codes(raws)) == ["archive-member", "unreadable-member"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_two_byte_text_is_turned_into_utf8_before_it_is_cut(encoding: str) -> None:
    # 书, 一 and 刀 hold the bytes of delimiters or zeros in UTF-16.
    data = MRC.decode().replace("书名", "丞丝仞").encode(encoding)
    raws = read(data)
    assert {raw.charset for raw in raws} == {"utf-16"}
    assert [marc.decode(raw.data).fields[2][1][:8] for raw in raws] == ["10\x1fa丞丝仞一"] * 20


def test_a_reader_that_fails_in_sniffing_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    class Bad:
        name = "bad"
        formats = ("bad",)

        def sniff(self, head: bytes, filename: str) -> tuple[str, float]:
            raise RuntimeError

    usual = plugins.readers()
    monkeypatch.setattr(plugins, "readers", lambda: {**usual, "bad": Bad()})
    assert good(read(MRC)) == 20


@settings(deadline=None)
@given(
    st.binary(max_size=1500),
    st.sampled_from(["", "marc21", "marcxml", "marcjson", "aleph", "pica", "worksheet"]),
)
def test_any_bytes_give_records_problems_or_a_refusal(data: bytes, format: str) -> None:
    try:
        raws = read(data, "x", format)
    except UnreadableFile as refusal:
        assert str(refusal)
        return
    for raw in raws:
        assert raw.data or raw.problems
        adapter = plugins.adapter_for(raw.format)
        if raw.data and adapter:
            adapted, problems = adapter.adapt(raw, Profile())
            assert adapted is not None or problems


@pytest.mark.data
def test_every_marc_file_of_the_working_set_is_recognised(shared_data: Path) -> None:
    wrong = []
    for folder in (
        "cnmarc",
        "unimarc-europe",
        "ebook-proquest-ntue",
        "marcxml-princeton",
        "other-library-formats",
    ):
        for path in sorted((shared_data / folder).iterdir()):
            formats = {raw.format for raw in recognise.open_file(path)}
            if not formats <= {"marc21", "unimarc", "cnmarc", "pica"}:
                wrong.append((path.name, formats))
    assert wrong == []
