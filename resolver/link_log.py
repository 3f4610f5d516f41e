"""What is noted of links (链接日志): clicks, failures, reports, referrers, and the secret that signs targets.

Clicks and referrers are gathered in memory and written together a little later, so that no reader waits for
another writer; the last few seconds of them may be lost with the process. A report, for which a reader was
thanked, is written before the thanks.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from indexer.rows import add_absent
from resolver.link_tables import METADATA, PROBE, REFERRER, REPORT, SECRET, TARGET
from resolver.success import Success

WRITE_EVERY = 3.0  # seconds
LEVELS_FOR = 30.0  # seconds for which the success of targets is not read again
MOST_HELD = 5_000  # different things noted between two writings
MOST_REFERRERS = 3_000  # different referrers; others are counted together
MOST_VISITS = 10_000
SAME_VISIT = 600.0  # seconds within which another way taken says that the first led nowhere
OTHERS = "(others)"
log = logging.getLogger(__name__)


class Referrer(msgspec.Struct):
    """What links of one source were like (来源质量)."""

    referrer: str
    kind: str = ""
    links: int = 0
    score: float = 0.0
    mended: int = 0
    answered: int = 0
    missing: dict[str, int] = {}
    latest: str = ""


class LinkLog:
    """The notes of an installation (链接日志). Safe from several threads."""

    def __init__(
        self,
        engine: sa.Engine,
        today: Callable[[], date] = lambda: datetime.now(UTC).date(),
    ) -> None:
        self._engine = engine
        self._today = today
        self._lock = threading.Lock()
        self._targets: dict[tuple[str, str], list[float]] = {}  # clicks, tries, failures
        self._referrers: dict[tuple[str, str], Referrer] = {}
        self._visits: OrderedDict[str, tuple[str, str, float]] = OrderedDict()
        self._levels: dict[str, dict[str, int]] = {}
        self._read = 0.0
        self._writer: threading.Timer | None = None
        self._secret = ""

    def create_tables(self) -> None:
        METADATA.create_all(self._engine)

    def secret(self) -> str:
        """The secret of this installation, made when it is first asked for."""
        if not self._secret:
            query = sa.select(SECRET.c.secret).where(SECRET.c.number == 1)
            with self._engine.connect() as connection:
                found = connection.execute(query).scalar()
            if not found:
                try:
                    with self._engine.begin() as connection:
                        made = {"number": 1, "secret": secrets.token_hex(32)}
                        connection.execute(SECRET.insert(), made)
                except sa.exc.IntegrityError:  # Another process was first.
                    pass
                with self._engine.connect() as connection:
                    found = connection.execute(query).scalar()
            self._secret = str(found)
        return self._secret

    def click(self, library: str, target: str, visit: str = "") -> None:
        """A reader took this way; ``visit`` is a random name of the list it was taken from."""
        now = time.monotonic()
        with self._lock:
            before = self._visits.pop(visit, None) if visit else None
            if visit:
                self._visits[visit] = (library, target, now)
                while len(self._visits) > MOST_VISITS:
                    self._visits.popitem(last=False)
            if before and before[:2] == (library, target):
                return  # The same way again is no new try.
            self._add(library, target, clicks=1, tries=1)
            if before and now - before[2] < SAME_VISIT:
                self._add(before[0], before[1], failures=0.5)

    def failed(self, library: str, target: str, weight: float = 1.0) -> None:
        """A target was seen to lead nowhere: a try that failed."""
        with self._lock:
            self._add(library, target, tries=weight, failures=weight)

    def reached(self, library: str, target: str, weight: float = 1.0) -> None:
        """A target was seen to lead there."""
        with self._lock:
            self._add(library, target, tries=weight)

    def report(self, library: str, target: str, url: str, cited: str, note: str = "") -> None:
        """A reader says that a link is broken."""
        values = {
            "made": _now(),
            "library": library[:64],
            "target": target[:200],
            "url": url[:2_000],
            "cited": _printable(cited)[:4_000],
            "note": _printable(note)[:1_000],
            "settled": "",
        }
        with self._engine.begin() as connection:
            connection.execute(REPORT.insert(), values)
            _count(connection, library, target, self._today(), reports=1, tries=1, failures=1)

    def settle(self, number: int, library: str | None = None) -> bool:
        """A report is settled by staff; of one library where that is named. False when there is none."""
        where = sa.and_(REPORT.c.number == number, REPORT.c.settled == "")
        if library is not None:
            where = sa.and_(where, REPORT.c.library == library)
        with self._engine.begin() as connection:
            done = connection.execute(REPORT.update().where(where).values(settled=_now()))
        return bool(done.rowcount)

    def referred(
        self, referrer: str, kind: str, score: float, missing: list[str], *, mended: bool, answered: bool
    ) -> None:
        """A link of a source was resolved."""
        key = (referrer[:100] or "(none)", kind[:20])
        with self._lock:
            if key not in self._referrers and len(self._referrers) >= MOST_HELD:
                key = (OTHERS, kind[:20])
            held = self._referrers.setdefault(key, Referrer(*key))
            held.links += 1
            held.score += score
            held.mended += mended
            held.answered += answered
            held.latest = _now()
            for name in missing:
                held.missing[name] = held.missing.get(name, 0) + 1
            self._later()

    def levels(self, library: str) -> dict[str, int]:
        """The targets of a library that are doubtful (1) or mostly lead nowhere (2), for ranking."""
        now = time.monotonic()
        with self._lock:
            if now - self._read > LEVELS_FOR or not self._read:
                self._levels = {}
                self._read = now
                for one in self.success():
                    if one.level:
                        self._levels.setdefault(one.library, {})[one.target] = one.level
            general, own = self._levels.get("", {}), self._levels.get(library, {})
            return {name: max(general.get(name, 0), own.get(name, 0)) for name in general.keys() | own.keys()}

    def success(self) -> list[Success]:
        """What is known of every target, faded to today."""
        today = self._today()
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(TARGET)).all()
        return [
            Success(r.target, r.library, r.clicks, r.reports, r.tries, r.failures, r.day).on(today)
            for r in rows
        ]

    def reports(self, most: int = 200) -> list[Any]:
        """Open reports, the latest first."""
        query = sa.select(REPORT).where(REPORT.c.settled == "").order_by(REPORT.c.number.desc()).limit(most)
        with self._engine.connect() as connection:
            return list(connection.execute(query).all())

    def referrers(self, most: int = 500) -> list[Referrer]:
        """The sources of links, those with the most links first."""
        query = sa.select(REFERRER).order_by(REFERRER.c.links.desc()).limit(most)
        with self._engine.connect() as connection:
            return [
                Referrer(
                    r.referrer, r.kind, r.links, r.score, r.mended, r.answered,
                    msgspec.json.decode(r.missing), r.latest,
                )
                for r in connection.execute(query)
            ]  # fmt: skip

    def probed(self, target: str, url: str, status: int, said: str) -> None:
        """What a probe of an address got; the tables of targets are told as well."""
        values = {"target": target[:200], "status": status, "said": said[:200], "made": _now()}
        with self._engine.begin() as connection:
            connection.execute(sa.delete(PROBE).where(PROBE.c.url == url[:2_000]))
            connection.execute(PROBE.insert(), {"url": url[:2_000], **values})

    def probes(self, *, failed: bool = True, most: int = 500) -> list[Any]:
        """What the last probes got, only what failed unless all is asked for."""
        query = sa.select(PROBE).order_by(PROBE.c.target, PROBE.c.url).limit(most)
        if failed:
            query = query.where(sa.or_(PROBE.c.status >= 400, PROBE.c.status == 0))
        with self._engine.connect() as connection:
            return list(connection.execute(query).all())

    def write(self) -> None:
        """Writes what was gathered."""
        with self._lock:
            targets, self._targets = self._targets, {}
            referrers, self._referrers = self._referrers, {}
            self._writer = None
        if not targets and not referrers:
            return
        try:
            with self._engine.begin() as connection:
                # In one order, so that two servers never wait for each other.
                for (library, target), (clicks, tries, failures) in sorted(targets.items()):
                    _count(
                        connection, library, target, self._today(),
                        clicks=int(clicks), tries=tries, failures=failures,
                    )  # fmt: skip
                known = connection.execute(sa.select(sa.func.count()).select_from(REFERRER)).scalar() or 0
                for one in referrers.values():
                    known += _note(connection, one, full=known >= MOST_REFERRERS)
        except sa.exc.SQLAlchemyError as error:
            log.warning("links could not be noted: %s", error)

    def _add(
        self, library: str, target: str, clicks: int = 0, tries: float = 0.0, failures: float = 0.0
    ) -> None:
        key = (library[:64], target[:200])
        if key in self._targets or len(self._targets) < MOST_HELD:
            held = self._targets.setdefault(key, [0, 0.0, 0.0])
            for at, more in enumerate((clicks, tries, failures)):
                held[at] += more
        self._later()

    def _later(self) -> None:
        if self._writer is None:
            self._writer = threading.Timer(WRITE_EVERY, self.write)
            self._writer.daemon = True
            self._writer.start()


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _count(
    connection: sa.Connection,
    library: str,
    target: str,
    today: date,
    clicks: int = 0,
    reports: int = 0,
    tries: float = 0.0,
    failures: float = 0.0,
) -> None:
    library, target = library[:64], target[:200]
    where = sa.and_(TARGET.c.library == library, TARGET.c.target == target)
    none = {"clicks": 0, "reports": 0, "tries": 0.0, "failures": 0.0, "day": today}
    add_absent(connection, TARGET, {"library": library, "target": target, **none})
    # Held, where another server counts too; SQLite has one writer at a time anyway.
    row = connection.execute(sa.select(TARGET).where(where).with_for_update()).one()
    held = Success(target, library, row.clicks, row.reports, row.tries, row.failures, row.day).on(today)
    values = {
        "clicks": held.clicks + clicks,
        "reports": held.reports + reports,
        "tries": held.tries + tries,
        "failures": held.failures + failures,
        "day": today,
    }
    connection.execute(TARGET.update().where(where).values(**values))


def _note(connection: sa.Connection, one: Referrer, *, full: bool) -> int:
    """Adds to what is known of a referrer; 1 when it is a new one."""
    where = sa.and_(REFERRER.c.referrer == one.referrer, REFERRER.c.kind == one.kind)
    row = connection.execute(sa.select(REFERRER).where(where)).first()
    if row is None and full and one.referrer != OTHERS:
        one.referrer = OTHERS
        return _note(connection, one, full=full)
    missing = dict(one.missing)
    if row is not None:
        for name, count in msgspec.json.decode(row.missing).items():
            missing[name] = missing.get(name, 0) + count
    values = {
        "links": one.links + (row.links if row is not None else 0),
        "score": one.score + (row.score if row is not None else 0.0),
        "mended": one.mended + (row.mended if row is not None else 0),
        "answered": one.answered + (row.answered if row is not None else 0),
        "missing": msgspec.json.encode(missing).decode(),
        "latest": one.latest,
    }
    if row is not None:
        connection.execute(REFERRER.update().where(where).values(**values))
        return 0
    connection.execute(REFERRER.insert(), {"referrer": one.referrer, "kind": one.kind, **values})
    return 1
