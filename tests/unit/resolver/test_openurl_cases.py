"""Every link of the case files says what the files tell."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from openurl_cases import CASES, check

from resolver.parse import parse
from resolver.repair import repair


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_link_says_what_the_file_tells(case: dict[str, Any]) -> None:
    parsed = parse(case["openurl"], case.get("content_type", ""))
    citation, mended = repair(parsed.context)
    answer = {
        "context_object": msgspec.to_builtins(parsed.context),
        "citation": msgspec.to_builtins(citation),
        "charset": parsed.charset,
        "problems": msgspec.to_builtins([*parsed.problems, *mended]),
    }
    check(case, msgspec.json.decode(msgspec.json.encode(answer)))


def test_there_are_many_cases_and_each_has_its_own_name() -> None:
    assert len(CASES) >= 80
    assert len({case["name"] for case in CASES}) == len(CASES)
