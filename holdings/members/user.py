"""A user (用户) and the salted hash of the password, which is never stored itself."""

from __future__ import annotations

import hashlib
import hmac
import secrets

import msgspec

ROLES = ("reader", "librarian", "cataloguer", "consultant", "library-admin", "centre-admin")
ROLE_OF_CONSORTIUM = "consortium-admin:"  # followed by the consortium's id
STAFF_ROLES = frozenset({"librarian", "cataloguer", "consultant", "library-admin"})

# RFC 7914 section 2: cost, block size, parallelism. 16 MiB and about 50 ms a password.
_COST, _BLOCK, _PARALLEL = 2**14, 8, 1


class User(msgspec.Struct, frozen=True, omit_defaults=True):
    """Someone who may log in (用户); ``library`` is the home library, ``secret`` the hash or empty (no
    login).
    """

    name: str
    library: str = ""
    roles: tuple[str, ...] = ("reader",)
    secret: str = ""


def hash_password(password: str, salt: bytes = b"") -> str:
    """``scrypt$cost$block$parallel$salt$hash`` in hexadecimal, with a fresh salt unless one is given."""
    salt = salt or secrets.token_bytes(16)
    digest = hashlib.scrypt(password.encode(), salt=salt, n=_COST, r=_BLOCK, p=_PARALLEL, dklen=32)
    return f"scrypt${_COST}${_BLOCK}${_PARALLEL}${salt.hex()}${digest.hex()}"


def verify_password(password: str, secret: str) -> bool:
    """Whether the password fits the stored hash; takes as long for an unknown user (empty ``secret``)."""
    try:
        method, cost, block, parallel, salt, digest = secret.split("$")
        if method != "scrypt":
            raise ValueError(method)
        wanted = bytes.fromhex(digest)
        numbers = int(cost), int(block), int(parallel)
        seasoning = bytes.fromhex(salt)
    except ValueError:
        hash_password(password)
        return False
    n, r, p = numbers
    found = hashlib.scrypt(password.encode(), salt=seasoning, n=n, r=r, p=p, dklen=len(wanted))
    return hmac.compare_digest(found, wanted)
