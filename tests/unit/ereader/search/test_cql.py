"""CQL becomes a tree, or is refused with the number of its diagnostic; never anything else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ereader.search.cql import CqlRefused, read
from indexer.index.query import And, Everything, Exact, Node, Not, Or, Phrase, Words


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("红楼梦", Words("all", "红楼梦")),
        ('"to be or not"', Words("all", "to be or not")),
        ("dc.title=红楼梦", Words("title", "红楼梦")),
        ("title = dream", Words("title", "dream")),
        ('dc.title all "red dream"', Words("title", "red dream")),
        ('dc.title any "red dream"', Or((Words("title", "red"), Words("title", "dream")))),
        ('dc.title exact "red dream"', Phrase("title", "red dream")),
        ('dc.title == "red dream"', Phrase("title", "red dream")),
        (r'dc.title="a \"b\""', Words("title", 'a "b"')),
        ("bath.isbn=7-02-000220-X", Exact("isbn", "9787020002207")),
        ("bath.issn=1234567x", Exact("issn", "1234-567X")),
        ("cql.allRecords=1", Everything()),
        ("a and b and c", And((Words("all", "a"), Words("all", "b"), Words("all", "c")))),
        ("a AND b or c", Or((And((Words("all", "a"), Words("all", "b"))), Words("all", "c")))),
        ("a not b", And((Words("all", "a"), Not(Words("all", "b"))))),
        ("a and (b or c)", And((Words("all", "a"), Or((Words("all", "b"), Words("all", "c")))))),
    ],
)
def test_a_query_is_read(text: str, tree: Node) -> None:
    assert read(text) == (tree, "")


def test_an_id_names_a_record() -> None:
    assert read("rec.id=abc") == (None, "abc")
    assert read('rec.id = "a b"') == (None, "a b")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("", 27), ('dc.title=""', 27), ("foo.bar=1", 16), ("zzz.title=1", 16), ("dc.title<1", 19), ("dc.title within x", 19),
        ("dc.title=/stem x", 20), ("a*", 28), ("(a", 13), ("a)", 10), ("a and", 10), ('"open', 10), ("a prox b", 37),
        ("a and/x b", 46), ("a sortby title", 80), ("a and rec.id=1", 37), ("(" * 30 + "a" + ")" * 30, 38),
        (" and ".join("a" * 100), 38), ("x" * 5000, 12),
    ],
)  # fmt: skip
def test_what_is_not_understood_has_a_diagnostic(text: str, number: int) -> None:
    with pytest.raises(CqlRefused) as caught:
        read(text)
    assert caught.value.number == number


@given(st.text(alphabet=st.sampled_from('ab红 "\\()=<>/.*andort'), max_size=60))
def test_no_text_does_anything_else(text: str) -> None:
    try:
        read(text)
    except CqlRefused as refused:
        assert refused.number > 0
