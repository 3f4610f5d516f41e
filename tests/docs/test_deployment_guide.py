"""What docs/deployment.md, docs/workers.md, compose.yaml and the Dockerfile say holds, without Docker."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from ereader import cli
from ereader.queue import address, master, places, worker
from ereader.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
WORKERS = (ROOT / "docs" / "workers.md").read_text(encoding="utf-8")
DEPLOYMENT = (ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")
IMAGE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
BOTH = WORKERS + DEPLOYMENT
BLOCKS = [line for block in re.findall(r"```sh\n(.*?)```", BOTH, re.S) for line in block.splitlines() if line]
COMMANDS = [
    line for line in [*BLOCKS, *re.findall(r"`([^`\n]+)`", BOTH)] if line.startswith(("ereader ", "scripts/"))
]
SETTINGS = {field.name: str(field.default) for field in msgspec.structs.fields(Settings)}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def helped(*words: str) -> str:
    command = [sys.executable, "-m", "ereader", *words, "--help"]
    return subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout


@pytest.mark.parametrize("command", dict.fromkeys(COMMANDS))
def test_every_command_exists_with_its_options(command: str) -> None:
    name, *words = shlex.split(command)
    if name != "ereader":
        assert (ROOT / name).exists()
        return
    assert words[0] in cli.COMMANDS
    actions = words[:2] if words[0] == "database" and len(words) > 1 else words[:1]
    told = helped(*actions)
    assert all(word in told for word in words if word.startswith("--"))


def test_settings_and_defaults_are_those_of_the_program() -> None:
    told = dict(re.findall(r"^\| `(queue\w*)` \|\s*`?([\w.]*)`?\s*\|", WORKERS, re.M))
    assert told == {name: default for name, default in SETTINGS.items() if name.startswith("queue")}


def test_files_and_links_named_are_there() -> None:
    for text in (WORKERS, DEPLOYMENT):
        for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", text):
            if "://" not in target:
                assert (ROOT / "docs" / target).exists(), target


def test_numbers_told_are_those_of_the_program() -> None:
    assert worker.MOST_SECONDS == 15 * 60 and places.WORKER_LIVES == 15 and places.MASTER_LIVES == 60
    assert (master.AT_LEAST_OUT, master.OUT_FOR_EACH, master.MOST_BYTES) == (12, 4, 96_000_000)
    assert address.LEAST_KEY == 16 and address.LEAST_VERSION == (6, 2)
    for words in (
        "16 characters at least",
        "version 6.2",
        "fifteen seconds",
        "12 batches and 4 for each worker",
    ):
        assert words in WORKERS


def test_the_deployment_has_every_part(compose: dict[str, Any]) -> None:
    assert {"web", "worker", "postgres", "redis", "solr1", "solr2", "zoo1", "zoo2", "zoo3"} <= set(
        compose["services"]
    )
    told = set(
        re.findall(
            r"`(\w+)`",
            "".join(re.findall(r"^\| (`web`.*|`worker`.*|`postgres`.*|`redis`.*) \|", DEPLOYMENT, re.M)),
        )
    )
    assert {"web", "worker", "postgres", "redis"} <= told


def test_images_are_pinned_and_ours_is_made_here(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        tag = service["image"].partition(":")[2]
        assert re.fullmatch(r"\d+(\.\d+)*", tag), name
        if service["image"].startswith("ereader"):
            version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
                "version"
            ]
            assert version.startswith(tag)
            assert service["build"] == "."
    for base in re.findall(r"^FROM (\S+)", IMAGE, re.M):
        assert re.fullmatch(r"python:3\.11-slim-\w+", base)


@pytest.mark.parametrize("name", ["web", "worker"])
def test_a_service_of_ours_runs_a_command_with_settings_that_there_are(
    compose: dict[str, Any], name: str
) -> None:
    service = compose["services"][name]
    words = [str(word) for word in service["command"]]
    told = helped(words[0])
    assert words[0] in cli.COMMANDS and all(w in told for w in words if w.startswith("--"))
    for variable in service["environment"]:
        assert variable.removeprefix("EREADER_").lower() in SETTINGS, variable
    assert {"EREADER_DATABASE", "EREADER_QUEUE", "EREADER_QUEUE_KEY", "EREADER_SOLR_ALIAS"} <= set(
        service["environment"]
    )
    # What is reached stands in the same file, on a network that both have.
    reached = re.findall(r"(?:@|//)(\w+):\d+", " ".join(service["environment"].values()))
    for other in {"postgres", "redis"} if name == "worker" else set(reached):
        assert other in reached
        assert set(compose["services"][other]["networks"]) & set(service["networks"]), other
    assert service["depends_on"]["postgres"]["condition"] == "service_healthy"
    assert service["healthcheck"]["test"][0] == "CMD" and service["restart"] == "unless-stopped"


def test_secrets_come_from_the_environment_and_nothing_starts_without_them() -> None:
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    assert set(re.findall(r"\$\{(\w+):\?", text)) == {"POSTGRES_PASSWORD", "EREADER_QUEUE_KEY"}
    assert not re.search(r"\$\{(POSTGRES_PASSWORD|EREADER_QUEUE_KEY)(:-[^}]*)?\}", text)


def test_every_volume_and_network_is_declared(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        assert set(service["networks"]) <= set(compose["networks"])
        for volume in service.get("volumes", ()):
            source = volume.partition(":")[0]
            assert source in compose["volumes"] or (ROOT / source).exists()


def test_the_image_has_every_package_and_runs_as_nobody_special() -> None:
    copied = set(re.findall(r"^COPY (\w+) \1$", IMAGE, re.M))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert copied == {name.partition(".")[0] for name in project["tool"]["setuptools"]["packages"]}
    assert re.search(r"^USER ereader$", IMAGE, re.M) and 'ENTRYPOINT ["ereader"]' in IMAGE
    assert "ereader" in project["project"]["scripts"]
    command = re.findall(r"^CMD \[(.*)\]$", IMAGE, re.M)[-1]
    assert all(w in helped("serve") for w in re.findall(r'"(--\w+)"', command))
    for name in re.findall(r"^COPY ([\w. ]+) \./$", IMAGE, re.M)[0].split():
        assert (ROOT / name).exists()
