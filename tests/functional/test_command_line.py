"""The command line as others script against it: exit statuses, the last JSON line, idempotence, crash
safety.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from waiting import until

BIBTEX = """@book{{r{id},
  title = {{{title}}},
  author = {{Test, Author}},
  year = {{{year}}}
}}
"""


class Cli:
    """Runs ``ereader`` in a process of its own on one home."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def start(self, *words: str, **options: Any) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "ereader", "--home", str(self.home), *words]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)

    def run(self, *words: str, status: int = 0) -> str:
        process = self.start(*words)
        out, err = process.communicate(timeout=600)
        assert process.returncode == status, f"{words}: {process.returncode}\n{out}\n{err}"
        assert "Traceback" not in err, err
        self.err = err
        return out

    def load(self, file: Path, *words: str, repository: str = "books", status: int = 0) -> dict[str, Any]:
        out = self.run(
            "load",
            str(file),
            "--library",
            "lib",
            "--repository",
            repository,
            "--create",
            "--json",
            *words,
            status=status,
        )
        return json.loads(out.splitlines()[-1])  # type: ignore[no-any-return]

    def stats(self) -> dict[str, Any]:
        return json.loads(self.run("stats", "--json"))  # type: ignore[no-any-return]


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    return Cli(tmp_path / "home")


def bib(path: Path, count: int, *, title: str = "Title {n}") -> Path:
    text = "".join(BIBTEX.format(id=n, title=title.format(n=n), year=1900 + n % 100) for n in range(count))
    path.write_text(text, "utf-8")
    return path


def test_help_needs_no_command_module(cli: Cli) -> None:
    out = cli.run("--help")
    for command in ("load", "convert", "apply", "serve", "reindex", "stats", "doctor"):
        assert command in out


def test_a_load_says_what_it_did_in_its_last_line_and_nothing_else_there(cli: Cli, tmp_path: Path) -> None:
    out = cli.run(
        "load",
        str(bib(tmp_path / "a.bib", 5)),
        "--library",
        "lib",
        "--repository",
        "books",
        "--create",
        "--json",
    )
    (line,) = out.splitlines()
    answer = json.loads(line)
    assert list(answer) == ["read", "new", "changed", "unchanged", "deleted", "refused", "problems", "run"]
    assert (answer["read"], answer["new"], answer["refused"]) == (5, 5, 0)
    assert isinstance(answer["run"], str)


def test_what_is_loaded_is_found_when_the_command_returns(cli: Cli, tmp_path: Path) -> None:
    cli.load(bib(tmp_path / "a.bib", 3, title="Quokka number {n}"))
    found = json.loads(cli.run("search", "quokka", "--json"))
    assert found["total"] == 3


def test_the_same_file_again_changes_nothing(cli: Cli, tmp_path: Path) -> None:
    file = bib(tmp_path / "a.bib", 5)
    cli.load(file)
    again = cli.load(file)
    assert (again["new"], again["changed"], again["unchanged"]) == (0, 0, 5)


def test_a_corrected_record_is_a_change(cli: Cli, tmp_path: Path) -> None:
    cli.load(bib(tmp_path / "a.bib", 5))
    again = cli.load(bib(tmp_path / "b.bib", 5, title="Other title {n}"))
    assert (again["new"], again["changed"]) == (0, 5)
    assert json.loads(cli.run("search", "other", "--json"))["total"] == 5


def test_an_unknown_repository_is_wrong_usage_without_create(cli: Cli, tmp_path: Path) -> None:
    file = bib(tmp_path / "a.bib", 1)
    cli.run("load", str(file), "--library", "lib", "--repository", "books", status=2)
    assert "--create" in cli.err


