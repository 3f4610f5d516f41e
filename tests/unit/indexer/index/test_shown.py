"""Terms of a key and a shown form: short, and nothing is lost."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from indexer.index.fields import SEPARATOR
from indexer.index.keywords import facet_term, facet_value, title_term
from indexer.index.shown import read_term, term_of
from indexer.text.analyse import key


@pytest.mark.parametrize(
    ("shown", "brief"),
    [
        ("Austen, Jane, 1775-1817", 4),
        ("The history of the decline and fall of the Roman Empire", 11),
        ("way of forgiveness", 1),
        ("Forgiveness--Religious aspects--Catholic Church", 5),
        ("NATO handbook", 2),
        ("Wer bin ich?", 3),
        ("Charis/Servant Publications", 3),
    ],
)
def test_a_heading_takes_a_letter_for_each_word_beside_its_key(shown: str, brief: int) -> None:
    term = facet_term("subject", shown)
    assert facet_value(term) == shown
    assert len(term) - len(key(shown)) - len(SEPARATOR) == brief


@pytest.mark.parametrize("shown", ["红楼梦", "飘", "a`b", "x~y", f"a{SEPARATOR}b", "源氏物語 The tale", ""])
def test_what_cannot_be_made_brief_stands_in_full(shown: str) -> None:
    assert term_of(key(shown), shown) == f"{key(shown)}{SEPARATOR}{SEPARATOR}{shown}"
    assert read_term(term_of(key(shown), shown)) == (key(shown), shown)


@pytest.mark.parametrize(
    "shown",
    [
        "Life's hurts", "D'Arc, Jeanne", "McDonald, Ian", "Müller, Hans", "Достоевский, Фёдор", "(Untitled)",
        "?", "—", "The", "A, B", "L'Étranger", "C++ primer", "ΑΒΓ δέλτα", "İstanbul", "straße STRASSE", "a  b", "  a", "a ",
    ],
)  # fmt: skip
def test_words_that_the_key_has_otherwise_are_kept(shown: str) -> None:
    assert read_term(term_of(key(shown), shown)) == (key(shown), shown)


def test_terms_of_one_key_differ_as_their_shown_forms_do() -> None:
    forms = ["Nature", "nature", "NATURE", "The nature", "Nature.", "Nature (", "The Nature"]
    assert len({title_term(form) for form in forms}) == len(forms)
    assert {term.partition(SEPARATOR)[0] for term in map(title_term, forms)} == {"nature"}


@pytest.mark.parametrize("brief", ["\u2603", "!!!", '"', ""])
def test_what_is_no_such_term_is_shown_as_it_is(brief: str) -> None:
    assert read_term(f"one{SEPARATOR}{brief}") == ("one", brief)


PARTS = (
    "The", "A", "of", "Of", "OF", "life's", "é", "Müller", "梦", "1775", " ", ", ", "-", "--", ". ", "~", "`", "(", "_",
)  # fmt: skip
TEXTS = st.text(max_size=40) | st.lists(st.sampled_from(PARTS), max_size=12).map("".join)


@given(TEXTS)
@example("The The the")
def test_every_text_comes_back(shown: str) -> None:
    assert read_term(term_of(key(shown), shown)) == (key(shown), shown)


@given(TEXTS.map(lambda text: text.replace(SEPARATOR, " ")), TEXTS)
def test_every_text_comes_back_beside_any_key(other: str, shown: str) -> None:
    assert read_term(term_of(other, shown)) == (other, shown)
