"""Which program a process is (程序指纹): equal for two processes that make the same of the same record.

What workers make is written as it is, so a worker whose code, tables or adapters are others than the master's
must not take part: it is told apart by this before it gets anything.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from functools import cache
from importlib.metadata import EntryPoint, entry_points, version
from pathlib import Path

import msgspec

import holdings
import indexer
from indexer.plugins import ADAPTERS

PACKAGES = (holdings, indexer)
NOT_READ = (".pyc", ".so", ".pyi", ".md")
FORMAT = 1  # of messages; raised when they change


class Layout(msgspec.Struct, frozen=True):
    """What a process is (程序版本): the product's version, the digest of what it runs, its adapters."""

    version: str
    digest: str
    adapters: tuple[str, ...] = ()


def layout_of(declared: Iterable[EntryPoint] | None = None, *, on_disk: bool = False) -> Layout:
    """What this process is, with the adapters that are installed now, or with those given; ``on_disk``: what
    a process would be that is started now.
    """
    found = entry_points(group=ADAPTERS) if declared is None else declared
    adapters = tuple(sorted({_named(point) for point in found}))
    told = msgspec.json.encode((FORMAT, read_program() if on_disk else program(), adapters))
    return Layout(version("ereader"), hashlib.blake2b(told, digest_size=12).hexdigest(), adapters)


@cache
def program() -> str:
    """The program that this process runs; to be asked for at its start."""
    return read_program()


def read_program() -> str:
    """The digest of everything that preparing a record may read of the product itself."""
    digest = hashlib.blake2b(digest_size=12)
    for package in PACKAGES:
        root = Path(str(package.__file__)).parent
        for folder, folders, names in os.walk(root):
            folders[:] = sorted(name for name in folders if name[:1] not in "_.")
            for path in (Path(folder, name) for name in sorted(names) if not name.endswith(NOT_READ)):
                content = path.read_bytes()
                place = f"{root.name}/{path.relative_to(root).as_posix()}"
                digest.update(f"\0{place}\0{len(content)}\0".encode())
                digest.update(content)
    return digest.hexdigest()


def _named(point: EntryPoint) -> str:
    distribution = point.dist
    whose = f"{distribution.name} {distribution.version}" if distribution else ""
    return f"{point.name} = {point.value} ({whose})"
