"""Passwords (密码), of which only a salted hash is ever kept.

New hashes are argon2id with the second recommended choice of RFC 9106 section 4 (64 MiB, three passes, four
lanes). Hashes of scrypt (RFC 7914), as earlier versions wrote them, are still understood.
"""

from __future__ import annotations

import hashlib
import hmac
import threading
from functools import cache
from typing import Literal

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 8  # characters: NIST SP 800-63B, section 5.1.1.2
LONGEST = 1024  # characters; longer ones are refused, for each costs time before it is known to be wrong
AT_ONCE = 2  # hashes made at the same time in one process: each takes 64 MiB

_HASHER = PasswordHasher()
_TURN = threading.BoundedSemaphore(AT_ONCE)


Fault = Literal["", "short", "long", "name"]


def fault(password: str, user: str) -> Fault:
    """Why nobody should choose this password (密码不合要求), "" when he may. What it is made of is not asked
    for: rules of that kind make passwords worse (NIST SP 800-63B, appendix A).
    """
    if len(password) < SHORTEST:
        return "short"
    if len(password) > LONGEST:
        return "long"
    return "name" if user and user.casefold() in password.casefold() and len(user) * 2 > len(password) else ""


def hash_password(password: str) -> str:
    """The salted hash of a password, in the encoded form of argon2 (``$argon2id$…``)."""
    with _TURN:
        return _HASHER.hash(_bytes(password))


def verify_password(password: str, secret: str) -> bool:
    """Whether the password fits the stored hash; takes as long for an unknown user (empty ``secret``)."""
    fitting = len(password) <= LONGEST
    password = password if fitting else ""
    with _TURN:
        if secret.startswith("scrypt$"):
            return _fits_scrypt(password, secret) and fitting
        try:
            return _HASHER.verify(secret or _nobody(), _bytes(password)) and fitting and bool(secret)
        except (InvalidHashError, VerificationError):
            return False


def outdated(secret: str) -> bool:
    """Whether the password should be hashed again when it is known next."""
    try:
        return _HASHER.check_needs_rehash(secret)
    except InvalidHashError:
        return True


@cache
def _nobody() -> str:
    # What an unknown user's password is compared with, so that the answer takes as long as a known user's.
    return _HASHER.hash("nobody has this password")


def _bytes(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")


def _fits_scrypt(password: str, secret: str) -> bool:
    try:
        _, cost, block, parallel, salt, digest = secret.split("$")
        wanted, seasoning = bytes.fromhex(digest), bytes.fromhex(salt)
        n, r, p = int(cost), int(block), int(parallel)
        found = hashlib.scrypt(_bytes(password), salt=seasoning, n=n, r=r, p=p, dklen=len(wanted))
    except (ValueError, OverflowError):
        return False
    return hmac.compare_digest(found, wanted)
