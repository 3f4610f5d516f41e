"""Simulated systems are the same at every time, and live as long as they are served."""

from __future__ import annotations

import datetime
import socket
import threading
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from ereader.auth import door
from ereader.auth.operator import operator
from ereader.installation import open_home
from ereader.outside import Outside, policy_of
from ereader.simulators import KINDS, Shelf, demo, simulated, sip2
from ereader.simulators.shelf import Piece
from holdings.lookup import Question
from holdings.members import Configuration, Endpoint, Library
from holdings.plugins import lookups


def test_copies_that_are_made_up_are_always_the_same() -> None:
    today = datetime.date(2026, 11, 21)
    first, second = Shelf(today=today), Shelf(today=today)
    assert [first.of(f"r{n}") for n in range(50)] == [second.of(f"r{n}") for n in range(50)]
    states = {piece.state for n in range(50) for piece in first.of(f"r{n}") or ()}
    assert states == {"available", "reference", "on-loan", "unavailable"}
    assert first.of("") is None
    assert Shelf(strict=True).of("r1") is None


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_plug_in_and_ends_with_its_context(kind: str) -> None:
    assert kind in lookups()
    with simulated(kind) as system:
        place = urlsplit(system.address)
        with socket.create_connection((place.hostname, place.port), 2):
            pass
    with pytest.raises(OSError), socket.create_connection((place.hostname, place.port), 2):
        pass


def test_the_systems_of_the_demo_are_asked_only_while_it_is_served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(demo.NETWORKS, "")
    with open_home(tmp_path) as installation, installation.writing():
        libraries = tuple(Library(id) for id in demo.SYSTEMS)
        door.save(installation.members, Configuration(libraries=libraries), operator())

    def endpoints() -> dict[str, Endpoint]:
        with open_home(tmp_path) as installation:
            return dict(installation.members.endpoints())

    with demo.systems(tmp_path):
        assert {e.kind for e in endpoints().values() if e.active} == set(KINDS)
    assert {e.library for e in endpoints().values()} == demo.SYSTEMS.keys()
    assert not any(e.active for e in endpoints().values())


@pytest.mark.parametrize("charset", ["gb18030", "utf-8", "iso-8859-1"])
def test_sip2_is_spoken_in_the_character_set_of_the_system(charset: str) -> None:
    place = "Réserve" if charset == "iso-8859-1" else "中文图书借阅区"
    server = sip2.server(Shelf({"1": [Piece("B1", "available", "I1", place)]}, strict=True), charset=charset)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    outside = Outside(policy_of("127.0.0.1/32"))
    try:
        endpoint = Endpoint(
            "e", "a", "sip2", f"sip2://127.0.0.1:{server.server_address[1]}", {"charset": charset}
        )
        found = lookups()["sip2"].ask(
            endpoint, [Question("k", "1", barcodes=("B1",))], outside, 3.0, lambda _: ""
        )
        assert found["k"].copies[0].location == place
    finally:
        server.shutdown()
        server.server_close()
        outside.close()
