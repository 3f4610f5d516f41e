"""The page on availability says what the program does."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from ereader.outside import policy_of
from ereader.settings import Settings
from ereader.web import daia, sru
from ereader.web.availability import MOST_RECORDS
from ereader.web.routes import ROUTES
from holdings.availability import STATUSES
from holdings.desk import SECONDS
from holdings.lookups import mapped
from holdings.members.apply import parse
from holdings.members.endpoint import Endpoint, variable
from holdings.plugins import lookups

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "availability.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)


def rows(head: str) -> list[list[str]]:
    lines = PAGE[PAGE.index(head) :].splitlines()[2:]
    end = next(n for n, line in enumerate([*lines, ""]) if not line.startswith("|"))
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[:end]]


@pytest.mark.parametrize("block", [b for b in BLOCKS if "[[endpoint]]" in b])
def test_the_files_can_be_applied(block: str) -> None:
    read, _ = parse(block)
    assert read.endpoints
    assert all(endpoint.kind in lookups() for endpoint in read.endpoints)


def test_the_settings_are_settings() -> None:
    (given,) = (tomllib.loads(b) for b in BLOCKS if "outside_networks" in b)
    assert given.keys() <= set(Settings.__struct_fields__)
    assert policy_of(given["outside_networks"]).networks


def test_every_protocol_and_key_is_told() -> None:
    assert {row[0].strip("`") for row in rows("| kind |")} == lookups().keys()
    assert {row[0].strip("`") for row in rows("| key |")} == set(Endpoint.__struct_fields__)
    assert tuple(row[0].strip("`") for row in rows("| status | what it means")) == STATUSES


def test_a_mapping_reads_what_the_page_says() -> None:
    (block,) = (b for b in BLOCKS if "mapped" in b)
    options = parse(block)[0].endpoints[0].options
    answer = '{"data":{"list":[{"state":"借出","callNo":"I1","place":{"name":"三楼"},"dueDate":"2031-02-03","reserved":2}]}}'
    (copy,) = mapped.read(answer.encode(), options).copies
    assert (copy.status, copy.call_number, copy.location, copy.due, copy.queue) == (
        "on-loan", "I1", "三楼", "2031-02-03", 2,
    )  # fmt: skip
    named = re.search(r"`fields` are paths from a copy:\n(.*?)\.", PAGE, re.DOTALL)
    assert named is not None
    assert re.findall(r"`(\w+)`", named[1]) == list(mapped.FIELDS)


def test_numbers_are_the_programs() -> None:
    assert f"Up to {MOST_RECORDS} records" in PAGE
    assert f"More than {daia.MOST_IDS} in one" in PAGE
    assert f"more than {daia.LONGEST_QUERY:,} characters" in PAGE
    assert f"waited for ({SECONDS}, at most 8)" in PAGE
    assert variable("lakeside", "SIP") == "EREADER_SECRET_LAKESIDE__SIP"
    policy = policy_of()
    assert (policy.redirects, policy.at_once, policy.breaks_after) == (3, 4, 5)


def test_the_python_of_the_page_runs() -> None:
    (block,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    exec(compile(block, "docs/availability.md", "exec"), {})


def test_the_routes_are_there() -> None:
    paths = {getattr(route, "path", "") for route in ROUTES}
    assert {"/api/v1/availability", "/daia", "/sru", "/record/{id}/availability"} <= paths


def test_sru_is_told_as_it_is() -> None:
    told = PAGE[PAGE.index("## Our SRU server") : PAGE.index("## Asking outside")]
    assert all(f"`{name}`" in told for name in (*sru.SCHEMAS, *sru.EXPLAINED))
    assert f"(at most {sru.MOST_RECORDS})" in told
