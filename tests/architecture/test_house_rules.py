"""Rules of the house that a program can see (ARCHITECTURE.md names them)."""

from __future__ import annotations

import ast
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("ereader", "resolver", "indexer", "holdings", "ui")
FORBIDDEN_NAMES = {
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "core",
    "misc",
    "manager",
    "managers",
    "base",
}

# Longer modules, each with its reason.
LONG: dict[str, str] = {
    "ereader/database/revisions/versions/0001_first.py": "one statement for each table of its day",
    "indexer/adapters/tei.py": "one function for each part of a TEI header",
    "indexer/formats/qualified_dc.py": "one function for each element of Dublin Core",
    "indexer/records/identifier.py": "one function for each scheme of identifiers",
    "indexer/store.py": "one class with everything that reads the union repository",
}


def modules() -> Iterator[Path]:
    """All modules of the product."""
    for package in PACKAGES:
        yield from sorted((ROOT / package).rglob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> Iterator[str]:
    """Names of all modules that a module imports, also inside functions."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def importers(library: str) -> set[str]:
    return {
        name_of(p) for p in modules() if any(i == library or i.startswith(library + ".") for i in imports(p))
    }


def test_no_module_has_a_name_that_tells_nothing() -> None:
    assert [name_of(p) for p in modules() if p.stem in FORBIDDEN_NAMES] == []


def test_modules_stay_under_400_lines() -> None:
    long = {name_of(p) for p in modules() if len(p.read_text(encoding="utf-8").splitlines()) > 400}
    assert long == set(LONG)


def test_modules_of_tests_have_names_of_their_own() -> None:
    # All folders of tests lie in one path, so that a second module of a name could not be imported.
    names = Counter(
        p.name for p in (ROOT / "tests").rglob("*.py") if p.name not in ("__init__.py", "conftest.py")
    )
    assert [name for name, count in names.items() if count > 1] == []


def test_every_module_says_what_it_is() -> None:
    silent = [
        name_of(p)
        for p in modules()
        if p.read_text(encoding="utf-8").strip()
        and not ast.get_docstring(ast.parse(p.read_text(encoding="utf-8")))
    ]
    assert silent == []


@pytest.mark.parametrize("engine", ["tantivy", "pysolr"])
def test_an_engine_is_imported_only_behind_its_door(engine: str) -> None:
    assert {name for name in importers(engine) if not name.startswith("indexer/index/")} == set()


def test_nothing_below_the_web_knows_starlette() -> None:
    outside = {
        n for n in importers("starlette") if not n.startswith("ereader/web/") and n != "ereader/app.py"
    }
    assert outside == set()


def test_views_are_made_only_by_members() -> None:
    """A View opens what it names, so only the registry that knows the rules may make one."""
    makers = set()
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "View":
                makers.add(name_of(path))
    assert {m for m in makers if not m.startswith("holdings/members/")} == set()


def test_the_wheel_lists_exactly_the_packages_there_are() -> None:
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    there = {
        p.parent.relative_to(ROOT).as_posix().replace("/", ".") for p in modules() if p.name == "__init__.py"
    }
    assert set(listed) == there


def test_every_declared_plug_in_can_be_loaded() -> None:
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]
    for group in ("ereader.readers", "ereader.adapters"):
        for name, target in groups[group].items():
            module, _, attribute = target.partition(":")
            loaded = __import__(module, fromlist=[attribute])
            assert getattr(loaded, attribute).formats, name


def test_plug_ins_do_not_import_each_other() -> None:
    for folder in ("readers", "adapters"):
        plug_ins = {
            target.partition(":")[0]
            for target in tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"][
                f"ereader.{folder}"
            ].values()
        }
        for plug_in in plug_ins:
            path = ROOT / (plug_in.replace(".", "/") + ".py")
            assert not (set(imports(path)) & (plug_ins - {plug_in})), plug_in


def test_every_route_that_changes_something_is_made_by_the_one_door() -> None:
    """Whoever writes a route for POST says so here, or it goes through `ereader.web.posted.changing`."""
    from starlette.routing import Route

    from ereader.web.routes import ROUTES

    # They store nothing and fetch nothing for the visitor: they only read a body.
    readers = {"/daia", "/resolver", "/resolver/api/batch", "/resolver/api/parse", "/resolver/api/resolve"}
    posted = {
        r.path: r.endpoint for r in ROUTES if isinstance(r, Route) and (r.methods or set()) - {"GET", "HEAD"}
    }
    assert {"/login", "/logout"} <= posted.keys()
    assert {path for path, end in posted.items() if not getattr(end, "changing", False)} <= readers


def test_the_registry_is_changed_only_behind_the_door_of_rights() -> None:
    """Only ``ereader/auth/door.py`` saves into the registry of members, so no change escapes rights and log."""
    savers = set()
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "save"
                and "members" in ast.unparse(node.func.value)
            ):
                savers.add(name_of(path))
    assert savers == {"ereader/auth/door.py"}


def test_nobody_goes_out_but_by_the_one_client() -> None:
    """Clients and connections of their own would know neither the check of addresses nor the deadline."""
    makers = {"Client", "AsyncClient", "HTTPTransport", "create_connection", "urlopen", "getaddrinfo"}
    found = set()
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                called = node.func
                name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
                if name in makers:
                    found.add(name_of(path))
    assert {name for name in found if not name.startswith("ereader/outside/")} == set()
