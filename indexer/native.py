"""Machine code in the place of modules (编译模块), where it was made from exactly the sources that lie here.

``native_build`` compiles the modules that loading spends its time in, into a folder named after a digest of
all sources of this package and of those it imports. Only code in the folder of the present digest is ever
used: an edited source, another version of Python or of the product means another digest, and everything runs
from the sources, with the same results. No file of machine code lies beside a source, so none can stand
before it.
"""

from __future__ import annotations

import hashlib
import importlib
import os
import sys
from collections.abc import Sequence
from importlib.machinery import EXTENSION_SUFFIXES, ExtensionFileLoader, ModuleSpec
from importlib.util import spec_from_file_location
from pathlib import Path
from types import ModuleType

FOLDER = Path(__file__).parent / "_native"
ROOT = Path(__file__).parent.parent
PACKAGES = ("holdings", "indexer")  # what compiled modules import, and so may hold a constant or a type of
GROUP = "ereader_native__mypyc"  # the library that holds the code of all compiled modules
SUFFIX = EXTENSION_SUFFIXES[0]  # names the version of Python, the system and the processor
PURE = "EREADER_PURE"  # set in the environment, it makes everything run from the sources


def sources(root: Path) -> list[Path]:
    """The sources that compiled code depends on, below ``root``, in a fixed order."""
    found: list[Path] = []
    for package in PACKAGES:
        for folder, folders, names in os.walk(root / package):
            folders[:] = sorted(name for name in folders if name[:1] not in "_.")
            found += [Path(folder, name) for name in sorted(names) if name.endswith(".py")]
    return found


def digest_of(root: Path) -> str:
    """Names what code compiled from the sources below ``root`` by this Python would be (源码指纹)."""
    digest = hashlib.blake2b(SUFFIX.encode(), digest_size=12)
    for path in sources(root):
        content = path.read_bytes()
        digest.update(f"\0{path.relative_to(root).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


class _Finder:
    """Finds compiled modules before their sources are looked for."""

    def __init__(self, folder: Path) -> None:
        self.paths = {
            path.name.removesuffix(SUFFIX): path for path in folder.iterdir() if path.name.endswith(SUFFIX)
        }

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        del path, target
        found = self.paths.get(name)
        if found is None:
            return None
        return spec_from_file_location(name, found, loader=ExtensionFileLoader(name, str(found)))


_found: list[_Finder] = []


def install() -> None:
    """Puts compiled modules in the place of their sources, where there are any of just these sources.

    To be called before any of these modules is imported. Code that cannot be loaded here (made on another
    system) is left alone.
    """
    if _found or os.environ.get(PURE) or not FOLDER.is_dir():
        return
    try:
        folder = FOLDER / digest_of(ROOT)
        if not folder.is_dir():
            return
        finder = _Finder(folder)
        sys.meta_path.insert(0, finder)
        try:
            importlib.import_module(GROUP)
        except ImportError:
            sys.meta_path.remove(finder)
            return
    except OSError:
        return
    _found.append(finder)


def compiled() -> frozenset[str]:
    """Names of the modules that run as machine code in this process; empty where all run from the sources."""
    return frozenset(name for finder in _found for name in finder.paths if name != GROUP)
