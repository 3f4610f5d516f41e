"""What systems of libraries answer, read without a network: SRU by cases, SIP2 messages, ILS-DI, mappings."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdings.foreign_xml import day_of
from holdings.lookup import LookupFailed
from holdings.lookups import ils_di, mapped, sip2, sru

CASES = tomllib.loads((Path(__file__).parents[2] / "cases" / "lookups" / "sru.toml").read_text("utf-8"))[
    "case"
]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_an_answer_of_sru_is_read(case: dict[str, Any]) -> None:
    if "error" in case:
        with pytest.raises(LookupFailed) as caught:
            sru.read(case["xml"].encode())
        assert caught.value.code == case["error"]
        assert all(word in str(caught.value) for word in case.get("words", []))
        return
    found = sru.read(case["xml"].encode())
    assert found.status == case["status"]
    assert (found.error == "not-found") is case.get("not_found", False)
    if "copies" in case:
        assert [
            [c.status, c.call_number, f"{c.department} {c.location}".strip(), c.due] for c in found.copies
        ] == case["copies"]


def test_items_of_marc_are_read_as_an_endpoint_says() -> None:
    record = '<record><datafield tag="900"><subfield code="s">OUT</subfield><subfield code="n">X 1</subfield></datafield></record>'
    answer = f"<searchRetrieveResponse><records><record><recordData>{record}</recordData></record></records></searchRetrieveResponse>"
    options = {"tag": "900", "status": "s", "call_number": "n", "statuses": {"OUT": "on-loan"}}
    (copy,) = sru.read(answer.encode(), options).copies
    assert (copy.status, copy.call_number) == ("on-loan", "X 1")


def test_a_sip2_checksum_makes_the_sum_zero() -> None:
    # Messages of the protocol's own document, and of a system in use.
    assert sip2.packed("99", "00302.00", (), "utf-8", "1") == b"9900302.00AY1AZFCA5"
    message = sip2.unpacked(b"941AY1AZFDFC", "utf-8")
    assert message is not None
    assert (message.code, message.fixed, message.sequence) == ("94", "1", "1")


@pytest.mark.parametrize(
    ("line", "status", "due", "queue"),
    [
        (b"18030001", "available", "", None),
        (b"18040001", "on-loan", "2031-02-03", 2),
        (b"18050001", "on-loan", "2031-02-03", 2),
        (b"18070001", "on-loan", "2031-02-03", 2),
        (b"18080001", "unavailable", "", 2),
        (b"18120001", "unavailable", "", 2),
        (b"18130001", "unavailable", "", 2),
    ],
)
def test_circulation_statuses_of_sip2(line: bytes, status: str, due: str, queue: int | None) -> None:
    rest = b"CF0002|AH20310203    235900|" if queue else b""
    message = sip2.unpacked(line + b"20261121    120000" + rest + b"AB1|AJTitle|AQMain|", "utf-8")
    assert message is not None
    copy = sip2.copy_of(message, "1")
    assert copy is not None
    assert (copy.status, copy.due, copy.queue, copy.location) == (status, due, queue, "Main")


def test_a_damaged_sip2_message_is_none() -> None:
    good = sip2.packed("18", "030001" + "20261121    120000", [("AB", "1"), ("AJ", "红楼梦")], "gb18030", "3")
    message = sip2.unpacked(good, "gb18030")
    assert message is not None
    assert (message.first("AJ"), message.sequence) == ("红楼梦", "3")
    assert sip2.unpacked(good.replace(b"AB1", b"AB2"), "gb18030") is None
    assert sip2.unpacked(b"<html>", "utf-8") is None


@given(st.binary(max_size=80))
def test_no_bytes_make_reading_sip2_fail(data: bytes) -> None:
    sip2.unpacked(data, "utf-8")


def test_field_values_cannot_end_a_sip2_field() -> None:
    assert sip2.packed("17", "", [("AB", "1|AC\r99")], "utf-8", "") == b"17AB1 AC 99|"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("20310203", "2031-02-03"), ("20310203    235900", "2031-02-03"), ("2031-02-03T10:00:00+08:00", "2031-02-03"),
        ("应还日期：2031-02-03", "2031-02-03"), ("02/13/2031", "2031-02-13"), ("13/02/2031", "2031-02-13"),
        ("20311399", ""), ("soon", ""), ("", ""),
    ],
)  # fmt: skip
def test_days_as_systems_write_them(text: str, day: str) -> None:
    assert day_of(text) == day


@pytest.mark.parametrize(
    "answer",
    [
        b"<GetAvailability><code>MissingParameter</code></GetAvailability>",
        b"<html/>",
        b"nothing",
        b"<OpenSearchDescription/>",
    ],
)
def test_what_is_no_answer_of_ils_di_is_an_error(answer: bytes) -> None:
    with pytest.raises(LookupFailed):
        ils_di.read(answer)


def test_possibly_available_is_not_available() -> None:
    ns = 'xmlns:dlf="http://diglib.org/ilsdi/1.1"'
    simple = "<dlf:simpleavailability><dlf:identifier>7</dlf:identifier><dlf:availabilitystatus>possibly available</dlf:availabilitystatus></dlf:simpleavailability>"
    answer = (
        f'<dlf:collection {ns}><dlf:record><dlf:bibliographic id="7"/>{simple}</dlf:record></dlf:collection>'
    )
    assert ils_di.read(answer.encode())["7"].status == "unknown"


def test_a_mapping_takes_the_longest_word_that_fits() -> None:
    options = {
        "copies": "*",
        "fields": {"status": "s"},
        "statuses": {"借": "available", "借出": "on-loan"},
    }
    found = mapped.read('[{"s":"借出-应还日期：2031-02-03"},{"s":"借阅"},{"s":"外星"}]'.encode(), options)
    assert [(c.status, c.due) for c in found.copies] == [
        ("on-loan", "2031-02-03"),
        ("available", ""),
        ("unknown", ""),
    ]


@pytest.mark.parametrize(
    ("data", "options"),
    [
        (b"not json", {"copies": "a", "fields": {}}),
        (b"{}", {"copies": "a.b", "fields": {}}),
        (b"[]", {"copies": 3, "fields": {}}),
        (b"<p/>", {"format": "html", "copies": "//[", "fields": {}}),
        (b"<p", {"format": "xml", "copies": "//p", "fields": {}}),
        (b"", {"format": "html", "copies": "//p", "fields": {}}),
    ],
)
def test_what_a_mapping_does_not_fit_is_an_error(data: bytes, options: dict[str, Any]) -> None:
    with pytest.raises(LookupFailed):
        mapped.read(data, options)
