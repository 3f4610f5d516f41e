"""Browse lists (浏览列表): every author, subject, title, journal and shelf mark of the index, in order.

The lists are made ready from the dictionaries of the index, as a difference against what is there; while that
goes on, they are read. They know nothing of views: whoever shows a heading first asks the engine how many
records of the view have it, and leaves it out where there is none (``ereader.search.browse``).

Two orders: ``pinyin`` (Han by pinyin, Latin A–Z without its leading article, digits first) and ``stroke``
(only headings that begin with a Han character, character by character).
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any, Protocol

import msgspec
import sqlalchemy as sa

from indexer import sealed
from indexer.heading_tables import HEADING, METADATA, STATE
from indexer.records.shelf_key import shelf_key
from indexer.rows import add_absent, insert_rows
from indexer.tables import chunks
from indexer.text.analyse import analyse, has_han, key
from indexer.text.sorting import name_sort_key, title_sort_key
from indexer.text.strokes import stroke_key
from indexer.text.syllables import spellings

AUTHOR, SUBJECT, TITLE, JOURNAL, SHELF = "author", "subject", "title", "journal", "shelf"
KINDS = (AUTHOR, SUBJECT, TITLE, JOURNAL, SHELF)
ORDERS = ("pinyin", "stroke")
LETTERS = {
    "pinyin": ("0-9", *"ABCDEFGHIJKLMNOPQRSTUVWXYZ", "other"),
    "stroke": (*(str(n) for n in range(1, 31)), "31+"),
}
KEY_LENGTH = 80  # characters of a sort key that are compared
BATCH = 4000  # headings of one transaction; a few milliseconds, so that nobody waits
LEASE = 300.0  # seconds after which a maker that does not report counts as dead
_OTHER = b"\xf7"  # above all letters: what has no key of its own


class Heading(msgspec.Struct, frozen=True, gc=False):
    """One entry of a browse list (标目). ``place`` is where it stands: a token for addresses, opaque."""

    kind: str
    value: str
    letter: str = ""  # one of LETTERS of the order it was read in
    place: str = ""
    use: tuple[tuple[str, str], ...] = ()  # (repository of an authority record, heading to use instead)


Uses = dict[str, tuple[tuple[str, str], ...]]  # form: (repository of an authority record, heading)


class Dictionaries(Protocol):
    """What the lists are made from; every engine is one."""

    def values(self, dictionary: str) -> Iterator[str]: ...


class Referring(Protocol):
    """Where references come from: ``indexer.authorities.Authorities``."""

    def uses(self, kind: str, values: Iterable[str]) -> Uses:
        """Forms that are not to be used where one of these values is, with what is to be used instead."""
        ...


def sort_key(kind: str, value: str) -> str:
    """The text by which a value stands in its list; titles leave out a leading article."""
    if kind == SHELF:
        return shelf_key(value)[:KEY_LENGTH]
    found = name_sort_key(value) if kind == AUTHOR else title_sort_key(value)
    return found[:KEY_LENGTH]


def pinyin_place(kind: str, value: str) -> bytes:
    """Where a value stands in the order by pinyin; different values have different places."""
    return _first(sort_key(kind, value)) + b"\x00" + _digest(value)


def stroke_place(value: str) -> bytes | None:
    """Where a value stands in the order by strokes; None when it does not begin with a Han character."""
    key = stroke_key(value)
    return key + b"\x00" + _digest(value) if key else None


def letter_of(order: str, place: bytes) -> str:
    """The first letter, or the number of strokes of the first character, of a place."""
    if order == "stroke":
        strokes = place[1] if len(place) > 1 else 0
        return str(strokes) if strokes <= 30 else "31+"
    first = chr(place[0]) if place else ""
    if first.isdecimal():
        return "0-9"
    return first.upper() if first.isascii() and first.isalpha() else "other"


def letter_start(order: str, letter: str) -> str:
    """The place at which a letter of LETTERS begins, as a token; "" when there is no such letter."""
    if letter not in LETTERS.get(order, ()):
        return ""
    if order == "stroke":
        return token_of(bytes([1, int(letter.rstrip("+"))]))
    return token_of({"0-9": b"0", "other": b"{"}.get(letter, letter.lower().encode()))


def token_of(place: Any) -> str:
    """A place as text for an address."""
    return bytes(place).hex()


def place_of_token(token: str) -> bytes:
    """The place in a token; what is no token is the beginning of the list."""
    try:
        return bytes.fromhex(token[:1200])
    except ValueError:
        return b""


def after(place: bytes) -> bytes:
    """The smallest place behind this one."""
    return place + b"\x00"


class Headings:
    """The browse lists of one installation (浏览列表). Reading is safe from several threads."""

    def __init__(self, database: sa.Engine, clock: Callable[[], float] = time.time) -> None:
        self._database, self._clock = database, clock

    def create_tables(self) -> None:
        METADATA.create_all(self._database)
        self.prepare()

    def prepare(self) -> None:
        """What must be there before anybody reads."""
        if not self._state("key"):
            self._set("key", secrets.token_hex(sealed.KEY_LENGTH))

    # Reading

    def sealed(self, place: bytes) -> str:
        """A token for a place of which a reader must not read what stands there."""
        return sealed.seal(place, self._key)

    def opened(self, token: str) -> bytes:
        """The place in a token of `token_of` or `sealed`; what is no token is the beginning of the list."""
        found = sealed.opened(token[:1200], self._key) if token.startswith(sealed.MARK) else None
        return place_of_token(token) if found is None else found

    @cached_property
    def _key(self) -> bytes:
        return bytes.fromhex(self._state("key")) or secrets.token_bytes(sealed.KEY_LENGTH)

    def page(
        self,
        kind: str,
        order: str = "pinyin",
        start: str = "",
        limit: int = 50,
        backwards: bool = False,
        *,
        place: str = "",
    ) -> list[Heading]:
        """Headings in their order from where ``start`` stands, or would stand.

        ``start`` is what a reader typed: Han characters, pinyin with or without blanks, Latin. ``place`` is a
        token instead (of a heading, or of `letter_start`). Backwards are those before it, the nearest last;
        from nowhere, the last of all.
        """
        column = HEADING.c.stroke if order == "stroke" else HEADING.c.pinyin
        query = sa.select(column, HEADING.c.value, HEADING.c.used).where(HEADING.c.kind == _code(kind))
        begin = place_of_token(place) if place else self.place_of(kind, order, start)
        if order == "stroke":
            query = query.where(column.is_not(None))
        if backwards:
            query = (query.where(column < begin) if begin else query).order_by(column.desc())
        else:
            query = query.where(column >= begin).order_by(column)
        with self._database.connect() as connection:
            rows = connection.execute(query.limit(max(0, limit))).all()
        found = [
            Heading(kind, value, letter_of(order, at), token_of(at), _decode(used) if used else ())
            for at, value, used in rows
        ]
        return found[::-1] if backwards else found

    def place_of(
        self, kind: str, order: str, typed: str, shown: Callable[[bytes], bool] | None = None
    ) -> bytes:
        """Where a typed text stands. Pinyin without blanks is cut where a heading begins like that.

        ``shown`` says whether any of the headings that begin so is shown to who asks; where one stands must
        not tell of those that are not.
        """
        typed = typed.strip()[:200]
        if not typed:
            return b""
        if order == "stroke" and has_han(typed[:1]):
            return stroke_key(typed)
        if order == "stroke":
            return b"\xff" if not typed.isdecimal() else bytes([1, min(255, int(typed[:3]))])
        plain = _first(sort_key(kind, typed).split("\x01")[0])
        if has_han(typed):
            exact = _first(sort_key(kind, typed))
            return exact if self._begins(kind, exact) and (shown is None or shown(exact)) else plain
        for spelled in (" ".join(analyse(typed)), *spellings(typed)):
            begin = spelled.encode("utf-8", "replace")
            if self._begins(kind, begin) and (shown is None or shown(begin)):
                return begin
        return plain

    def _begins(self, kind: str, begin: bytes) -> bool:
        if not begin:
            return False
        column = HEADING.c.pinyin
        query = sa.select(column).where(HEADING.c.kind == _code(kind), column >= begin)
        with self._database.connect() as connection:
            found = connection.execute(query.order_by(column).limit(1)).scalar()
        return found is not None and bytes(found).startswith(begin)

    def same(self, kind: str, text: str) -> list[str]:
        """The values that are the same heading to a reader: in another script, case or punctuation."""
        begin = _first(sort_key(kind, text))
        query = sa.select(HEADING.c.value).where(
            HEADING.c.kind == _code(kind),
            HEADING.c.pinyin >= begin + b"\x00",
            HEADING.c.pinyin < begin + b"\x01",
        )
        own = key(text)
        with self._database.connect() as connection:
            return [v for v in connection.execute(query.limit(50)).scalars() if key(v) == own]

    def present(self, kind: str, values: Sequence[str]) -> set[str]:
        """Which of these values are in the list."""
        places = [pinyin_place(kind, value) for value in values]
        with self._database.connect() as connection:
            found: set[str] = set()
            for some in chunks(places):
                query = sa.select(HEADING.c.value).where(
                    HEADING.c.kind == _code(kind), HEADING.c.pinyin.in_(some)
                )
                found.update(connection.execute(query).scalars())
        return found & set(values)

    def statistics(self) -> dict[str, int]:
        """How many headings each list has."""
        query = sa.select(HEADING.c.kind, sa.func.count()).group_by(HEADING.c.kind)
        with self._database.connect() as connection:
            counted = {int(kind): int(count) for kind, count in connection.execute(query)}
        return {kind: counted.get(_code(kind), 0) for kind in KINDS}

    # Making ready

    def stamp(self) -> str:
        """Of which state of the index the lists are; empty before they were made for the first time."""
        return self._state("stamp")

    def being_made(self) -> bool:
        """Whether somebody makes the lists just now."""
        return self._until() > self._clock()

    def refresh(
        self,
        engine: Dictionaries,
        stamp: str = "",
        kinds: Sequence[str] = KINDS,
        authorities: Referring | None = None,
    ) -> int:
        """Brings the lists in step with the dictionaries; answers with how many headings came or went.

        One process does it at a time; -1 when another one is at it. Everything is done in short transactions,
        so that readers go on and a load hardly notices.
        """
        owner = self._take()
        if not owner:
            return -1
        try:
            changed = 0
            for kind in kinds:
                changed += self._refresh(kind, engine, authorities)
            self._set("stamp", stamp)
            return changed
        finally:
            self._set("lease", "")

    def _refresh(self, kind: str, engine: Dictionaries, authorities: Referring | None) -> int:
        code = _code(kind)
        query = sa.select(HEADING.c.value, HEADING.c.used, HEADING.c.pinyin).where(HEADING.c.kind == code)
        with self._database.connect() as connection:
            gone = {(row[0], row[1]): row[2] for row in connection.execute(query)}
        uses: Uses = authorities.uses(kind, engine.values(kind)) if authorities else {}
        fresh: list[tuple[str, str]] = []

        def wanted(value: str, used: str) -> None:
            if gone.pop((value, used), None) is None and value:
                fresh.append((value, used))

        for value in dict.fromkeys(engine.values(kind)):
            wanted(value, _encode(uses.pop(value)) if value in uses else "")
        for value, use in uses.items():
            wanted(value, _encode(use))
        # What goes is taken out first, as a heading whose references change comes again in the same place.
        for some in chunks(sorted(gone.values())):
            with self._database.begin() as connection:
                connection.execute(
                    sa.delete(HEADING).where(HEADING.c.kind == code, HEADING.c.pinyin.in_(some))
                )
                self._renew(connection)
        rows = sorted((pinyin_place(kind, value), value, used) for value, used in fresh)
        for batch in chunks(rows, BATCH):
            with self._database.begin() as connection:
                insert_rows(
                    connection, HEADING, [(code, at, stroke_place(v), v, used) for at, v, used in batch]
                )
                self._renew(connection)
        return len(rows) + len(gone)

    # The one who makes them

    def _take(self) -> bool:
        now = self._clock()
        with self._database.begin() as connection:
            add_absent(connection, STATE, {"name": "lease", "value": ""})
            taken = connection.execute(
                sa.update(STATE)
                .where(STATE.c.name == "lease", STATE.c.value < f"{now:017.3f}")
                .values(value=f"{now + LEASE:017.3f}")
            )
            return taken.rowcount == 1

    def _renew(self, connection: sa.Connection) -> None:
        until = f"{self._clock() + LEASE:017.3f}"
        connection.execute(sa.update(STATE).where(STATE.c.name == "lease").values(value=until))

    def _until(self) -> float:
        return float(self._state("lease") or 0)

    def _state(self, name: str) -> str:
        with self._database.connect() as connection:
            query = sa.select(STATE.c.value).where(STATE.c.name == name)
            return str(connection.execute(query).scalar() or "")

    def _set(self, name: str, value: str) -> None:
        with self._database.begin() as connection:
            add_absent(connection, STATE, {"name": name, "value": ""})
            connection.execute(sa.update(STATE).where(STATE.c.name == name).values(value=value))


def _first(key: str) -> bytes:
    """A key as bytes; one that begins with nothing comparable stands at the end instead of the beginning."""
    made = key.encode("utf-8", "replace")
    return made if made[:1] >= b"0" else _OTHER + made


def _digest(value: str) -> bytes:
    return hashlib.blake2b(value.encode("utf-8", "replace"), digest_size=6).digest()


def _code(kind: str) -> int:
    return KINDS.index(kind)


_decode = msgspec.json.Decoder(tuple[tuple[str, str], ...]).decode


def _encode(use: tuple[tuple[str, str], ...]) -> str:
    return msgspec.json.encode(use).decode()
