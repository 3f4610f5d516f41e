"""What goes through the queue (队列消息): MessagePack under a seal.

The seal is a keyed digest over the content and over what it is meant for, so nothing is read that somebody
without the key wrote, or that was written for another load or batch. Nothing here can be made into code.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import TypeVar

import msgspec

from indexer.prepare import Prepared
from indexer.workers import Batch

SEAL = 32  # bytes
T = TypeVar("T")


class Forged(Exception):
    """A message with a wrong seal: written with another key, or by somebody without one."""


class Announced(msgspec.Struct, frozen=True):
    """A load that wants workers (装载公告)."""

    load: str
    digest: str
    version: str
    master: str  # host and process, for people
    repository: str
    database: bool  # workers need the database, for authority records


class Registered(msgspec.Struct, frozen=True):
    """A worker that is there (工作进程登记)."""

    worker: str
    digest: str
    version: str
    host: str
    process: int
    database: bool
    done: int = 0  # batches since it began


def seal(key: bytes, about: str, content: bytes) -> bytes:
    return _mac(key, about, content) + content


def unseal(key: bytes, about: str, message: bytes) -> bytes:
    """The content of a message. Raises Forged."""
    content = message[SEAL:]
    if not hmac.compare_digest(_mac(key, about, content), message[:SEAL]):
        raise Forged(about)
    return content


def pack(key: bytes, about: str, value: object) -> bytes:
    return seal(key, about, _encode(value))


def read(key: bytes, about: str, message: bytes, kind: type[T]) -> T:
    """A value of a message. Raises Forged, also for what is sealed well and is something else."""
    try:
        return msgspec.msgpack.decode(unseal(key, about, message), type=kind)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise Forged(f"{about}: {error}") from error


def read_batch(key: bytes, about: str, message: bytes) -> Batch:
    return read(key, about, message, Batch)


def read_prepared(key: bytes, about: str, message: bytes) -> list[Prepared]:
    return read(key, about, message, list[Prepared])


def _mac(key: bytes, about: str, content: bytes) -> bytes:
    # Keys of any length, as BLAKE2 takes 64 bytes at most.
    secret = hashlib.blake2b(key, digest_size=64).digest() if key else b""
    name = about.encode()
    digest = hashlib.blake2b(len(name).to_bytes(4, "big") + name, digest_size=SEAL, key=secret)
    digest.update(content)
    return digest.digest()


_encode = msgspec.msgpack.Encoder().encode
decode_batch = msgspec.msgpack.Decoder(Batch).decode
