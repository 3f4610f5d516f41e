"""Static files (静态文件), read once.

Their address holds a digest of all of them, so browsers may keep them for ever.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from dataclasses import dataclass
from importlib.resources import files

MEDIA_TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "txt": "text/plain; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """One static file, also packed."""

    name: str
    data: bytes
    packed: bytes
    media_type: str


def tight(sheet: str) -> str:
    """A style sheet without comments and the blanks that mean nothing.

    Texts in quotation marks stay as they are.
    """
    pieces = re.split(r'("[^"]*")', re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL))
    for i in range(0, len(pieces), 2):
        piece = re.sub(r"\s+", " ", pieces[i])
        piece = re.sub(r" ?([{};,>]) ?", r"\1", piece)
        pieces[i] = re.sub(r"([:{;][a-z-]+|^[a-z-]+): ", r"\1:", piece).replace(";}", "}")
    return "".join(pieces).strip() + "\n"


class Assets:
    """All static files (静态文件集); ``build`` is the digest that is part of their addresses."""

    def __init__(self) -> None:
        self.files: dict[str, Asset] = {}
        digest = hashlib.blake2b(digest_size=5)
        for entry in sorted(files("ui").joinpath("static").iterdir(), key=lambda e: e.name):
            media_type = MEDIA_TYPES.get(entry.name.rpartition(".")[2])
            if media_type is None or not entry.is_file():
                continue
            data = entry.read_bytes()
            if entry.name.endswith(".css"):
                data = tight(data.decode("utf-8")).encode("utf-8")
            digest.update(entry.name.encode() + b"\0" + data + b"\0")
            self.files[entry.name] = Asset(entry.name, data, gzip.compress(data, 9, mtime=0), media_type)
        self.build = digest.hexdigest()

    def address(self, name: str) -> str:
        """The address of a file below the site's root."""
        return f"/static/{self.build}/{name}"
