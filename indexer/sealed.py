"""Places that a reader may hand back and must not be able to read (密封的位置).

Where a look through a list stopped may be at a heading that the reader does not see. The token for it is
unreadable without the key of the installation, and only what was sealed here opens.
"""

from __future__ import annotations

import hashlib
from itertools import count

MARK = "~"
KEY_LENGTH = 32  # bytes
_NONCE = 12


def seal(place: bytes, key: bytes) -> str:
    """A token for a place; the same for the same one, so that addresses stay the same."""
    nonce = _nonce(place, key)
    return MARK + (nonce + _mixed(place, nonce, key)).hex()


def opened(token: str, key: bytes) -> bytes | None:
    """The place in a token of `seal`; None where it is none."""
    try:
        sealed = bytes.fromhex(token.removeprefix(MARK))
    except ValueError:
        return None
    nonce = sealed[:_NONCE]
    place = _mixed(sealed[_NONCE:], nonce, key)
    return place if token.startswith(MARK) and nonce == _nonce(place, key) else None


def _nonce(place: bytes, key: bytes) -> bytes:
    return hashlib.blake2b(place, digest_size=_NONCE, key=key, person=b"nonce").digest()


def _mixed(data: bytes, nonce: bytes, key: bytes) -> bytes:
    """Data with a stream of bytes that only the key gives: there and back."""
    stream = b""
    for n in count():
        if len(stream) >= len(data):
            break
        stream += hashlib.blake2b(nonce + n.to_bytes(4, "big"), key=key, person=b"stream").digest()
    return bytes(a ^ b for a, b in zip(data, stream, strict=False))
