"""Key/encoded-value pairs (键值对): OpenURL 1.0, OpenURL 0.1 and what is a mixture of both.

Z39.88-2004 part 2, clauses 6 and 7 (KEV context object format), and the draft of version 0.1 (2000).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from urllib.parse import quote_plus, unquote_to_bytes

import msgspec

from resolver.context_object import (
    KEV,
    KEV_CONTEXT,
    OF_GENRE,
    VERSION,
    ContextObject,
    Entity,
    OpenUrlProblem,
    short_format,
)
from resolver.decode import declared_codec, decode
from resolver.identifiers import normalise

MOST_PAIRS = 500
LONGEST_KEY = 64
LONGEST_VALUE = 8_000
ENTITIES = ("rft", "rfe", "rfr", "req", "svc", "res")
_ENTITY_KEY = re.compile(r"(rft|rfe|rfr|req|svc|res)\.(.+)", re.I | re.S)
_DESCRIPTOR = re.compile(r"(rft|rfe|rfr|req|svc|res)_(id|val_fmt|ref|ref_fmt|dat)", re.I)
_ADMIN = re.compile(r"(?:ctx|url)_[a-z_]+", re.I)
# Keys of version 0.1 that are not metadata of the referent.
_OLD = frozenset(("sid", "id", "pid"))
# Keys of version 0.1 and, bare, of the formats of 1.0; anything else that is bare belongs to the address.
_NAMES = """
genre aulast aufirst auinit auinit1 auinitm ausuffix au aucorp coden issn eissn isbn title stitle jtitle
btitle atitle volume part issue spage epage pages artnum sici bici ssn quarter date chron place pub edition
tpages series month year advisor degree inst co cc doi pmid publisher creator language subject
"""
METADATA = frozenset(_NAMES.split())
# Old names of today's keys.
_MEANS = {"year": "date", "publisher": "pub"}
# A word that is no entity's may still begin a text of a title, as in "a&b": then the pair has no equals sign.
_SEPARATOR = re.compile(r"&(?:amp;|#38;|#x26;)*|;(?=(?:amp;)?(?:rft|rfe|rfr|req|svc|res|ctx|url)[._])")


class Pairs(NamedTuple):
    """Decoded pairs in their order, the character set, and what was mended."""

    pairs: tuple[tuple[str, str], ...]
    charset: str
    problems: tuple[OpenUrlProblem, ...]


_OLD_ESCAPE = re.compile(r"%u([0-9a-fA-F]{4})")
_TWICE = re.compile(r"_fmt=info%253a", re.I)


def read_pairs(query: str, declared: str = "") -> Pairs:
    """The pairs of a query string, percent-decoded; ``+`` is a blank. ``declared`` is the character set that
    the transport names, where the link itself names none. Never raises.
    """
    raw: list[tuple[bytes, bytes]] = []
    problems: list[OpenUrlProblem] = []
    for part in _SEPARATOR.split(query):
        if not part:
            continue
        if len(raw) >= MOST_PAIRS:
            problems.append(
                OpenUrlProblem("too-many-keys", f"keys after the first {MOST_PAIRS} were left out")
            )
            break
        key, equals, value = part.partition("=")
        if not equals and raw and not _known(key):
            # An ampersand in a title that was not escaped cut the value in two.
            name, before = raw[-1]
            raw[-1] = name, before + b"&" + _bytes(part)
            problems.append(
                OpenUrlProblem(
                    "unescaped-ampersand", "an & inside a value was taken as part of it", _text(name)
                )
            )
            continue
        raw.append((_bytes(key), _bytes(value)))
    if _TWICE.search(query):
        raw = [(name, unquote_to_bytes(value)) for name, value in raw]
        problems.append(OpenUrlProblem("escaped-twice", "the values were escaped once too often"))
    return decode_pairs(raw, problems, declared)


def _known(key: str) -> bool:
    lowered = key.strip().lower()
    return bool(
        lowered in METADATA
        or lowered in _OLD
        or _ENTITY_KEY.fullmatch(lowered)
        or _DESCRIPTOR.fullmatch(lowered)
        or _ADMIN.fullmatch(lowered)
    )


def decode_pairs(
    raw: Iterable[tuple[bytes, bytes]], problems: list[OpenUrlProblem], transport: str = ""
) -> Pairs:
    """Bytes to texts, each value with the set that fits it."""
    raw = list(raw)
    ctx_enc = next((_text(v) for k, v in raw if k.lower() == b"ctx_enc"), "")
    declared = declared_codec(ctx_enc) or declared_codec(transport)
    if ctx_enc and not declared_codec(ctx_enc):
        problems.append(
            OpenUrlProblem(
                "unknown-charset", "the character set declared is not known", "ctx_enc", ctx_enc[:80]
            )
        )
    pairs: list[tuple[str, str]] = []
    sets: dict[str, None] = {}
    for key, value in raw:
        name = _text(key).strip()[:LONGEST_KEY]
        text, charset = decode(value, declared)
        if charset == "replaced":
            problems.append(
                OpenUrlProblem(
                    "undecodable", "bytes in no known character set were replaced", name, text[:80]
                )
            )
        else:
            if not value.isascii():
                sets[charset] = None
            if charset == "utf-8" and declared not in ("", "utf-8") and not value.isascii():
                problems.append(
                    OpenUrlProblem("wrong-charset", f"the value is UTF-8, not {declared}", name, text[:80])
                )
            if charset == "gb18030" and declared != "gb18030":
                problems.append(
                    OpenUrlProblem("not-utf-8", "the value was read as GB18030, not UTF-8", name, text[:80])
                )
        text = _clean(text)
        if len(text) > LONGEST_VALUE:
            problems.append(OpenUrlProblem("value-too-long", "the value was cut", name, text[:80]))
            text = text[:LONGEST_VALUE]
        if name:
            pairs.append((name, text))
    charset = next((s for s in sets if s != "utf-8"), "utf-8" if sets else declared or "utf-8")
    return Pairs(tuple(pairs), charset, tuple(problems))


_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\u200e\u200f\u202a-\u202e\u2066-\u2069]+")


def _clean(text: str) -> str:
    if text.isprintable() and "  " not in text and text == text.strip():
        return text  # as nearly all are
    return " ".join(_CONTROL.sub(" ", text).split())


def _bytes(text: str) -> bytes:
    if "%" not in text and "+" not in text:
        return text.encode("utf-8", "surrogateescape")
    if "%u" in text:
        # What the old escape() of browsers makes of Chinese characters.
        text = _OLD_ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return unquote_to_bytes(text.replace("+", " ").encode("utf-8", "surrogateescape"))


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


_NOBODY = Entity()


class _Gathered:
    """One entity while its pairs come in."""

    def __init__(self) -> None:
        self.format = ""
        self.metadata: dict[str, list[str]] = {}
        self.identifiers: dict[str, None] = {}
        self.private_data: str | None = None
        self.reference: str | None = None
        self.reference_format: str | None = None

    def add(self, key: str, value: str) -> None:
        values = self.metadata.setdefault(key, [])
        if value not in values:
            values.append(value)

    def identify(self, value: str, key: str, problems: list[OpenUrlProblem]) -> None:
        identifier = normalise(value)
        if not identifier:
            problems.append(
                OpenUrlProblem("empty-identifier", "there is only the prefix of it", key, value[:80])
            )
        elif identifier.lower() not in {known.lower() for known in self.identifiers}:
            self.identifiers[identifier] = None

    def entity(self) -> Entity:
        if not (self.format or self.metadata or self.identifiers or self.private_data or self.reference):
            return _NOBODY
        return Entity(
            self.format or None,
            {key: tuple(values) for key, values in self.metadata.items()},
            tuple(self.identifiers),
            self.private_data,
            self.reference,
            self.reference_format,
        )


def context_of(pairs: Iterable[tuple[str, str]]) -> tuple[ContextObject, list[OpenUrlProblem]]:
    """The context object of decoded pairs of version 1.0, 0.1 or both mixed; empty values are dropped."""
    problems: list[OpenUrlProblem] = []
    entities = {name: _Gathered() for name in ENTITIES}
    admin: dict[str, str] = {}
    bare: list[tuple[str, str]] = []
    for key, value in pairs:
        if not value:
            continue
        lowered = key.lower()
        if found := _ENTITY_KEY.fullmatch(lowered):
            entities[found[1]].add(found[2], value)
        elif found := _DESCRIPTOR.fullmatch(lowered):
            _describe(entities[found[1]], found[2].lower(), value, lowered, problems)
        elif _ADMIN.fullmatch(lowered):
            admin.setdefault(lowered, value)
        else:
            bare.append((lowered, value))
    _add_old(entities, bare, problems)
    for name, gathered in entities.items():
        if name in ("rft", "rfe") and not gathered.format and gathered.metadata:
            gathered.format = guess_format(gathered.metadata)
    made = {name: gathered.entity() for name, gathered in entities.items()}
    return (
        ContextObject(
            referent=made["rft"],
            referring_entity=made["rfe"],
            requester=made["req"],
            service_types=(made["svc"],) if made["svc"] else (),
            resolvers=(made["res"],) if made["res"] else (),
            referrers=made["rfr"].identifiers,
            referrer=msgspec.structs.replace(made["rfr"], identifiers=()),
            admin=admin,
        ),
        problems,
    )


def _describe(entity: _Gathered, what: str, value: str, key: str, problems: list[OpenUrlProblem]) -> None:
    if what == "id":
        entity.identify(value, key, problems)
    elif what == "val_fmt":
        entity.format = short_format(value)
        if not entity.format:
            problems.append(
                OpenUrlProblem(
                    "format-cut-off", "the metadata format is incomplete and was guessed", key, value[:80]
                )
            )
    elif what == "dat":
        entity.private_data = value
    elif what == "ref":
        entity.reference = value
        problems.append(
            OpenUrlProblem(
                "by-reference", "metadata kept elsewhere is not fetched while parsing", key, value[:200]
            )
        )
    else:
        entity.reference_format = value


def _add_old(
    entities: dict[str, _Gathered], bare: list[tuple[str, str]], problems: list[OpenUrlProblem]
) -> None:
    """Bare keys are those of version 0.1; what a prefixed key already says is not said again."""
    referent = entities["rft"]
    given = set(referent.metadata)
    for key, value in bare:
        if key == "sid":
            source = value if value.startswith("info:") else f"info:sid/{value}"
            entities["rfr"].identify(source, key, problems)
        elif key == "pid":
            referent.private_data = referent.private_data or value
        elif key == "id":
            referent.identify(value, key, problems)
        elif key in METADATA:
            name = _MEANS.get(key, key)
            if name not in given:
                referent.add(name, value)


def guess_format(metadata: Mapping[str, object]) -> str:
    """The format where none is named: from the genre, otherwise from what is given."""
    genres = metadata.get("genre")
    genre = str(next(iter(genres), "")).strip().lower() if isinstance(genres, list | tuple) else ""
    if genre in OF_GENRE:
        return OF_GENRE[genre]
    if {"creator", "contributor", "identifier"} & set(metadata) and "aulast" not in metadata:
        return "dc"
    if {"advisor", "degree", "inst"} & set(metadata):
        return "dissertation"
    if {"kind", "applnumber", "assignee"} & set(metadata):
        return "patent"
    if "btitle" in metadata and "jtitle" not in metadata:
        return "book"
    if ({"isbn", "bici"} & set(metadata)) and not {"issn", "eissn", "jtitle"} & set(metadata):
        return "book"
    return "journal"


def write_pairs(context: ContextObject) -> list[tuple[str, str]]:
    """A context object as pairs of version 1.0, in a fixed order."""
    pairs = [
        ("url_ver", VERSION),
        ("url_ctx_fmt", KEV_CONTEXT),
        ("ctx_ver", VERSION),
        ("ctx_enc", "info:ofi/enc:UTF-8"),
    ]
    pairs += [(k, v) for k, v in context.admin.items() if k in ("ctx_id", "ctx_tim")]
    named = [
        ("rft", context.referent),
        ("rfe", context.referring_entity),
        ("req", context.requester),
        ("rfr", context.referrer),
        *(("svc", e) for e in context.service_types[:1]),
        *(("res", e) for e in context.resolvers[:1]),
    ]
    pairs += [("rfr_id", referrer) for referrer in context.referrers]
    for prefix, entity in named:
        pairs += [(f"{prefix}_id", identifier) for identifier in entity.identifiers]
        if entity.format:
            address = entity.format if ":" in entity.format else f"{KEV}{entity.format}"
            pairs.append((f"{prefix}_val_fmt", address))
        pairs += [(f"{prefix}.{key}", value) for key, values in entity.metadata.items() for value in values]
        if entity.reference:
            pairs.append((f"{prefix}_ref", entity.reference))
            pairs.append((f"{prefix}_ref_fmt", entity.reference_format or ""))
        if entity.private_data:
            pairs.append((f"{prefix}_dat", entity.private_data))
    return [(key, value) for key, value in pairs if value]


def write_kev(context: ContextObject) -> str:
    """A context object as a query string, UTF-8."""
    return "&".join([f"{quote_plus(key)}={quote_plus(value)}" for key, value in write_pairs(context)])


def write_coins(context: ContextObject) -> str:
    """A context object as the title of a COinS span, not yet escaped for HTML: nothing of the transport, no
    time, as a page is the same whenever it is made.
    """
    pairs = [("ctx_ver", VERSION)]
    pairs += [p for p in write_pairs(context) if not p[0].startswith(("url_", "ctx_"))]
    return "&".join([f"{quote_plus(key)}={quote_plus(value)}" for key, value in pairs])
