"""The search engines that tests run on: Tantivy in memory, and Solr on a real SolrCloud of two nodes.

One SolrCloud is started for the whole run, by the first test that needs it, and shared by all its processes;
the process that began the run ends it. Where a JDK or Maven is missing the tests on Solr are skipped with the
reason, and fail with CI=true. ``EREADER_TEST_SOLR`` names the folder of a cloud that runs already
(``scripts/solr start --home FOLDER``), which saves the start.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

import kept_homes
import pytest

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from indexer.index import open_engine  # noqa: E402
from indexer.index.engine import Engine  # noqa: E402
from scripts import solr_cloud as clouds  # noqa: E402
from scripts.solr_cloud import SolrCloud, SolrMissing  # noqa: E402

if TYPE_CHECKING:
    from indexer.index.solr import SolrEngine

Kind = Literal["tantivy", "solr"]
KINDS: tuple[Kind, ...] = ("tantivy", "solr")
# Started quickly rather than made for long runs.
FLAGS = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto")
SHARDS, COPIES = 2, 1
_HOME = pytest.StashKey[Path]()
_OWNER = pytest.StashKey[bool]()


def pytest_configure(config: pytest.Config) -> None:
    """The process that began the run names the folder of the cloud; the others are told."""
    given: dict[str, Any] | None = getattr(config, "workerinput", None)
    config.stash[_OWNER] = given is None
    if given is None:
        config.stash[_HOME] = Path(tempfile.mkdtemp(prefix="ereader-solr-"))
        os.environ[kept_homes.FOLDER] = str(config.stash[_HOME] / "homes")
    else:
        config.stash[_HOME] = Path(given["solr_home"])


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput["solr_home"] = str(node.config.stash[_HOME])
    node.workerinput["solr_parent"] = os.getpid()


def pytest_unconfigure(config: pytest.Config) -> None:
    home = config.stash.get(_HOME, None)
    if home is not None and config.stash[_OWNER]:
        SolrCloud(home / "cloud").remove()
        shutil.rmtree(home, ignore_errors=True)


def unavailable(reason: str) -> None:
    """A component that is missing is a failure where nobody would see the skip."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def make_cloud(home: Path, parent: int, **more: Any) -> SolrCloud:
    """A cloud of the tests' own, started."""
    try:
        clouds.programs()
    except SolrMissing as error:
        unavailable(str(error))
    settings: dict[str, Any] = {"heap": "512m", "flags": FLAGS, "session_seconds": 10}
    cloud = SolrCloud(home, parent=parent, **settings | more)
    cloud.start()
    return cloud


@pytest.fixture(scope="session")
def solr_cloud(request: pytest.FixtureRequest) -> SolrCloud:
    """The cloud that all tests of a run share: nothing in it may be killed."""
    running = os.environ.get("EREADER_TEST_SOLR")
    if running:
        cloud = SolrCloud(Path(running))
        if not cloud.running():
            unavailable(f"no SolrCloud runs in {running}")
        return cloud
    home = request.config.stash[_HOME]
    given = getattr(request.config, "workerinput", None)
    with (home / "lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        return make_cloud(home / "cloud", given["solr_parent"] if given else os.getpid())


@pytest.fixture(scope="session")
def mortal_cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SolrCloud]:
    """A cloud of this process's own, whose nodes may be killed, and which notices a dead one soon."""
    found = make_cloud(tmp_path_factory.mktemp("mortal") / "cloud", os.getpid(), session_seconds=10)
    yield found
    found.remove()


@pytest.fixture
def killable_cloud(mortal_cloud: SolrCloud) -> SolrCloud:
    """The same, with whatever another test left dead started again."""
    for n in range(mortal_cloud.nodes):
        mortal_cloud.restart(n)
    return mortal_cloud


class Engines:
    """Hands out empty engines of one kind, and takes them back: a new collection of Solr takes seconds, an
    emptied one none.
    """

    def __init__(self, kind: Kind, cloud: Callable[[], SolrCloud], name: str) -> None:
        self.kind = kind
        self._cloud = cloud
        self._name = name
        self._free: list[Engine] = []
        self._made = 0

    def take(self) -> Engine:
        """An engine without documents."""
        if self.kind == "tantivy":
            return open_engine()
        if self._free:
            return self._free.pop()
        self._made += 1
        engine = open_solr(self._cloud(), f"{self._name}-{self._made}")
        engine.writer(rebuild=True).close()
        return engine

    def give_back(self, engine: Engine) -> None:
        if self.kind == "solr":
            self._free.append(self.empty(engine))
        else:
            engine.close()

    def empty(self, engine: Engine) -> Engine:
        """The engine, or for Tantivy another one, without documents."""
        if self.kind == "tantivy":
            return open_engine()
        empty_solr(cast("SolrEngine", engine))
        return engine

    def close(self) -> None:
        for engine in self._free:
            remove_solr(cast("SolrEngine", engine))
            engine.close()


def open_solr(cloud: SolrCloud, name: str, *, shards: int = SHARDS, copies: int = COPIES) -> SolrEngine:
    """An engine of this cloud under an alias of its own; patient, for the machine is busy with tests."""
    from indexer.index.solr import SolrEngine, SolrPlace

    place = SolrPlace(tuple(cloud.urls), alias=name, shards=shards, replicas=copies, patience=30.0)
    return SolrEngine(place)


def empty_solr(engine: SolrEngine) -> None:
    engine.client.clear(engine.place.alias)
    engine.client.commit(engine.place.alias)


def remove_solr(engine: SolrEngine) -> None:
    """Takes away what an engine has in a cloud."""
    alias = engine.place.alias
    collection = engine.client.aliases().get(alias)
    if collection:
        engine.client.forget(alias)
        engine.client.drop(collection)


@pytest.fixture(scope="session")
def engine_shops(request: pytest.FixtureRequest) -> Iterator[dict[Kind, Engines]]:
    given = getattr(request.config, "workerinput", None)
    name = f"t{os.getpid()}{given['workerid'] if given else ''}"

    def cloud() -> SolrCloud:
        found: SolrCloud = request.getfixturevalue("solr_cloud")
        return found

    shops: dict[Kind, Engines] = {kind: Engines(kind, cloud, name) for kind in KINDS}
    yield shops
    for shop in shops.values():
        shop.close()


@pytest.fixture(scope="module", params=KINDS)
def engines(request: pytest.FixtureRequest, engine_shops: dict[Kind, Engines]) -> Engines:
    """Engines of each kind in turn."""
    return engine_shops[request.param]


@pytest.fixture(scope="module")
def search_engine(engines: Engines) -> Iterator[Engine]:
    """One empty engine for a whole module, which fills it once."""
    engine = engines.take()
    yield engine
    engines.give_back(engine)


@pytest.fixture
def new_engine(engines: Engines) -> Iterator[Callable[[], Engine]]:
    """Makes empty engines for one test."""
    taken: list[Engine] = []

    def make() -> Engine:
        taken.append(engines.take())
        return taken[-1]

    yield make
    for engine in taken:
        engines.give_back(engine)
