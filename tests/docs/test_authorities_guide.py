"""What the page on authority files tells to do works, and it names every problem of such files."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "authorities.md").read_text(encoding="utf-8")
COMMANDS = [
    line for block in re.findall(r"```sh\n(.*?)```", PAGE, re.S) for line in block.splitlines() if line
]


def run(home: Path, command: list[str]) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "ereader", *command],
        cwd=ROOT,
        env={**os.environ, "EREADER_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stderr[-2000:]}"
    return done.stdout


def test_the_commands_do_what_they_should(tmp_path: Path) -> None:
    run(tmp_path, ["apply", "ereader/demo/consortium.toml"])
    told = [run(tmp_path, shlex.split(command)[1:]) for command in COMMANDS]
    assert len(told) == 5
    assert "authority-person" in told[2]
    assert re.search(r"authorities\s+60 ", told[3])


def test_every_problem_of_authority_files_is_explained() -> None:
    named = set(re.findall(r"^\| `([a-z-]+)` \|", PAGE, re.M))
    sources = (ROOT / "indexer" / "authority_load.py", ROOT / "indexer" / "marc" / "authority.py")
    codes = {
        code
        for path in sources
        for code in re.findall(r'"([a-z]+(?:-[a-z]+)+)"', path.read_text(encoding="utf-8"))
        if "authority" in code
    }
    assert codes == named
