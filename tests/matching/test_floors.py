"""How good matching is on labelled sets, with floors it must not fall below.

The first half are real records that two sources hold, their identifiers hidden; then real values put together
and distorted by a seeded hand; then groups labelled by hand.
"""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path
from typing import Any

import dirt
import habits
import hand_labelled
import labelled_sets
import msgspec
import pytest
from measuring import answer_of, pairs_of, record_of, score

pytestmark = pytest.mark.data


def test_books_of_two_years_of_one_catalogue(shared_data: Path) -> None:
    records, truth = labelled_sets.lc_versions(shared_data)
    result = score(answer_of(records), truth)
    assert result.precision >= 0.99, result.wrong[:5]
    assert result.recall >= 0.98, result.missed[:5]


def test_ebooks_in_two_formats_and_character_sets(shared_data: Path) -> None:
    records, truth = labelled_sets.ebooks(shared_data)
    result = score(answer_of(records), truth)
    assert result.precision == 1.0, result.wrong[:5]
    assert result.recall >= 0.95, result.missed[:5]


@pytest.mark.parametrize(
    ("collection", "precision", "recall", "asked"),
    [("skqs1", 0.98, 0.95, 0.95), ("skqs2", 0.98, 0.97, 0.97), ("sbck", 0.95, 0.25, 0.55)],
)
def test_old_books_in_two_catalogues(
    shared_data: Path, collection: str, precision: float, recall: float, asked: float
) -> None:
    """The works of 四部叢刊 are other witnesses than those of 四庫全書: that is asked, not joined."""
    records, truth = labelled_sets.old_books(shared_data, collection)
    result = score(answer_of(records), truth)
    assert result.precision >= precision, result.wrong[:5]
    assert result.recall >= recall, result.missed[:5]
    assert result.asked >= asked


def test_journals_in_three_lists_without_their_numbers(shared_data: Path) -> None:
    records, truth = labelled_sets.journal_lists(shared_data)
    result = score(answer_of(records), truth)
    assert result.precision >= 0.98, result.wrong
    assert result.recall >= 0.88
    assert result.asked >= 0.98


def test_collections_of_pictures_in_two_shapes_are_mostly_asked(shared_data: Path) -> None:
    records, truth = labelled_sets.collections(shared_data)
    result = score(answer_of(records), truth)
    assert result.precision >= 0.95, result.wrong[:5]
    assert result.asked >= 0.88


def test_titles_without_anything_else_are_asked(shared_data: Path) -> None:
    records, truth = labelled_sets.papers(shared_data)
    result = score(answer_of(records), truth)
    assert not pairs_of(answer_of(records).clusters)
    assert result.asked >= 0.99


def test_courses_of_several_years_rubbings_and_readings_stay_apart(shared_data: Path) -> None:
    records, truth = labelled_sets.apart(shared_data)
    assert score(answer_of(records), truth).wrong == []


@pytest.mark.parametrize(("dirtiness", "recall"), [(0.5, 0.99), (1.0, 0.985), (2.0, 0.97)])
@pytest.mark.parametrize("seed", [1, 11])
def test_articles_with_slips(shared_data: Path, seed: int, dirtiness: float, recall: float) -> None:
    words = labelled_sets.real_words(shared_data)
    raw, truth = dirt.article_set(seed, 1500, *words, dirt=dirtiness)
    result = score(answer_of({id: record_of(value) for id, value in raw.items()}), truth)
    assert result.precision >= 0.997, result.wrong[:5]
    assert result.recall >= recall, result.missed[:5]


@pytest.mark.parametrize(("dirtiness", "f1", "precision"), [(1.0, 0.92, 0.97), (2.0, 0.78, 0.965)])
@pytest.mark.parametrize("seed", [5, 15])
def test_books_as_several_libraries_describe_them(
    shared_data: Path, seed: int, dirtiness: float, f1: float, precision: float
) -> None:
    books = _books(shared_data)
    raw, truth = dirt.library_set(seed, random.Random(seed).sample(books, 1200), dirtiness)
    result = score(answer_of({id: record_of(value) for id, value in raw.items()}), truth)
    assert result.precision >= precision, result.wrong[:5]
    assert result.f1 >= f1, result.missed[:5]


