"""Forms with files, taken apart as they come: whole or not at all, within limits, whatever the pieces are."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from ereader import uploads
from ereader.uploads import Upload
from ereader.web import upload
from ereader.web.upload import Taker

KEY = "k" * 64
BOUNDARY = b"boundary9"


def part(name: str, value: bytes, file: str | None = None) -> bytes:
    shown = f'form-data; name="{name}"' + (f'; filename="{file}"' if file is not None else "")
    return b"--" + BOUNDARY + b"\r\nContent-Disposition: " + shown.encode() + b"\r\n\r\n" + value + b"\r\n"


def form(*parts: bytes) -> bytes:
    return b"".join(parts) + b"--" + BOUNDARY + b"--\r\n"


def take(home: Path, body: bytes, most: int = 10_000_000, pieces: int = 0) -> Taker:
    taker = Taker(home, KEY, most)
    taker.begin(BOUNDARY)
    for at in range(0, len(body), pieces or len(body)):
        taker.take(body[at : at + (pieces or len(body))])
    return taker


def files_in(home: Path) -> list[str]:
    return sorted(p.relative_to(home).as_posix() for p in home.rglob("*") if p.is_file())


@pytest.mark.parametrize("pieces", [1, 2, 7, 64, 100_000])
def test_a_form_is_the_same_in_whatever_pieces_it_comes(tmp_path: Path, pieces: int) -> None:
    data = random.Random(7).randbytes(5_000) + b"\r\n--" + BOUNDARY[:5] + b"\r\n"
    body = form(
        part("csrf", KEY.encode()), part("files", data, "书 目.mrc"), part("note", "甲\r\n乙".encode())
    )
    taker = take(tmp_path, body, pieces=pieces)
    assert (taker.fault, taker.whole) == ("", True)
    assert taker.pairs == [("csrf", KEY), ("files", "书 目.mrc"), ("note", "甲\r\n乙")]
    assert (taker.folder / "书 目.mrc").read_bytes() == data


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (form(part("files", b"x", "a.mrc")), "key"),
        (form(part("files", b"x", "a.mrc"), part("csrf", KEY.encode())), "key"),
        (form(part("csrf", b"other"), part("files", b"x", "a.mrc")), "key"),
        (form(part("csrf", "é".encode("latin-1"))), "key"),
        (form(part("note", b"x")), "key"),
        (form(part("csrf", KEY.encode()), *(part("f", b"x", "a") for _ in range(uploads.MOST_FILES + 1))), "too-many"),
        (form(part("csrf", KEY.encode()), *(part("f", b"x") for _ in range(upload.MOST_FIELDS + 1))), "too-many"),
        (form(part("csrf", KEY.encode()), part("note", b"x" * (upload.MOST_VALUE + 1))), "too-large"),
        (form(part("csrf", KEY.encode()), part("f", b"x" * 20_000, "a")), "too-large"),
        (b"no form at all", "broken"),
        (b"--" + BOUNDARY + b"\r\nX: " + b"y" * 9_000 + b"\r\n\r\n\r\n--" + BOUNDARY + b"--\r\n", "broken"),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)  # fmt: skip
def test_what_is_no_form_of_ours_leaves_nothing(tmp_path: Path, body: bytes, fault: str) -> None:
    taker = take(tmp_path, body, 10_000 if b"x" * 20_000 in body else 10_000_000)
    assert (taker.fault, taker.whole) == (fault, False)
    taker.close()
    assert files_in(tmp_path) == []


def test_a_form_that_breaks_off_is_not_whole_and_leaves_nothing(tmp_path: Path) -> None:
    body = form(part("csrf", KEY.encode()), part("files", b"x" * 1000, "a.mrc"))
    taker = take(tmp_path, body[:-30])
    assert not taker.whole and files_in(tmp_path)
    taker.close()
    assert files_in(tmp_path) == []


def test_files_that_nobody_has_noted_do_not_stay(tmp_path: Path) -> None:
    taker = take(tmp_path, form(part("csrf", KEY.encode()), part("files", b"x", "a.mrc")))
    uploads.keep(tmp_path, Upload(taker.id, "pku", "anna", files=tuple(taker.files)))
    taker.close()
    found = uploads.find(tmp_path, taker.id, "pku")
    assert found is not None and [p.read_bytes() for p in uploads.paths(tmp_path, found)] == [b"x"]
    assert uploads.find(tmp_path, taker.id, "fudan") is None
    other = take(tmp_path, form(part("csrf", KEY.encode()), part("files", b"y", "b.mrc")))
    other.close()
    assert len(list((tmp_path / "uploads").iterdir())) == 1


@pytest.mark.parametrize(
    "given",
    ["../../settings.toml", "..\\..\\x", "/etc/passwd", "upload.json", "UPLOAD.JSON", "mapping.toml", ".hidden", "", "..",
     "a\x00b", "a\nb", "x" * 400 + ".mrc", "书" * 200 + ".marcxml.gz", "con.", "a/b/../c"],
)  # fmt: skip
def test_no_name_leads_out_of_its_folder_or_stands_for_ours(given: str) -> None:
    name = uploads.safe_name(given, set())
    assert name and "/" not in name and "\\" not in name and not name.startswith(".")
    assert name.lower() not in {uploads.NOTE, uploads.MAPPING} and name.isprintable()
    assert len(name.encode()) <= 160
    again = uploads.safe_name(given, {name})
    assert again.lower() != name.lower()


def test_endings_stay_for_they_tell_packed_files(tmp_path: Path) -> None:
    assert uploads.safe_name("书" * 200 + ".mrc.gz", set()).endswith(".gz")


@pytest.mark.parametrize("id", ["", "..", "../x", "0" * 23, "0" * 25, "G" * 24, "0" * 24])
def test_what_can_be_no_upload_is_none(tmp_path: Path, id: str) -> None:
    assert uploads.find(tmp_path, id, "pku") is None


def test_old_uploads_and_remains_are_removed(tmp_path: Path) -> None:
    clock = [1_000_000_000.0]
    whole, _ = uploads.begin(tmp_path)
    uploads.keep(tmp_path, Upload(whole, "pku", "anna"))
    _, remains = uploads.begin(tmp_path)
    clock[0] = time.time() + uploads.BROKEN_OFF + 60
    uploads.begin(tmp_path, lambda: clock[0])
    assert not remains.exists() and uploads.find(tmp_path, whole, "pku")
    clock[0] = time.time() + uploads.KEPT + 60
    uploads.begin(tmp_path, lambda: clock[0])
    assert uploads.find(tmp_path, whole, "pku") is None
