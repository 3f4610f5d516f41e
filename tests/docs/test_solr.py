"""What docs/solr.md and compose.yaml name exists: commands, options, settings, files, what Solr is told."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tomllib
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from ereader.settings import Settings
from indexer.index import solr_schema

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "solr.md").read_text(encoding="utf-8")
BLOCKS = [line for block in re.findall(r"```sh\n(.*?)```", TEXT, re.S) for line in block.splitlines() if line]
COMMANDS = [*BLOCKS, *(c for c in re.findall(r"`([^`\n]+)`", TEXT) if c.startswith(("ereader ", "scripts/")))]


@pytest.mark.parametrize("command", dict.fromkeys(COMMANDS))
def test_every_command_exists_with_its_options(command: str) -> None:
    name, *words = shlex.split(command)
    if name == "ereader":
        told = helped([sys.executable, "-m", "ereader", words[0], "--help"])
    else:
        assert (ROOT / name).exists()
        told = helped([sys.executable, str(ROOT / name), "--help"]) if name == "scripts/solr" else ""
    for word in words:
        if word.startswith("--"):
            assert word in told, word
    if name == "scripts/solr":
        assert words[0] in told


def helped(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout


def test_every_setting_named_exists_and_none_of_solr_is_left_out() -> None:
    named = set(re.findall(r"^\| `(\w+)` \|", TEXT, re.M)) - {"tantivy", "solr"} | {"solr"}
    settings = {field.name for field in msgspec.structs.fields(Settings)}
    assert named <= settings
    assert {name for name in settings if name.startswith("solr")} <= named


def test_every_file_and_link_named_is_there() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", TEXT):
        assert (ROOT / "docs" / target).exists(), target
    for name in re.findall(r"`((?:indexer|solr_conf|scripts|tests)/[\w./-]*)`", TEXT):
        assert (ROOT / name).exists(), name


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    return found


def test_the_services_fit_together(compose: dict[str, Any]) -> None:
    services = compose["services"]
    images = {name: service["image"] for name, service in services.items()}
    assert {image.partition(":")[0] for image in images.values()} == {
        "solr",
        "zookeeper",
        "postgres",
        "redis",
        "ereader",
    }
    keepers = sorted(name for name, image in images.items() if image.startswith("zookeeper"))
    assert len(keepers) == 3  # An even number, or one, is of no use when one is lost.
    assert sorted(services[name]["environment"]["ZOO_MY_ID"] for name in keepers) == [1, 2, 3]
    for name, service in services.items():
        if name != "worker":  # There may be many.
            assert service["hostname"] == name
        for volume in service["volumes"]:
            source = volume.split(":")[0]
            assert source in compose["volumes"] or (ROOT / source).exists(), source
        for port in service.get("ports", ()):
            assert port.startswith("127.0.0.1:")  # No other machine gets at it.
        if images[name].startswith("solr"):
            hosts = [part.split(":")[0] for part in service["environment"]["ZK_HOST"].split(",")]
            assert sorted(hosts) == keepers
            assert sorted(service["depends_on"]) == keepers


def test_production_runs_the_solr_that_tests_run_on_with_the_same_limits(compose: dict[str, Any]) -> None:
    project = ET.parse(ROOT / "scripts" / "solr_node" / "pom.xml").getroot()
    versions = {e.text or "" for e in project.iter("{http://maven.apache.org/POM/4.0.0}version")} - {"1"}
    ((major, minor, *_),) = [version.split(".") for version in versions]
    nodes = [s for s in compose["services"].values() if s["image"].startswith("solr")]
    assert {node["image"] for node in nodes} == {f"solr:{major}.{minor}"}
    assert (int(major), int(minor)) >= (9, 10)
    for node in nodes:
        options = dict(re.findall(r"-D([\w.]+)=(\S+)", node["environment"]["SOLR_OPTS"]))
        assert int(options["solr.max.booleanClauses"]) == solr_schema.MAX_CLAUSES
        assert int(options["connTimeout"]) <= 1000
        assert options["disable.configEdit"] == "true"
        assert "/opt/ereader/log4j2.xml" in node["environment"]["LOG4J_PROPS"]
    logging = ET.parse(ROOT / "scripts" / "solr_node" / "log4j2.xml").getroot()
    levels = {logger.get("name"): logger.get("level") for logger in logging.iter("Logger")}
    assert levels["org.apache.solr.core.SolrCore.Request"] == "OFF"


def test_the_client_library_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert any(name.startswith("pysolr") for name in project["dependencies"])