@pytest.mark.parametrize(
    ("language", "f1", "precision"),
    [("eng", 0.91, 0.97), ("deu", 0.91, 0.97), ("fra", 0.92, 0.97), ("rus", 0.9, 0.965), ("zho", 0.89, 0.97)],
)
def test_books_in_the_habits_of_several_countries(
    shared_data: Path, language: str, f1: float, precision: float
) -> None:
    """Cut titles, the whole area of ISBD in one string, Latin letters in place of the script of the book."""
    books = [book for book in _all_books(shared_data) if language in book.get("languages", ())]
    raw, truth = habits.library_set(41, books, 500)
    result = score(answer_of({id: record_of(value) for id, value in raw.items()}), truth)
    assert result.precision >= precision, result.wrong[:5]
    assert result.f1 >= f1, result.missed[:5]


def test_citations_in_six_styles(shared_data: Path) -> None:
    raw, truth = habits.reference_set(42, 500, *labelled_sets.real_words(shared_data))
    result = score(answer_of({id: record_of(value) for id, value in raw.items()}), truth)
    assert result.precision >= 0.99, result.wrong[:5]
    assert result.recall >= 0.94, result.missed[:5]


def test_papers_preprints_and_extended_versions_in_two_bibliographies(shared_data: Path) -> None:
    titles, names, _ = labelled_sets.real_words(shared_data)
    raw, truth = habits.bibliographies(43, 1000, titles, names)
    result = score(answer_of({id: record_of(value) for id, value in raw.items()}), truth)
    assert result.precision >= 0.99, result.wrong[:5]
    assert result.recall >= 0.98, result.missed[:5]


@pytest.mark.parametrize(("dirtiness", "recall"), [(1.0, 0.99), (2.0, 0.965)])
def test_chinese_articles_with_slips(shared_data: Path, dirtiness: float, recall: float) -> None:
    raw, truth = dirt.article_set(9, 1500, *labelled_sets.chinese_words(shared_data), dirt=dirtiness)
    result = score(answer_of({id: record_of(value) for id, value in raw.items()}), truth)
    assert result.precision >= 0.995, result.wrong[:5]
    assert result.recall >= recall, result.missed[:5]


def test_papers_of_conferences_in_two_bibliographies(shared_data: Path) -> None:
    titles, names, _ = labelled_sets.real_words(shared_data)
    raw, truth = dirt.venue_set(4, 1500, titles, names)
    result = score(answer_of({id: record_of(value) for id, value in raw.items()}), truth)
    assert result.precision >= 0.99, result.wrong[:5]
    assert result.recall >= 0.98, result.missed[:5]


def test_citations_in_one_string(shared_data: Path) -> None:
    raw, truth = dirt.citation_set(7, 500, *labelled_sets.real_words(shared_data))
    records = {
        id: record_of({**value, "title": value["title"] or value["notes"][0]}) for id, value in raw.items()
    }
    result = score(answer_of(records), truth)
    assert result.precision >= 0.99, result.wrong[:5]
    assert result.f1 >= 0.9, result.missed[:5]


def test_chinese_groups_labelled_by_hand() -> None:
    raw: dict[str, dict[str, Any]] = {}
    truth: dict[str, str] = {}
    for name, _, records in hand_labelled.groups():
        for n, (label, value) in enumerate(records):
            raw[f"{name}/{n}"], truth[f"{name}/{n}"] = value, f"{name}/{label}"
    pairs = sum(len(r) * (len(r) - 1) // 2 for _, _, r in hand_labelled.groups())
    assert pairs >= 300
    result = score(answer_of({id: record_of(value) for id, value in raw.items()}), truth)
    assert result.wrong == []
    assert result.recall >= 0.97, result.missed


@pytest.mark.parametrize(
    ("name", "recall", "asked"),
    [("library", 0.84, 0.96), ("reviews", 1.0, 1.0), ("bibliographies", 0.95, 1.0), ("citations", 0.94, 1.0)],
)
def test_habits_of_many_catalogues_labelled_by_hand(name: str, recall: float, asked: float) -> None:
    raw, truth = hand_labelled.habits(name)
    result = score(answer_of({id: record_of(value) for id, value in raw.items()}), truth)
    assert result.wrong == []
    assert result.recall >= recall, result.missed
    assert result.asked >= asked, result.missed


@cache
def _all_books(data: Path) -> list[dict[str, Any]]:
    return [
        msgspec.to_builtins(record)
        for name in ("western_and_other", "chinese")
        for record in labelled_sets.read(data, f"marc21-lc-books/lc_books_2016_{name}.mrc.gz")
        if record.year
    ]


def _books(data: Path) -> list[dict[str, Any]]:
    found = labelled_sets.read(data, "marc21-lc-books/lc_books_2016_western_and_other.mrc.gz")
    return [msgspec.to_builtins(record) for record in found if record.year]
