"""What goes through a queue: nothing is read that was not written with the key, for this, in this shape."""

from __future__ import annotations

from importlib.metadata import EntryPoint

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ereader.exit_status import UsageError
from ereader.queue import message
from ereader.queue.address import queue_of
from ereader.queue.layout import layout_of, read_program
from indexer.prepare import Prepared
from indexer.workers import Batch

KEY = b"a key of some length"


@given(st.binary(max_size=200), st.text(max_size=20), st.binary(max_size=80))
def test_what_was_sealed_is_read_again(content: bytes, about: str, key: bytes) -> None:
    about = about.encode("utf-8", "replace").decode()
    assert message.unseal(key, about, message.seal(key, about, content)) == content


@given(st.data())
def test_one_changed_bit_is_noticed(data: st.DataObject) -> None:
    sealed = bytearray(message.seal(KEY, "batch l 1", b"content"))
    place = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[place // 8] ^= 1 << place % 8
    with pytest.raises(message.Forged):
        message.unseal(KEY, "batch l 1", bytes(sealed))


@pytest.mark.parametrize(
    ("key", "about"),
    [(b"another key, as long", "batch l 1"), (b"", "batch l 1"), (KEY, "batch l 2"), (KEY, "done l 1")],
)
def test_another_key_load_or_batch_is_noticed(key: bytes, about: str) -> None:
    with pytest.raises(message.Forged):
        message.unseal(key, about, message.seal(KEY, "batch l 1", b"content"))


@pytest.mark.parametrize("content", [b"", b"\xc1", b"\x80", msgspec.msgpack.encode([1, 2]), b"\xff" * 100])
def test_what_is_sealed_and_no_batch_is_refused(content: bytes) -> None:
    sealed = message.seal(KEY, "b", content)
    with pytest.raises(message.Forged):
        message.read_batch(KEY, "b", sealed)
    with pytest.raises(message.Forged):
        message.read_prepared(KEY, "b", sealed[:5])


def test_batches_and_results_come_as_they_were() -> None:
    batch = Batch("a.mrc", {1: {"x": "y"}}, [("marc21", b"\0data", 3, "utf-8", (), 1, b"sum")])
    assert message.read_batch(KEY, "b", message.pack(KEY, "b", batch)) == batch
    prepared = [
        Prepared("r/1", "1", b"sum", 3, keys=(2**63 - 1, 5), documents=(b"{}",)),
        Prepared(position=4),
    ]
    assert message.read_prepared(KEY, "d", message.pack(KEY, "d", prepared)) == prepared


def test_other_adapters_make_another_program() -> None:
    point = EntryPoint("tiny", "tiny:PLUG_IN", "ereader.adapters")
    one, other = layout_of([]), layout_of([point])
    assert one.version == other.version and one.digest != other.digest
    assert layout_of([point]) == other
    assert layout_of(on_disk=True) == layout_of() and read_program() == read_program()


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("redis://u:secret@127.0.0.1:6379/0?prefix=x", "redis://127.0.0.1:6379/0"),
        ("redis://localhost", "redis://localhost"),
        ("redis://[::1]:6379/1", "redis://[::1]:6379/1"),
        ("unix:///run/redis.sock?db=2", "unix:///run/redis.sock"),
        ("unix://u:secret@/run/redis.sock", "unix:///run/redis.sock"),
    ],
)
def test_a_queue_of_this_host_needs_no_key_and_its_password_is_never_shown(address: str, shown: str) -> None:
    queue = queue_of(address)
    assert queue.shown == shown
    assert "prefix=" not in queue.address
    assert queue.prefix == ("x" if "prefix=x" in address else "ereader")


@pytest.mark.parametrize(
    "address", ["redis://10.0.0.1", "rediss://queue.example:1/0", "redis://127.0.0.1.example"]
)
def test_a_queue_of_other_hosts_needs_one(address: str) -> None:
    with pytest.raises(UsageError, match="queue_key"):
        queue_of(address)
    assert queue_of(address, "0123456789abcdef").key == b"0123456789abcdef"
    with pytest.raises(UsageError, match="16"):
        queue_of(address, "short")


@pytest.mark.parametrize(
    "address",
    ["", "x", "redis://", "http://a", "redis://h:99999999", "redis://127.0.0.1?prefix=a*b", "redis://[::1"],
)
def test_what_is_no_address_is_wrong_usage(address: str) -> None:
    with pytest.raises(UsageError):
        queue_of(address)
