"""Every plug-in against a system that speaks its protocol, over real sockets."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from ereader.outside import Outside, policy_of
from ereader.simulators import Shelf, simulated
from ereader.simulators.shelf import Piece
from holdings.lookup import LookupFailed, Question
from holdings.members import Endpoint
from holdings.plugins import lookups

PIECES = {
    "1": [Piece("A1", "available", "I242.4/1", "中文图书借阅区"), Piece("A2", "on-loan", "I242.4/1", "书库", "2031-05-06", 2)],
    "2": [Piece("B1", "reference", "K2/7", "Main stacks")],
    "3": [Piece("C1", "unavailable", "", "Main stacks")],
    "4": [],
}  # fmt: skip
MAPPING = {
    "format": "json", "copies": "data.list", "fields": {"status": "state", "call_number": "callNo", "location": "place.name", "due": "dueDate", "queue": "reserved", "barcode": "barCode"},
    "statuses": {"在架": "available", "阅览": "reference", "借出": "on-loan", "装订": "unavailable"},
}  # fmt: skip
PAGE = {
    **MAPPING, "format": "html", "copies": "//table[@id='item']//tr[td]", "missing": "没有找到",
    "fields": {"status": "td[4]", "call_number": "td[1]", "location": "td[3]", "barcode": "td[2]"},
}  # fmt: skip
QUESTIONS = [
    Question(key=f"k{n}", local=n, barcodes=tuple(p.barcode for p in ps)) for n, ps in PIECES.items()
]
UNKNOWN = Question("none", "404", barcodes=("ZZZ",))


@pytest.fixture
def outside() -> Iterator[Outside]:
    made = Outside(policy_of("127.0.0.1/32", seconds=60))
    yield made
    made.close()


@pytest.fixture
def systems() -> Iterator[Any]:
    with ExitStack() as stack:
        yield lambda kind: stack.enter_context(simulated(kind, Shelf(PIECES, strict=True)))


KINDS = [
    ("daia", {}),
    ("daia", {"batch": 1}),
    ("sru", {}),
    ("sru", {"version": "2.0", "query": "alma.mms_id={local}"}),
    ("ils-di", {}),
    ("sip2", {"institution": "SIM"}),
    ("sip2", {"institution": "SIM", "error_detection": False, "login": "sc", "end": "crlf"}),
    ("mapped", MAPPING),
    ("mapped", PAGE),
]


@pytest.mark.parametrize(("kind", "options"), KINDS)
def test_a_system_says_what_is_available(
    systems: Any, outside: Outside, kind: str, options: dict[str, Any]
) -> None:
    system = systems(kind)
    address = system.address + ("api/{local}" if options is MAPPING else "")
    endpoint = Endpoint("e", "pku", kind, address, options)
    plugin = lookups()[kind]
    assert plugin.most(endpoint) >= 1
    found = plugin.ask(endpoint, [*QUESTIONS, UNKNOWN], outside, 4.0, lambda _: "")
    one = found["k1"]
    assert (one.status, one.available, one.total) == ("available", 1, 2)
    lent = next(copy for copy in one.copies if copy.status == "on-loan")
    assert lent.due == "2031-05-06"
    assert "书库" in lent.location
    # ILS-DI knows neither call numbers nor queues, nor what is for use in the library only.
    if kind != "ils-di":
        assert lent.call_number == "I242.4/1"
        assert found["k3"].status == "unavailable"
    if kind not in ("ils-di", "sip2"):
        assert found["k2"].status == "reference"
    if kind in ("daia", "sip2"):
        assert lent.queue == 2
    assert found["none"].error == "not-found"
    assert found["none"].status == "unknown"


def test_daia_is_asked_for_many_at_once(systems: Any, outside: Outside) -> None:
    system = systems("daia")
    endpoint = Endpoint("e", "pku", "daia", system.address)
    lookups()["daia"].ask(endpoint, QUESTIONS, outside, 4.0, lambda _: "")
    assert system.shelf.asked == 1
    assert "1%7C2%7C3%7C4" in system.shelf.requests[0]


def test_a_query_cannot_be_changed_by_an_id(systems: Any, outside: Outside) -> None:
    system = systems("sru")
    endpoint = Endpoint("e", "pku", "sru", system.address)
    lookups()["sru"].ask(endpoint, [Question("k", '1" or a=*')], outside, 4.0, lambda _: "")
    assert "%5C%22+or+a%3D%5C%2A%22" in system.shelf.requests[0]


def test_an_address_cannot_be_changed_by_an_id(systems: Any, outside: Outside) -> None:
    system = systems("mapped")
    endpoint = Endpoint("e", "pku", "mapped", f"{system.address}api/{{local}}", MAPPING)
    lookups()["mapped"].ask(endpoint, [Question("k", "../../x?y#z@evil/")], outside, 4.0, lambda _: "")
    assert system.shelf.requests == ["/api/..%2F..%2Fx%3Fy%23z%40evil%2F"]


def test_a_refused_login_is_an_error(systems: Any, outside: Outside) -> None:
    system = systems("sip2")
    endpoint = Endpoint("e", "pku", "sip2", system.address, {"login": "sc"})
    with pytest.raises(LookupFailed, match="login"):
        lookups()["sip2"].ask(endpoint, QUESTIONS, outside, 4.0, lambda _: "wrong")


@pytest.mark.parametrize("kind", ["daia", "sru", "ils-di", "sip2", "mapped"])
def test_a_system_that_is_away_is_an_error(outside: Outside, kind: str) -> None:
    with simulated("daia") as gone:
        address = gone.address.replace("http", "sip2" if kind == "sip2" else "http")
    endpoint = Endpoint("e", "pku", kind, address, MAPPING if kind == "mapped" else {})
    with pytest.raises(LookupFailed) as caught:
        lookups()[kind].ask(endpoint, QUESTIONS, outside, 4.0, lambda _: "")
    assert caught.value.code == "unreachable"
