"""Writing a Tantivy index (写入索引), into the present folder or into a new one beside it."""

from __future__ import annotations

import shutil
from collections import deque
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tantivy

from indexer.index import tantivy_folder as folders
from indexer.index.tantivy_schema import index_mark, make_index

if TYPE_CHECKING:
    from indexer.index.tantivy import TantivyEngine

HEAP = 220_000_000  # bytes of documents that are gathered before they make a segment
# Each thread makes segments of its own from its share of the memory, and every search looks into each of
# them: with two threads a load leaves twice as many, and costs as much.
THREADS = 1
# Calls of ``add`` that are taken before one is waited for: while a segment is written, which takes some
# seconds, the engine takes no document, and whoever brings them can go on with other work.
AHEAD = 3


class TantivyWriter:
    """The one writer of an index. Nothing is visible before ``commit``; what is committed survives a
    crash.
    """

    def __init__(self, engine: TantivyEngine, *, rebuild: bool, patience: float) -> None:
        self._engine = engine
        self._root = engine.path
        self._rebuild = rebuild
        self._handle: int | None = None
        self._beside: Path | None = None
        self._writer: Any = None
        self._feeder = ThreadPoolExecutor(1, thread_name_prefix="feed-index")
        self._adding: deque[Future[None]] = deque()
        if not engine.writing.acquire(timeout=patience):
            raise folders.WriterBusy("this process is already writing to the index")
        try:
            self._index = self._prepare(patience)
            self._writer = self._index.writer(HEAP, THREADS)
        except BaseException:
            self._release()
            raise

    def _prepare(self, patience: float) -> tantivy.Index:
        if self._root is None:
            return make_index(None) if self._rebuild else self._engine.present_index()
        self._handle = folders.lock(self._root, patience)
        present = folders.current(self._root)
        folders.sweep(self._root, present)
        if not self._rebuild and present is not None:
            index = folders.open_index(present, index_mark())
            if index is None:
                raise ValueError("the index is damaged or was made for another list of fields: rebuild it")
            return index
        folder = folders.fresh(self._root, index_mark())
        index = make_index(folder)
        if self._rebuild:
            self._beside = folder
        else:
            folders.point_to(self._root, folder)
        return index

    def add(self, documents: Iterable[bytes]) -> None:
        """Takes documents and adds them meanwhile; what goes wrong with them is raised by a later call."""
        self._added(AHEAD - 1)
        self._adding.append(self._feeder.submit(self._add, list(documents)))

    def _add(self, documents: Iterable[bytes]) -> None:
        add = self._writer.add_json
        for document in documents:
            add(document.decode())

    def _added(self, left: int = 0) -> None:
        """Waits until no more than so many calls of ``add`` are still to be done."""
        while len(self._adding) > left:
            self._adding.popleft().result()

    def replace(self, union_id: str, documents: Iterable[bytes]) -> None:
        self.delete(union_id)
        self._add(documents)

    def delete(self, union_id: str) -> None:
        self._added()
        self._writer.delete_documents_by_term("id", union_id)

    def commit(self) -> None:
        self._added()
        self._writer.commit()
        if not self._rebuild:
            self._engine.look()

    def close(self, *, swap: bool = True) -> None:
        if self._writer is None:
            return
        try:
            self._added()
            if swap or not self._rebuild:
                self._writer.commit()
            self._writer.wait_merging_threads()
            if self._rebuild and swap:
                self._swap()
            elif self._beside is not None:
                shutil.rmtree(self._beside, ignore_errors=True)
            elif not self._rebuild:
                self._engine.look()
            if swap or not self._rebuild:
                self._engine.renew_tops()
        finally:
            self._release()
            self._writer = None

    def _swap(self) -> None:
        if self._root is None:
            self._engine.install(self._index)
        elif self._beside is not None:
            folders.point_to(self._root, self._beside)
            self._engine.look()
            folders.sweep(self._root, self._beside)

    def _release(self) -> None:
        self._feeder.shutdown(cancel_futures=True)
        if self._handle is not None:
            folders.unlock(self._handle)
            self._handle = None
        self._engine.writing.release()
