"""A small union catalogue with people who manage it, for tests of the consoles."""

from __future__ import annotations

import contextlib
import re
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import kept_homes
import portal_catalogue
from waiting import until

PASSWORD = portal_catalogue.READER[1]
PEOPLE = (
    ("anna", "pku", '["library-admin"]'),
    ("carl", "pku", '["cataloguer"]'),
    ("lisa", "pku", '["librarian"]'),
    ("frida", "fudan", '["library-admin"]'),
    ("jane", "", '["consortium-admin:jalis"]'),
    ("zoe", "", '["centre-admin"]'),
)
LOAD = "/manage/library/pku/load"


def build(home: Path) -> Path:
    """The home with its people."""
    return kept_homes.copied(home, "console", _build)


def _build(home: Path) -> None:
    portal_catalogue.build(home)
    file = home / "people.toml"
    file.write_text(
        "".join(
            f'[[user]]\nname = "{name}"\nlibrary = "{library}"\nroles = {roles}\npassword_file = "{home / "reader.password"}"\n'
            for name, library, roles in PEOPLE
        ),
        "utf-8",
    )
    portal_catalogue.run(home, "apply", str(file))


def content(home: Path) -> str:
    """Everything that the database holds."""
    with contextlib.closing(sqlite3.connect(home / "ereader.sqlite")) as connection:
        return "\n".join(connection.iterdump())


def lapse(home: Path) -> None:
    """All sessions have been left alone for too long."""
    with contextlib.closing(sqlite3.connect(home / "ereader.sqlite", timeout=60)) as connection:
        connection.execute("UPDATE auth_session SET seen = 0")
        connection.commit()


def enter(client: httpx.Client, name: str) -> httpx.Client:
    """Signs somebody in."""
    said = send(client, "/login", "/login", username=name, password=PASSWORD)
    assert said.status_code == 303, said.text
    return client


@contextlib.contextmanager
def people(address: str) -> Iterator[Callable[..., httpx.Client]]:
    """Makes visitors of an address, signed in under a name or strangers; all are closed at the end."""
    with contextlib.ExitStack() as made:

        def person(name: str = "", lang: str = "en") -> httpx.Client:
            client = httpx.Client(base_url=address, headers={"accept-language": lang}, timeout=120)
            made.enter_context(client)
            return enter(client, name) if name else client

        yield person


def key_of(client: httpx.Client, page: str) -> str:
    found = re.search(r'name="csrf" value="(\w+)"', client.get(page).text)
    assert found, page
    return found[1]


def send(client: httpx.Client, page: str, path: str, **fields: str | list[str]) -> httpx.Response:
    """Sends a form with the key that a page gave out."""
    return client.post(path, data={"csrf": key_of(client, page), **fields})


def upload(client: httpx.Client, *files: tuple[str, bytes], **fields: str) -> httpx.Response:
    """Sends files to the console of pku."""
    data = {"csrf": key_of(client, LOAD), **fields}
    return client.post(LOAD, data=data, files=[("files", file) for file in files])


def wait(client: httpx.Client, job: str) -> httpx.Response:
    """Waits until a piece of work is over; its last page or the way to its report."""

    def over() -> httpx.Response | None:
        said = client.get(job)
        return said if said.status_code == 303 or "data-refresh" not in said.text else None

    return until(over, "the work ends")


def marc(*titles: tuple[str, str]) -> bytes:
    """Records of MARC 21 with an id and a title each."""
    found = b""
    for id, title in titles:
        fields = [
            (b"001", id.encode()),
            (b"008", b"260101s2020    cc            000 0 chi  "),
            (b"245", b"00\x1fa" + title.encode()),
            (b"260", b"  \x1fa" + "北京".encode() + b"\x1fb" + "测试出版社".encode() + b"\x1fc2020"),
        ]
        directory, data = b"", b""
        for tag, value in fields:
            directory += tag + b"%04d%05d" % (len(value) + 1, len(data))
            data += value + b"\x1e"
        base = 24 + len(directory) + 1
        leader = b"%05dnam a22%05d   4500" % (base + len(data) + 1, base)
        found += leader + directory + b"\x1e" + data + b"\x1d"
    return found
