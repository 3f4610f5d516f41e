"""Code lists that lie as data files beside the modules that use them (代码表)."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def code_table(package: str, name: str) -> dict[str, str]:
    """A file of two columns parted by a tab, code and meaning; lines that begin with ``#`` are remarks."""
    text = (files(package) / name).read_text(encoding="utf-8")
    rows = (line.partition("\t") for line in text.splitlines() if line and not line.startswith("#"))
    return {code: meaning for code, _, meaning in rows}
