"""An index that cannot be read is unusable: never a crash, never a wrong answer."""

from __future__ import annotations

from pathlib import Path

import pytest
import tantivy

from indexer.index import open_engine
from indexer.index import tantivy_folder as folders
from indexer.index.tantivy_schema import index_mark


@pytest.fixture
def root(tmp_path: Path) -> Path:
    engine = open_engine("tantivy", tmp_path)
    writer = engine.writer(rebuild=True)
    writer.add([b'{"id":"a","display":"e30=","title":["a"],"newest":1}'])
    writer.close()
    assert engine.usable()
    engine.close()
    return tmp_path


def present(root: Path) -> Path:
    folder = folders.current(root)
    assert folder is not None
    return folder


def test_an_index_of_other_columns_is_unusable_even_with_the_right_mark(root: Path) -> None:
    folder = present(root)
    for file in folder.iterdir():
        file.unlink()
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True)
    tantivy.Index(builder.build(), str(folder))
    (folder / folders.MARK).write_text(index_mark() + "\n")
    assert not open_engine("tantivy", root).usable()


def test_an_index_with_another_mark_is_unusable(root: Path) -> None:
    (present(root) / folders.MARK).write_text("other\n")
    assert not open_engine("tantivy", root).usable()


def test_a_damaged_index_is_unusable(root: Path) -> None:
    for file in present(root).glob("*.fast"):
        # Beside it and put in its place: the engine may still have the old one in its memory.
        damaged = file.with_suffix(".damaged")
        damaged.write_bytes(b"x" * 100)
        damaged.replace(file)
    assert not open_engine("tantivy", root).usable()
