"""Comparing two descriptions (比较): a level of agreement for each feature, packed into one number.

Each level of each feature is one bit, so a rule (which levels it allows) is a mask, and asking whether it
holds is one operation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from rapidfuzz import fuzz

from indexer.likeness import people, places, titles
from indexer.likeness.description import Description
from indexer.likeness.scripts import script_of

_USUAL = ("same", "differ", "one", "none")
# Feature → its levels. ``one``: only one side says it; ``none``: neither does.
FEATURES: dict[str, tuple[str, ...]] = {
    "profile": ("same", "near", "differ"),
    "title": ("equal", "near", "contained", "similar", "weak", "differ", "script"),
    "numbers": ("same", "one", "added", "differ"),
    "marks": ("same", "differ"),
    "telling": ("yes", "no"),
    "people": ("same", "some", "kin", "differ", "one", "none"),
    "year": ("same", "near", "overlap", "far", "one", "none"),
    "doi": _USUAL,
    "strong": _USUAL,
    "isbn": _USUAL,
    "issn": _USUAL,
    "container": ("same", "near", "differ", "one", "none"),
    "volume": _USUAL,
    "issue": _USUAL,
    "pages": ("same", "start", "differ", "one", "none"),
    "part": _USUAL,
    "edition": _USUAL,
    "extent": ("same", "near", "differ", "one", "none"),
    "publisher": _USUAL,
    "medium": ("same", "differ"),
    "language": _USUAL,
    "abstract": _USUAL,
    "offering": _USUAL,
    "scale": _USUAL,
    "witness": _USUAL,
    "maker": _USUAL,
    "mark": _USUAL,
    "translated": ("yes", "no"),
}
BIT: dict[tuple[str, str], int] = {}
MASK: dict[str, int] = {}
for _feature, _levels in FEATURES.items():
    for _level in _levels:
        BIT[_feature, _level] = 1 << len(BIT)
    MASK[_feature] = sum(BIT[_feature, one] for one in _levels)
_NAME_OF = {bit: pair for pair, bit in BIT.items()}
_NEAR_PROFILES = frozenset(
    {
        frozenset(pair)
        for pair in (("book", "thesis"), ("book", "ancient"), ("book", "article"), ("thesis", "article"))
    }
)


def levels_of(bits: int) -> dict[str, str]:
    """Feature → level of a comparison."""
    found = {}
    while bits:
        low = bits & -bits
        feature, level = _NAME_OF[low]
        found[feature] = level
        bits ^= low
    return found


def _texts(a: str, b: str) -> str:
    if not a or not b:
        return "none" if not a and not b else "one"
    return "same" if a == b else "differ"


def _sets(a: frozenset[str], b: frozenset[str]) -> str:
    if not a or not b:
        return "none" if not a and not b else "one"
    return "differ" if a.isdisjoint(b) else "same"


def _strong(a: frozenset[str], b: frozenset[str]) -> str:
    """Numbers of other schemes say nothing against each other."""
    if not a or not b:
        return "none" if not a and not b else "one"
    if not a.isdisjoint(b):
        return "same"
    schemes = {i.partition(" ")[0] for i in a} & {i.partition(" ")[0] for i in b}
    return "differ" if schemes else "one"


def year_level(a: Description, b: Description) -> str:
    """same, near (one apart), overlap (spans that meet), far, one or none."""
    if a.year is None or b.year is None:
        return "none" if a.year is None and b.year is None else "one"
    if a.year == b.year:
        return "same"
    if abs(a.year - b.year) == 1:
        return "near"
    a_end = a.year_end if a.year_end is not None else a.year
    b_end = b.year_end if b.year_end is not None else b.year
    return "overlap" if a.year <= b_end and b.year <= a_end else "far"


def _profile(a: Description, b: Description) -> str:
    if a.profile == b.profile:
        return "same"
    if frozenset((a.profile, b.profile)) in _NEAR_PROFILES:
        if "article" in (a.profile, b.profile) and a.declared and b.declared:
            return "differ"
        return "near"
    return "differ"


def _abstract(a: str, b: str) -> str:
    if not a or not b:
        return "none" if not a and not b else "one"
    length = min(len(a), len(b))
    if a[:80] == b[:80] or fuzz.ratio(a[:length], b[:length], score_cutoff=85):
        return "same"
    return "differ" if fuzz.partial_ratio(a[:120], b) < 70 else "one"


def _edition(a: str, b: str) -> str:
    return _texts(a, b)


def _numbers_of(a: str, b: str) -> str:
    """Volumes and issues; a supplement and its volume are said as one number by half of the sources."""
    level = _texts(a, b)
    if level == "differ" and ("s" in a) != ("s" in b) and (a in b.split("s") or b in a.split("s")):
        return "one"
    return level


def _medium(a: Description, b: Description) -> str:
    """Who says nothing of the medium means paper, where there are pages or the type is declared."""
    if a.medium == b.medium:
        return "same"
    if a.medium and b.medium:
        return "differ"
    silent, known = (b, a) if a.medium else (a, b)
    if known.medium == "score":
        return "same"
    return "differ" if silent.extent != (0, 0) or silent.declared else "same"


def _people(a: Description, b: Description) -> str:
    """Names in two scripts that cannot be spelt in each other say nothing; Chinese ones can."""
    level = people.people_level(a.people, b.people)
    if level in ("differ", "kin") and _scripts(a.people[0].whole, b.people[0].whole):
        return level if "zho" in a.language | b.language else "one"
    return level


def _publisher(a: Description, b: Description) -> str:
    level = places.publisher_level(a.publisher, b.publisher)
    return "one" if level == "differ" and _scripts(a.publisher, b.publisher) else level


def _scripts(a: str, b: str) -> bool:
    return script_of(a) != script_of(b)


def _container(a: Description, b: Description) -> str:
    """A journal has a name in each of two scripts; which is which nobody can spell."""
    level = places.container_level(a.container, b.container)
    return "one" if level == "differ" and _scripts(a.container, b.container) else level


def _maker(a: Description, b: Description) -> str:
    level = people.people_level(a.maker, b.maker)
    return {"some": "same", "kin": "differ"}.get(level, level)


_LEVEL: dict[str, Callable[[Description, Description], str]] = {
    "profile": _profile,
    "title": lambda a, b: titles.level(a.titles, b.titles),
    "numbers": lambda a, b: titles.number_level(a.titles, b.titles),
    "marks": lambda a, b: "same" if a.titles.marks == b.titles.marks else "differ",
    "telling": lambda a, b: "no" if a.titles.generic or b.titles.generic else "yes",
    "people": _people,
    "year": year_level,
    "doi": lambda a, b: _sets(a.doi, b.doi),
    "strong": lambda a, b: _strong(a.strong, b.strong),
    "isbn": lambda a, b: _sets(a.isbn, b.isbn),
    "issn": lambda a, b: _sets(a.issn, b.issn),
    "container": _container,
    "volume": lambda a, b: _numbers_of(a.volume, b.volume),
    "issue": lambda a, b: _numbers_of(a.issue, b.issue),
    "pages": lambda a, b: places.pages_level(a.pages, b.pages),
    "part": lambda a, b: _texts(a.part, b.part),
    "edition": lambda a, b: _edition(a.edition, b.edition),
    "extent": lambda a, b: places.extent_level(a.extent, b.extent),
    "publisher": _publisher,
    "medium": _medium,
    "language": lambda a, b: _sets(a.language, b.language),
    "abstract": lambda a, b: _abstract(a.abstract, b.abstract),
    "offering": lambda a, b: _texts(a.offering, b.offering),
    "scale": lambda a, b: _texts(a.scale, b.scale),
    "witness": lambda a, b: _texts(a.witness, b.witness),
    "maker": _maker,
    "mark": lambda a, b: _texts(a.mark, b.mark),
    "translated": lambda a, b: "yes" if a.titles.bracketed or b.titles.bracketed else "no",
}
assert list(_LEVEL) == list(FEATURES)
Steps = tuple[tuple[Callable[[Description, Description], str], dict[str, int]], ...]


def steps_of(features: Iterable[str]) -> Steps:
    """How to compute some features, in their order; who knows which rules will be asked saves the others."""
    wanted = set(features)
    return tuple(
        (compute, {level: BIT[feature, level] for level in FEATURES[feature]})
        for feature, compute in _LEVEL.items()
        if feature in wanted
    )


_ALL = steps_of(FEATURES)


def compare(a: Description, b: Description, steps: Steps = _ALL) -> int:
    """The levels of the features of two descriptions, one bit each; the same for (b, a)."""
    bits = 0
    for compute, table in steps:
        bits |= table[compute(a, b)]
    return bits


def told(feature: str, description: Description) -> str:
    """The value of a feature as a person reads it, for explaining a decision."""
    if feature == "title":
        return description.shown[0]
    if feature == "people":
        return description.shown[1]
    if feature == "year":
        return description.shown[2]
    if feature in ("numbers", "marks", "doi", "strong", "isbn", "issn", "language"):
        value = (
            getattr(description.titles, feature)
            if feature in ("numbers", "marks")
            else getattr(description, feature)
        )
        return " ".join(sorted(value))
    if feature == "extent":
        pages, volumes = description.extent
        return " ".join(filter(None, (f"{volumes} v." if volumes else "", f"{pages} p." if pages else "")))
    if feature == "maker":
        return "; ".join(n.whole for n in description.maker)
    if feature in ("telling", "translated"):
        return ""
    return str(getattr(description, feature, ""))[:120]
