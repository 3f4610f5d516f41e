"""Programs of others that tests run: where one is missing, its tests are skipped, and fail where CI=true."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

COINS_READER = Path(__file__).parent / "coins_reader"


def absent(what: str, how: str) -> NoReturn:
    """Skips the test, saying how to get what it needs; a failure where everything has to run."""
    reason = f"{what} is not installed ({how})"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def program(name: str, how: str) -> str:
    """The path of a program."""
    return shutil.which(name) or absent(name, how)


def coins_reader() -> list[str]:
    """The command that reads COinS from a page on its standard input."""
    node = program("node", "apt-get install nodejs npm")
    if not (COINS_READER / "node_modules" / "html-metadata").is_dir():
        absent("html-metadata", "npm install --prefix tests/coins_reader")
    return [node, str(COINS_READER / "read.js")]
