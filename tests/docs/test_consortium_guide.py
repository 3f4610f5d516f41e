"""The page on consortia and the centre says what the program does."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from starlette.routing import Route

from ereader import trace, webhooks
from ereader.auth import setup, sign_ins, tickets
from ereader.web.routes import ROUTES
from holdings.members import Configuration
from holdings.members.apply import parse, removing
from holdings.members.consortium import FUNCTIONS
from holdings.members.password import SHORTEST
from ui.language import catalogue

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "consortium.md").read_text(encoding="utf-8")
ACCOUNTS = (ROOT / "docs" / "accounts.md").read_text(encoding="utf-8")
KNOWN = """
[[library]]
id = "pku"
[[consortium]]
id = "jalis"
[[membership]]
library = "pku"
consortium = "jalis"
[[repository]]
id = "pku-old"
library = "pku"
"""


def test_every_address_on_the_page_is_one_and_every_page_of_these_consoles_is_told() -> None:
    there = {r.path for r in ROUTES if isinstance(r, Route) and "GET" in (r.methods or ())}
    named = set(re.findall(r"`(/[\w/{}]+)`", PAGE))
    assert named <= there
    own = {
        p
        for p in there
        if re.fullmatch(r"/manage/(consortium/\{id\}|centre)/(?!design|widget|links|review)\w+", p)
    }
    assert own <= named


def test_the_clauses_are_those_of_the_program_and_are_said_in_both_languages() -> None:
    table = PAGE.split("## Why somebody sees a record")[1].split("## ")[0]
    told = {
        c for cells in re.findall(r"^\| (`[^|]+) \|", table, re.M) for c in re.findall(r"`([\w-]+)`", cells)
    }
    rows = re.findall(r"^\| ([\w, -]+) \|", trace.__doc__ or "", re.M)
    here = {c.strip() for cells in rows for c in cells.split(",")} - {"clause", "---"}
    assert told == here
    for lang in ("en", "zh-CN"):
        said = {
            k.removeprefix("manage_trace.clause_")
            for k in catalogue(lang).texts
            if "manage_trace.clause_" in k
        }
        assert said == told


def test_functions_days_and_numbers_are_the_programs() -> None:
    table = PAGE.split("## Functions")[1].split("## ")[0]
    assert tuple(re.findall(r"^\| `([\w-]+)`", table, re.M)) == FUNCTIONS
    assert f"good for {setup.LIFE // 86400} days" in PAGE and f"for {tickets.LIFE // 86400} days" in ACCOUNTS
    assert f"at least {SHORTEST} characters" in ACCOUNTS and f"{sign_ins.KEEP // 86400} days" in ACCOUNTS
    assert f"tried {len(webhooks.WAITS)} times" in PAGE
    for lang in ("en", "zh-CN"):
        assert str(SHORTEST) in catalogue(lang).texts["password.rule"]


@pytest.mark.parametrize("block", re.findall(r"```toml\n(.*?)```", PAGE, re.S))
def test_the_examples_of_files_can_be_applied(block: str) -> None:
    present, _ = parse(KNOWN)
    read, remarks = parse(block, present)
    assert remarks == []
    asked = sum(len(entries) for entries in tomllib.loads(block).values())
    values = (read.libraries, read.consortia, read.memberships, read.repositories, read.endpoints)
    assert sum(map(len, values)) + len(read.removed) == asked
    assert removing(Configuration(), read.removed, present)[1] == []


def test_the_commands_on_the_page_do_what_they_should(tmp_path: Path) -> None:
    environment = {**os.environ, "EREADER_HOME": str(tmp_path / "home"), "PYTHONPATH": str(ROOT)}

    def ereader(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "ereader", *words],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
        )

    assert ereader("apply", "ereader/demo/consortium.toml").returncode == 0
    commands = [c for b in re.findall(r"```sh\n(.*?)```", PAGE, re.S) for c in b.splitlines()]
    assert len(commands) >= 2
    for command in commands:
        done = ereader(*shlex.split(command)[1:])
        assert done.returncode == 0, done.stderr
        if "--json" in command:
            told = json.loads(done.stdout)
            assert {"changed", "effects"} <= told.keys()
