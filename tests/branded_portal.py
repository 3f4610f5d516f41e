"""The catalogue of `portal_catalogue` with a portal of its own for one library, and people who may change it."""

from __future__ import annotations

import re
import struct
import zlib
from pathlib import Path
from typing import Any

import httpx
import kept_homes
import portal_catalogue
from lxml import html

PASSWORD = "a password for consoles"
PEOPLE = {
    "anna": 'library = "pku"\nroles = ["library-admin"]',
    "frida": 'library = "fudan"\nroles = ["library-admin"]',
    "carl": 'roles = ["consortium-admin:jalis"]',
    "root": 'roles = ["centre-admin"]',
}
ACCENT, BAND = "#8a1538", "#0a7d5a"
DESIGN = f"""
[[library]]
id = "pku"
name = {{ zh = "北京大学图书馆", en = "Peking University Library" }}
[library.portal]
includes = ["jalis", "centre"]
hosts = ["pku.test"]
contact = "mailto:ask@pku.test"
[library.portal.design]
tagline = {{ zh = "兼收并蓄", en = "Open to all" }}
accent = "{ACCENT}"
band = "{BAND}"
scope = "own"
channels = ["ancient-book", "book", "rubbing"]
facets = ["language", "library"]
css = ".hero h1 {{ font-size: 2.6rem }} .hero {{ position: fixed }}"
origins = ["https://www.pku.example"]
notices = [
  {{ text = {{ zh = "国庆期间闭馆。", en = "Closed on National Day." }}, severity = "alert" }},
  {{ text = {{ zh = "新阅览室已开放。", en = "A new reading room." }}, href = "/browse/new" }},
  {{ text = {{ zh = "过去的事。", en = "Long ago." }}, ends = 2020-01-01 }},
  {{ text = {{ zh = "以后的事。", en = "Far away." }}, begins = 2999-01-01 }},
]
footer = [ {{ href = "https://www.pku.example/", label = {{ zh = "图书馆主页", en = "Library home" }} }} ]
blocks = [
  {{ kind = "text", title = {{ zh = "欢迎", en = "Welcome" }}, text = {{ zh = "第一段。\\n\\n第二段 <b>x</b>。", en = "One.\\n\\nTwo <b>x</b>." }} }},
  {{ kind = "search" }},
  {{ kind = "notices" }},
  {{ kind = "links", links = [ {{ href = "/browse/new", label = {{ zh = "新书", en = "New books" }} }} ] }},
  {{ kind = "browse" }},
  {{ kind = "channels" }},
]
"""


def build(home: Path) -> Path:
    """A home with the catalogue, the design and the people."""
    return kept_homes.copied(home, "branded", _build)


def _build(home: Path) -> None:
    portal_catalogue.build(home)
    (home / "password").write_text(PASSWORD, "utf-8")
    people = "".join(
        f'[[user]]\nname = "{name}"\npassword_file = "{home / "password"}"\n{rest}\n'
        for name, rest in PEOPLE.items()
    )
    (home / "branded.toml").write_text(DESIGN + people, "utf-8")
    portal_catalogue.run(home, "apply", str(home / "branded.toml"))


def sign_in(client: httpx.Client, name: str) -> None:
    key = re.search(r'name="csrf" value="([^"]+)"', client.get("/login").text)
    assert key
    done = client.post("/login", data={"username": name, "password": PASSWORD, "csrf": key[1]})
    assert done.status_code == 303


def fields(page: str, form: str = "design") -> list[tuple[str, str]]:
    """What a browser sends of a form."""
    return [(k, v) for k, v in html.fromstring(page).get_element_by_id(form).form_values() if v is not None]


def send(client: httpx.Client, path: str, pairs: list[tuple[str, str]], **changed: str) -> httpx.Response:
    """Posts a form with other values in some of its fields, and the page that it leads to."""
    from urllib.parse import urlencode

    body = urlencode(
        [(k, changed.get(k, v)) for k, v in pairs]
        + [(k, v) for k, v in changed.items() if k not in dict(pairs)]
    )
    done = client.post(path, content=body, headers={"content-type": "application/x-www-form-urlencoded"})
    return client.get(done.headers["location"]) if done.status_code == 303 else done


def png(width: int = 120, height: int = 40, colour: tuple[int, int, int] = (200, 30, 60)) -> bytes:
    """A picture in one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + bytes(colour) * width for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def visible(page: str) -> str:
    """The words of a page."""
    tree: Any = html.fromstring(page)
    return " ".join(tree.text_content().split())
