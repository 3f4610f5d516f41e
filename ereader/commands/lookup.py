"""``ereader lookup``: what an answer of a library's system says, and what its system answers (馆藏查询).

For whoever connects a system: a saved answer is read as the portal would read it, or the endpoint is asked.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from ereader import exit_status
from ereader.exit_status import UsageError
from ereader.installation import open_home
from ereader.link_sources import outside_of
from holdings import daia
from holdings.availability import Availability
from holdings.desk import Desk
from holdings.lookup import LookupFailed, Question
from holdings.lookups import ils_di, mapped, sru
from holdings.lookups.daia import availability_of
from holdings.members.endpoint import Endpoint
from holdings.plugins import lookups

KINDS = ("daia", "sru", "ils-di", "mapped")


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "lookup", help="what a library's system answers, and how an answer is understood"
    )
    parser.add_argument("words", nargs="+", metavar="FILE|ID", help="saved answers, or ids with --endpoint")
    parser.add_argument("--kind", choices=KINDS, default="daia", help="what the saved answers are")
    parser.add_argument("--endpoint", default="", metavar="E", help="ask this endpoint for the ids")
    parser.add_argument(
        "--options", default="", metavar="E", help="read with the options of this endpoint (mapped, sru)"
    )


def run(args: argparse.Namespace) -> int:
    told = _asked(args) if args.endpoint else [_read(Path(word), args) for word in args.words]
    for one in told:
        if args.json:
            print(msgspec.json.encode(one).decode())
        else:
            _print(one)
    return exit_status.DONE if all(one["valid"] for one in told) else exit_status.REFUSED


def _asked(args: argparse.Namespace) -> list[dict[str, Any]]:
    with open_home(args.home) as installation:
        endpoint = _endpoint(installation.members.endpoints(), args.endpoint)
        outside = outside_of(installation.settings)
        try:
            desk = Desk(lookups(), outside)
            # One word stands for whatever the endpoint's id asks for.
            asked = [
                (endpoint, Question(word, word, (word,), (word,), (word,)))
                for word in dict.fromkeys(args.words)
            ]
            found = desk.ask(asked, outside.policy.seconds)
        finally:
            outside.close()
    return [_said(key, answer) for (_, key), answer in found.items()]


def _read(path: Path, args: argparse.Namespace) -> dict[str, Any]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}") from error
    if args.kind == "daia":
        return _daia(str(path), data)
    options: dict[str, Any] = {}
    if args.options:
        with open_home(args.home) as installation:
            options = _endpoint(installation.members.endpoints(), args.options).options
    readers: dict[str, Callable[[bytes], dict[str, Availability]]] = {
        "sru": lambda answer: {"": sru.read(answer, options.get("items"))},
        "ils-di": ils_di.read,
        "mapped": lambda answer: {"": mapped.read(answer, options)},
    }
    try:
        found = readers[args.kind](data)
    except LookupFailed as failed:
        problem = {"code": failed.code, "severity": "error", "path": "", "message": str(failed)}
        return {"source": str(path), "valid": False, "records": [], "problems": [problem]}
    records = [{"id": id, **_builtins(answer)} for id, answer in found.items()]
    return {"source": str(path), "valid": True, "records": records, "problems": []}


def _daia(source: str, data: bytes) -> dict[str, Any]:
    read = daia.read(data)
    problems = [msgspec.to_builtins(p) for p in read.problems]
    if read.refusal is not None:
        message = f"{read.refusal.error}: {read.refusal.description}"
        problems.append({"code": "error-response", "severity": "error", "path": "", "message": message})
    records = [
        {"id": d.id, "requested": d.requested, **_builtins(availability_of([d]))} for d in read.documents
    ]
    return {"source": source, "valid": read.valid, "records": records, "problems": problems}


def _said(id: str, answer: Availability) -> dict[str, Any]:
    failed = bool(answer.error) and answer.error != "not-found"
    problems = (
        [{"code": answer.error, "severity": "error", "path": "", "message": answer.error}] if failed else []
    )
    return {
        "source": id,
        "valid": not failed,
        "records": [{"id": id, **_builtins(answer)}],
        "problems": problems,
    }


def _builtins(answer: Availability) -> dict[str, Any]:
    # Members that have their usual value are told all the same.
    told: dict[str, Any] = msgspec.to_builtins(answer)
    return {"status": answer.status, "total": answer.total, "available": answer.available, **told}


def _print(told: dict[str, Any]) -> None:
    print(f"{told['source']}: {'well' if told['valid'] else 'not as it should be'}")
    for record in told["records"]:
        print(
            f"  {record['id'] or '(record)'}: {record['status']}, {record['available']} of {record['total']}"
        )
        for copy in record.get("copies", []):
            parts = (copy.get(n, "") for n in ("department", "location", "call_number", "due", "note"))
            print("    " + ", ".join([copy.get("status", "unknown"), *filter(None, parts)]))
    for problem in told["problems"]:
        print(
            f"  {problem['severity']} {problem['code']} {problem['path']}: {problem['message']}",
            file=sys.stderr,
        )


def _endpoint(endpoints: dict[str, Endpoint], id: str) -> Endpoint:
    found = endpoints.get(id)
    if found is None:
        raise UsageError(f"there is no endpoint {id}; there are {', '.join(endpoints) or 'none'}")
    return found
