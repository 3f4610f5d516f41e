"""Damaged files through the command line: a clear message, a report, and the good records of the same file are in."""

from __future__ import annotations

import gzip
import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from waiting import not_hung

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "ereader" / "demo"
MRC = (DEMO / "yunshan" / "books.mrc").read_bytes()
GBK = (DEMO / "beiyuan" / "books.gbk.iso").read_bytes()
XML = (DEMO / "xiling" / "special.marcxml").read_bytes()
OAI = (DEMO / "nantang" / "theses.oai.xml").read_bytes()
RIS = (DEMO / "jianghai" / "articles.ris").read_bytes()
WHOLE = MRC.count(b"\x1d")

BOMB = b"""<?xml version="1.0"?>
<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>
<collection xmlns="http://www.loc.gov/MARC21/slim"><record><leader>00000nam a2200000 i 4500</leader>
<datafield tag="245" ind1="0" ind2="0"><subfield code="a">&c;</subfield></datafield></record></collection>"""
OUTSIDE = b"""<?xml version="1.0"?>
<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<collection xmlns="http://www.loc.gov/MARC21/slim"><record><leader>00000nam a2200000 i 4500</leader>
<datafield tag="245" ind1="0" ind2="0"><subfield code="a">&x;</subfield></datafield></record></collection>"""
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
)


def ereader(home: Path, *words: str, timeout: float = 300) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ereader", "--home", str(home), *words],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


def load(home: Path, file: Path) -> tuple[int, dict[str, int], str]:
    done = ereader(home, "load", str(file), "--library", "a", "--repository", "a", "--create", "--json")
    lines = done.stdout.splitlines()
    return done.returncode, json.loads(lines[-1]) if lines else {}, done.stderr


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.mrc", b""),
        ("blank.mrc", b" \r\n \n"),
        ("picture.mrc", PNG + bytes(range(256)) * 8),
        ("noise.mrc", random.Random(1).randbytes(50_000)),
        ("page.mrc", b"<!doctype html><html><body><p>404 Not Found</p></body></html>"),
        ("bomb.xml", BOMB),
        ("outside.xml", OUTSIDE),
        ("nested.mrc.gz.gz", gzip.compress(gzip.compress(MRC))),
    ],
)
def test_what_is_no_catalogue_is_refused_as_a_whole_and_changes_nothing(
    name: str, content: bytes, tmp_path: Path
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    status, counts, told = load(tmp_path / "home", file)
    assert status == 2, told
    assert counts == {}
    assert name in told
    assert "Traceback" not in told
    assert "root:" not in told
    assert "source records" not in told
    stats = ereader(tmp_path / "home", "stats").stdout
    assert "a" not in [line.split()[0] for line in stats.splitlines() if line.startswith("  ")]


def cut_in_the_middle(data: bytes) -> bytes:
    return data[: len(data) * 2 // 3]


def noise_between(data: bytes) -> bytes:
    first, rest = data.split(b"\x1d", 1)
    return first + b"\x1d" + random.Random(2).randbytes(3000).replace(b"\x1d", b"") + b"\x1d" + rest


def wrong_lengths(data: bytes) -> bytes:
    return b"\x1d".join(b"00042" + record[5:] if record else record for record in data.split(b"\x1d"))


def lines_between(data: bytes) -> bytes:
    return b"# exported on Monday\r\n" + data.replace(b"\x1d", b"\x1d\r\n")


@pytest.mark.parametrize(
    ("name", "damage", "data", "at_least"),
    [
        ("cut.mrc", cut_in_the_middle, MRC, 95),
        ("noise.mrc", noise_between, MRC, WHOLE - 1),
        ("lengths.mrc", wrong_lengths, MRC, WHOLE),
        ("lines.mrc", lines_between, MRC, WHOLE),
        ("cut.iso", cut_in_the_middle, GBK, 115),
        ("cut.xml", cut_in_the_middle, XML, 85),
        ("cut.oai.xml", cut_in_the_middle, OAI, 11),
        ("cut.ris", cut_in_the_middle, RIS, 27),
    ],
)
def test_the_good_records_of_a_damaged_file_are_in(
    name: str, damage: Callable[[bytes], bytes], data: bytes, at_least: int, tmp_path: Path
) -> None:
    file = tmp_path / name
    file.write_bytes(damage(data))
    status, counts, told = load(tmp_path / "home", file)
    assert status in (0, 1), told
    assert counts["new"] >= at_least
    assert (status == 1) == (counts["refused"] > 0)
    assert "Traceback" not in told
    if counts["refused"]:
        assert name in told


def test_a_gigabyte_of_zeros_is_refused_soon(tmp_path: Path) -> None:
    file = tmp_path / "zeros.mrc.gz"
    block = bytes(1 << 20)
    with gzip.open(file, "wb", compresslevel=1) as packed:
        for _ in range(1024):
            packed.write(block)
    with not_hung(60):
        status, _, told = load(tmp_path / "home", file)
    assert status == 2, told
    assert "zeros.mrc.gz" in told


def test_check_writes_a_report_of_a_damaged_file(tmp_path: Path) -> None:
    file = tmp_path / "cut.mrc"
    file.write_bytes(cut_in_the_middle(MRC))
    done = ereader(tmp_path / "home", "check", str(file), "--report", str(tmp_path / "report"))
    assert done.returncode in (0, 1)
    written = {path.suffix: path.read_text("utf-8-sig") for path in (tmp_path / "report").iterdir()}
    assert "record-truncated" in written[".csv"]
    assert "record-truncated" in written[".html"]
