"""The systems of the demo's libraries (演示馆系统): each speaks another protocol, with what its records say.

They live in the process that serves the demo. Their addresses are in the registry while they run, switched
off when it ends, and no other installation ever asks them.
"""

from __future__ import annotations

import contextlib
import datetime
import os
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from ereader.auth import door
from ereader.auth.operator import operator
from ereader.exit_status import UsageError
from ereader.installation import Installation, open_home
from ereader.simulators.shelf import STATES, Piece, Shelf, simulated
from holdings.members import Configuration, Endpoint
from indexer.records.union import SourceRecord

# Library → kind of its system, and what its endpoint says beside the address.
SYSTEMS: Mapping[str, tuple[str, dict[str, Any]]] = {
    "yunshan": ("daia", {}),
    "jianghai": ("sru", {}),
    "beiyuan": ("sip2", {"institution": "BEIYUAN"}),
    "xiling": ("ils-di", {}),
    "nantang": (
        "mapped",
        {
            "format": "html",
            "copies": "//table[@id='item']//tr[td]",
            "fields": {"call_number": "td[1]", "barcode": "td[2]", "location": "td[3]", "status": "td[4]"},
            "statuses": {
                "在架": "available", "阅览": "reference", "借出": "on-loan", "装订": "unavailable",
            },
            "missing": "没有找到",
        },
    ),
}  # fmt: skip
NETWORKS = "EREADER_OUTSIDE_NETWORKS"


@contextlib.contextmanager
def systems(home: Path) -> Iterator[None]:
    """The systems while the demo is served; loopback may be asked meanwhile."""
    os.environ[NETWORKS] = f"{os.environ.get(NETWORKS, '')} 127.0.0.1/32".strip()
    with contextlib.ExitStack() as running:
        endpoints = []
        with open_home(home) as installation:
            for library, (kind, options) in SYSTEMS.items():
                if library in installation.members.libraries():
                    system = running.enter_context(simulated(kind, stocked(installation, library)))
                    endpoints.append(Endpoint(f"{library}-{kind}", library, kind, system.address, options))
        _save(home, endpoints)
        try:
            yield
        finally:
            # Where another process writes just now, the addresses stay, and nobody answers there.
            with contextlib.suppress(UsageError):
                _save(home, [msgspec.structs.replace(e, active=False) for e in endpoints])


def _save(home: Path, endpoints: list[Endpoint]) -> None:
    with open_home(home) as installation, installation.writing():
        changes = Configuration(endpoints=tuple(endpoints))
        door.save(installation.members, changes, operator(), "simulated systems of the demo")


def stocked(installation: Installation, library: str) -> Shelf:
    """What the records of a library say it has, some of it on loan."""
    pieces: dict[str, list[Piece]] = {}
    repositories = installation.members.repositories().values()
    for repository in (r.id for r in repositories if r.library == library):
        for ids in installation.store.unions(repository):
            for _, sources in installation.store.members_of(ids):
                for source in sources:
                    if source.repository == repository:
                        pieces[source.id] = list(_pieces(source))
    return Shelf(pieces, strict=True)


def _pieces(source: SourceRecord) -> Iterator[Piece]:
    today = datetime.datetime.now(datetime.UTC).date()
    for number, holding in enumerate(source.record.holdings):
        barcodes = [item.barcode for item in holding.items if item.barcode]
        if not (barcodes or holding.call_number):
            continue
        for barcode in barcodes or [f"{source.uid}{number}"]:
            chance = zlib.crc32(barcode.encode())
            state = STATES[chance % len(STATES)]
            due = (today + datetime.timedelta(1 + chance % 40)).isoformat() if state == "on-loan" else ""
            location = holding.location or next((i.location for i in holding.items if i.location), "")
            yield Piece(barcode, state, holding.call_number, location, due, chance % 3 if due else 0)
