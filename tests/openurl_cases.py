"""Vectors of OpenURL: links with what they must say, and how an answer is compared with that."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent / "cases" / "openurl"
CASES: list[dict[str, Any]] = [
    case for file in sorted(FOLDER.glob("*.toml")) for case in tomllib.loads(file.read_text("utf-8"))["case"]
]


def compare(expected: Any, found: Any, where: str = "answer") -> None:
    """Keys of tables are in what was found; lists and texts are the same."""
    if isinstance(expected, dict):
        assert isinstance(found, dict), where
        for key, value in expected.items():
            assert key in found, f"{where}: no {key} among {sorted(found)}"
            compare(value, found[key], f"{where}.{key}")
    elif isinstance(expected, list) and expected and isinstance(expected[0], dict):
        assert len(found) == len(expected), where
        for number, value in enumerate(expected):
            compare(value, found[number], f"{where}[{number}]")
    else:
        assert found == expected, where


def check(case: dict[str, Any], answer: dict[str, Any]) -> None:
    compare(case.get("is", {}), answer)
    codes = [problem["code"] for problem in answer["problems"]]
    assert set(case.get("problems", [])) <= set(codes), codes
    for path in case.get("absent", []):
        value: Any = answer
        for step in path.split("."):
            value = value.get(step) if isinstance(value, dict) else None
        assert value in (None, "", []), path
