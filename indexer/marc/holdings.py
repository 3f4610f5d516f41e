"""Holdings and items inside bibliographic MARC records (机读目录中的馆藏).

Standard fields are MARC 21 852 with 866-868 (textual holdings), 853-855 with 863-865 (coded ones, see
`enumeration`) and 876-878 (items), as Alma and shared print programmes write them, tied together by $8 or $0;
Koha's 952, Aleph's Z30 and the French 995 have one shape everywhere. The Chinese 905 and its relatives differ
from system to system: a source's profile says what their subfields mean, and where it does not, the commonest
practice is taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from indexer.marc.enumeration import PATTERNS, Pairs, link_of, statement
from indexer.records.record import Holding, Item

TAGS = (
    "852", "853", "854", "855", "863", "864", "865", "866", "867", "868", "876", "877", "878", "952", "995",
    "Z30", "905",
)  # fmt: skip

# Members that a profile may name; class and book number make the call number together.
MEMBERS = (
    "library", "location", "call_number", "class", "book", "summary", "barcode", "status", "note", "copies",
    "url",
)  # fmt: skip
DEFAULT_905 = {
    "a": "library", "b": "barcode", "c": "location", "d": "class", "e": "book", "f": "call_number",
    "s": "copies", "v": "summary", "y": "summary",
}  # fmt: skip
_MAPPED = {
    "905": DEFAULT_905,
    "995": {"b": "library", "c": "library", "e": "location", "f": "barcode", "k": "call_number", "u": "note"},
    "Z30": {"1": "library", "2": "location", "3": "call_number", "5": "barcode", "F": "status"},
}
_KOHA = {"a": "library", "c": "location", "o": "call_number", "p": "barcode", "h": "summary", "z": "note"}
_MAX = 20_000
_LABELS = {
    "864": "supplements: ", "867": "supplements: ", "877": "supplements: ",
    "865": "indexes: ", "868": "indexes: ", "878": "indexes: ",
}  # fmt: skip
_CODED_OF = {"866": "863", "867": "864", "868": "865"}


class _Draft(msgspec.Struct):
    """A holding while its fields are read."""

    library: str = ""
    location: str = ""
    call_number: str = ""
    summary: list[str] = []
    items: list[Item] = []
    url: str = ""


def read(
    fields: Iterable[tuple[str, str]], profile: Mapping[str, Mapping[str, str]] | None = None
) -> tuple[Holding, ...]:
    """Holdings of a record from its fields (馆藏); ``profile`` is Profile.holdings (tag → subfield →
    member).
    """
    drafts: dict[str, _Draft] = {}
    last = ""
    patterns: dict[str, dict[str, Pairs]] = {}
    coded: dict[tuple[int, str], list[tuple[str, Pairs]]] = {}
    told: set[tuple[str, str]] = set()
    for number, (tag, text) in enumerate(fields):
        if number >= _MAX:
            break
        own = profile.get(tag) if profile else None
        pairs = [
            (part[:1], part[1:].strip()) for part in text.split("\x1f")[1:] if part[:1] and part[1:].strip()
        ]
        if not pairs:
            continue
        if own is not None:
            _mapped(drafts, pairs, own)
        elif tag == "852":
            last = _location(drafts, pairs)
        elif tag in ("866", "867", "868"):
            _summary(drafts, pairs, last, tag)
            told.add((_CODED_OF[tag], link_of(pairs)[0]))
        elif tag in ("853", "854", "855"):
            patterns.setdefault(tag, {})[link_of(pairs)[0]] = pairs
        elif tag in PATTERNS:
            coded.setdefault((id(_target(drafts, (), "", last)), tag), []).append((text[:2], pairs))
        elif tag in ("876", "877", "878"):
            _item(drafts, pairs, last, _LABELS.get(tag, ""))
        elif tag == "952":
            _either_952(drafts, pairs)
        elif tag in _MAPPED:
            _mapped(drafts, pairs, _MAPPED[tag])
    if coded:
        _coded(drafts, coded, patterns, told)
    return tuple(
        Holding(
            d.library, d.location, d.call_number, "; ".join(dict.fromkeys(d.summary)), tuple(d.items), d.url
        )
        for d in drafts.values()
        if d.library or d.location or d.call_number or d.summary or d.items
    )


def _coded(
    drafts: dict[str, _Draft],
    coded: Mapping[tuple[int, str], list[tuple[str, Pairs]]],
    patterns: Mapping[str, Mapping[str, Pairs]],
    told: set[tuple[str, str]],
) -> None:
    """Puts coded holdings into words; those whose words a textual field of the same number has are left."""
    for draft in drafts.values():
        for tag, pattern in PATTERNS.items():
            fields = [
                f for f in coded.get((id(draft), tag), ()) if (tag, link_of(f[1])[0] or "-") not in told
            ]
            words = statement(fields, patterns.get(pattern, {}))
            if words:
                draft.summary.append(_LABELS.get(tag, "") + words)


def _key(pairs: Sequence[tuple[str, str]], codes: str) -> str:
    """The number that ties 852, 866 and 876 together; ``1.1`` in $8 is a field link of MARC 21 and ties
    nothing.
    """
    for code, value in pairs:
        if code in codes and value.isdecimal() and len(value) > 4:
            return value
    return ""


def _location(drafts: dict[str, _Draft], pairs: list[tuple[str, str]]) -> str:
    first: dict[str, str] = {}
    for code, value in pairs:
        first.setdefault(code, value)
    call_number = " ".join(first[code] for code in "khim" if code in first) or first.get("j", "")
    library, shelf = first.get("a", ""), first.get("c", "")
    if library:
        shelf = " ".join(value for value in (first.get("b", ""), shelf) if value)
    else:
        library = first.get("b", "")
    key = _key(pairs, "0") or _key(pairs, "8") or f"{library} {shelf} {call_number}"
    draft = drafts.setdefault(key, _Draft(summary=[], items=[]))
    draft.library, draft.location, draft.call_number = library, shelf, call_number
    if "p" in first:
        note = " ".join(value for code, value in pairs if code in "3z")
        _add(draft, Item(first["p"], note=note))
    if "3" in first and "p" not in first:
        draft.summary.append(first["3"])
    return key


def _add(draft: _Draft, item: Item) -> None:
    """An item; one that two fields tell of (852 $p and Z30) is one item."""
    for at, known in enumerate(draft.items):
        if known.barcode == item.barcode:
            draft.items[at] = Item(known.barcode, known.status or item.status, note=known.note or item.note)
            return
    draft.items.append(item)


def _target(drafts: dict[str, _Draft], pairs: Sequence[tuple[str, str]], codes: str, last: str) -> _Draft:
    key = _key(pairs, codes)
    if key in drafts:
        return drafts[key]
    if not key and last:
        return drafts[last]
    return drafts.setdefault(key or "loose", _Draft(summary=[], items=[]))


def _summary(drafts: dict[str, _Draft], pairs: list[tuple[str, str]], last: str, tag: str) -> None:
    draft = _target(drafts, pairs, "80", last)
    label = _LABELS.get(tag, "")
    for code, value in pairs:
        if code in "az":
            draft.summary.append(label + value)


def _item(drafts: dict[str, _Draft], pairs: list[tuple[str, str]], last: str, label: str) -> None:
    draft = _target(drafts, pairs, "0", last)
    first = dict(reversed(pairs))
    # Alma writes 1 for an item in place and 0 for one that is not.
    status = {"1": "in place", "0": "not in place"}.get(first.get("j", ""), first.get("j", ""))
    note = (label + "; ".join(first[code] for code in "3h" if code in first)).removesuffix(": ")
    draft.items.append(Item(first.get("p", ""), status, first.get("l", first.get("z", "")), "", note))


def _either_952(drafts: dict[str, _Draft], pairs: list[tuple[str, str]]) -> None:
    """Koha's item, or Alma's names of library ($b) and location ($c) for the codes in the 852 with the same
    $8.
    """
    key = _key(pairs, "8")
    first = dict(reversed(pairs))
    if key:
        draft = drafts.setdefault(key, _Draft(summary=[], items=[]))
        draft.library = first.get("b", draft.library)
        draft.location = first.get("c", draft.location)
    elif "p" in first or "o" in first:
        _mapped(drafts, pairs, _KOHA)


def _mapped(drafts: dict[str, _Draft], pairs: list[tuple[str, str]], members: Mapping[str, str]) -> None:
    """A field whose subfields a table explains; several bar codes are several copies."""
    values: dict[str, list[str]] = {}
    for code, value in pairs:
        member = members.get(code)
        if member in MEMBERS:
            values.setdefault(member, []).append(value)
    if not values:
        return
    library = (values.get("library") or [""])[0]
    location = (values.get("location") or [""])[0]
    call_number = (values.get("call_number") or [""])[0]
    if not call_number or (call_number.isdecimal() and len(call_number) < 3 and "class" in values):
        # Many libraries write the number of copies where others write the whole call number.
        if call_number:
            values.setdefault("copies", [call_number])
        pieces = [*values.get("class", [])[:1], *values.get("book", [])[:1]]
        call_number = "/".join(piece for piece in pieces if piece)
    draft = drafts.setdefault(f"{library} {location} {call_number}", _Draft(summary=[], items=[]))
    draft.library, draft.location, draft.call_number = library, location, call_number
    draft.summary.extend(values.get("summary", []))
    draft.url = draft.url or (values.get("url") or [""])[0]
    status = (values.get("status") or [""])[0]
    note = "; ".join(values.get("note", []))
    for barcode in values.get("barcode", []):
        _add(draft, Item(barcode, status, note=note))
    copies = (values.get("copies") or [""])[0]
    if copies.isdecimal() and not values.get("barcode"):
        draft.summary.append(f"{copies} 册")
