"""Which pairs are worth comparing (分块): records that share at least one of many cheap keys.

A key only brings records together, it decides nothing. A block too large for all its pairs is put in the
order of its titles and each record compared with those next to it; that is said, never silent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from indexer.likeness.description import Description
from indexer.likeness.places import page_range
from indexer.text.pinyin import syllables

MAX_BLOCK = 80  # records of one block that are all compared with each other
NEXT_TO = 24  # neighbours in the order of titles in a larger block

# Languages that one catalogue has in their own script and another in Latin letters.
_OTHER_SCRIPTS = frozenset(
    "ara bul ell gre heb hin jpn kor mkd per fas rus srp tha ukr urd yid zho chi".split()  # noqa: SIM905
)


def keys_of(d: Description) -> Iterator[str]:
    """The keys of a description, some of them more than once."""
    for doi in d.doi:
        yield f"d{doi}"
    for number in d.strong:
        yield f"s{number}"
    for isbn in d.isbn:
        yield f"i{isbn}"
    if d.profile == "journal":
        for issn in d.issn:
            yield f"n{issn}"
    for form in (*d.titles.full, *d.titles.short, *d.titles.also):
        if len(form) > 1:
            yield f"t{form[:18] if form.isascii() else form[:6]}"
    compact = d.titles.compact
    yield f"e{compact[-18:] if compact.isascii() else compact[-6:]}"
    words = d.titles.words.split()
    if len(words) > 3:
        longest = sorted(sorted(set(words), key=lambda w: (-len(w), w))[:4])
        yield "w" + " ".join(longest)
    who = _who(d)
    _, begin, end = page_range(d.pages) if d.pages else ("", 0, 0)
    if begin:
        if end > begin and d.year is not None:
            yield f"q{begin}-{end}|{d.year}"
        if who:
            yield f"a{who}|{begin}"
        if d.volume:
            yield f"v{d.volume}|{begin}|{d.issue if begin < 20 else ''}|{d.pages if begin < 4 else ''}"
    if who and d.year is not None and words:
        key = max(words, key=lambda w: (len(w), w)) if words[0].isascii() else compact[:2]
        for year in (d.year, d.year + 1):
            yield f"y{who}|{year}|{key}"
    if d.extent[0] > 40 and d.publisher and d.year is not None:
        yield f"x{d.extent[0]}|{d.publisher[:8]}|{d.year}"
    if d.extent[0] > 40 and d.year is not None and not d.language.isdisjoint(_OTHER_SCRIPTS):
        yield f"z{d.extent[0]}|{d.year}|{min(d.language & _OTHER_SCRIPTS)}"
    if d.extent[0] and who and d.year is not None:
        yield f"u{who}|{d.extent[0]}|{d.year}"
    if d.mark:
        yield f"m{d.mark}"
    if len(d.abstract) > 100:
        yield f"b{d.abstract[:40]}"


def _who(d: Description) -> str:
    """The shortest form of the family name that comes first; of equally short ones the first by letters."""
    return min(d.people[0].family, key=lambda form: (len(form), form), default="") if d.people else ""


def stored_keys(d: Description) -> Iterator[str]:
    """The few keys under which a stored record is found again: numbers, and the title with a name or a year.

    Fewer than ``keys_of`` has, as each costs a place in the database.
    """
    for doi in d.doi:
        yield f"d{doi}"
    for number in (*d.strong, *d.isbn):
        yield f"s{number}"
    if d.profile == "journal":
        for issn in d.issn:
            yield f"n{issn}"
    who, begin = _who(d), page_range(d.pages)[1] if d.pages else 0
    short = min(d.titles.short, key=lambda form: (len(form), form), default="")[:80]
    for form in sorted({short, *(other[:80] for other in d.titles.also)})[:4]:
        if len(form) > 1:
            yield f"t{form}|{who}" if who else f"t{form}"
            if d.year is not None:
                yield f"y{form}|{d.year}"
    if begin and d.volume:
        yield f"v{d.volume}|{begin}|{d.year or ''}"
    if d.mark:
        yield f"m{d.mark}"
    across = script_key(d)
    if across:
        yield f"p{across}|{d.year or ''}"


def _spelled(d: Description) -> str:
    """The beginning of the title in Latin letters; Chinese in pinyin."""
    text = d.titles.compact
    if text.isascii():
        return text[:14]
    return (
        "".join(syllables(text[:12]))[:14].replace("v", "u")
        if any("\u3400" <= c <= "\u9fff" for c in text)
        else ""
    )


def script_key(d: Description) -> str:
    """By what a Chinese title and the same in pinyin meet; "" where the title is neither."""
    if not d.titles.compact.isascii():
        return _spelled(d)
    chinese = bool(d.language & {"zho", "chi"}) or not d.language
    return d.titles.compact[:14] if chinese and len(d.titles.compact) > 7 else ""


def candidates(descriptions: Sequence[Description], notes: list[str]) -> Iterator[tuple[int, int]]:
    """Pairs of positions, each once, the smaller first; ``notes`` gets a line for each block that was too
    large.
    """
    blocks: dict[str, list[int]] = defaultdict(list)
    for at, d in enumerate(descriptions):
        for key in {*keys_of(d)}:
            blocks[key].append(at)
    seen: set[tuple[int, int]] = set()
    for key in sorted(k for k, held in blocks.items() if len(held) > 1):
        held = blocks[key]
        if len(held) <= MAX_BLOCK:
            pairs: Iterable[tuple[int, int]] = ((a, b) for i, a in enumerate(held) for b in held[i + 1 :])
        else:
            notes.append(
                f"{len(held)} records share the key {key[:1]}:{key[1:40]}; each was compared only with the "
                f"{NEXT_TO} next to it in the order of titles"
            )
            pairs = _neighbours(held, descriptions)
        for pair in pairs:
            if pair not in seen:
                seen.add(pair)
                yield pair
    for pair in _two_scripts(descriptions, notes):
        if pair not in seen:
            seen.add(pair)
            yield pair


def _neighbours(held: list[int], descriptions: Sequence[Description]) -> Iterator[tuple[int, int]]:
    def place(at: int) -> tuple[object, ...]:
        d = descriptions[at]
        return (d.titles.compact, d.year or 0, d.part, d.volume, d.pages, d.id)

    ordered = sorted(held, key=place)
    for i, a in enumerate(ordered):
        for b in ordered[i + 1 : i + 1 + NEXT_TO]:
            yield (a, b) if a < b else (b, a)


def _two_scripts(descriptions: Sequence[Description], notes: list[str]) -> Iterator[tuple[int, int]]:
    """Chinese titles beside the same in pinyin: pairs across the scripts only."""
    latin: dict[str, list[int]] = defaultdict(list)
    for at, d in enumerate(descriptions):
        if (
            d.titles.compact.isascii()
            and (d.language & {"zho", "chi"} or not d.language)
            and len(d.titles.compact) > 7
        ):
            latin[d.titles.compact[:14]].append(at)
    if not latin:
        return
    for at, d in enumerate(descriptions):
        if not d.titles.compact.isascii() and (spelled := _spelled(d)):
            found = latin.get(spelled, [])
            if len(found) > NEXT_TO:
                notes.append(
                    f"{len(found)} titles begin with {spelled}; {d.id} was compared with {NEXT_TO} of them"
                )
            for other in sorted(found, key=lambda n: descriptions[n].id)[:NEXT_TO]:
                yield (at, other) if at < other else (other, at)
