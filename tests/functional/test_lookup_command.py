"""``ereader lookup`` reads saved answers and asks endpoints."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from ereader.simulators import Shelf, simulated
from ereader.simulators.shelf import Piece

GOOD = '{"document":[{"id":"x:1","requested":"1","item":[{"label":"I1","available":[{"service":"loan"}]}]}]}'
BAD = '{"document":[{"item":[{"unavailable":[{"service":"loan","queue":-1}]}]}]}'
ERROR = '{"error":"invalid_request","code":422}'


def run(home: Path, *words: str) -> tuple[int, list[dict[str, Any]], str]:
    done = subprocess.run(
        [sys.executable, "-m", "ereader", "--home", str(home), "lookup", *words, "--json"],
        capture_output=True,
        text=True,
        env={**os.environ, "EREADER_OUTSIDE_NETWORKS": "127.0.0.1/32"},
    )
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def test_saved_answers_are_read_with_their_problems(tmp_path: Path) -> None:
    files = []
    for name, text in (("good", GOOD), ("bad", BAD), ("error", ERROR)):
        files.append(tmp_path / f"{name}.json")
        files[-1].write_text(text, "utf-8")
    status, told, _ = run(tmp_path / "home", *map(str, files))
    assert status == 1
    assert [one["valid"] for one in told] == [True, False, False]
    assert told[0]["records"][0]["status"] == "available"
    assert {p["code"] for p in told[1]["problems"]} == {"id-missing", "queue"}
    assert told[2]["problems"][0]["code"] == "error-response"
    assert run(tmp_path / "home", str(files[0]))[0] == 0
    assert run(tmp_path / "home", str(tmp_path / "absent"))[0] == 2


def test_a_diagnostic_of_sru_is_told(tmp_path: Path) -> None:
    file = tmp_path / "answer.xml"
    file.write_text(
        "<searchRetrieveResponse><diagnostics><diagnostic><uri>info:srw/diagnostic/1/16</uri>"
        "<message>Unsupported index</message></diagnostic></diagnostics></searchRetrieveResponse>",
        "utf-8",
    )
    status, (told,), _ = run(tmp_path / "home", str(file), "--kind", "sru")
    assert status == 1
    assert "Unsupported index" in told["problems"][0]["message"]


def test_an_endpoint_is_asked(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with simulated("ils-di", Shelf({"7": [Piece("B7")]}, strict=True)) as system:
        file = tmp_path / "endpoint.toml"
        file.write_text(
            '[[library]]\nid = "a"\n[[endpoint]]\nid = "e"\nlibrary = "a"\nkind = "ils-di"\n'
            f'address = "{system.address}"\n',
            "utf-8",
        )
        applied = [sys.executable, "-m", "ereader", "--home", str(home), "apply", str(file)]
        assert subprocess.run(applied, capture_output=True).returncode == 0
        status, told, _ = run(home, "--endpoint", "e", "7", "8")
    assert status == 0
    assert [(one["source"], one["records"][0]["status"]) for one in told] == [
        ("7", "available"),
        ("8", "unknown"),
    ]
    status, (away,), _ = run(home, "--endpoint", "e", "7")
    assert (status, away["problems"][0]["code"]) == (1, "unreachable")
    assert run(home, "--endpoint", "other", "7")[0] == 2
