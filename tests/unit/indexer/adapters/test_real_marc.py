"""MARC files of other libraries come in whole, in their own characters, and say the same in every form."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from indexer import charset, marc, plugins, recognise
from indexer.marc import Marc
from indexer.marc import syntax as marc_syntax
from indexer.problem import Problem
from indexer.profile import Profile
from indexer.reader import UnreadableFile
from indexer.records.record import Record, Source

pytestmark = pytest.mark.data

FOLDERS = (
    "cnmarc", "unimarc-europe", "ebook-proquest-ntue", "marcxml-princeton", "other-library-formats", "marc21-lc-books",
)  # fmt: skip
MISREAD = re.compile("[Ãâ][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]")


def load(path: Path | io.BytesIO) -> Iterator[tuple[Record | None, list[Problem]]]:
    for raw in recognise.open_file(path, "x"):
        adapter = plugins.adapter_for(raw.format)
        yield adapter.adapt(raw, Profile()) if raw.data and adapter else (None, list(raw.problems))


@pytest.mark.parametrize("folder", FOLDERS)
def test_at_least_99_in_100_records_come_in_without_mojibake(shared_data: Path, folder: str) -> None:
    total = refused = 0
    wrong: list[tuple[str, str]] = []
    for path in sorted((shared_data / folder).iterdir()):
        for record, _ in load(path):
            total += 1
            if record is None:
                refused += 1
                continue
            text = msgspec.json.encode(record).decode()
            odd = {unicodedata.category(character) for character in set(text)} & {"Cn", "Cc", "Cs"}
            if odd or "\ufffd" in text or MISREAD.search(text):
                wrong.append((path.name, record.id))
    assert total
    assert refused * 100 <= total
    assert wrong == []


def test_the_marc8_and_cmarc_forms_of_the_e_books_agree(shared_data: Path) -> None:
    folder = shared_data / "ebook-proquest-ntue"
    western = [record for record, _ in load(folder / "ntuedu_ebooks_marc21_marc8.mrc") if record]
    taiwan = [record for record, _ in load(folder / "ntuedu_ebooks_cmarc_utf8.mrc") if record]
    assert len(western) == len(taiwan) == 38
    assert {record.source.charset for record in western} == {"marc-8"}
    for one, other in zip(western, taiwan, strict=True):
        assert one.id == other.id
        assert (one.title, one.type, one.year) == (other.title, other.type, other.year)
        assert one.contributors == tuple(other.contributors)
    assert {record.type for record in western} == {"ebook"}


def _plain(record: Record | None) -> Record | None:
    return msgspec.structs.replace(record, source=Source()) if record else None


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_cnmarc_is_the_same_in_every_character_set(shared_data: Path, encoding: str) -> None:
    records = [
        marc_syntax.parse(raw, Profile())
        for path in sorted((shared_data / "cnmarc").iterdir())
        for raw in recognise.open_file(path)
    ]
    plain = b"".join(marc.encode(record, "utf-8")[0] for record in records)
    if encoding.startswith("utf-16"):
        data = plain.decode().encode(encoding)
    else:
        data = b"".join(marc.encode(record, encoding)[0] for record in records)
    found = [_plain(record) for record, _ in load(io.BytesIO(data))]
    assert len(found) == 10
    assert found == [_plain(record) for record, _ in load(io.BytesIO(plain))]


def test_marc8_holds_what_utf8_holds(shared_data: Path) -> None:
    for number, raw in enumerate(
        recognise.open_file(shared_data / "marc21-lc-books" / "lc_books_2016_chinese.mrc.gz")
    ):
        if number % 20:
            continue
        record = marc.decode(raw.data)
        again = marc.decode(marc.encode(record, "marc-8")[0])
        assert again.charset == "marc-8"
        assert again.fields == record.fields


def test_misread_records_are_mended_or_reported(shared_data: Path) -> None:
    folder = shared_data / "marcxml-princeton"
    titles = {}
    for name in ("9948545023506421", "9959060243506421", "9981818493506421"):
        ((record, problems),) = load(folder / f"{name}.mrx")
        assert record is not None
        titles[name] = record.title
        assert "mojibake-mended" in [problem.code for problem in problems]
        lost = charset.LOST in msgspec.json.encode(record).decode()
        assert lost == ("mojibake-lost" in [problem.code for problem in problems])
    assert titles == {
        "9948545023506421": "فوائد فقهية",
        "9959060243506421": "شرح صغرى السنوسي",
        "9981818493506421": "浄〓玄論",
    }


def test_any_half_of_a_real_file_gives_its_whole_records(shared_data: Path) -> None:
    data = (shared_data / "marc21-lc-books" / "lc_books_2014_first100.mrc").read_bytes()
    whole = {record.id for record, _ in load(io.BytesIO(data)) if record}
    for cut in range(1000, len(data), 9973):
        expected = data[:cut].count(b"\x1d")
        found = [record.id for record, _ in load(io.BytesIO(data[:cut])) if record]
        assert len(found) == expected
        assert set(found) <= whole
        try:
            tail = [record.id for record, _ in load(io.BytesIO(data[cut:])) if record]
        except UnreadableFile:
            continue
        assert len(tail) >= 100 - expected - 1


def test_a_marc_record_survives_a_round_through_the_writer(shared_data: Path) -> None:
    for raw in recognise.open_file(shared_data / "ebook-proquest-ntue" / "ntuedu_ebooks_cmarc_utf8.mrc"):
        record = marc.decode(raw.data)
        again = marc.decode(marc.encode(Marc(record.leader, record.fields))[0])
        assert again.fields == record.fields
        assert again.problems == []