@pytest.mark.parametrize(
    "content", [b"", b"\x89PNG\r\n\x1a\n" + bytes(200), bytes(range(256)) * 40, bytes(100_000)]
)
def test_an_unreadable_file_is_status_two_and_changes_nothing(
    cli: Cli, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "a.mrc"
    file.write_bytes(content)
    cli.run("load", str(file), "--library", "lib", "--repository", "books", "--create", "--json", status=2)
    assert "a.mrc" in cli.err
    assert cli.stats()["libraries"] == 0
    cli.run("convert", str(file), status=2)


def test_a_missing_file_is_status_two(cli: Cli) -> None:
    cli.run("load", "/nonexistent.mrc", "--library", "lib", "--repository", "books", "--create", status=2)
    cli.run("load", status=2)
    cli.run("nonsense", status=2)


def test_convert_prints_one_line_a_record_in_the_order_of_the_file(cli: Cli, tmp_path: Path) -> None:
    lines = cli.run("convert", str(bib(tmp_path / "a.bib", 4))).splitlines()
    titles = [json.loads(line)["record"]["title"] for line in lines]
    assert titles == [f"Title {n}" for n in range(4)]
    assert all(isinstance(json.loads(line)["problems"], list) for line in lines)
    assert not cli.home.exists()


def test_convert_declares_the_type_it_is_told(cli: Cli, tmp_path: Path) -> None:
    out = cli.run("convert", str(bib(tmp_path / "a.bib", 1)), "--type", "rubbing")
    assert json.loads(out)["record"]["type"] == "rubbing"
    cli.run("convert", str(tmp_path / "a.bib"), "--type", "brick", status=2)


def test_apply_and_export_are_each_others_inverse(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "members.toml"
    file.write_text(
        '[[library]]\nid = "a"\nname = { zh = "甲馆" }\n\n[[consortium]]\nid = "x"\n\n'
        '[[membership]]\nlibrary = "a"\nconsortium = "x"\n\n'
        '[[repository]]\nid = "r"\nlibrary = "a"\noffered_to = ["x"]\npublished_by = ["x"]\n',
        "utf-8",
    )
    cli.run("apply", str(file))
    exported = cli.run("apply", "--export")
    (tmp_path / "again.toml").write_text(exported, "utf-8")
    out = cli.run("apply", str(tmp_path / "again.toml"), "--json")
    assert json.loads(out)["changed"] == []
    file.write_text('[[library]]\nid = "a"\ncolour = "red"\n', "utf-8")
    cli.run("apply", str(file), status=2)
    assert "colour" in cli.err
    assert cli.run("apply", "--export") == exported


def test_of_several_files_all_are_applied_or_none(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('[[library]]\nid = "a"\n', "utf-8-sig")
    (tmp_path / "r.toml").write_text('[[repository]]\nid = "r"\nlibrary = "a"\n', "utf-8")
    (tmp_path / "bad.toml").write_text('[[repository]]\nid = "r"\nlibrary = "b"\n', "utf-8")
    before = cli.run("apply", "--export")
    for last in ("bad.toml", "missing.toml"):
        cli.run("apply", str(tmp_path / "a.toml"), str(tmp_path / last), status=2)
        assert cli.run("apply", "--export") == before
    cli.run("apply", str(tmp_path / "a.toml"), str(tmp_path / "r.toml"))
    assert 'id = "r"' in cli.run("apply", "--export")


def test_a_load_makes_no_library_with_the_id_of_a_consortium(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_text('[[consortium]]\nid = "x"\n', "utf-8")
    cli.run("apply", str(tmp_path / "x.toml"))
    file = str(bib(tmp_path / "a.bib", 2))
    cli.run("load", file, "--library", "x", "--repository", "books", "--create", status=2)
    assert "consortium" in cli.err


def test_what_is_taken_away_is_not_found_any_more(cli: Cli, tmp_path: Path) -> None:
    cli.load(bib(tmp_path / "a.bib", 2, title="Quokka {n}"))
    (tmp_path / "less.toml").write_text('[[repository]]\nid = "books"\nlibrary = "lib"\n', "utf-8")
    cli.run("apply", str(tmp_path / "less.toml"))
    assert json.loads(cli.run("search", "quokka", "--json"))["total"] == 0
    assert cli.stats()["sources"] == 2


def test_two_loads_at_once_are_refused_with_a_clear_message(cli: Cli, tmp_path: Path) -> None:
    cli.load(bib(tmp_path / "a.bib", 1))
    code = (
        "import sys, time; from pathlib import Path; from ereader.installation import open_home\n"
        "with open_home(Path(sys.argv[1])) as i, i.writing():\n    print('held', flush=True); time.sleep(600)"
    )
    holder = subprocess.Popen([sys.executable, "-c", code, str(cli.home)], stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        cli.run("load", str(tmp_path / "a.bib"), "--repository", "books", status=2)
        assert str(holder.pid) in cli.err
    finally:
        holder.kill()
        holder.communicate()


def _state(cli: Cli) -> tuple[Any, ...]:
    stats = cli.stats()
    found = json.loads(cli.run("search", "", "--json"))
    return stats["sources"], stats["unions"], stats["repositories"], found["total"], found["facets"]


@pytest.mark.slow
@pytest.mark.parametrize("after", [0.6, 1.2, 2.0])
def test_a_killed_load_started_again_ends_like_an_undisturbed_one(tmp_path: Path, after: float) -> None:
    file = bib(tmp_path / "big.bib", 12_000)
    undisturbed, killed = Cli(tmp_path / "one"), Cli(tmp_path / "two")
    undisturbed.load(file)
    words = ("load", str(file), "--library", "lib", "--repository", "books", "--create", "--json")
    process = killed.start(*words, start_new_session=True)
    until((killed.home / "ereader.sqlite").exists, pause=0.02)
    time.sleep(after)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    killed.load(file)
    assert _state(killed) == _state(undisturbed)
    assert killed.load(file)["unchanged"] == 12_000


def test_reindex_gives_the_same_answers(cli: Cli, tmp_path: Path) -> None:
    cli.load(bib(tmp_path / "a.bib", 20))
    before = _state(cli)
    assert json.loads(cli.run("reindex", "--json"))["indexed"] == 20
    assert _state(cli) == before
    cli.run("reindex", "--repository", "books")
    assert _state(cli) == before
    cli.run("reindex", "--repository", "none", status=2)


def test_an_engine_that_does_not_answer_is_told_and_changes_nothing(cli: Cli, tmp_path: Path) -> None:
    cli.load(bib(tmp_path / "a.bib", 3))
    before = _state(cli)
    cli.run("reindex", "--engine", "solr", "--solr", "http://127.0.0.1:1/solr", status=3)
    assert "http://127.0.0.1:1/solr" in cli.err
    assert _state(cli) == before


def test_the_address_of_an_engine_that_is_not_asked_for_is_wrong_usage(cli: Cli) -> None:
    cli.run("reindex", "--solr", "http://127.0.0.1:1/solr", status=2)
    assert "--engine solr" in cli.err
    cli.run("reindex", "--engine", "solr", "--solr", "nowhere", status=2)


def test_the_doctor_finds_nothing_bad_in_a_good_home(cli: Cli, tmp_path: Path) -> None:
    cli.load(bib(tmp_path / "a.bib", 2))
    findings = [json.loads(line) for line in cli.run("doctor", "--json").splitlines()]
    assert {f["state"] for f in findings if f["what"] != "plug-ins"} == {"good"}


@pytest.fixture
def server(cli: Cli, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    cli.load(bib(tmp_path / "a.bib", 2, title="Quokka {n}"))
    process = cli.start("serve", "--port", "0")
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("listening on http://"), line
    yield process, line.split()[-1]
    if process.poll() is None:
        process.kill()
    process.communicate()


def test_serve_says_when_it_is_ready_and_ends_in_order(server: tuple[subprocess.Popen[str], str]) -> None:
    process, address = server
    with urllib.request.urlopen(f"{address}/api/v1/search?q=quokka", timeout=120) as answer:
        assert json.load(answer)["total"] == 2
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=120) == 0


def test_a_load_is_taken_back_by_its_number(cli: Cli, tmp_path: Path) -> None:
    cli.load(bib(tmp_path / "a.bib", 3, title="Old title {n}"))
    run = cli.load(bib(tmp_path / "b.bib", 5, title="New title {n}"))["run"]
    done = json.loads(cli.run("undo", run, "--reason", "the wrong file", "--json"))
    assert (done["removed"], done["restored"]) == (2, 3)
    found = json.loads(cli.run("search", "title:title", "--json"))
    assert sorted(hit["title"].split()[0] for hit in found["hits"]) == ["Old"] * 3
    cli.run("undo", run, status=2)
    assert "undone already" in cli.err
    assert "the wrong file" in cli.run("audit")
