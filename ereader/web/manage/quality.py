"""The quality of a library's records (质量): completeness, wrong numbers, what is there twice, damage; after
each load; files to mend, and whole repositories to take away.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from starlette.responses import Response, StreamingResponse

from ereader import jobs
from ereader.web import answer, errors
from ereader.web.describe import SCHEMES
from ereader.web.manage.frame import Scope, frame_of, led, page
from ereader.web.posted import Fields
from ereader.web.visit import Visit
from indexer import corrections, outgoing
from indexer.checks import CHECKS
from indexer.quality import FIELDS, Quality, Snapshot, snapshots
from indexer.records import export
from indexer.records.export import losses
from ui.manage_quality_pages import OfType, QualityPage, Share, Trend
from ui.manage_sheet_pages import Cell, Row, Table
from ui.pages import Choice

TAB = "quality"
MOST_TYPES = 21
MOST_CODES = 30
SHOWN_LOADS = 20
WIDTH, HEIGHT, EDGE = 600, 120, 10
OFFERED = ("marc21", "cnmarc", "marcxml", "mods", "dc", "bibframe", "ris", "bibtex", "csv", "jsonl")
_FILES = ("corrections.csv", "corrections.mrc", "corrections.jsonl")
LOSSES = "losses.csv"
MOST_TRIED = 5_000  # records at which it is seen what formats lose
_EXPORT = re.compile(r"records\.([a-z0-9]+)")


def shown(visit: Visit, scope: Scope) -> Response:
    """GET /manage/library/ID/quality"""
    texts, here = visit.texts, f"{scope.path}/{TAB}"
    own = sorted(r for r, known in visit.members.repositories().items() if known.library == scope.id)
    asked = visit.parameter("repository", most=64)
    # A file of authorities has no records whose quality could be shown.
    full = (r for r in own if not visit.service.store.is_empty(r))
    repository = asked if asked in own else next(full, next(iter(own), ""))
    kept = snapshots(visit.service.accounts.engine, [repository] if repository else [])
    latest = kept[-1] if kept else None
    quality = latest.quality if latest else Quality()
    working = next((j for j in jobs.unfinished(visit.service.installation) if j.kind == "quality"), None)
    base = f"{here}/{repository}"
    shown = QualityPage(
        visit.site(),
        frame_of(visit, scope, TAB),
        visit.url(here),
        tuple(Choice(visit.names.repository(r), "", r == repository, value=r) for r in own),
        repository,
        _numbers(visit, quality) if latest else (),
        texts("quality.measured", day=latest.made[:10], run=latest.run) if latest else "",
        _types(visit, quality),
        _identifiers(visit, quality),
        _problems(visit, quality),
        _trends(visit, kept[-SHOWN_LOADS:]),
        _history(visit, scope, kept[-SHOWN_LOADS:]),
        tuple(Choice(texts(f"quality.{n.replace('.', '_')}"), visit.url(f"{base}/{n}")) for n in _FILES)
        if repository
        else (),
        tuple(Choice(name, visit.url(f"{base}/records.{name}")) for name in OFFERED) if repository else (),
        texts("quality.working") if working else "",
        visit.url(f"{base}/{LOSSES}") if repository else "",
    )
    return page(visit, "manage/quality.html", shown)


def changed(visit: Visit, scope: Scope, fields: Fields) -> Response:
    """POST /manage/library/ID/quality: measures a repository anew"""
    repository = fields.get("repository", "")
    if not _is_own(visit, scope, repository):
        return answer.unkept(errors.page(visit, 404))
    jobs.start(visit.service.installation, "quality", {"repository": repository}, scope.actor, once=True)
    return led(visit, f"{scope.path}/{TAB}?repository={repository}", "quality.started")


def download(visit: Visit, scope: Scope, repository: str, name: str) -> Response:
    """GET /manage/library/ID/quality/REPOSITORY/corrections.csv and so on, and …/records.FORMAT"""
    found = _EXPORT.fullmatch(name)
    if not _is_own(visit, scope, repository) or (
        name not in (*_FILES, LOSSES) and not (found and found[1] in OFFERED)
    ):
        return answer.unkept(errors.page(visit, 404))
    # What leaves is what the visitor may see in his own library's portal.
    view = visit.members.view(f"L:{scope.id}", visit.viewer)
    store, database = visit.service.store, visit.service.accounts.engine
    sources = outgoing.sources(database, store, visit.members, repository, view)
    pieces: Iterator[bytes]
    kind, extension = "application/octet-stream", name.rpartition(".")[2]
    if found:
        module = export.format_module(found[1])
        kind, extension = module.MEDIA_TYPE, module.EXTENSION
        pieces = export.write((s.record for s in sources), found[1])
    elif name == LOSSES:
        kind, pieces = (
            "text/csv; charset=utf-8",
            losses.listed((s.record for s in sources), OFFERED, MOST_TRIED),
        )
    elif name == _FILES[0]:
        kind, pieces = "text/csv; charset=utf-8", corrections.listed(sources)
    elif name == _FILES[1]:
        kind, pieces = "application/marc", corrections.as_marc(sources, store, view)
    else:
        kind, pieces = "application/jsonl", corrections.as_lines(sources, store, view)
    stem = "records" if found else name.partition(".")[0]
    headers = {
        "content-disposition": f'attachment; filename="{repository}-{stem}.{extension}"',
        "content-security-policy": "sandbox; default-src 'none'",
    }
    return answer.unkept(StreamingResponse(_thick(pieces), 200, headers, kind))


def _thick(pieces: Iterator[bytes], least: int = 65_536) -> Iterator[bytes]:
    """Pieces of some size: each is handed from one thread to another."""
    held: list[bytes] = []
    size = 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size >= least:
            yield b"".join(held)
            held, size = [], 0
    yield b"".join(held)


def _is_own(visit: Visit, scope: Scope, repository: str) -> bool:
    known = visit.members.repositories().get(repository)
    return known is not None and known.library == scope.id


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _numbers(visit: Visit, q: Quality) -> tuple[tuple[str, str, bool], ...]:
    texts = visit.texts
    return (
        (texts("quality.records"), f"{q.records:,}", False),
        (texts("quality.completeness"), f"{q.completeness:.0%}", q.completeness < 0.5),
        (texts("quality.faulty"), f"{q.faulty:,} ({_share(q.faulty, q.records):.1%})", q.faulty > 0),
        (texts("quality.invalid"), f"{sum(q.invalid.values()):,}", bool(q.invalid)),
        (texts("quality.twice"), f"{q.twice:,}", q.twice > 0),
        (texts("quality.damaged"), f"{q.damaged:,}", q.damaged > 0),
    )


def _types(visit: Visit, q: Quality) -> tuple[OfType, ...]:
    ordered = sorted(q.types.items(), key=lambda t: (-t[1], t[0]))[:MOST_TYPES]
    return tuple(
        OfType(
            visit.names.type(code),
            f"{count:,}",
            tuple(
                Share(
                    visit.texts(f"quality.field_{name}"),
                    round(_share(q.complete.get(code, {}).get(name, 0), count), 4),
                    f"{_share(q.complete.get(code, {}).get(name, 0), count):.0%}",
                )
                for name in FIELDS
            ),
        )
        for code, count in ordered
    )


def _identifiers(visit: Visit, q: Quality) -> Table:
    rows = tuple(
        Row(
            (
                Cell(SCHEMES.get(scheme, scheme)),
                Cell(f"{count:,}", number=True),
                Cell(f"{q.invalid.get(scheme, 0):,}", number=True),
                Cell(f"{_share(q.invalid.get(scheme, 0), count):.1%}", number=True),
            )
        )
        for scheme, count in q.identifiers.items()
    )
    columns = tuple(visit.texts(f"quality.{name}") for name in ("scheme", "count", "invalid", "share"))
    title = visit.texts("quality.identifiers")
    return Table(columns, rows, visit.texts("quality.no_identifiers"), caption=title)


def _problems(visit: Visit, q: Quality) -> Table:
    rows = []
    for code, count in list(q.codes.items())[:MOST_CODES]:
        known = CHECKS.get(code)
        text, mend, severity = code, "", ""
        if known:
            chinese = visit.lang.startswith("zh")
            text, mend = (known.zh, known.mend_zh) if chinese else (known.en, known.mend_en)
            severity = visit.texts(f"severity.{known.severity}")
        rows.append(Row((Cell(text, small=mend), Cell(severity), Cell(f"{count:,}", number=True))))
    columns = tuple(visit.texts(f"quality.{name}") for name in ("problem", "severity", "count"))
    return Table(
        columns, tuple(rows), visit.texts("quality.no_problems"), caption=visit.texts("quality.problems")
    )


def _trends(visit: Visit, kept: Sequence[Snapshot]) -> tuple[Trend, ...]:
    if len(kept) < 2:
        return ()
    lines = {
        "completeness": [s.quality.completeness for s in kept],
        "faulty": [_share(s.quality.faulty, s.quality.records) for s in kept],
        "invalid": [
            _share(sum(s.quality.invalid.values()), sum(s.quality.identifiers.values())) for s in kept
        ],
        "twice": [_share(s.quality.twice, s.quality.records) for s in kept],
    }
    return tuple(_trend(visit, name, values, kept) for name, values in lines.items())


def _trend(visit: Visit, name: str, values: Sequence[float], kept: Sequence[Snapshot]) -> Trend:
    step = (WIDTH - 2 * EDGE) / (len(values) - 1)
    dots = tuple(
        (
            round(EDGE + n * step, 1),
            round(HEIGHT - EDGE - min(1.0, value) * (HEIGHT - 2 * EDGE), 1),
            f"{snapshot.made[:10]}: {value:.1%}",
        )
        for n, (value, snapshot) in enumerate(zip(values, kept, strict=True))
    )
    points = " ".join(f"{x},{y}" for x, y, _ in dots)
    return Trend(visit.texts(f"quality.{name}"), points, dots, f"{values[-1]:.1%}")


def _history(visit: Visit, scope: Scope, kept: Sequence[Snapshot]) -> Table:
    rows = tuple(
        Row(
            (
                Cell(str(s.run), visit.url(f"{scope.path}/loads/{s.run}"), number=True),
                Cell(s.made[:10]),
                Cell(f"{s.quality.records:,}", number=True),
                Cell(f"{s.quality.completeness:.1%}", number=True),
                Cell(f"{s.quality.faulty:,}", number=True),
                Cell(f"{sum(s.quality.invalid.values()):,}", number=True),
                Cell(f"{s.quality.twice:,}", number=True),
                Cell(f"{s.quality.damaged:,}", number=True),
            )
        )
        for s in reversed(kept)
    )
    names = ("load", "day", "records", "completeness", "faulty", "invalid", "twice", "damaged")
    columns = tuple(visit.texts(f"quality.{name}") for name in names)
    return Table(columns, rows, visit.texts("quality.no_history"), caption=visit.texts("quality.history"))
