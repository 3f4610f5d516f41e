"""Identifiers come into normal form, and are kept and flagged when they do not check."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from record_cases import rows

from indexer.records import identifier


@pytest.mark.parametrize("scheme, text, value, valid, note", rows("identifiers.tsv", 5))
def test_identifier_as_written_has_this_normal_form(
    scheme: str, text: str, value: str, valid: str, note: str
) -> None:
    found = identifier.parse(scheme, text)
    assert (found.value, found.valid) == (value, valid == "yes")
    if note:
        assert found.note == note


@pytest.mark.parametrize(
    "scheme, text, value, valid, note", [row for row in rows("identifiers.tsv", 5) if row[3] == "yes"]
)
def test_normal_form_is_its_own_normal_form(
    scheme: str, text: str, value: str, valid: str, note: str
) -> None:
    first = identifier.parse(scheme, text)
    again = identifier.parse(first.scheme, first.value)
    assert (again.scheme, again.value, again.valid) == (first.scheme, first.value, True)


@pytest.mark.parametrize(
    "text, scheme",
    [
        ("https://doi.org/10.1000/182", "doi"),
        ("10.1000/182", "doi"),
        ("urn:isbn:9787020002207", "isbn"),
        ("ISBN 7-02-000220-X", "isbn"),
        ("9787020002207", "isbn"),
        ("0306406152", "isbn"),
        ("0317-8471", "issn"),
        ("urn:issn:0317-8471", "issn"),
        ("(OCoLC)12345", "oclc"),
        ("CN 11-1234/G2", "cn"),
        ("11-1234/G2", "cn"),
        ("http://hdl.handle.net/2027/mdp.39015", "hdl"),
        ("arXiv:2101.00001", "arxiv"),
        ("http://example.org/x", "uri"),
        ("urn:nbn:de:101:1", "urn"),
        ("CS-TR-82-13", "local"),
        ("1234567890", "local"),
        ("info:lccn/85000002", "lccn"),
    ],
)
def test_scheme_is_guessed_from_the_form(text: str, scheme: str) -> None:
    assert identifier.guess(text).scheme == scheme


def test_printed_music_number_among_isbns_is_an_ismn() -> None:
    assert identifier.isbn("979-0-2306-7118-7").scheme == "ismn"


def test_cell_with_several_numbers_is_split_and_each_counted_once() -> None:
    found = identifier.parse_all("isbn", "7-02-000220-X; 9787020002207, 0306406152")
    assert [item.value for item in found] == ["9787020002207", "9780306406157"]


def test_isbn_goes_to_ten_digits_and_back() -> None:
    assert identifier.to_isbn10("9787020002207") == "702000220X"
    assert identifier.to_isbn10("9791090636071") == ""
    assert identifier.isbn13("702000220X") == "9787020002207"
    assert identifier.isbn13("7020002209") == ""


@settings(deadline=None)
@given(st.integers(min_value=0, max_value=999_999_999))
def test_every_sound_isbn10_becomes_a_sound_isbn13(number: int) -> None:
    body = f"{number:09d}"
    total = sum(weight * int(char) for weight, char in zip(range(10, 1, -1), body, strict=True))
    check = -total % 11
    text = body + ("X" if check == 10 else str(check))
    found = identifier.isbn(text)
    assert found.valid
    assert identifier.to_isbn10(found.value) == text


@settings(deadline=None)
@given(st.sampled_from(["", *sorted({row[0] for row in rows("identifiers.tsv", 5)})]), st.text(max_size=80))
def test_no_text_makes_an_identifier_raise(scheme: str, text: str) -> None:
    found = identifier.parse(scheme, text)
    assert isinstance(found.value, str)
    assert identifier.parse_all(scheme, text) is not None


def test_hostile_length_is_answered_quickly() -> None:
    for scheme in ("isbn", "issn", "doi", "cn", "csbn", "lccn", "oclc", "arxiv", "urn", "zdb", ""):
        identifier.parse(scheme, "1-" * 500_000)
        identifier.parse(scheme, "10.1/" + "(" * 500_000)
