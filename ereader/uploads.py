"""Files that came over HTTP and wait to be loaded (上传文件).

Each upload is a folder below the home's ``uploads``. A folder is whole once ``upload.json`` stands in it;
others are the remains of transfers that broke off. What nobody has loaded within `KEPT` seconds is removed.
"""

from __future__ import annotations

import re
import secrets
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

FOLDER = "uploads"
KEPT = 7 * 86400
BROKEN_OFF = 6 * 3600  # seconds after which a folder without its note is removed
NOTE = "upload.json"
MAPPING = "mapping.toml"
MOST_FILES = 50
_ID = re.compile(r"[0-9a-f]{24}")


class Upload(msgspec.Struct, frozen=True):
    """An upload (上传): whose, by whom, its files by the names they had, and how they are to be read."""

    id: str
    library: str
    user: str
    repository: str = ""
    files: tuple[str, ...] = ()
    format: str = ""
    type: str = ""
    charset: str = ""
    mapped: bool = False  # there is a mapping in the folder
    job: int = 0  # the work that loads it


def folder_of(home: Path, id: str) -> Path:
    """The folder of an upload; raises ValueError for what can be no id."""
    if not _ID.fullmatch(id):
        raise ValueError(id)
    return home / FOLDER / id


def begin(home: Path, clock: Callable[[], float] = time.time) -> tuple[str, Path]:
    """Makes the folder of a new upload: its id, and where it is. Old folders are removed."""
    _sweep(home, clock())
    id = secrets.token_hex(12)
    folder = folder_of(home, id)
    folder.mkdir(parents=True)
    return id, folder


def keep(home: Path, upload: Upload, mapping: str | None = None) -> None:
    """Notes how an upload is to be read; ``mapping`` is the text of a mapping, None leaves it as it is."""
    folder = folder_of(home, upload.id)
    if mapping is not None:
        (folder / MAPPING).write_text(mapping, "utf-8")
    beside = folder / f"{NOTE}.new"
    beside.write_bytes(msgspec.json.encode(upload))
    beside.replace(folder / NOTE)


def find(home: Path, id: str, library: str) -> Upload | None:
    """An upload of a library; None when there is none of this id, or it is another's."""
    if not _ID.fullmatch(id):
        return None
    try:
        upload = msgspec.json.decode((folder_of(home, id) / NOTE).read_bytes(), type=Upload)
    except (OSError, msgspec.DecodeError):
        return None
    return upload if upload.library == library else None


def waiting(home: Path, library: str) -> list[Upload]:
    """The uploads of a library that nobody has loaded yet, the newest first."""
    root = home / FOLDER
    folders = sorted(root.iterdir(), key=_age, reverse=True) if root.is_dir() else []
    found = [find(home, folder.name, library) for folder in folders]
    return [upload for upload in found if upload and not upload.job]


def paths(home: Path, upload: Upload) -> list[Path]:
    """Where its files are, in the order in which they came."""
    return [folder_of(home, upload.id) / name for name in upload.files]


def discard(home: Path, id: str) -> None:
    """Removes an upload with its files."""
    shutil.rmtree(folder_of(home, id), ignore_errors=True)


def safe_name(given: str, taken: set[str]) -> str:
    """A file name that can do no harm in a folder, as like the one given as can be, and not yet taken."""
    last = re.split(r"[/\\]", given)[-1]
    name = re.sub(r"[^\w.()+ -]+", "_", last).strip(". ")
    while len(name.encode("utf-8")) > 150:
        stem, dot, ending = name.rpartition(".")
        name = f"{stem[:-1]}.{ending}" if dot and stem and len(ending) < 20 else name[:-1]
    name = name or "file"
    found, number = name, 1
    while found.lower() in {t.lower() for t in taken} | {NOTE, f"{NOTE}.new", MAPPING}:
        number += 1
        found = f"{number}-{name}"
    return found


def _sweep(home: Path, now: float) -> None:
    root = home / FOLDER
    if not root.is_dir():
        return
    for folder in root.iterdir():
        try:
            whole = (folder / NOTE).exists()
            if now - folder.stat().st_mtime > (KEPT if whole else BROKEN_OFF):
                shutil.rmtree(folder, ignore_errors=True)
        except OSError:
            continue


def _age(folder: Path) -> float:
    try:
        return folder.stat().st_mtime
    except OSError:
        return 0.0
