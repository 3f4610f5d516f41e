"""What holds for every set of records: the answer hangs on the records alone."""

from __future__ import annotations

import random
from typing import Any

import dirt
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from measuring import pairs_of, record_of

from indexer.adapters.record import ADAPTER
from indexer.likeness import Description, decide, describe, match
from indexer.likeness.compare import compare, levels_of
from indexer.normalise import normalise
from indexer.profile import Profile
from indexer.reader import Raw

TITLES = [
    f"{what} {how} {where}"
    for what in ("A history", "Studies in the growth", "The decline", "Some problems", "A new theory")
    for how in ("of trade", "of printing", "of village schools", "of river transport")
    for where in ("in the lower Yangtze", "in medieval Europe", "after 1911")
]
NAMES = [
    "Smith, John A.",
    "Miller, Ann",
    "Zhang, Wei",
    "Okafor, Chidi",
    "Dupont, Marie",
    "Weber, Karl",
    "Rossi, P.",
]
JOURNALS = [("Journal of Economic History", ""), ("Past and Present", ""), ("Annals of the Academy", "")]


def _set(seed: int) -> dict[str, dict[str, Any]]:
    raw, _ = dirt.article_set(seed, 40, TITLES, [*NAMES, "Lee, K.", "Brown, B."], JOURNALS, dirt=2.5)
    return raw


def _descriptions(seed: int) -> list[Description]:
    return [describe(id, record_of(value)) for id, value in _set(seed).items()]


@pytest.mark.parametrize("seed", range(8))
def test_the_order_of_the_records_never_matters(seed: int) -> None:
    descriptions = _descriptions(seed)
    answer = match(descriptions)
    for n in range(4):
        random.Random(n).shuffle(descriptions)
        assert match(descriptions) == answer


@pytest.mark.parametrize("seed", range(8))
def test_no_cluster_holds_two_records_that_a_veto_parts(seed: int) -> None:
    descriptions = _descriptions(seed)
    known = {d.id: d for d in descriptions}
    for a, b in pairs_of(match(descriptions).clusters):
        verdict = decide(known[a], known[b])
        assert verdict.outcome != "different" or not verdict.rule, (a, b, verdict.rule)


@pytest.mark.parametrize("seed", range(8))
def test_a_record_that_shares_no_key_changes_nothing(seed: int) -> None:
    descriptions = _descriptions(seed)
    before = match(descriptions)
    stranger = describe("stranger", record_of({"type": "book", "title": "Knitting patterns for beginners"}))
    after = match([*descriptions, stranger])
    assert after.clusters == before.clusters | {"stranger": "stranger"}
    assert after.questions == before.questions


@pytest.mark.parametrize("seed", range(8))
def test_without_a_record_the_clusters_it_was_not_in_stay(seed: int) -> None:
    descriptions = _descriptions(seed)
    before = match(descriptions).clusters
    gone = random.Random(seed).choice(descriptions).id
    after = match([d for d in descriptions if d.id != gone]).clusters
    of = {id for id, cluster in before.items() if cluster == before[gone]}
    linked = {q.pair for q in match(descriptions).questions}
    near = {x for pair in linked if of & set(pair) for x in pair} | of
    for id, cluster in before.items():
        if id not in near and not near & {i for i, c in before.items() if c == cluster}:
            assert after[id] == cluster


@pytest.mark.parametrize("seed", range(8))
def test_comparing_is_the_same_from_both_sides(seed: int) -> None:
    descriptions = _descriptions(seed)
    rng = random.Random(seed)
    for _ in range(300):
        a, b = rng.sample(descriptions, 2)
        assert levels_of(compare(a, b)) == levels_of(compare(b, a)), (a.shown, b.shown)


_text = st.text(max_size=60)


@given(
    st.fixed_dictionaries(
        {"title": _text.filter(lambda t: bool(t.strip()) and t.isprintable())},
        optional={
            "type": st.sampled_from(
                ["book", "article", "journal", "map", "rubbing", "ancient-book", "thesis"]
            ),
            "contributors": st.lists(_text, max_size=4),
            "year": st.integers(-500, 2030),
            "extent": _text,
            "edition": _text,
            "volume": _text,
            "abstract": _text,
            "relations": st.lists(
                st.fixed_dictionaries(
                    {"kind": st.just("in"), "title": _text, "pages": _text, "volume": _text}
                ),
                max_size=2,
            ),
        },
    )
)
def test_whatever_a_record_says_it_is_described_and_agrees_with_itself(value: dict[str, Any]) -> None:
    adapted, _ = ADAPTER.adapt(Raw("record", msgspec.json.encode(value), 1), Profile())
    if adapted is None:
        return  # a title of invisible signs only
    record = normalise(adapted)[0]
    a, b = describe("a", record), describe("b", record)
    assert levels_of(compare(a, b))["title"] in ("equal", "differ")  # differ: marks only
    assert set(match([a, b]).clusters) == {"a", "b"}
