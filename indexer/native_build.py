"""Compiles the modules that loading spends its time in (编译): ``python -m indexer.native_build``.

mypyc makes C of strictly typed Python, a C compiler makes machine code of that; ``native`` puts it in the
place of the sources. Nothing depends on it: without mypyc or a compiler everything runs from the sources,
with the same results, and loading takes longer.
"""

from __future__ import annotations

import ast
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from indexer import native

# By how much of the time of a load is spent in them. Modules that define msgspec structures cannot be
# compiled: mypyc makes classes of its own of them.
MODULES = (
    "indexer/adapters/marc21.py",
    "indexer/adapters/unimarc.py",
    "indexer/charset.py",
    "indexer/check.py",
    "indexer/document.py",
    "indexer/document_content.py",
    "indexer/index/keywords.py",
    "indexer/index/shown.py",
    "indexer/index/spelling.py",
    "indexer/marc/decode.py",
    "indexer/marc/found.py",
    "indexer/marc/marc21/codes.py",
    "indexer/marc/marc21/description.py",
    "indexer/marc/marc21/found.py",
    "indexer/marc/marc21/relations.py",
    "indexer/marc/marc21/subjects.py",
    "indexer/marc/marc21/titles.py",
    "indexer/marc/unimarc/codes.py",
    "indexer/marc/unimarc/description.py",
    "indexer/marc/unimarc/found.py",
    "indexer/marc/unimarc/relations.py",
    "indexer/marc/unimarc/subjects.py",
    "indexer/marc/unimarc/titles.py",
    "indexer/marc/values.py",
    "indexer/match/block.py",
    "indexer/match/numbering.py",
    "indexer/normalise.py",
    "indexer/records/body.py",
    "indexer/records/check_digit.py",
    "indexer/records/classification.py",
    "indexer/records/date.py",
    "indexer/records/identifier.py",
    "indexer/records/name.py",
    "indexer/records/plain_text.py",
    "indexer/records/resource_type.py",
    "indexer/records/resource_type_marc.py",
    "indexer/records/resource_type_words.py",
    "indexer/records/script.py",
    "indexer/records/shelf_key.py",
    "indexer/records/work.py",
    "indexer/text/analyse.py",
    "indexer/text/fold.py",
    "indexer/text/pinyin.py",
    "indexer/text/sorting.py",
    "indexer/text/stem.py",
    "indexer/text/variants.py",
)
_INSTEAD = "everything runs from the sources with the same results, only loading is slower"
KEPT = 3  # folders of earlier sources that stay, as processes may still be using them
_FOREIGN = frozenset({"Struct", "NamedTuple", "TypedDict", "Protocol", "Enum", "IntEnum", "StrEnum"})
_SETTINGS = """\
[mypy]
strict = True
follow_imports = silent
ignore_missing_imports = True
[mypy-sqlalchemy.*,tantivy.*,lxml.*,pysolr.*]
follow_imports = skip
"""
_BUILD = """\
import os, sys
from mypyc.build import mypycify
from setuptools import setup
extensions = mypycify(
    ["--config-file=settings.ini", *sys.argv[1:]],
    opt_level="2", debug_level="0", multi_file=True, group_name="ereader_native",
)
cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
arguments = ["-q", "build_ext", "--build-lib", "made", "--build-temp", "work", "--parallel", str(cores)]
setup(name="ereader-native", packages=[], py_modules=[], ext_modules=extensions, script_args=arguments)
"""


def fit(module: Path) -> bool:
    """Whether mypyc makes the same of every class of a module as Python does."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ClassDef):
            bases = {ast.unparse(base).rpartition(".")[2] for base in node.bases}
            if node.keywords or node.decorator_list or bases & _FOREIGN:
                return False
    return True


def missing() -> str:
    """What compiling needs and is not here; empty when all is."""
    for library in ("mypyc", "setuptools"):
        if importlib.util.find_spec(library) is None:
            return f"{library} is not installed (pip install 'ereader[native]')"
    compiler = (os.environ.get("CC") or "cc").split()[0]
    return "" if shutil.which(compiler) else f"there is no C compiler ({compiler})"


def build(root: Path = native.ROOT, folder: Path = native.FOLDER) -> str:
    """Compiles what is not yet compiled and says what was done, in one line."""
    if (folder / native.digest_of(root)).is_dir():
        return "compiled already"
    # The digest is of the copy that is compiled: a source edited meanwhile belongs to another folder.
    with tempfile.TemporaryDirectory(prefix="ereader-native-") as scratch:
        work = Path(scratch)
        for path in native.sources(root):
            copy = work / path.relative_to(root)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
        target = folder / native.digest_of(work)
        lacking = missing()
        if lacking:
            return f"not compiled: {lacking}; {_INSTEAD}"
        started = time.monotonic()
        names = [name for name in MODULES if (work / name).is_file() and fit(work / name)]
        (work / "settings.ini").write_text(_SETTINGS, encoding="utf-8")
        done = subprocess.run(  # noqa: S603 (our own program on our own sources)
            [sys.executable, "-c", _BUILD, *names], cwd=work, capture_output=True, text=True, check=False
        )
        if done.returncode:
            told = [line for line in (done.stdout + done.stderr).splitlines() if "warning:" not in line]
            return "\n".join([f"not compiled: mypyc or the C compiler failed; {_INSTEAD}", *told[-15:]])
        _take(work / "made", target)
    _sweep(folder, target)
    left = sorted(set(MODULES).difference(names))
    aside = f"; left out: {', '.join(left)}" if left and root == native.ROOT else ""
    return f"compiled {len(names)} modules in {time.monotonic() - started:.0f} s{aside}"


def _take(made: Path, target: Path) -> None:
    """Moves the libraries into their folder, which appears complete or not at all."""
    target.parent.mkdir(exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=".", dir=target.parent))
    for path in made.rglob(f"*{native.SUFFIX}"):
        shutil.copyfile(path, fresh / ".".join(path.relative_to(made).parts))
    fresh.chmod(0o755)
    try:
        fresh.rename(target)
    except OSError:  # another process was quicker
        shutil.rmtree(fresh, ignore_errors=True)


def _sweep(folder: Path, present: Path) -> None:
    """Removes all but the newest folders."""
    others = sorted((p for p in folder.iterdir() if p != present), key=lambda p: p.stat().st_mtime)
    for old in others[: -KEPT + 1]:
        shutil.rmtree(old, ignore_errors=True)


def main() -> None:
    """Says what is begun, as it takes a while, and what became of it; ``--if-needed`` says nothing when there
    is nothing to do.
    """
    there = (native.FOLDER / native.digest_of(native.ROOT)).is_dir()
    if there and "--if-needed" in sys.argv:
        return
    if not there and not missing():
        print("compiling the modules of loading; this takes about half a minute", flush=True)
    print(build())


if __name__ == "__main__":
    main()
