"""Citations written as text give journal, volume, issue and pages."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.formats import host_citation


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Revista Z; Vol. 4 Núm. 2 (2015): Tema; 45-67", ("Revista Z", "4", "2", "45-67")),
        ("Revista Z; v. 4, n. 2 (2015); 45-67", ("Revista Z", "4", "2", "45-67")),
        ("Journal of Stuff 3(2): 11-19", ("Journal of Stuff", "3", "2", "11-19")),
        (
            "Letters, Notes & Queries, vol. 3, no. 2, pp. 11-19",
            ("Letters, Notes & Queries", "3", "2", "11-19"),
        ),
        ("某某学报, 1998, 24(3): 12-15", ("某某学报", "24", "3", "12-15")),
        ("某某学报; 2001年第3期; 12-15", ("某某学报", "", "3", "12-15")),
        ("Annals, 2001(3), 1-9", ("Annals", "", "3", "1-9")),
        ("Vol. 3;No. 2", ("", "3", "2", "")),
        ("Series;1234", ("Series", "", "", "")),
    ],
)
def test_parts_of_a_citation(text: str, expected: tuple[str, str, str, str]) -> None:
    assert tuple(host_citation.parse(text)) == expected


@settings(deadline=None)
@given(st.text(max_size=200))
def test_no_text_makes_it_raise(text: str) -> None:
    host_citation.parse(text)
