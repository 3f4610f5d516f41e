"""Compiled modules stand in the place of exactly the sources they were made from, and do the same."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from indexer import native, native_build

ROOT = Path(__file__).resolve().parents[3]

# Prints how many modules are compiled, and a digest of everything that loading makes of some files.
PREPARE = """
import hashlib, sys
from pathlib import Path
import msgspec
from indexer import native, recognise
from indexer.prepare import Preparer, Task
from indexer.profile import Profile
profile = Profile(repository="r", library="l")
preparer = Preparer(Task(profile, ("a",), (), "2026-01-01T00:00:00Z"))
digest = hashlib.blake2b(digest_size=16)
count = 0
for name in sys.argv[1:]:
    raws = [(raw, 1, b"") for raw in recognise.open_file(Path(name), format="", profile=profile)]
    made = preparer.batch(raws, Path(name).name)
    count += sum(1 for one in made if one.documents)
    digest.update(msgspec.msgpack.encode(made))
print(len(native.compiled()), count, digest.hexdigest())
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Packages of the names that compiled code depends on, with one small module to compile."""
    for package in native.PACKAGES:
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").write_text("")
    (tmp_path / "indexer" / "check.py").write_text("def twice(n: int) -> int:\n    return 2 * n\n")
    return tmp_path


def test_an_edited_source_has_another_digest_even_when_length_and_time_stay(tree: Path) -> None:
    module = tree / "indexer" / "check.py"
    before, times = native.digest_of(tree), module.stat()
    module.write_text("def twice(n: int) -> int:\n    return 3 * n\n")
    os.utime(module, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert native.digest_of(tree) != before


def test_a_new_and_a_renamed_source_have_another_digest(tree: Path) -> None:
    digests = {native.digest_of(tree)}
    (tree / "holdings" / "new.py").write_text("")
    digests.add(native.digest_of(tree))
    (tree / "holdings" / "new.py").rename(tree / "holdings" / "newer.py")
    digests.add(native.digest_of(tree))
    assert len(digests) == 3


def test_compiled_files_are_no_sources(tree: Path) -> None:
    before = native.digest_of(tree)
    (tree / "indexer" / "_native").mkdir()
    (tree / "indexer" / "_native" / "check.py").write_text("")
    assert native.digest_of(tree) == before


def test_every_module_that_is_to_be_compiled_can_be() -> None:
    unfit = [name for name in native_build.MODULES if not native_build.fit(ROOT / name)]
    assert unfit == [], "a class here would be another class when compiled: define it in a module of its own"


def test_a_structure_makes_a_module_unfit(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text("import msgspec\n\nclass Value(msgspec.Struct, frozen=True):\n    a: int = 0\n")
    assert not native_build.fit(module)


def test_without_a_compiler_it_is_said_and_nothing_is_made(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CC", "no-such-compiler-here")
    said = native_build.build(tree, tree / "made")
    assert said.startswith("not compiled: ")
    assert "no-such-compiler-here" in said or "is not installed" in said
    assert not (tree / "made").exists()


def test_a_compiler_that_fails_leaves_nothing_behind(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _needs_tools()
    (tree / "indexer" / "check.py").write_text("def twice(n: int) -> int:\n    return 'no number'\n")
    said = native_build.build(tree, tree / "made")
    assert said.startswith("not compiled: ")
    assert "no number" in said or "Incompatible return value" in said
    assert not (tree / "made").exists()


def test_a_module_is_compiled_once_and_used_only_for_its_source(tree: Path) -> None:
    _needs_tools()
    folder = tree / "indexer" / "_native"
    assert native_build.build(tree, folder).startswith("compiled 1 modules")
    assert native_build.build(tree, folder) == "compiled already"
    (tree / "indexer" / "__init__.py").write_text("from indexer import native\n\nnative.install()\n")
    (tree / "indexer" / "native.py").write_text((ROOT / "indexer" / "native.py").read_text("utf-8"))
    assert _file_of_check(tree).endswith("check.py"), "the folder is of other sources now"
    assert native_build.build(tree, folder).startswith("compiled 1 modules")
    assert _file_of_check(tree).endswith(native.SUFFIX)
    assert _file_of_check(tree, **{native.PURE: "1"}).endswith("check.py")
    for library in folder.rglob(f"{native.GROUP}*"):
        library.write_bytes(b"made on another system")
    assert _file_of_check(tree).endswith("check.py")


def test_compiled_and_from_the_sources_loading_makes_the_same() -> None:
    pure, compiled = _prepared(**{native.PURE: "1"}), _prepared(**{native.PURE: ""})
    assert pure[0] == "0"
    assert int(pure[1]) > 50
    if compiled[0] == "0":
        reason = "these sources are not compiled (scripts/compile)"
        if os.environ.get("CI") == "true" and not native_build.missing():
            pytest.fail(reason)
        pytest.skip(reason)
    assert compiled[1:] == pure[1:]


def _needs_tools() -> None:
    lacking = native_build.missing()
    if lacking:
        pytest.skip(lacking)


def _file_of_check(tree: Path, **environment: str) -> str:
    script = "import indexer.check; assert indexer.check.twice(2) == 4; print(indexer.check.__file__)"
    return _run(script, tree, **environment).strip()


def _prepared(**environment: str) -> list[str]:
    demo = ROOT / "ereader" / "demo"
    files = [
        p for suffix in ("*.iso", "*.mrc", "*.xml", "*.ris", "*.jsonl") for p in sorted(demo.rglob(suffix))
    ]
    return _run(PREPARE, ROOT, *map(str, files), **environment).split()


def _run(script: str, folder: Path, *arguments: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        cwd=folder,
        env={**os.environ, native.PURE: "", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
