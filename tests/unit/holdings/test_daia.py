"""DAIA as others answer it, by cases, and as we answer it, by rules."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdings.availability import (
    SERVICES,
    STATUSES,
    Copy,
    Limitation,
    Use,
    due_of,
    queue_of,
    status_of,
    summed,
)
from holdings.daia import read, response
from holdings.daia.write import Told

CASES = tomllib.loads((Path(__file__).parents[2] / "cases" / "daia" / "reading.toml").read_text("utf-8"))[
    "case"
]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_response_is_read(case: dict[str, Any]) -> None:
    daia = read(case["json"])
    items = [item for document in daia.documents for item in document.items]
    assert [p.code for p in daia.problems] == case.get("codes", [])
    assert daia.valid is case["valid"]
    if "statuses" in case:
        assert [status_of(item.uses) for item in items] == case["statuses"]
    if "due" in case:
        assert due_of(items[0].uses)[:10] == case["due"]
        assert queue_of(items[0].uses) == case["queue"]
    if "messages" in case:
        said = [
            *daia.messages,
            *(m for d in daia.documents for m in d.messages),
            *(m for i in items for m in i.messages),
        ]
        assert said == case["messages"]
    assert (daia.refusal.error if daia.refusal else "") == case.get("refusal", "")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inside: (
        st.lists(inside, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "document",
                    "item",
                    "available",
                    "unavailable",
                    "service",
                    "id",
                    "limitation",
                    "institution",
                    "storage",
                    "queue",
                    "expected",
                    "delay",
                    "message",
                    "label",
                ]
            ),
            inside,
            max_size=5,
        )
    ),
    max_leaves=30,
)


@given(JSON)
def test_nothing_that_is_json_makes_reading_fail(value: Any) -> None:
    read(json.dumps(value))


def test_a_queue_of_any_length_is_no_fault_of_ours() -> None:
    """Digits in quotation marks are read as the number they say, as far as a queue can be that long."""
    for said, queue in (("3", 3), ("9" * 5_000, None), ("³", None), ("-1", None)):
        item = {"unavailable": [{"service": "loan", "queue": said}]}
        answer = read(json.dumps({"document": [{"id": "urn:x:1", "item": [item]}]}))
        (document,) = answer.documents
        assert queue_of(document.items[0].uses) == queue
        assert "queue" in [problem.code for problem in answer.problems]


@given(st.binary(max_size=60))
def test_nothing_at_all_makes_reading_fail(data: bytes) -> None:
    read(data)


TEXT = st.text(max_size=12)
URL = st.sampled_from(["", "https://a.example/x?y=1", "javascript:alert(1)", "no url", "urn:x:1"])
LIMITATION = st.builds(Limitation, st.sampled_from(["", "urn:x:limit", "bad id"]), URL, TEXT)
USE = st.builds(
    Use,
    st.sampled_from([*SERVICES, "http://example.org/digitize"]),
    st.booleans(),
    URL,
    st.sampled_from(["", "PT2H", "unknown", "two hours"]),
    st.sampled_from(["", "2031-01-02", "unknown", "soon"]),
    st.none() | st.integers(0, 9),
    st.lists(LIMITATION, max_size=2).map(tuple),
)
COPY = st.builds(
    Copy, st.sampled_from(STATUSES), st.sampled_from(["", "urn:x:1", "urn:x:2", "no uri"]), TEXT, TEXT, TEXT, TEXT, TEXT,
    st.sampled_from(["", "2031-01-02", "unknown"]), st.none() | st.integers(0, 9), TEXT, URL, st.lists(USE, max_size=4).map(tuple),
)  # fmt: skip


@given(st.lists(COPY, max_size=4), TEXT, URL)
def test_whatever_is_known_the_response_is_valid(copies: list[Copy], words: str, url: str) -> None:
    told = Told("urn:x:doc", "asked", url, words, ((words, "urn:x:branch", summed(copies)),), ((url, True),))
    made = response([told], {"href": "https://lib.example/", "content": "Library"}, "2026-11-21T17:23:08Z")
    daia = read(json.dumps(made))
    assert [p for p in daia.problems if p.severity == "error"] == []
    assert daia.documents[0].requested == "asked"


@given(st.sampled_from(STATUSES))
def test_a_status_said_in_services_is_read_as_the_same_status(status: Any) -> None:
    told = Told("urn:x:doc", "", "", "", (("", "", summed([Copy(status, call_number="I1")])),))
    daia = read(json.dumps(response([told], {}, "")))
    assert status_of(daia.documents[0].items[0].uses) == status
