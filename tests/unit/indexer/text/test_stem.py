"""Base forms of inflected words."""

from __future__ import annotations

import pytest

from indexer.text.stem import MARK, bases, forms, languages, marked, stem


@pytest.mark.parametrize(
    ("language", "word", "base"),
    [
        ("eng", "libraries", "library"),
        ("eng", "classes", "class"),
        ("eng", "houses", "house"),
        ("eng", "churches", "church"),
        ("eng", "women", "woman"),
        ("eng", "theses", "thesis"),
        ("eng", "class", "class"),
        ("eng", "physics", "physics"),
        ("eng", "status", "status"),
        ("eng", "news", "news"),
        ("eng", "his", "his"),
        ("fra", "journaux", "journal"),
        ("deu", "bucher", "buch"),
        ("spa", "luces", "luz"),
        ("ita", "biblioteche", "biblioteca"),
        ("por", "nacoes", "nacao"),
        ("rus", "истории", "истор"),
        ("xyz", "libraries", "libraries"),
    ],
)
def test_only_number_and_case_are_taken_off(language: str, word: str, base: str) -> None:
    assert stem(word, language) == base


@pytest.mark.parametrize(
    ("one", "other"), [("university", "universe"), ("organ", "organization"), ("general", "generation")]
)
def test_different_words_have_different_bases(one: str, other: str) -> None:  # fmt: skip
    for language in languages():
        assert stem(one, language) != stem(other, language)


def test_a_document_holds_the_bases_of_inflected_words_only() -> None:
    assert marked("the libraries of modern china", "eng") == f"{MARK}library"
    assert marked("library", "eng") == marked("图书馆", "eng") == marked("libraries", "zho") == ""


def test_a_query_asks_for_the_base_as_a_word_and_marked() -> None:
    assert forms("library") == (f"{MARK}library",)
    assert set(forms("libraries")) >= {"library", f"{MARK}library"}
    assert forms("c++") == forms("12th") == forms("图") == forms("a") == ()
    assert all(len(bases(word)) <= 3 for word in ("libraries", "naciones", "bibliotheken"))


def test_every_inflected_word_finds_and_is_found_by_its_base() -> None:
    for language, word, base in (
        ("eng", "cities", "city"),
        ("deu", "frauen", "frau"),
        ("nld", "boeken", "boek"),
    ):
        assert set(marked(word, language).split()) & set(forms(base))
        assert base in forms(word)
