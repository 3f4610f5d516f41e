"""MARC-8 both ways."""

from __future__ import annotations

import pytest
from pymarc.marc8 import marc8_to_unicode

from indexer import marc8

TEXTS = [
    "plain ASCII",
    "Łódź, Ōe Kenzaburō, García, Übersetzung",
    "Tatʹi︠a︡na Kravchenko",
    "Lịch sử kháng chiến",
    "中國文學 经济",
    "한국어 연구",
    "日本語の研究",
    "Пушкин и Łódź",
    "Ελληνικά",
    "שלום",
    "العربية",
    "CO₂ and 10³",
]


@pytest.mark.parametrize("text", TEXTS)
def test_what_is_written_is_read_again(text: str) -> None:
    data, missing = marc8.from_text(text)
    assert (missing, marc8.to_text(data)) == (0, (text, 0))


@pytest.mark.parametrize("text", TEXTS[:4] + TEXTS[4:7])
def test_reads_as_pymarc_does(text: str) -> None:
    data, _ = marc8.from_text(text)
    assert marc8.to_text(data)[0] == marc8_to_unicode(data)


def test_a_character_without_code_travels_as_a_reference() -> None:
    data, missing = marc8.from_text("𠮷野家 a")
    assert missing == 1
    assert b"&#x20BB7;" in data
    assert marc8.to_text(data) == ("𠮷野家 a", 0)


def test_a_forgotten_return_to_latin_ends_at_the_subfield() -> None:
    chinese, _ = marc8.from_text("中國")
    forgotten = b"\x1fa" + chinese.removesuffix(b"\x1b(B") + b"\x1fbplain"
    assert marc8.to_text(forgotten) == ("\x1fa中國\x1fbplain", 0)


def test_an_unknown_code_is_counted_and_marked() -> None:
    assert marc8.to_text(b"\x1b$1\x7e\x7e\x7e\x1b(B x") == ("〓 x", 1)


def test_a_broken_triplet_at_the_end_is_lost_but_does_not_raise() -> None:
    text, lost = marc8.to_text(b"\x1b$1!04!7")
    assert (text[0], lost) == ("中", 1)


def test_escapes_are_told_from_a_stray_escape() -> None:
    assert marc8.has_escapes(b"\x1b$1!04")
    assert marc8.has_escapes(b"\x1bp2\x1bs")
    assert not marc8.has_escapes(b"a\x1b b")
