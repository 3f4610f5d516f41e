"""What the guide tells to do works, and it names every command and setting."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import msgspec

from ereader import cli
from ereader.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs" / "guide.md").read_text(encoding="utf-8")
COMMANDS = [
    line for block in re.findall(r"```sh\n(.*?)```", GUIDE, re.S) for line in block.splitlines() if line
]


def test_the_commands_of_the_guide_do_what_they_should(tmp_path: Path) -> None:
    for name in ("ereader",):
        (tmp_path / name).symlink_to(ROOT / name)
    environment = {**os.environ, "EREADER_HOME": str(tmp_path / "home")}
    assert len(COMMANDS) > 10
    for command in COMMANDS:
        words = shlex.split(command)
        assert words[0] == "ereader"
        done = subprocess.run(
            [sys.executable, "-m", "ereader", *words[1:]],
            cwd=tmp_path,
            env={**environment, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout[-500:]}\n{done.stderr[-2000:]}"
    assert any((tmp_path / "report").iterdir())


def test_every_setting_is_explained_with_its_default() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \|([^|]*)\|", GUIDE, re.M))
    for field in msgspec.structs.fields(Settings):
        assert field.name in rows, field.name
        assert rows[field.name].strip(" `") == str(field.default), field.name


def test_every_command_is_named() -> None:
    documents = GUIDE + (ROOT / "README.md").read_text(encoding="utf-8")
    for name in cli.COMMANDS:
        if name != "worker":
            assert f"ereader {name}" in documents or f"`{name}`" in documents or name == "demo", name
