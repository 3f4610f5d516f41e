"""ISO 2709 files are cut by what they are, not by what their leaders say."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import marc
from indexer.marc import Marc
from indexer.profile import Profile
from indexer.reader import Raw
from indexer.readers.iso2709 import READER, family_of


def record(number: int) -> bytes:
    fields = [
        ("001", f"id{number}"),
        ("008", "000906s1998    ch a     b    000 0 chi  "),
        marc.field("245", "10", [("a", f"Title {number} 书名 :"), ("b", "x" * (number * 7 % 90) + " /")]),
        marc.field("260", "  ", [("a", "北京 :"), ("b", "出版社,"), ("c", "1998.")]),
    ]
    return marc.encode(Marc("00000nam a2200000 a 4500", fields))[0]


RECORDS = [record(number) for number in range(40)]
IDS = [f"id{number}" for number in range(40)]


def read(data: bytes, format: str = "iso2709") -> list[Raw]:
    return list(READER.read(io.BytesIO(data), format, "x.mrc", Profile()))


def ids(raws: list[Raw]) -> list[str]:
    found = (marc.decode(raw.data) for raw in raws if raw.data)
    return [one.fields[0][1] for one in found if one.fields]


def test_positions_and_offsets_lead_to_the_record() -> None:
    data = b"".join(RECORDS)
    raws = read(data)
    assert [raw.position for raw in raws] == list(range(1, 41))
    assert all(data[raw.offset : raw.offset + len(raw.data)] == raw.data for raw in raws)


@pytest.mark.parametrize(
    "between", [b"\n", b"\r\n", b"\x00" * 700, b"\r\n-- exported 2020-01-01 --\r\n", b"\x1a", b"\x1d"]
)
def test_what_stands_between_records_is_passed_over(between: bytes) -> None:
    assert ids(read(between.join(RECORDS) + between)) == IDS


@pytest.mark.parametrize("length", [b"00000", b"99999", b"00030", b"     ", b"-----"])
def test_lying_lengths_do_not_matter(length: bytes) -> None:
    assert ids(read(b"".join(length + one[5:] for one in RECORDS))) == IDS


def test_lengths_that_lead_to_the_end_of_a_later_record_do_not_swallow_it() -> None:
    joined = b"%05d" % (len(RECORDS[0]) + len(RECORDS[1])) + RECORDS[0][5:] + RECORDS[1]
    assert ids(read(joined + b"".join(RECORDS[2:]))) == IDS


def test_records_without_terminator_are_told_apart_by_their_leaders() -> None:
    assert ids(read(b"".join(one[:-1] for one in RECORDS))) == IDS


def test_a_record_that_breaks_off_costs_only_itself() -> None:
    data = b"".join(one[: len(one) // 2] if number % 5 == 0 else one for number, one in enumerate(RECORDS))
    assert ids(read(data)) == [name for number, name in enumerate(IDS) if number % 5]


def test_a_file_that_breaks_off_gives_what_is_whole() -> None:
    data = b"".join(RECORDS)[:-40]
    raws = read(data)
    assert ids(raws) == IDS[:-1]
    assert marc.decode(raws[-1].data).problems[0].code == "record-truncated"


def test_a_terminator_inside_a_field_does_not_cut_the_record() -> None:
    broken = [one.replace("书名".encode(), b"\x1d\x1d") for one in RECORDS]
    assert ids(read(b"".join(broken))) == IDS


def test_records_longer_than_the_leader_can_say() -> None:
    long = Marc(
        "00000nam a2200000 a 4500",
        [("001", "long"), ("245", "10\x1faT"), ("520", "  \x1fa" + "y" * 3_000_000)],
    )
    data = RECORDS[0] + marc.encode(long)[0] + RECORDS[1]
    assert ids(read(data)) == ["id0", "long", "id1"]


def test_noise_between_records_is_left_out_and_long_noise_is_told() -> None:
    noise = random.Random(1).randbytes(200_000)
    raws = read(RECORDS[0] + noise + RECORDS[1])
    assert ids(raws)[0] == "id0"
    assert ids(raws)[-1] == "id1"
    assert "not-a-record" in {problem.code for raw in raws for problem in raw.problems}


@pytest.mark.parametrize(
    "lost",
    [
        b"#" * 60 + RECORDS[5][60:],  # a record whose leader and directory are destroyed
        bytes(random.Random(3).randbytes(300)),
    ],
)
def test_short_remains_that_are_no_text_are_told(lost: bytes) -> None:
    raws = read(RECORDS[0] + lost + RECORDS[1])
    assert ids(raws) == ["id0", "id1"]
    told = [problem for raw in raws for problem in raw.problems]
    assert [(problem.code, problem.severity) for problem in told] == [("not-a-record", "error")]
    assert str(len(RECORDS[0])) in told[0].message


def test_memory_is_constant_for_an_endless_file() -> None:
    class Endless(io.RawIOBase):
        given = 0

        def readable(self) -> bool:
            return True

        def read(self, size: int = -1) -> bytes:
            self.given += 1
            return b"".join(RECORDS) * 30 if self.given < 200 else b""

    raws: Iterator[Raw] = READER.read(Endless(), "iso2709", "", Profile())  # type: ignore[arg-type]
    number = count()
    for raw in raws:
        next(number)
        assert len(raw.data) < 1000
    assert next(number) == 199 * 30 * 40


def test_the_family_is_decided_for_each_record() -> None:
    unimarc = Marc(
        "00000nam0 2200000   450 ",
        [
            ("001", "u"),
            ("100", "  \x1fa20120517d2012    em y0chiy0110    ea"),
            ("200", "1 \x1fa题名"),
            ("690", "  \x1faI"),
        ],
    )
    data = RECORDS[0] + marc.encode(unimarc)[0]
    assert [raw.format for raw in read(data)] == ["marc21", "cnmarc"]
    assert [raw.format for raw in read(data, "marc21")] == ["marc21", "marc21"]
    assert family_of(b"") == "marc21"


@given(st.binary(max_size=2000))
def test_any_bytes_are_cut_without_an_exception(data: bytes) -> None:
    raws = read(data)
    assert sum(len(raw.data) for raw in raws) <= len(data)


@given(st.integers(0, 100_000))
def test_mutated_files_are_cut_without_loss_of_untouched_records(seed: int) -> None:
    random_ = random.Random(seed)
    parts = list(RECORDS[:12])
    touched = random_.sample(range(12), 3)
    for number in touched:
        one = bytearray(parts[number])
        at = random_.randrange(len(one))
        one[at : at + random_.randrange(1, 20)] = random_.randbytes(random_.randrange(20))
        parts[number] = bytes(one)
    found = ids(read(b"".join(parts)))
    # A record whose end was destroyed may take the beginning of the next with it, never more.
    spared = {number for number in range(12) if number not in touched and number - 1 not in touched}
    assert {f"id{number}" for number in spared} <= set(found)


@pytest.mark.data
def test_every_iso_file_of_the_working_set_is_cut_whole(shared_data: Path) -> None:
    expected = {
        "unimarc-europe/serial.bnr.1993.mrc": 11,
        "unimarc-europe/short.bnr.1993.mrc": 10,
        "unimarc-europe/short.firenze.1977.mrc": 10,
        "cnmarc/cbip_4records_gbk.iso": 4,
        "ebook-proquest-ntue/ntuedu_ebooks_cmarc_utf8.mrc": 38,
        "ebook-proquest-ntue/ntuedu_ebooks_marc21_marc8.mrc": 38,
        "marc21-lc-books/lc_books_2014_first100.mrc": 100,
        "other-library-formats/music.mrc": 3,
    }
    found = {name: len(ids(read((shared_data / name).read_bytes()))) for name in expected}
    assert found == expected


def test_a_remark_as_long_as_the_head_of_a_leader_is_passed_over() -> None:
    for length in (1, 5, 18, 19, 20, 24, 40):
        remark = (b"*** a remark of some length, then some more ***")[:length]
        raws = read(record(1) + remark + record(2))
        assert [raw.data for raw in raws] == [record(1), record(2)], length


def test_line_ends_behind_the_fields_do_not_shift_coded_values() -> None:
    plain = marc.decode(record(1))
    broken = marc.decode(record(1).replace(b"\x1e", b"\x1e\r\n"))
    assert broken.fields == plain.fields
