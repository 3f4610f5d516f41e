"""Passwords are kept as argon2id, checked at one price, and never raise."""

from __future__ import annotations

import hashlib
import statistics
import time

import pytest

from holdings.members.password import LONGEST, hash_password, outdated, verify_password

SECRET = hash_password("熊猫 panda")


def test_a_password_is_kept_as_argon2id_with_its_own_salt() -> None:
    assert SECRET.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert hash_password("熊猫 panda") != SECRET
    assert verify_password("熊猫 panda", SECRET) and not verify_password("熊猫 Panda", SECRET)


def test_a_hash_of_an_earlier_version_is_understood_and_replaced() -> None:
    salt = b"0123456789abcdef"
    digest = hashlib.scrypt(b"panda", salt=salt, n=2**14, r=8, p=1, dklen=32)
    old = f"scrypt$16384$8$1${salt.hex()}${digest.hex()}"
    assert verify_password("panda", old) and not verify_password("bear", old)
    assert outdated(old) and outdated("") and not outdated(SECRET)


@pytest.mark.parametrize(
    "secret",
    ["", "$argon2id$", "$argon2id$v=19$m=65536,t=3,p=4$x$y", "scrypt$", "scrypt$x$8$1$00$00", "plain"],
)
@pytest.mark.parametrize("password", ["", "plain", "\ud800", "\x00", "a" * (LONGEST + 1)])
def test_nothing_fits_a_damaged_hash(secret: str, password: str) -> None:
    assert not verify_password(password, secret)


def test_a_password_that_is_too_long_does_not_fit_even_its_own_hash() -> None:
    assert not verify_password("a" * (LONGEST + 1), hash_password("a" * (LONGEST + 1)))


def test_an_unknown_user_costs_what_a_wrong_password_costs() -> None:
    def cost(secret: str) -> float:
        began = time.process_time()  # the processor's, of which busy neighbours take nothing
        verify_password("wrong", secret)
        return time.process_time() - began

    cost("")
    known = statistics.median(cost(SECRET) for _ in range(5))
    unknown = statistics.median(cost("") for _ in range(5))
    assert 1 / 10 < unknown / known < 10
