"""Lists of values, their counts, near words and similar items from SolrCloud (取值、计数、近形词、相似文献).

Everything but `union_ids` answers only from what a View sees.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from holdings.members.view import View
from indexer.index import near
from indexer.index.clause import Clause, MatchAll, Narrowing, Term, Value
from indexer.index.dictionary import column_of, dictionary_column
from indexer.index.fields import BY_NAME, SEPARATOR
from indexer.index.keywords import well_formed
from indexer.index.narrow import between, facet_clause, sight
from indexer.index.solr_render import Given, body, filters, query

Ask = Callable[[dict[str, Any]], dict[str, Any] | None]  # a request, its answer or None without an index

WALK = 10_000  # union records whose ids are asked for at once
MOST_VALUES = 100_000
WALK_ORDER = "walk asc,newest desc"


def buckets(answer: dict[str, Any] | None, name: str) -> list[tuple[str, int]]:
    """(term, count) of a facet in an answer."""
    counted = {} if answer is None else answer.get("facets", {})
    return [(b["val"], int(b["count"])) for b in counted.get(name, {}).get("buckets", ())]


def both(ask: Ask, main: str, narrowed: list[str], wanted: Sequence[str], given: Given) -> list[int]:
    """How many hits of a query each of the wanted queries also finds."""
    facet = {f"n{n}": {"type": "query", "q": one} for n, one in enumerate(wanted)}
    answer = ask(body(main, given, filter=narrowed, facet=facet) | {"limit": 0})
    counted = {} if answer is None else answer.get("facets", {})
    return [int(counted.get(f"n{n}", {}).get("count", 0)) for n in range(len(wanted))]


def counted(ask: Ask, main: str, narrowed: list[str], dictionary: str, given: Given) -> dict[str, int]:
    """Every term of a dictionary in few hits, of all shards together."""
    column = dictionary_column(dictionary)
    if not column:
        return {}
    facet = {"type": "terms", "field": column, "limit": MOST_VALUES, "refine": True}
    return dict(
        buckets(ask(body(main, given, filter=narrowed, facet={"terms": facet}) | {"limit": 0}), "terms")
    )


def terms(ask: Ask, dictionary: str, start: str, view: View, limit: int, type: str) -> list[tuple[str, int]]:
    """Terms of a dictionary that begin with something; see ``Engine.terms``."""
    seen = sight(view)
    of_type = (facet_clause(BY_NAME["type"], type),) if type else ()
    narrowed = Narrowing((*seen.must, *of_type), seen.never)
    return begun(ask, narrowed, [(dictionary, start)], limit)[0]


def begun(
    ask: Ask, narrowed: Narrowing, walks: Sequence[tuple[str, str]], limit: int
) -> list[list[tuple[str, int]]]:
    """For each (dictionary, beginning) the terms within a filter, in one request or two."""
    # A whole key is among what begins like it, but where so much does that it was cut off.
    wider = {walk: (walk[0], walk[1].removesuffix(SEPARATOR)) for walk in walks}
    first = [walk for walk in wider if wider[walk] == walk or wider[walk] not in wider]
    found = dict(zip(first, _begun(ask, narrowed, first, limit), strict=True))
    cut = []
    for walk in wider.keys() - found.keys():
        among = found[wider[walk]]
        found[walk] = [one for one in among if one[0].startswith(walk[1])]
        # Equally frequent terms come in order of the alphabet, in which the whole key is the first.
        if not found[walk] and len(among) == limit and among[-1][1] > 1:
            cut.append(walk)
    found |= zip(cut, _begun(ask, narrowed, cut, limit), strict=True)
    return [found[walk] for walk in walks]


def _begun(
    ask: Ask, narrowed: Narrowing, walks: Sequence[tuple[str, str]], limit: int
) -> list[list[tuple[str, int]]]:
    given = Given()
    mains: dict[str, None] = {}
    facets: dict[str, dict[str, Any]] = {}
    for n, (dictionary, start) in enumerate(walks):
        column, start = column_of(dictionary), well_formed(start)
        if column and limit > 0:
            mains[f"{{!prefix f={column} v=${given.name(start)}}}"] = None
            facet: dict[str, Any] = {"type": "terms", "field": column, "prefix": start, "refine": True}
            facet |= {
                "limit": max(50, 2 * limit),
                "overrequest": 50,
                "refine": True,
                "sort": {"count": "desc"},
            }
            facets[f"n{n}"] = facet
    if not facets:
        return [[] for _ in walks]
    # Only documents with such a term are looked at, which are few.
    main = f"+({' '.join(mains)})"
    answer = ask(body(main, given, filter=[filters(narrowed, given)], facet=facets) | {"limit": 0})
    found = (buckets(answer, f"n{n}") for n in range(len(walks)))
    return [sorted(one, key=lambda f: (-f[1], f[0]))[:limit] for one in found]


def carriers(ask: Ask, narrowed: Narrowing, terms: Sequence[tuple[str, str]]) -> list[int]:
    """How many documents within a filter have each (dictionary, term)."""
    given = Given()
    wanted = [query(Value(column_of(dictionary), term), given) for dictionary, term in terms]
    return both(ask, query(MatchAll(), given), [filters(narrowed, given)], wanted, given) if wanted else []


def union_ids(ask: Ask, clause: Clause) -> Iterator[str]:
    """Ids of all union records that a clause matches, whatever a view sees, in the order of the ids'
    digests.
    """
    given = Given()
    main = query(clause, given)
    start: int | None = None
    while True:
        rest = [] if start is None else [f"{{!cache=false}}{query(between('walk', start, None), given)}"]
        asked = body(main, given, filter=rest, fields=["id", "walk"], sort=WALK_ORDER)
        answer = ask(asked | {"limit": WALK})
        found = [] if answer is None else answer["response"]["docs"]
        yield from (hit["id"] for hit in found)
        if len(found) < WALK or found[-1]["walk"] == start:
            return
        start = found[-1]["walk"]


def scores(ask: Ask, id: str, view: View, clauses: Sequence[Clause]) -> list[float | None]:
    """The score that each clause gives one document; None where it does not match."""
    seen = sight(view)
    narrowed = Narrowing((*seen.must, near.itself(id)), seen.never)
    found: list[float | None] = []
    for clause in clauses:
        given = Given()
        main = query(clause, given)
        asked = body(main, given, filter=[filters(narrowed, given)], fields=["id", "score"])
        answer = ask(asked | {"limit": 1})
        hits = [] if answer is None else answer["response"]["docs"]
        found.append(float(hits[0]["score"]) if hits else None)
    return found


def near_terms(
    ask: Ask, field: str, token: str, walk: near.Walk, view: View, limit: int
) -> list[tuple[str, int]]:
    """Tokens of a text field like this one, with their frequency in the View; see ``Engine.near_terms``."""
    words = near.near(field, token, walk)[: limit * 4]
    if not words:
        return []
    given = Given()
    main = query(MatchAll(), given)
    wanted = [query(Term(field, word), given) for word in words]
    found = both(ask, main, [filters(sight(view), given)], wanted, given)
    return [(word, count) for word, count in zip(words, found, strict=True) if count][:limit]


def similar(ask: Ask, id: str, view: View, limit: int, order: str) -> list[dict[str, Any]]:
    """The stored members of documents like the one with this id; none when the View does not see it."""
    given = Given()
    seen = sight(view)
    main = query(near.itself(id), given)
    asked = body(main, given, filter=[filters(seen, given)], fields=["display", *near.SHARED])
    answer = ask(asked | {"limit": 1})
    if limit <= 0 or answer is None or not answer["response"]["docs"]:
        return []
    document = answer["response"]["docs"][0]
    clause = near.like(base64.b64decode(document["display"]), document)
    if clause is None:
        return []
    given = Given()
    main = query(clause, given)
    others = filters(Narrowing(seen.must, (*seen.never, near.itself(id))), given)
    asked = body(main, given, filter=[others], fields=["id", "display", "score"], sort=order)
    answer = ask(asked | {"limit": limit})
    return [] if answer is None else list(answer["response"]["docs"])
