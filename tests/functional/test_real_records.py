"""Every file of real records of other libraries is read: nearly all records in, the rest told, right types, sound text."""

from __future__ import annotations

import json
import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest

from ereader.cli import main

ROOT = Path(__file__).resolve().parents[2]
FILES: list[dict[str, Any]] = tomllib.loads(
    (ROOT / "tests" / "cases" / "real_records.toml").read_text("utf-8")
)["file"]

# UTF-8 read as Latin-1 or Windows-1252 leaves these pairs behind.
MOJIBAKE = re.compile("[\u00c2-\u00c3\u00e2-\u00ef][\u0080-\u00bf]|\u00c3[\u0192\u201a\u201e]|\u00e2\u20ac")

pytestmark = pytest.mark.data


def converted(path: Path, entry: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What ``ereader convert`` prints for a file, line by line."""
    options = ["--json", "convert", str(path)]
    if "mapping" in entry:
        options += ["--mapping", str(ROOT / "docs" / "mappings" / f"{entry['mapping']}.toml")]
    if "type" in entry:
        options += ["--type", entry["type"]]
    printed = TextIOWrapper(BytesIO(), encoding="utf-8")
    # In this process: several hundred files, and an interpreter for each would take most of the time.
    with redirect_stdout(printed), redirect_stderr(StringIO()) as errors:
        status = main(options)
    assert status in (0, 1), f"{path.name}: {errors.getvalue()[-1000:]}"
    printed.seek(0)
    for line in printed:
        yield json.loads(line)


def texts(value: Any) -> Iterator[str]:
    """Every text in a record but its identifiers and addresses."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key not in {"url", "value", "id"} or key == "value":
                yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)


def unsound(text: str) -> bool:
    return (
        "\ufffd" in text
        or bool(MOJIBAKE.search(text))
        or any(unicodedata.category(c) in {"Cn", "Cs", "Cc"} for c in text if not c.isascii() or c < " ")
        or text in {"None", "nan", "null"}
    )


@pytest.mark.parametrize("entry", FILES, ids=lambda e: e.get("path") or e["glob"])
def test_a_file_of_another_library_is_read(entry: dict[str, Any], shared_data: Path) -> None:
    paths = [shared_data / entry["path"]] if "path" in entry else sorted(shared_data.glob(entry["glob"]))
    paths = [path for path in paths if path.name not in entry.get("empty", [])]
    assert paths, "no such file"
    read = kept = 0
    types: Counter[str] = Counter()
    bad: list[str] = []
    for path in paths:
        for line in converted(path, entry):
            read += 1
            record = line["record"]
            if record is None:
                assert any(p["severity"] == "error" for p in line["problems"])
                continue
            kept += 1
            types[record["type"]] += 1
            if len(bad) < 20:
                told = any(p["code"].startswith(("charset", "mojibake")) for p in line["problems"])
                bad += [f"{path.name}: {t[:80]}" for t in texts(record) if unsound(t) and not told]
    assert kept >= read * 0.99, f"{kept} of {read}"
    assert kept >= entry["records"], f"{kept} records"
    assert bad == []
    allowed = entry.get("types")
    if allowed:
        right = sum(number for name, number in types.items() if name in allowed)
        assert right >= kept * 0.97, types
    for name, number in entry.get("at_least", {}).items():
        assert types[name] >= number * 0.97, types
