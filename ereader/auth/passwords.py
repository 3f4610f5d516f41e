"""Changing one's own password (修改密码)."""

from __future__ import annotations

from typing import Literal

import msgspec

from ereader.auth import brake, door
from ereader.auth.accounts import Accounts
from ereader.auth.operator import acting
from holdings.members.password import Fault, fault, hash_password, verify_password
from holdings.members.registry import Configuration, Members
from holdings.members.user import User

Wrong = Fault | Literal["current", "unlike", "same"]


class Changed(msgspec.Struct, frozen=True):
    """What became of it (修改结果): the account as it is now, or what is wrong, or seconds to wait."""

    user: User | None = None
    wrong: Wrong = ""
    wait: int = 0


def change(
    accounts: Accounts, members: Members, user: User, current: str, new: str, again: str, address: str
) -> Changed:
    """Gives ``user`` a new password when ``current`` is his; guessing is slowed down as at the sign-in.

    ``members`` is a registry that may be written. All sessions of the user are over afterwards.
    """
    wrong = wrong_with(new, again, user.name)
    if wrong:
        return Changed(wrong=wrong)
    now = accounts.now()
    pause = brake.wait(accounts.engine, user.name, address, now)
    if pause:
        return Changed(wait=pause)
    if not verify_password(current, user.secret):
        brake.failed(accounts.engine, user.name, address, now)
        return Changed(wrong="current")
    if current == new:
        return Changed(wrong="same")
    changed = msgspec.structs.replace(user, secret=hash_password(new))
    door.save(members, Configuration(users=(changed,)), acting(user))
    return Changed(changed)


def wrong_with(new: str, again: str, user: str) -> Wrong:
    """What is wrong with a password that somebody has typed twice; "" for nothing."""
    return fault(new, user) or ("unlike" if new != again else "")
