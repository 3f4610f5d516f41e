"""Where a Tantivy index lives on disk (索引目录): folders beside each other and a pointer to the present one.

``CURRENT`` names the folder that readers use. A rebuild fills another folder and then replaces the pointer in
one step, so searching never stops and a killed rebuild leaves nothing but a folder that the next writer
removes.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from pathlib import Path

import tantivy

from indexer.index.tantivy_schema import prepare

POINTER = "CURRENT"
MARK = "FIELDS"  # holds the fingerprint of the table of fields
LOCK = "LOCK"


class WriterBusy(Exception):
    """Another process writes to this index and did not finish in time."""


def current(root: Path) -> Path | None:
    """The present folder, or None before the first index was made."""
    try:
        name = (root / POINTER).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None
    folder = root / name
    return folder if name and "/" not in name and (folder / "meta.json").exists() else None


def made_for(folder: Path) -> str:
    """The fingerprint a folder was made for."""
    try:
        return (folder / MARK).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def stamp(root: Path) -> tuple[int, ...]:
    """Changes whenever the pointer or the present index changes."""
    try:
        pointer = (root / POINTER).stat()
        folder = current(root)
        if folder is None:
            return (pointer.st_mtime_ns, pointer.st_ino)
        meta = (folder / "meta.json").stat()
    except OSError:
        return ()
    return (pointer.st_mtime_ns, pointer.st_ino, meta.st_mtime_ns, meta.st_ino, meta.st_size)


def fresh(root: Path, mark: str) -> Path:
    """A new empty folder beside the present one."""
    number = 1 + max((int(p.name[2:]) for p in root.glob("i-*") if p.name[2:].isdecimal()), default=0)
    folder = root / f"i-{number}"
    folder.mkdir()
    (folder / MARK).write_text(mark + "\n", encoding="utf-8")
    return folder


def point_to(root: Path, folder: Path) -> None:
    """Makes a folder the present one, in one step that survives a power cut."""
    beside = root / f"{POINTER}.new"
    with beside.open("w", encoding="utf-8") as file:
        file.write(folder.name + "\n")
        file.flush()
        os.fsync(file.fileno())
    beside.replace(root / POINTER)
    directory = os.open(root, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def open_index(folder: Path, mark: str) -> tantivy.Index | None:
    """The index in a folder; None when it was made for other fields or by another version, is damaged or just
    gone.
    """
    if made_for(folder) != mark:
        return None
    try:
        if not tantivy.Index.is_compatible(str(folder)):
            return None
        index = prepare(tantivy.Index.open(str(folder)))
        index.reload()
        _try(index)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # Damage makes the engine panic, and a panic is no Exception.
        return None
    return index


def _try(index: tantivy.Index) -> None:
    """Reads something of what a search needs; raises where the index lacks it."""
    searcher = index.searcher()
    everything = tantivy.Query.all_query()
    searcher.search(everything, 1, order_by_field="newest")
    for _, address in searcher.search(everything, 1).hits:
        searcher.doc(address)


def sweep(root: Path, keep: Path | None) -> None:
    """Removes folders of finished or killed rebuilds. Readers that still have one open keep its files until
    they let go.
    """
    for folder in root.glob("i-*"):
        if folder != keep:
            shutil.rmtree(folder, ignore_errors=True)


def lock(root: Path, patience: float) -> int:
    """Takes the one writer's lock of this index; it ends with the process. Raises `WriterBusy` after
    ``patience`` seconds.
    """
    root.mkdir(parents=True, exist_ok=True)
    handle = os.open(root / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    until = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return handle
        except OSError:
            if time.monotonic() > until:
                os.close(handle)
                raise WriterBusy(f"another process is writing to {root}") from None
            time.sleep(0.05)


def unlock(handle: int) -> None:
    os.close(handle)
