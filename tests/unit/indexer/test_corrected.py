"""A list of faults with a column filled in becomes records again."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from indexer.corrected import in_marc, is_list, read
from indexer.corrections import COLUMNS
from indexer.reader import Raw, UnreadableFile
from indexer.records.export import one
from indexer.records.record import Identifier, Record, record_uid
from indexer.records.union import SourceRecord

RECORD = Record(
    type="book", id="a1", title="编目手册", year=2001, languages=("zho",),
    identifiers=(Identifier("isbn", "9787020002208", False),), notes=("=1+1",),
)  # fmt: skip


def table(path: Path, *rows: tuple[str, ...], comma: str = ",") -> Path:
    lines = [comma.join(COLUMNS), *(comma.join(row) for row in rows)]
    path.write_text("\r\n".join(lines), "utf-8-sig")
    return path


def row(id: str, value: str, corrected: str, field: str = "") -> tuple[str, ...]:
    return (id, "编目手册", "error", "isbn-checksum", field, value, corrected, "", "", "")


def source() -> SourceRecord:
    return SourceRecord(record_uid("r", "a1"), "pku", "r", "a1", RECORD)


def answers(path: Path, raw: Raw | None = None) -> list[Raw]:
    held = source()
    return list(read(path, "r", lambda uids: [held] if held.uid in list(uids) else [], lambda uid: raw))


def test_a_value_of_a_record_is_replaced_and_judged_anew(tmp_path: Path) -> None:
    (raw,) = answers(table(tmp_path / "c.csv", row("a1", "9787020002208", "9787020002207")))
    made = msgspec.json.decode(raw.data)
    assert raw.format == "record" and made["title"] == "编目手册"
    assert made["identifiers"][0]["value"] == "9787020002207" and "valid" not in made["identifiers"][0]


@pytest.mark.parametrize("comma", [",", ";"])
def test_a_spreadsheet_programs_semicolons_and_apostrophes_are_understood(tmp_path: Path, comma: str) -> None:
    path = table(tmp_path / "c.csv", row("a1", "'=1+1", "'=2"), comma=comma)
    assert is_list(path)
    (raw,) = answers(path)
    assert msgspec.json.decode(raw.data)["notes"] == ["=2"]


def test_marc_is_corrected_in_its_own_bytes(tmp_path: Path) -> None:
    data = one(RECORD, "marc21")[0]
    path = table(tmp_path / "c.csv", row("a1", "编目手册", "中文编目手册", "245$a"))
    (raw,) = answers(path, Raw("marc21", data, 1, charset="utf-8"))
    assert (raw.format, int(raw.data[:5])) == ("marc21", len(raw.data))
    assert raw.data.count(b"\x1e") == data.count(b"\x1e") and "中文编目手册".encode() in raw.data
    base = int(raw.data[12:17])
    for at in range(24, base - 1, 12):
        length, start = int(raw.data[at + 3 : at + 7]), int(raw.data[at + 7 : at + 12])
        assert raw.data[base + start + length - 1 : base + start + length] == b"\x1e"


@pytest.mark.parametrize(
    "change",
    [
        ("300$a", "编目手册", "x"),
        ("245$a", "nothing", "x"),
        ("245$a", "编目手册", "a\x1eb"),
        ("245$a", "", "x"),
    ],
)
def test_what_does_not_stand_in_the_field_is_not_guessed(change: tuple[str, str, str]) -> None:
    assert in_marc(one(RECORD, "marc21")[0], change, "utf-8") is None


@pytest.mark.parametrize(
    "data", [b"", b"00024" + b" " * 19 + b"\x1d", b"99999nam  2299999" + b"x" * 40 + b"\x1d"]
)
def test_broken_marc_is_no_error(data: bytes) -> None:
    assert in_marc(data, ("245$a", "a", "b"), "utf-8") is None


def test_what_cannot_be_placed_is_refused_with_a_reason(tmp_path: Path) -> None:
    path = table(tmp_path / "c.csv", row("a1", "no such value", "x"), row("b2", "a", "b"))
    codes = [[p.code for p in raw.problems] for raw in answers(path)]
    assert codes == [["correction-not-found"], ["correction-unknown"]]
    assert all(not raw.data for raw in answers(path))


def test_a_list_in_which_nothing_is_filled_in_changes_nothing(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="nothing is filled in"):
        answers(table(tmp_path / "c.csv", row("a1", "9787020002208", "")))


def test_other_tables_are_no_such_list(tmp_path: Path) -> None:
    path = tmp_path / "books.csv"
    path.write_text("id,title,severity,code,field,value\n1,a,b,c,d,e\n", "utf-8")
    assert not is_list(path) and not is_list(tmp_path / "missing.csv")
